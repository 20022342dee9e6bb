import { ArkError, invalidParameter, missingParameter } from './errors';

/** The kinds of media that a content item can refer to. */
export type MediaKind = 'image' | 'video' | 'audio';

/** Whether a URL is on the simulator's own address. Throws the 400 for one that it has not given, or that has expired. */
export type CheckOwnFile = (url: string, param: string) => boolean;

const megabyte = 1024 * 1024;

interface DataRules {
	readonly formats: readonly string[];
	readonly maxBytes: number;
}

/** Source: BytePlus docs 1520757 (image and audio formats, sizes), 2291680 (video is never taken as base64). */
const dataRules: Readonly<Record<MediaKind, DataRules | undefined>> = {
	image: {
		formats: ['jpeg', 'png', 'webp', 'bmp', 'tiff', 'gif', 'heic', 'heif'],
		maxBytes: 30 * megabyte,
	},
	audio: { formats: ['wav', 'mp3', 'mpeg'], maxBytes: 15 * megabyte },
	video: undefined,
};

/**
 * Checks the URL of a content item: https:, asset://<id>, or a data: URL of the right kind. Throws the 400 otherwise.
 * Returns the ID of an asset, or undefined.
 * Source: PowerTokens quick start, Asset Input Format; BytePlus docs 1299023 (InvalidImageURL codes).
 */
export function checkMediaUrl(
	kind: MediaKind,
	url: unknown,
	param: string,
	checkOwn: CheckOwnFile = () => false,
): string | undefined {
	if (url === undefined) throw missingParameter(param);
	if (typeof url !== 'string') throw invalidParameter(param, 'a string');
	if (url === '' && kind === 'image') {
		throw new ArkError(400, 'InvalidImageURL.EmptyURL', 'The image URL is empty.', param);
	}
	const [, assetId] = /^asset:\/\/([^\s/]+)$/.exec(url) ?? [];
	if (assetId !== undefined || isWebAddress(url) || checkOwn(url, param)) return assetId;
	if (url.startsWith('data:')) {
		checkData(kind, url, param);
		return undefined;
	}
	throw badFormat(kind, param);
}

function isWebAddress(url: string): boolean {
	return /^https:\/\//i.test(url) && URL.canParse(url);
}

function checkData(kind: MediaKind, url: string, param: string): void {
	const rules = dataRules[kind];
	const comma = url.indexOf(',');
	const [, type, format] = /^data:([a-z]+)\/([a-z0-9-]+);base64$/.exec(url.slice(0, comma)) ?? [];
	const base64 = url.slice(comma + 1);
	const wellFormed =
		type === kind &&
		rules !== undefined &&
		format !== undefined &&
		rules.formats.includes(format) &&
		base64 !== '' &&
		// Looking for one wrong character needs no backtracking, whatever the length.
		!/[^A-Za-z0-9+/=]/.test(base64);
	if (!wellFormed) throw badFormat(kind, param);
	if (Buffer.byteLength(base64, 'base64') > rules.maxBytes) {
		throw invalidParameter(param, `at most ${rules.maxBytes / megabyte} MB of ${kind}`);
	}
}

function badFormat(kind: MediaKind, param: string): ArkError {
	const forms = ['an https: URL', 'asset://<id>'];
	if (dataRules[kind] !== undefined) forms.push(`data:${kind}/<format>;base64,<data>`);
	const error = invalidParameter(param, forms.join(', or '));
	if (kind !== 'image') return error;
	return new ArkError(400, 'InvalidImageURL.InvalidFormat', error.explanation, param);
}
