import type { ratios } from '../seedance/request';

/** The files of a finished task. */
export interface Clip {
	/** MP4 with H.264 and AAC. */
	readonly video: Uint8Array;
	/** PNG. */
	readonly lastFrame: Uint8Array;
}

/** As text in base64, since a node may not read files; loaded when a video is downloaded. */
interface ClipText {
	readonly video: string;
	readonly lastFrame: string;
}

const load = {
	wide: async (): Promise<ClipText> => await import('./media/wide'),
	tall: async (): Promise<ClipText> => await import('./media/tall'),
	square: async (): Promise<ClipText> => await import('./media/square'),
};

const shapes: Readonly<Record<(typeof ratios)[number], keyof typeof load>> = {
	adaptive: 'wide',
	'21:9': 'wide',
	'16:9': 'wide',
	'4:3': 'square',
	'1:1': 'square',
	'3:4': 'square',
	'9:16': 'tall',
};

/** The clip whose ratio is nearest. */
export async function clipFor(ratio: (typeof ratios)[number]): Promise<Clip> {
	const { video, lastFrame } = await load[shapes[ratio]]();
	return { video: Buffer.from(video, 'base64'), lastFrame: Buffer.from(lastFrame, 'base64') };
}
