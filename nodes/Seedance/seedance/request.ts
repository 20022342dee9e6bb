import type { MediaInput, MediaReference } from './media';
import type { ModelFamily, Resolution } from './models';

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

/** A create request that was checked. Absent members are not sent. */
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
	readonly resolution?: Resolution | undefined;
	readonly ratio?: (typeof ratios)[number] | undefined;
	/** Whole seconds, or -1 for the model's own choice. */
	readonly durationSeconds?: number | undefined;
	/** The length in frames, which takes the place of seconds. */
	readonly frames?: number | undefined;
	readonly draft?: boolean | undefined;
	readonly generateAudio?: boolean | undefined;
	/** Further members of the body, by their wire names. */
	readonly wireFields: Readonly<Record<string, unknown>>;
	/** What the user merges into the body last. */
	readonly extraBody: Readonly<Record<string, unknown>>;
}

/** A create request whose files may still be in fields of the item. */
export type UnsentRequest = CreateRequest<MediaInput>;
