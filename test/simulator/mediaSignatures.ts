import type { MediaKind } from './mediaUrls';

/** How many bytes of a file are enough to identify it. */
export const signatureBytes = 64;

interface Signature {
	readonly kind: MediaKind;
	/** The text, one character for each byte, at each of these offsets. */
	readonly textAt: Readonly<Record<number, string>>;
}

/** Source: WHATWG MIME Sniffing, sections 6.1 and 6.2; ISO/IEC 14496-12 (ftyp); id3.org, ID3v2.4.0 (ID3). */
const signatures: readonly Signature[] = [
	{ kind: 'image', textAt: { 0: '\x89PNG\r\n\x1a\n' } },
	{ kind: 'image', textAt: { 0: '\xff\xd8\xff' } },
	{ kind: 'image', textAt: { 0: 'GIF87a' } },
	{ kind: 'image', textAt: { 0: 'GIF89a' } },
	{ kind: 'image', textAt: { 0: 'RIFF', 8: 'WEBP' } },
	{ kind: 'image', textAt: { 0: 'BM' } },
	{ kind: 'video', textAt: { 4: 'ftyp' } },
	{ kind: 'audio', textAt: { 0: 'RIFF', 8: 'WAVE' } },
	{ kind: 'audio', textAt: { 0: 'ID3' } },
];

/** Detects the kind of media from a file's first bytes, or returns undefined. */
export function kindOfBytes(firstBytes: Buffer): MediaKind | undefined {
	const text = firstBytes.toString('latin1');
	const found = signatures.find(({ textAt }) =>
		Object.entries(textAt).every(([offset, part]) => text.startsWith(part, Number(offset))),
	);
	return found?.kind ?? (isMp3Frame(firstBytes) ? 'audio' : undefined);
}

/** Source: ISO/IEC 11172-3, frame header (eleven bits of sync, then version and layer, of which one value each is reserved). */
function isMp3Frame(bytes: Buffer): boolean {
	const [first = 0, second = 0] = bytes;
	const version = (second >> 3) & 0b11;
	const layer = (second >> 1) & 0b11;
	return first === 0xff && second >> 5 === 0b111 && version !== 0b01 && layer !== 0b00;
}
