type Size = readonly [width: number, height: number];
type SizeTable = Readonly<Record<string, Readonly<Record<string, Size>>>>;

/** Source: PowerTokens create reference, ratio (pixel values, Seedance 1.0 series). */
const sizes10: SizeTable = {
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

/** Source: PowerTokens create reference, ratio (pixel values, Seedance 1.5 Pro / 2.0 series). */
const sizes15: SizeTable = {
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
	// Not documented: twice the sides of 1080p.
	'4k': {
		'16:9': [3840, 2160],
		'4:3': [3328, 2496],
		'1:1': [2880, 2880],
		'3:4': [2496, 3328],
		'9:16': [2160, 3840],
		'21:9': [4412, 1892],
	},
};

/** The frames per second of every Seedance video. Source: PowerTokens get reference, framespersecond. */
export const framesPerSecond = 24;

/** The aspect ratios that have a size; `adaptive` is resolved to one of them. Source: PowerTokens create reference, ratio. */
export const ratios: readonly string[] = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];

/** The billed tokens of a video, by its number of frames. Throws for a resolution or ratio without a size. */
export function countTokens(
	generation: string,
	resolution: string,
	ratio: string,
	frameCount: number,
): number {
	const table = generation === '1.0' ? sizes10 : sizes15;
	const size = table[resolution]?.[ratio];
	if (size === undefined) throw new Error(`No pixel size for ${resolution} ${ratio}`);
	return Math.round((frameCount * size[0] * size[1]) / 1024);
}
