/** A resolution tier of the output video. There is no 2k. Source: BytePlus docs 1520757, resolution. */
export type Resolution = '480p' | '720p' | '1080p' | '4k';

/** One model family: what it is called, which versioned model stands behind it, and what it takes. */
export interface ModelFamily {
	/** The value that workflows store; never changes. */
	readonly value: string;
	readonly label: string;
	/** Generation 2 carries the prefix `dreamina-` on BytePlus and PowerTokens, generation 1 carries none. */
	readonly generation: 1 | 2;
	/** The model id without the provider's prefix. */
	readonly versionedName: string;
	readonly resolutions: readonly Resolution[];
	/** Whole seconds that may be asked for; `automatic` says whether -1 (the model chooses) is taken. */
	readonly durationSeconds: {
		readonly minimum: number;
		readonly maximum: number;
		readonly automatic: boolean;
	};
	/** Whether ratio `adaptive` is taken without an input image. */
	readonly adaptiveTextToVideo: boolean;
	/** Whether `generate_audio` is taken. */
	readonly audio: boolean;
}

/**
 * The capability matrix, one row a family, newest first.
 * Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (resolution, ratio, duration, generate_audio);
 * BytePlus docs 1330310 (versions); BytePlus docs 2607688 (2.5); github byteplus-sa/ComfyUI-BytePlus-ModelArk, models_config.py (2.5, mini, lite).
 */
export const modelFamilies = [
	{
		value: 'seedance-2-5',
		label: 'Seedance 2.5',
		generation: 2,
		versionedName: 'seedance-2-5-260628',
		resolutions: ['480p', '720p', '1080p'],
		durationSeconds: { minimum: 4, maximum: 30, automatic: true },
		adaptiveTextToVideo: true,
		audio: true,
	},
	{
		value: 'seedance-2-0',
		label: 'Seedance 2.0',
		generation: 2,
		versionedName: 'seedance-2-0-260128',
		resolutions: ['480p', '720p', '1080p', '4k'],
		durationSeconds: { minimum: 4, maximum: 15, automatic: true },
		adaptiveTextToVideo: true,
		audio: true,
	},
	{
		value: 'seedance-2-0-fast',
		label: 'Seedance 2.0 Fast',
		generation: 2,
		versionedName: 'seedance-2-0-fast-260128',
		resolutions: ['480p', '720p'],
		durationSeconds: { minimum: 4, maximum: 15, automatic: true },
		adaptiveTextToVideo: true,
		audio: true,
	},
	{
		value: 'seedance-2-0-mini',
		label: 'Seedance 2.0 Mini',
		generation: 2,
		versionedName: 'seedance-2-0-mini-260615',
		resolutions: ['480p', '720p'],
		durationSeconds: { minimum: 4, maximum: 15, automatic: true },
		adaptiveTextToVideo: true,
		audio: true,
	},
	{
		value: 'seedance-1-5-pro',
		label: 'Seedance 1.5 Pro',
		generation: 1,
		versionedName: 'seedance-1-5-pro-251215',
		resolutions: ['480p', '720p', '1080p'],
		durationSeconds: { minimum: 4, maximum: 12, automatic: true },
		adaptiveTextToVideo: true,
		audio: true,
	},
	{
		value: 'seedance-1-0-pro',
		label: 'Seedance 1.0 Pro',
		generation: 1,
		versionedName: 'seedance-1-0-pro-250528',
		resolutions: ['480p', '720p', '1080p'],
		durationSeconds: { minimum: 2, maximum: 12, automatic: false },
		adaptiveTextToVideo: false,
		audio: false,
	},
	{
		value: 'seedance-1-0-pro-fast',
		label: 'Seedance 1.0 Pro Fast',
		generation: 1,
		versionedName: 'seedance-1-0-pro-fast-251015',
		resolutions: ['480p', '720p', '1080p'],
		durationSeconds: { minimum: 2, maximum: 12, automatic: false },
		adaptiveTextToVideo: false,
		audio: false,
	},
	{
		value: 'seedance-1-0-lite',
		label: 'Seedance 1.0 Lite',
		generation: 1,
		versionedName: 'seedance-1-0-lite-t2v-250428',
		resolutions: ['480p', '720p', '1080p'],
		durationSeconds: { minimum: 2, maximum: 12, automatic: false },
		adaptiveTextToVideo: false,
		audio: false,
	},
] as const satisfies readonly ModelFamily[];

/** The value of one row of the capability matrix. */
export type ModelFamilyValue = (typeof modelFamilies)[number]['value'];

/** The resolution tiers in rising order, of all families together. */
export const resolutions: readonly Resolution[] = ['480p', '720p', '1080p', '4k'];

/** Takes a value that a workflow may store and gives its row, or undefined. */
export function findFamily(value: string): ModelFamily | undefined {
	return modelFamilies.find((family) => family.value === value);
}

/** Takes a full model id of any provider and gives the row of its family, or undefined for ids (and `ep-` endpoints) that the matrix does not know. */
export function findFamilyOfModelId(modelId: string): ModelFamily | undefined {
	const unprefixed = modelId.replace(/^(dreamina-|doubao-)/, '');
	return modelFamilies.find((family) => family.versionedName === unprefixed);
}

/** Takes any text and says whether it has the form of a full model id or of an endpoint id, which is sent as it is. */
export function isFullModelId(text: string): boolean {
	return /^ep-[\w-]+$/.test(text) || /^(dreamina-|doubao-)?seedance-[\w-]+-\d{6}$/.test(text);
}
