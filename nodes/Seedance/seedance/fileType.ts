import type { MediaKind } from './media';

/** What a file is. */
export interface FileType {
	readonly kind: MediaKind;
	readonly mimeType: string;
	/** Without a dot. */
	readonly extension: string;
}

/** Number of first bytes that {@link fileTypeOf} and {@link wavSeconds} need. */
export const headerBytes = 64;

type Signature = FileType & { readonly matches: (latin1: string) => boolean };

/** Formats that the models accept. Source: BytePlus docs 1520757 (images), 2291680 (video, audio). */
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

/** What the first bytes of a file say it is, or undefined for what no model accepts. The name of a file is not trusted. */
export function fileTypeOf(head: Uint8Array): FileType | undefined {
	const text = latin1(head);
	const found = signatures.find(({ matches }) => matches(text));
	return found && { kind: found.kind, mimeType: found.mimeType, extension: found.extension };
}

/** Whether the first bytes are those of a video: an ftyp box, whatever its brand. */
export function isVideo(head: Uint8Array): boolean {
	return brandOf(latin1(head.subarray(0, headerBytes))) !== '';
}

/** Whether the first bytes are those of a PNG. */
export function isPng(head: Uint8Array): boolean {
	return fileTypeOf(head.subarray(0, headerBytes))?.extension === 'png';
}

/** Length of a WAV file in seconds, or undefined when its first bytes do not tell. */
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

/** A name that every asset library accepts: no path, no control or quote characters, at most `maxCharacters` with the extension of the content. */
export function safeFileName(
	name: string | undefined,
	{ extension, kind }: FileType,
	maxCharacters: number,
): string {
	const inFolder = (name ?? '').replace(/^.*[/\\]/s, '').replace(/\.[A-Za-z0-9]{1,5}$/, '');
	const room = maxCharacters - extension.length - 1;
	return `${safeBaseName(inFolder, room) || kind}.${extension}`;
}

/** A name without extension that every file system accepts, of at most `maxCharacters`: what separates folders becomes `_`. Empty when nothing is left. */
export function safeBaseName(name: string, maxCharacters: number): string {
	const base = name
		.normalize('NFC')
		.replace(/[/\\\p{C}"'`<>|:*?;%]/gu, '_')
		.replace(/^[.\s]+|[.\s]+$/g, '');
	return [...base].slice(0, maxCharacters).join('').trim();
}
