/** What a media file is. */
export type MediaKind = 'image' | 'video' | 'audio';

/** Every {@link MediaKind}, in the order in which the API wants them. */
export const mediaKinds = ['image', 'video', 'audio'] as const satisfies readonly MediaKind[];

/** What a media file is for. Source: PowerTokens Seedance 2.0 quick start, media types. */
export type MediaRole =
	'first_frame' | 'last_frame' | 'reference_image' | 'reference_video' | 'reference_audio';

/** A media file as the provider can reach it: an `https:` or `data:` URL, or an asset. */
export interface MediaReference {
	readonly kind: MediaKind;
	readonly role: MediaRole;
	readonly url: string;
}

/** A media file that is still in a field of the input item. */
export interface MediaField {
	readonly kind: MediaKind;
	readonly role: MediaRole;
	readonly field: string;
	/** The parameter that names the field, and which entry of it, for messages. */
	readonly parameter: string;
	readonly entry?: string | undefined;
}

/** A media file that another item of the run makes: the last frame of its video, or the video. */
export interface MediaOfShot {
	readonly kind: MediaKind;
	readonly role: MediaRole;
	/** The place of that item in the input. */
	readonly shotOfItem: number;
}

/** A media file of any sort. */
export type MediaInput = MediaReference | MediaField | MediaOfShot;

/** Whether a media file is still in a field of the input item. */
export function isField(media: MediaInput): media is MediaField {
	return 'field' in media;
}

/** Whether a media file is made by another item of the run. */
export function isOfShot(media: MediaInput): media is MediaOfShot {
	return 'shotOfItem' in media;
}

/** Sizes in messages and limits count in MiB, which the providers call MB. */
export const bytesPerMegabyte = 1024 * 1024;

/** Maximum size of a request body. Source: BytePlus docs 1520757. */
export const maxBodyBytes = 64 * bytesPerMegabyte;

/** Whether a text can be the id of an asset or of an upload task. Source: the samples in PowerTokens Seedance 2.0 quick start and BytePlus docs 2318271. */
export function isAssetId(text: string): boolean {
	return /^[A-Za-z0-9][\w.:-]{0,127}$/.test(text);
}

/** How a request names an asset. Source: PowerTokens Seedance 2.0 quick start, asset input format. */
export function assetUriOf(assetId: string): string {
	return `asset://${assetId}`;
}
