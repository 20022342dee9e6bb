/** A field of the create request that only some models take. */
export type ModelField =
	| 'generate_audio'
	| 'draft'
	| 'camera_fixed'
	| 'service_tier'
	| 'priority'
	| 'tools'
	| 'frames'
	| 'output_format'
	| 'omni_reference_task_type';

/** What one model takes: durations in whole seconds, reference counts as upper limits. */
export interface ModelRules {
	readonly generation: '1.0' | '1.5' | '2.0' | '2.5';
	readonly resolutions: readonly string[];
	readonly defaultResolution: string;
	readonly shortestSeconds: number;
	readonly longestSeconds: number;
	readonly choosesDuration: boolean;
	readonly fields: readonly ModelField[];
	readonly lastFrame: boolean;
	readonly referenceImages: number;
	readonly referenceVideos: number;
	readonly referenceAudios: number;
	readonly references: number;
	readonly audioAlone: boolean;
}

const noReferences = {
	referenceImages: 0,
	referenceVideos: 0,
	referenceAudios: 0,
	references: 0,
	audioAlone: false,
} as const;

/** Source: PowerTokens create reference, frames, camera_fixed, duration, resolution (Seedance 1.0). */
const seedance10: ModelRules = {
	generation: '1.0',
	resolutions: ['480p', '720p', '1080p'],
	defaultResolution: '1080p',
	shortestSeconds: 2,
	longestSeconds: 12,
	choosesDuration: false,
	fields: ['camera_fixed', 'service_tier', 'frames'],
	lastFrame: true,
	...noReferences,
};

/** Source: PowerTokens create reference, generate_audio, tools, priority, duration (Seedance 2.0 series). */
const seedance20: ModelRules = {
	generation: '2.0',
	resolutions: ['480p', '720p', '1080p'],
	defaultResolution: '720p',
	shortestSeconds: 4,
	longestSeconds: 15,
	choosesDuration: true,
	fields: ['generate_audio', 'priority', 'tools'],
	lastFrame: true,
	referenceImages: 9,
	referenceVideos: 3,
	referenceAudios: 3,
	references: 15,
	audioAlone: false,
};

const rulesByModel: Readonly<Record<string, ModelRules>> = {
	/** Source: PowerTokens create reference, model; BytePlus docs 1520757 (no last frame on the fast model). */
	'seedance-1-0-pro-250528': seedance10,
	'seedance-1-0-pro-fast-251015': { ...seedance10, lastFrame: false },
	/** Source: PowerTokens create reference, draft, duration, camera_fixed (Seedance 1.5 Pro). */
	'seedance-1-5-pro-251215': {
		...seedance10,
		generation: '1.5',
		defaultResolution: '720p',
		shortestSeconds: 4,
		choosesDuration: true,
		fields: ['generate_audio', 'draft', 'camera_fixed', 'service_tier'],
	},
	/** Source: PowerTokens create reference, resolution (4k is not among its values). */
	'dreamina-seedance-2-0-260128': seedance20,
	/** Source: PowerTokens create reference, resolution (no 1080p on the fast model). */
	'dreamina-seedance-2-0-fast-260128': { ...seedance20, resolutions: ['480p', '720p'] },
	/** Source: BytePlus docs 1330310 (model list). */
	'dreamina-seedance-2-0-mini-260615': { ...seedance20, resolutions: ['480p', '720p'] },
	/** Source: BytePlus docs 2607688 (Seedance 2.5 limits) and 1330310 (model list). */
	'dreamina-seedance-2-5-260628': {
		generation: '2.5',
		resolutions: ['480p', '720p', '1080p'],
		defaultResolution: '720p',
		shortestSeconds: 4,
		longestSeconds: 30,
		choosesDuration: true,
		fields: ['generate_audio', 'draft', 'priority', 'output_format', 'omni_reference_task_type'],
		lastFrame: true,
		referenceImages: 30,
		referenceVideos: 10,
		referenceAudios: 10,
		references: 50,
		audioAlone: true,
	},
};

/** Gives the rules of a model id, or undefined for an id that is not on sale here. */
export function findModelRules(model: string): ModelRules | undefined {
	return Object.hasOwn(rulesByModel, model) ? rulesByModel[model] : undefined;
}

/** The rules whose defaults an endpoint id (`ep-…`) renders with, as its model is not known here. */
export const endpointDefaults: ModelRules = seedance20;

/** Tells whether an id names an endpoint of the account instead of a model. Source: PowerTokens create reference, model. */
export function isEndpointId(model: string): boolean {
	return /^ep-[A-Za-z0-9-]+$/.test(model);
}

/** Gives the model id that a task object shows. Source: PowerTokens get reference (doubao-… sample for a dreamina-… request). */
export function shownModel(model: string): string {
	return model.replace(/^dreamina-/, 'doubao-');
}
