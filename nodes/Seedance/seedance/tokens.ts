import type { MediaInput } from './media';
import type { ModelFamily, Resolution } from './models';
import type { UnsentRequest } from './request';

type PixelTable = Readonly<
	Partial<Record<Resolution, Readonly<Record<string, readonly [width: number, height: number]>>>>
>;

/** Width and height of Seedance 1.0. Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks, ratio. */
const pixelsOf10: PixelTable = {
	'480p': {
		'16:9': [864, 480],
		'4:3': [736, 544],
		'1:1': [640, 640],
		'3:4': [544, 736],
		'9:16': [480, 864],
		'21:9': [960, 416],
	},
	'720p': {
		'16:9': [1248, 704],
		'4:3': [1120, 832],
		'1:1': [960, 960],
		'3:4': [832, 1120],
		'9:16': [704, 1248],
		'21:9': [1504, 640],
	},
	'1080p': {
		'16:9': [1920, 1088],
		'4:3': [1664, 1248],
		'1:1': [1440, 1440],
		'3:4': [1248, 1664],
		'9:16': [1088, 1920],
		'21:9': [2176, 928],
	},
};

/** Width and height of Seedance 1.5 and 2.x; 4k is not documented. Source: as above. */
const pixelsSince15: PixelTable = {
	'480p': {
		'16:9': [864, 496],
		'4:3': [752, 560],
		'1:1': [640, 640],
		'3:4': [560, 752],
		'9:16': [496, 864],
		'21:9': [992, 432],
	},
	'720p': {
		'16:9': [1280, 720],
		'4:3': [1112, 834],
		'1:1': [960, 960],
		'3:4': [834, 1112],
		'9:16': [720, 1280],
		'21:9': [1470, 630],
	},
	'1080p': {
		'16:9': [1920, 1080],
		'4:3': [1664, 1248],
		'1:1': [1440, 1440],
		'3:4': [1248, 1664],
		'9:16': [1080, 1920],
		'21:9': [2206, 946],
	},
};

/** Members of the body that decide what a video costs, in each interface. */
const costMembers = [
	'model',
	'content',
	'media',
	'duration',
	'seconds',
	'frames',
	'resolution',
	'size',
	'ratio',
	'draft',
	'generate_audio',
	'service_tier',
];

/** Whether the extra body of a request replaces a member that decides what the video costs. */
export function overridesCost({ extraBody }: UnsentRequest): boolean {
	return costMembers.some((member) => member in extraBody);
}

/** The parts of an estimate that are not known before the video is made; they count as the most that the model accepts. */
export type AtMaximum = 'outputSeconds' | 'inputVideoSeconds';

/** The tokens that a request is billed at most, and what they are counted from. */
export interface TokenEstimate {
	readonly tokens: number;
	readonly outputSeconds: number;
	/** Of all input videos together; undefined without one. */
	readonly inputVideoSeconds: number | undefined;
	readonly atMaximum: readonly AtMaximum[];
}

/** The length of an input video in seconds, where it is known. */
export type SecondsOf = (media: MediaInput) => number | undefined;

const framesPerSecond = 24;
const pixelsPerToken = 1024;
const defaultDurationSeconds = 5;

/** Servers were seen to accept this much more than is documented. Source: github comfyanonymous/ComfyUI, nodes_bytedance.py. */
const inputToleranceSeconds = 0.2;

/** Seedance 1.5 counts fewer tokens for a draft. Source: Volcengine docs 1544106. */
const draftFactor = { withSound: 0.6, silent: 0.7 } as const;

/**
 * The most tokens that a request's video is billed with, or undefined where no upper bound is known: unknown models, 4k (its size is not documented), the final of a draft, an extra body that replaces a member that decides the price.
 * An adaptive ratio counts as the largest size of its resolution, a duration of -1 as the maximum of the model, and input videos as the maximum of the model unless the length of each is known.
 * Source: Volcengine docs 1544106 (input video seconds + output seconds, × width × height × 24 ÷ 1024); the recorded samples have one frame more: 87,300 and 108,900 tokens for 4 s and 5 s at 720p, 173,700 for 4 s with an input video of 4 s.
 */
export function estimateTokens(
	request: UnsentRequest,
	secondsOf: SecondsOf = () => undefined,
): TokenEstimate | undefined {
	const { family, mode } = request;
	if (family === undefined || mode === 'draftTask') return undefined;
	if (overridesCost(request) || hasPromptFlags(request)) return undefined;
	const pixels = maxPixels(request, family);
	if (pixels === undefined) return undefined;
	const output = outputOf(request, family);
	const input = inputOf(request, family, output.seconds, secondsOf);
	const frames =
		Math.ceil(framesPerSecond * (output.seconds + (input?.seconds ?? 0))) + output.extraFrames;
	return {
		tokens: Math.ceil(((frames * pixels) / pixelsPerToken) * factorOf(request, family)),
		outputSeconds: output.seconds,
		inputVideoSeconds: input?.seconds,
		atMaximum: [
			...(output.isMaximum ? (['outputSeconds'] as const) : []),
			...(input?.isMaximum === true ? (['inputVideoSeconds'] as const) : []),
		],
	};
}

interface Length {
	readonly seconds: number;
	readonly isMaximum: boolean;
}

/** Frames take the place of seconds, and are all that is counted. */
function outputOf(
	{ frames, durationSeconds }: UnsentRequest,
	{ durationSeconds: range, series }: ModelFamily,
): Length & { readonly extraFrames: number } {
	if (frames !== undefined) {
		return { seconds: frames / framesPerSecond, isMaximum: false, extraFrames: 0 };
	}
	// Measured once by a third party, in no public document: Seedance 2.5 without a duration chose 10 s, and billed them.
	const seconds = durationSeconds ?? (series === '2.5' ? -1 : defaultDurationSeconds);
	const isMaximum = seconds === -1;
	return { seconds: isMaximum ? range.maximum : seconds, isMaximum, extraFrames: 1 };
}

/**
 * What the input videos count at most.
 * At least the output's length: the providers bill a minimum with video input, whose table is in the console only. A reseller's table has 1.67 to 1.8 times the output's length for both together, so twice is above it.
 * Source: Volcengine docs 1544106 (there is a minimum); docs.jiekou.ai, reference-seedance-2.0 (the table, for Seedance 2.0).
 */
function inputOf(
	{ media }: UnsentRequest,
	{ references }: ModelFamily,
	outputSeconds: number,
	secondsOf: SecondsOf,
): Length | undefined {
	const lengths = media.filter(({ kind }) => kind === 'video').map(secondsOf);
	if (lengths.length === 0) return undefined;
	const isMaximum = lengths.includes(undefined);
	const known = lengths.reduce<number>((sum, seconds = 0) => sum + seconds, 0);
	const maximum = isMaximum ? references.videoSeconds + inputToleranceSeconds : 0;
	return { seconds: Math.max(known, maximum, outputSeconds), isMaximum };
}

function factorOf({ draft, generateAudio = true }: UnsentRequest, { series }: ModelFamily): number {
	if (draft !== true || series !== '1.5') return 1;
	return generateAudio ? draftFactor.withSound : draftFactor.silent;
}

/** The resolution that a request asks for, or that its model renders without one. */
export function resolutionOf(
	{ resolution, draft }: Pick<UnsentRequest, 'resolution' | 'draft'>,
	family: ModelFamily,
): Resolution {
	return resolution ?? (draft === true ? '480p' : family.defaultResolution);
}

/** Flags in a prompt that change the size or the length of videos of Seedance 1.x, over what the request says or does not say. Source: PowerTokens Seedance 1.x documents; ComfyUI refuses such prompts. */
const promptFlags = /(^|\s)--(rs|resolution|rt|ratio|dur|duration|frames)\b/i;

/** Whether the prompt may decide what the video costs. */
function hasPromptFlags({ prompt = '', family }: UnsentRequest): boolean {
	return family?.series.startsWith('1.') === true && promptFlags.test(prompt);
}

function maxPixels(request: UnsentRequest, family: ModelFamily): number | undefined {
	const { mode, ratio = 'adaptive' } = request;
	const table = family.series === '1.0' ? pixelsOf10 : pixelsSince15;
	const sizes = table[resolutionOf(request, family)];
	if (sizes === undefined) return undefined;
	// Source: the provider's refusal of other ratios: "the output ratio follows the first-frame image".
	const followsFrame = mode === 'firstFrame' || mode === 'firstLastFrame';
	const chosen = followsFrame && family.series.startsWith('2.') ? undefined : sizes[ratio];
	return Math.max(
		...(chosen === undefined ? Object.values(sizes) : [chosen]).map(
			([width, height]) => width * height,
		),
	);
}
