import type { MediaKind } from './mediaReference';
import { quoted } from './problem';

/** What a file is, told by its first bytes. */
export interface FileType {
	readonly kind: MediaKind;
	readonly mimeType: string;
	/** Without a dot. */
	readonly extension: string;
}

/** How many first bytes {@link fileTypeOf} and {@link wavSeconds} need. */
export const headerBytes = 64;

/** Most bytes of a file, for each kind: under 30 MB, at most 200 MB, at most 15 MB. Source: BytePlus docs 1520757 and 2291680; github byteplus-sa/ComfyUI-BytePlus-ModelArk (200 MB; older documents say 50 MB). */
const megabyte = 1024 * 1024;
const mostMegabytes: Readonly<Record<MediaKind, number>> = { image: 30, video: 200, audio: 15 };

/** Longest audio of a file in seconds. Source: BytePlus docs 2291680, PowerTokens asset library guide (15 s); BytePlus docs 2607688 (30 s for Seedance 2.5). */
export const longestAudioSeconds = { usual: 15, seedance25: 30 } as const;

/** What servers were seen to let pass. Source: github comfyanonymous/ComfyUI, nodes_bytedance.py. */
const audioToleranceSeconds = 0.2;

const formats: Readonly<Record<MediaKind, string>> = {
	image: 'JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC',
	video: 'MP4 or MOV',
	audio: 'WAV or MP3',
};

type Signature = FileType & { readonly matches: (latin1: string) => boolean };

/** Formats that the models take. Source: BytePlus docs 1520757 (images), 2291680 (video, audio). */
const signatures: readonly Signature[] = [
	image('jpeg', 'jpg', (head) => head.startsWith('\xff\xd8\xff')),
	image('png', 'png', (head) => head.startsWith('\x89PNG\r\n\x1a\n')),
	image('webp', 'webp', (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP'),
	image('bmp', 'bmp', (head) => head.startsWith('BM')),
	image('tiff', 'tiff', (head) => head.startsWith('II*\0') || head.startsWith('MM\0*')),
	image('gif', 'gif', (head) => head.startsWith('GIF8')),
	image('heic', 'heic', (head) => /^(heic|heix|hevc|mif1|msf1|heif)$/.test(brandOf(head))),
	{
		kind: 'video',
		mimeType: 'video/quicktime',
		extension: 'mov',
		matches: (head) => brandOf(head) === 'qt  ',
	},
	{
		kind: 'video',
		mimeType: 'video/mp4',
		extension: 'mp4',
		matches: (head) => /^(isom|iso\d|mp4\d|avc1|M4V |MSNV|dash|f4v )/.test(brandOf(head)),
	},
	{
		kind: 'audio',
		mimeType: 'audio/wav',
		extension: 'wav',
		matches: (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WAVE',
	},
	{
		kind: 'audio',
		mimeType: 'audio/mpeg',
		extension: 'mp3',
		matches: (head) => head.startsWith('ID3') || /^\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]/.test(head),
	},
];

/** Takes the first bytes of a file and gives what it is, or undefined for what no model takes; a file's name is not believed. */
export function fileTypeOf(head: Uint8Array): FileType | undefined {
	const text = latin1(head);
	const found = signatures.find(({ matches }) => matches(text));
	return found && { kind: found.kind, mimeType: found.mimeType, extension: found.extension };
}

/** Takes the first bytes of a WAV file and its whole size and gives its length in seconds, or undefined when the header does not tell. */
export function wavSeconds(head: Uint8Array, sizeBytes: number): number | undefined {
	const text = latin1(head);
	if (!text.startsWith('RIFF') || text.slice(8, 16) !== 'WAVEfmt ' || head.length < 32) {
		return undefined;
	}
	const bytesPerSecond = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(
		28,
		true,
	);
	return bytesPerSecond === 0 ? undefined : (sizeBytes - 44) / bytesPerSecond;
}

/** What has to be known of a file to judge it. */
export interface FileFacts {
	/** The first {@link headerBytes} bytes. */
	readonly head: Uint8Array;
	readonly sizeBytes: number;
}

/** Takes a file and the kind that is wanted (any of the three when undefined) and gives what is wrong with it, as the rest of a sentence that begins with the field's label, or undefined. */
export function fileProblem(
	{ head, sizeBytes }: FileFacts,
	wanted: MediaKind | undefined,
	mostAudioSeconds: number = longestAudioSeconds.usual,
): string | undefined {
	if (sizeBytes === 0) return 'is an empty file.';
	const type = fileTypeOf(head);
	if (type === undefined || (wanted !== undefined && type.kind !== wanted)) {
		const taken = wanted === undefined ? Object.values(formats).join(', ') : formats[wanted];
		const what = type === undefined ? 'is no format that the models take' : `is ${type.mimeType}`;
		return `${what}. Give ${wanted === undefined ? 'a file' : `${article(wanted)} ${wanted}`} as ${taken}.`;
	}
	const limit = mostMegabytes[type.kind];
	const tooLarge =
		type.kind === 'image' ? sizeBytes >= limit * megabyte : sizeBytes > limit * megabyte;
	if (tooLarge) {
		return `has ${(sizeBytes / megabyte).toFixed(1)} MB. ${type.kind === 'image' ? 'An image has to be under' : `${type.kind === 'audio' ? 'Audio' : 'A video'} may have at most`} ${limit} MB.`;
	}
	const seconds = wavSeconds(head, sizeBytes);
	if (seconds !== undefined && seconds > mostAudioSeconds + audioToleranceSeconds) {
		return `lasts ${seconds.toFixed(1)} seconds. Audio may last at most ${mostAudioSeconds} seconds here.`;
	}
	return undefined;
}

/** Most characters of an asset's file name, extension included. Source: github ym1623/powertokens-cli (the server adds a prefix and refuses more than 64). */
const mostNameCharacters = 40;

/** Takes a file's own name and its type and gives a name that every service takes: no path, no control or quote characters, at most 40 characters, the extension of its content. */
export function safeFileName(name: string | undefined, { extension, kind }: FileType): string {
	const base = (name ?? '')
		.normalize('NFC')
		.replace(/^.*[/\\]/s, '')
		.replace(/[\p{C}"'`<>|:*?;%]/gu, '_')
		.replace(/\.[A-Za-z0-9]{1,5}$/, '')
		.replace(/^[.\s]+|[.\s]+$/g, '');
	const room = mostNameCharacters - extension.length - 1;
	const shortened = [...(base === '' ? kind : base)].slice(0, room).join('').trim();
	return `${shortened}.${extension}`;
}

/** Takes the item's field and gives the sentence's beginning for a file that is not there. */
export function missingFileProblem(field: string, present: readonly string[]): string {
	const others =
		present.length === 0
			? 'The item has no file.'
			: `The item has: ${present.map(quoted).join(', ')}.`;
	return `is ${quoted(field)}, but the item has no file in this field. ${others}`;
}

function image(subtype: string, extension: string, matches: (head: string) => boolean): Signature {
	return { kind: 'image', mimeType: `image/${subtype}`, extension, matches };
}

/** The brand of a file that begins with an ftyp box. */
function brandOf(head: string): string {
	return head.slice(4, 8) === 'ftyp' ? head.slice(8, 12) : '';
}

function latin1(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function article(kind: MediaKind): string {
	return kind === 'video' ? 'a' : 'an';
}
