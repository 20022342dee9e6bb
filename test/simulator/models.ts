/** A field of the create request that only some models accept. */
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

/** What one model accepts: durations in whole seconds, reference counts as upper limits. */
export interface ModelRules {
	readonly generation: '1.0' | '1.5' | '2.0' | '2.5';
	readonly resolutions: readonly string[];
	readonly defaultResolution: string;
	readonly shortestSeconds: number;
	readonly longestSeconds: number;
	readonly choosesDuration: boolean;
	readonly fields: readonly ModelField[];
	readonly images: 'refused' | 'optional' | 'required';
	readonly lastFrame: boolean;
	readonly referenceImages: number;
	readonly referenceVideos: number;
	readonly referenceAudios: number;
	readonly references: number;
	/** The length of all reference videos together. */
	readonly referenceVideoSeconds: number;
	readonly audioAlone: boolean;
}

const noReferences = {
	referenceImages: 0,
	referenceVideos: 0,
	referenceAudios: 0,
	references: 0,
	referenceVideoSeconds: 0,
	audioAlone: false,
} as const;

/** Seedance 1.0 pro. Source: PowerTokens create reference, frames, camera_fixed, duration, resolution (Seedance 1.0). */
export const seedance10Pro: ModelRules = {
	generation: '1.0',
	resolutions: ['480p', '720p', '1080p'],
	defaultResolution: '1080p',
	shortestSeconds: 2,
	longestSeconds: 12,
	choosesDuration: false,
	fields: ['camera_fixed', 'service_tier', 'frames'],
	images: 'optional',
	lastFrame: true,
	...noReferences,
};

/** Seedance 1.0 pro fast. Source: PowerTokens create reference, model; BytePlus docs 1520757 (no last frame). */
export const seedance10ProFast: ModelRules = { ...seedance10Pro, lastFrame: false };

/** Seedance 1.0 lite for text. Source: BytePlus docs 1520757 and 1330310 (model list). */
export const seedance10LiteText: ModelRules = {
	...seedance10Pro,
	defaultResolution: '720p',
	images: 'refused',
};

/** Seedance 1.0 lite for images. Source: BytePlus docs 1520757 (first and last frame, 1 to 4 reference images). */
export const seedance10LiteImage: ModelRules = {
	...seedance10LiteText,
	images: 'required',
	referenceImages: 4,
	references: 4,
};

/** Seedance 1.5 pro. Source: PowerTokens create reference, draft, duration, camera_fixed (Seedance 1.5 Pro). */
export const seedance15Pro: ModelRules = {
	...seedance10Pro,
	generation: '1.5',
	defaultResolution: '720p',
	shortestSeconds: 4,
	choosesDuration: true,
	fields: ['generate_audio', 'draft', 'camera_fixed', 'service_tier'],
};

/**
 * Seedance 2.0 where 4k is not on sale.
 * Source: PowerTokens create reference, generate_audio, tools, priority, duration, resolution (Seedance 2.0 series);
 * BytePlus docs 2291680 (length of videos).
 */
export const seedance20: ModelRules = {
	generation: '2.0',
	resolutions: ['480p', '720p', '1080p'],
	defaultResolution: '720p',
	shortestSeconds: 4,
	longestSeconds: 15,
	choosesDuration: true,
	fields: ['generate_audio', 'priority', 'tools'],
	images: 'optional',
	lastFrame: true,
	referenceImages: 9,
	referenceVideos: 3,
	referenceAudios: 3,
	references: 15,
	referenceVideoSeconds: 15,
	audioAlone: false,
};

/** Seedance 2.0 with 4k. Source: BytePlus docs 1330310 (model list). */
export const seedance20With4k: ModelRules = {
	...seedance20,
	resolutions: [...seedance20.resolutions, '4k'],
};

/** Seedance 2.0 fast. Source: PowerTokens create reference, resolution (no 1080p on the fast model). */
export const seedance20Fast: ModelRules = { ...seedance20, resolutions: ['480p', '720p'] };

/** Seedance 2.0 mini. Source: BytePlus docs 1330310 (model list). */
export const seedance20Mini: ModelRules = seedance20Fast;

/** Seedance 2.5. Source: BytePlus docs 2607688 (Seedance 2.5 limits) and 1330310 (model list); Volcengine docs 1520757 (tools). */
export const seedance25: ModelRules = {
	generation: '2.5',
	resolutions: ['480p', '720p', '1080p'],
	defaultResolution: '720p',
	shortestSeconds: 4,
	longestSeconds: 30,
	choosesDuration: true,
	fields: [
		...(['generate_audio', 'draft', 'priority', 'tools', 'output_format'] as const),
		'omni_reference_task_type',
	],
	images: 'optional',
	lastFrame: true,
	referenceImages: 30,
	referenceVideos: 10,
	referenceAudios: 10,
	references: 50,
	referenceVideoSeconds: 30,
	audioAlone: true,
};
