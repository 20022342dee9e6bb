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

/** Members of the body that decide what a video costs. */
const decisive = [
	'model',
	'content',
	'duration',
	'seconds',
	'frames',
	'resolution',
	'size',
	'ratio',
	'draft',
];

const framesPerSecond = 24;
const pixelsPerToken = 1024;
const defaultDurationSeconds = 5;

/**
 * The estimated tokens of a request's video, or undefined where the size is not documented (unknown models, 4k, the final of a draft, an extra body that replaces a member above).
 * An adaptive ratio counts as the largest size of its resolution, a duration of -1 as the maximum of the model.
 * Source: APIYI Seedance 2.0 reference (duration × width × height × 24 ÷ 1024); its recorded sample of 108,900 tokens fits one frame more exactly.
 */
export function estimateTokens(request: UnsentRequest): number | undefined {
	const { family, mode } = request;
	if (family === undefined || mode === 'draftTask') return undefined;
	if (decisive.some((member) => member in request.extraBody)) return undefined;
	const pixels = maxPixels(request, family);
	if (pixels === undefined) return undefined;
	return Math.round((framesOf(request, family) * pixels) / pixelsPerToken);
}

function framesOf({ frames, durationSeconds }: UnsentRequest, family: ModelFamily): number {
	if (frames !== undefined) return frames;
	const seconds =
		durationSeconds === -1
			? family.durationSeconds.maximum
			: (durationSeconds ?? defaultDurationSeconds);
	return framesPerSecond * seconds + 1;
}

function maxPixels(
	{ resolution, ratio = 'adaptive', draft }: UnsentRequest,
	family: ModelFamily,
): number | undefined {
	const table = family.series === '1.0' ? pixelsOf10 : pixelsSince15;
	const tier = resolution ?? (draft === true ? '480p' : family.defaultResolution);
	const sizes = table[tier];
	if (sizes === undefined) return undefined;
	const chosen = sizes[ratio];
	return Math.max(
		...(chosen === undefined ? Object.values(sizes) : [chosen]).map(
			([width, height]) => width * height,
		),
	);
}
