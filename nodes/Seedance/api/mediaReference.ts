import { quoted, type Checked } from './problem';

/** What a media file is. */
export type MediaKind = 'image' | 'video' | 'audio';

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
	/** The parameter that names the field, for messages. */
	readonly parameter: string;
	/** Which entry of the parameter it is, with a space behind it, or nothing. */
	readonly place: string;
}

/** A media file of either sort. */
export type MediaInput = MediaReference | MediaField;

/** Takes a media file and says whether it is still in a field of the input item. */
export function isField(media: MediaInput): media is MediaField {
	return 'field' in media;
}

/** Most bytes of a request body. Source: BytePlus docs 1520757. */
export const mostBodyBytes = 64 * 1024 * 1024;

/**
 * Takes a source (`asset` or `url`), what the user entered and the kind of file, and gives the URL to send, or a problem whose text goes on after the field's label.
 * Source: PowerTokens Seedance 2.0 quick start, asset input format; BytePlus docs 2291680: video is not taken as base64.
 */
export function readMediaUrl(
	parameter: string,
	source: unknown,
	given: unknown,
	kind: MediaKind,
	place = '',
): Checked<string> {
	const problem = (text: string): Checked<string> => ({
		problems: [{ parameter, text: `${place}${text}` }],
	});
	const value = typeof given === 'string' ? given.trim() : given;
	if (value === undefined || value === '') {
		return problem(
			source === 'asset'
				? 'is empty. Enter the id of an asset, such as "asset-20260519184021-abcde".'
				: `is empty. Enter the URL of the ${kind}.`,
		);
	}
	if (typeof value !== 'string') return problem(`is ${quoted(value)}. Enter text.`);
	if (source === 'asset' || value.startsWith('asset://')) {
		const assetId = value.replace(/^asset:\/\//, '');
		return /^[A-Za-z0-9][\w.:-]*$/.test(assetId)
			? { value: `asset://${assetId}` }
			: problem(
					`is ${quoted(value)}, which is not an asset id. Enter one, with or without asset://.`,
				);
	}
	if (value.startsWith('data:')) {
		if (kind === 'video') {
			return problem(
				'is a data: URL, which is not taken for video. Enter an https: URL or an asset.',
			);
		}
		return new RegExp(`^data:${kind}/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]+$`).test(value)
			? { value }
			: problem(
					`is ${quoted(value)}. A data: URL for this field begins with data:${kind}/<format>;base64, in lower case.`,
				);
	}
	return URL.canParse(value) && new URL(value).protocol === 'https:'
		? { value }
		: problem(`is ${quoted(value)}. Enter an https: URL, a data: URL or an asset.`);
}
