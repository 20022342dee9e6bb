/** A resolution tier of the output video. There is no 2k. Source: BytePlus docs 1520757, resolution. */
export type Resolution = '480p' | '720p' | '1080p' | '4k';

/** Maximum number of references of each kind; 0 for none. */
export interface ReferenceLimits {
	readonly images: number;
	readonly videos: number;
	readonly audios: number;
	/** All kinds together. */
	readonly total: number;
	/** Length of all videos together. */
	readonly videoSeconds: number;
	/** Whether audio may come without an image or a video. */
	readonly audioAlone: boolean;
}

/** One model family: its name, its versioned model and what it supports. Which options it supports, the rows of `panel/options.ts` say. */
export interface ModelFamily {
	/** The value that workflows store; never changes. */
	readonly value: string;
	readonly label: string;
	/** The series: providers prefix their ids differently, and pixels and rules differ. */
	readonly series: '1.0' | '1.5' | '2.0' | '2.5';
	/** The model id without the provider's prefix. */
	readonly versionedName: string;
	/** The id for requests with an image, where that is another model. */
	readonly versionedNameWithImage?: string;
	readonly resolutions: readonly Resolution[];
	readonly defaultResolution: Resolution;
	/** Range in whole seconds; `automatic`: whether -1 (the model chooses) is accepted. */
	readonly durationSeconds: {
		readonly minimum: number;
		readonly maximum: number;
		readonly automatic: boolean;
	};
	/** Whether ratio `adaptive` is accepted without an input image. */
	readonly adaptiveTextToVideo: boolean;
	readonly firstLastFrame: boolean;
	readonly references: ReferenceLimits;
	readonly generateAudio: boolean;
	readonly draft: boolean;
	/** Whether the final video of a draft takes seed and task type from it, and refuses other values. */
	readonly finalFollowsDraft: boolean;
	/** Resolutions whose file is 10-bit H.265, which some players do not show. */
	readonly h265Resolutions: readonly Resolution[];
}

const noReferences: ReferenceLimits = {
	images: 0,
	videos: 0,
	audios: 0,
	total: 0,
	videoSeconds: 0,
	audioAlone: false,
};

/** Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (Seedance 2.0 series); BytePlus docs 2291680 (length of videos). */
const series20 = {
	series: '2.0',
	defaultResolution: '720p',
	durationSeconds: { minimum: 4, maximum: 15, automatic: true },
	adaptiveTextToVideo: true,
	firstLastFrame: true,
	references: { images: 9, videos: 3, audios: 3, total: 15, videoSeconds: 15, audioAlone: false },
	generateAudio: true,
	draft: false,
	finalFollowsDraft: false,
	h265Resolutions: [],
} as const satisfies Partial<ModelFamily>;

/** Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (Seedance 1.0). */
const series10 = {
	series: '1.0',
	resolutions: ['480p', '720p', '1080p'],
	defaultResolution: '1080p',
	durationSeconds: { minimum: 2, maximum: 12, automatic: false },
	adaptiveTextToVideo: false,
	firstLastFrame: true,
	references: noReferences,
	generateAudio: false,
	draft: false,
	finalFollowsDraft: false,
	h265Resolutions: [],
} as const satisfies Partial<ModelFamily>;

/**
 * The capability matrix, one row per family, newest first. Dropdown, rules and the table in README follow from it.
 * Source: the series above; BytePlus docs 1330310 (versions), 2607688 and 2607689 (2.5), 1520757 (lite, first and last frame);
 * github byteplus-sa/ComfyUI-BytePlus-ModelArk, models_config.py (2.5, mini); Volcengine docs 82379/1520757 (10-bit H.265, final of a 2.5 draft).
 */
export const modelFamilies = [
	{
		...series20,
		value: 'seedance-2-5',
		label: 'Seedance 2.5',
		series: '2.5',
		versionedName: 'seedance-2-5-260628',
		resolutions: ['480p', '720p', '1080p'],
		durationSeconds: { minimum: 4, maximum: 30, automatic: true },
		references: {
			images: 30,
			videos: 10,
			audios: 10,
			total: 50,
			videoSeconds: 30,
			audioAlone: true,
		},
		draft: true,
		finalFollowsDraft: true,
		h265Resolutions: ['1080p'],
	},
	{
		...series20,
		value: 'seedance-2-0',
		label: 'Seedance 2.0',
		versionedName: 'seedance-2-0-260128',
		resolutions: ['480p', '720p', '1080p', '4k'],
		h265Resolutions: ['4k'],
	},
	{
		...series20,
		value: 'seedance-2-0-fast',
		label: 'Seedance 2.0 Fast',
		versionedName: 'seedance-2-0-fast-260128',
		resolutions: ['480p', '720p'],
	},
	{
		...series20,
		value: 'seedance-2-0-mini',
		label: 'Seedance 2.0 Mini',
		versionedName: 'seedance-2-0-mini-260615',
		resolutions: ['480p', '720p'],
	},
	{
		...series10,
		value: 'seedance-1-5-pro',
		label: 'Seedance 1.5 Pro',
		series: '1.5',
		versionedName: 'seedance-1-5-pro-251215',
		defaultResolution: '720p',
		durationSeconds: { minimum: 4, maximum: 12, automatic: true },
		adaptiveTextToVideo: true,
		generateAudio: true,
		draft: true,
	},
	{
		...series10,
		value: 'seedance-1-0-pro',
		label: 'Seedance 1.0 Pro',
		versionedName: 'seedance-1-0-pro-250528',
	},
	{
		...series10,
		value: 'seedance-1-0-pro-fast',
		label: 'Seedance 1.0 Pro Fast',
		versionedName: 'seedance-1-0-pro-fast-251015',
		firstLastFrame: false,
	},
	{
		...series10,
		value: 'seedance-1-0-lite',
		label: 'Seedance 1.0 Lite',
		versionedName: 'seedance-1-0-lite-t2v-250428',
		versionedNameWithImage: 'seedance-1-0-lite-i2v-250428',
		defaultResolution: '720p',
		references: { ...noReferences, images: 4, total: 4 },
	},
] as const satisfies readonly ModelFamily[];

/** The value of one row of the capability matrix. */
export type ModelFamilyValue = (typeof modelFamilies)[number]['value'];

/** The resolution tiers in rising order, of all families together. */
export const resolutions = ['480p', '720p', '1080p', '4k'] as const satisfies readonly Resolution[];

/** The row of a value that a workflow stores, or of a label as sheets and forms have it ("Seedance 2.0", in any case); or undefined. */
export function findFamily(name: string): ModelFamily | undefined {
	const label = name.trim().replace(/\s+/g, ' ').toLowerCase();
	return modelFamilies.find(
		(family) => family.value === name || family.label.toLowerCase() === label,
	);
}

/** The row of a full model id of any provider, or undefined for ids (and `ep-` endpoints) that the matrix does not know. */
export function findFamilyOfModelId(modelId: string): ModelFamily | undefined {
	const unprefixed = modelId.replace(/^(dreamina-|doubao-)/, '');
	return modelFamilies.find(
		(family: ModelFamily) =>
			family.versionedName === unprefixed || family.versionedNameWithImage === unprefixed,
	);
}

/** Whether a task that shows this model id is of a family, in any of its versions: hosts show other prefixes than were sent. Source: PowerTokens Seedance 2.0 quick start (a task created with dreamina- shows doubao-). */
export function isOfFamily(modelId: string, { value }: Pick<ModelFamily, 'value'>): boolean {
	const unprefixed = modelId.replace(/^(dreamina-|doubao-)/, '');
	return (
		unprefixed.startsWith(value) && /^(-[ti]2v)?(-\d{6})?$/.test(unprefixed.slice(value.length))
	);
}

/** Whether a text has the form of a full model id or of an endpoint id, which is sent as it is. */
export function isFullModelId(text: string): boolean {
	return (
		/^ep-[\w-]+$/.test(text) ||
		/^(dreamina-|doubao-)seedance-[\w-]+$/.test(text) ||
		/^seedance-[\w-]+-\d{6}$/.test(text)
	);
}

/** The labels of the families that pass a test. */
export function labelsOfFamilies(able: (family: ModelFamily) => boolean): string[] {
	return modelFamilies.filter(able).map(({ label }) => label);
}
