import { z } from 'zod';
import type { MediaInput, MediaReference } from './mediaReference';
import { quoted, type Problem } from './problem';
import { toSwitch } from './values';
import { modelFamilies, resolutions, type ModelFamily } from './models';
import { orList } from './problem';

/** Output ratios. Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks, ratio. */
export const ratios = ['adaptive', '16:9', '4:3', '1:1', '3:4', '9:16', '21:9'] as const;

/** What a video is made from. Source: APIYI Seedance 2.0 reference, generation modes; Volcengine Python SDK (draft_task). */
export const modes = [
	'textToVideo',
	'firstFrame',
	'firstLastFrame',
	'reference',
	'draftTask',
] as const;

/** One of {@link modes}. */
export type Mode = (typeof modes)[number];

/** A create request whose files may still be in fields of the item. */
export type UnsentRequest = CreateRequest<MediaInput>;

/** A create request that may be paid for: checked, and free of any interface's wire names. Absent members are not sent. */
export interface CreateRequest<Media = MediaReference> {
	/** The id that this provider knows the model by. */
	readonly model: string;
	/** The model's row, or undefined for ids that the matrix does not know. */
	readonly family: ModelFamily | undefined;
	readonly mode: Mode;
	readonly prompt?: string | undefined;
	/** In the user's order: images, then videos, then audios. */
	readonly media: readonly Media[];
	readonly draftTaskId?: string | undefined;
	readonly resolution?: (typeof resolutions)[number] | undefined;
	readonly ratio?: (typeof ratios)[number] | undefined;
	/** Whole seconds, or -1 for the model's own choice. */
	readonly durationSeconds?: number | undefined;
	readonly generateAudio?: boolean | undefined;
	readonly options: CreateOptions;
}

// Sheets and forms deliver numbers and switches as text, and an empty cell for what is not set.
const unset = (value: unknown) => (value === '' || value === null ? undefined : value);
const numeric = (value: unknown) =>
	typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
const wholeNumber = z.preprocess(numeric, z.number().int());
const onOff = z.preprocess(toSwitch, z.boolean().optional());
/** Takes a range and gives the shape of a whole number in it, or of nothing. */
export const optionalWholeNumber = (least: number, most: number) =>
	z.preprocess((value) => numeric(unset(value)), z.number().int().min(least).max(most).optional());

/**
 * The entries of Options that are part of a request.
 * Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (ranges); BytePlus docs 2607688 (output_format, omni_reference_task_type).
 */
export const optionsShape = z.object({
	seed: optionalWholeNumber(-1, 2 ** 32 - 1),
	watermark: onOff,
	returnLastFrame: onOff,
	cameraFixed: onOff,
	draft: onOff,
	frames: z.preprocess(
		(value) => numeric(unset(value)),
		z
			.number()
			.int()
			.min(29)
			.max(289)
			.refine((frames) => (frames - 25) % 4 === 0)
			.optional(),
	),
	serviceTier: z.preprocess(unset, z.enum(['default', 'flex']).optional()),
	priority: optionalWholeNumber(0, 9),
	executionExpiresAfter: optionalWholeNumber(3600, 259_200),
	safetyIdentifier: z.preprocess(unset, z.string().max(64).optional()),
	callbackUrl: z.preprocess(
		unset,
		z
			.string()
			.refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url))
			.optional(),
	),
	webSearch: onOff,
	outputFormat: z.preprocess(unset, z.enum(['mp4', 'mov']).optional()),
	taskType: z.preprocess(unset, z.enum(['auto', 'reference', 'edit', 'extend']).optional()),
	extraBody: z.preprocess(jsonOf, z.record(z.string(), z.unknown()).optional()),
	dryRun: onOff,
});

/** What the user set among Options; absent members were not set. */
export type CreateOptions = ReadFields<typeof optionsShape.shape>['fields'];

/** The parameters of Create as stored, by type alone. */
export const parametersShape = z.object({
	model: z.string().trim().min(1),
	modelId: z.string().trim().default(''),
	mode: z.enum(modes).default('textToVideo'),
	prompt: z.string().trim().default(''),
	firstFrameSource: z.string().default('binary'),
	firstFrame: z.unknown().optional(),
	lastFrameSource: z.string().default('binary'),
	lastFrame: z.unknown().optional(),
	references: z.unknown().optional(),
	draftTaskId: z.string().trim().default(''),
	resolution: z.enum(['', ...resolutions]).default(''),
	ratio: z.enum(ratios).optional(),
	duration: wholeNumber.optional(),
	generateAudio: onOff,
});

/** The parameters of Create after the check of types; those that were refused are absent. */
export type CreateParameters = ReadFields<typeof parametersShape.shape>['fields'];

/** What to enter instead of a refused value, for each parameter and each entry of Options. */
export const expectedValues: Readonly<Record<string, string>> = {
	model: `Choose ${orList(modelFamilies.map(({ label }) => label))}, or give a full model id.`,
	modelId: 'Enter the id that the provider lists for the model.',
	mode: 'Choose Text to Video, First Frame, First and Last Frame, Reference or Final From Draft.',
	prompt: 'Enter text.',
	draftTaskId: 'Enter the id of a draft task.',
	resolution: `Choose ${orList(resolutions)}, or leave it to the model.`,
	ratio: `Choose ${orList(ratios)}.`,
	duration: 'Enter a whole number of seconds, or -1 to let the model choose.',
	generateAudio: 'Turn it on or off.',
	seed: 'Enter a whole number from -1 to 4294967295.',
	watermark: 'Turn it on or off.',
	returnLastFrame: 'Turn it on or off.',
	cameraFixed: 'Turn it on or off.',
	draft: 'Turn it on or off.',
	webSearch: 'Turn it on or off.',
	dryRun: 'Turn it on or off.',
	frames: 'Enter 29 to 289 in steps of four: 29, 33, 37 … 289. 57 frames are 2.375 seconds.',
	serviceTier: 'Choose Default or Flex.',
	priority: 'Enter a whole number from 0 to 9.',
	executionExpiresAfter: 'Enter 3600 to 259200 seconds.',
	safetyIdentifier: 'Enter at most 64 characters.',
	callbackUrl: 'Enter an http: or https: URL.',
	outputFormat: 'Choose MP4 or MOV.',
	taskType: 'Choose Auto, Reference, Edit or Extend.',
	extraBody: 'Enter a JSON object such as {"name": "value"}.',
};

/** The members of a shape that were read, and a problem for each that was refused: what was given and what is allowed. */
export interface ReadFields<Shape extends z.ZodRawShape> {
	readonly fields: { readonly [Name in keyof Shape]?: z.infer<Shape[Name]> | undefined };
	readonly problems: Problem[];
}

/** Takes a shape and stored values and reads each field by itself, so that one that is off hides none of the others; `expected` says for each what to enter instead, and `prefix` goes before the names in the problems. */
export function readFields<Shape extends z.ZodRawShape>(
	shape: z.ZodObject<Shape>,
	values: Readonly<Record<string, unknown>>,
	expected: Readonly<Record<string, string>>,
	prefix = '',
): ReadFields<Shape> {
	const problems: Problem[] = [];
	const fields: Record<string, unknown> = {};
	for (const [name, field] of Object.entries<z.ZodTypeAny>(shape.shape)) {
		const given = values[name];
		const result = field.safeParse(given);
		if (result.success) {
			fields[name] = result.data;
			continue;
		}
		const isEmpty =
			given === undefined || given === null || (typeof given === 'string' && given.trim() === '');
		problems.push({
			parameter: prefix + name,
			text: `is ${isEmpty ? 'empty' : quoted(given)}. ${expected[name] ?? ''}`.trim(),
		});
	}
	return { fields: fields as ReadFields<Shape>['fields'], problems };
}

function jsonOf(value: unknown): unknown {
	if (typeof value !== 'string') return value ?? undefined;
	if (value.trim() === '') return undefined;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}
