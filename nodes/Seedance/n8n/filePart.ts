import type { FileAnswer } from './fileRequest';

/** What an answer with bytes of a file says of them. */
export interface FilePart {
	/** The place of the first byte in the file; NaN where the answer does not say. */
	readonly startsAt: number;
	/** Size of the whole file; undefined where it is not known. */
	readonly totalBytes: number | undefined;
	readonly etag: string | undefined;
	/** Whether the HTTP client decodes what the host compresses although it was not asked to: sizes and places are those of the compressed bytes. */
	readonly isDecoded: boolean;
}

/** What an answer with status 200 or 206 says of its bytes. Source: RFC 9110, sections 8 and 14. */
export function partOf({ httpStatus, headers, body }: FileAnswer): FilePart {
	const isPart = httpStatus === 206;
	const [, first, total] = /^bytes (\d+)-\d*\/(\d+)$/.exec(String(headers['content-range'])) ?? [];
	const { etag } = headers;
	// Only streams that decode count what they have written.
	const isDecoded = headers['content-encoding'] !== undefined || 'bytesWritten' in body;
	const size = isPart ? total : headers['content-length'];
	return {
		startsAt: isPart ? Number(first ?? NaN) : 0,
		totalBytes: isDecoded || size === undefined ? undefined : Number(size),
		etag: typeof etag === 'string' ? etag : undefined,
		isDecoded,
	};
}

/** Whether a part continues the file of which so many bytes are known, as far as both answers say. */
export function continuesFile(
	known: FilePart | undefined,
	fromByte: number,
	part: FilePart,
): boolean {
	if (part.startsAt !== fromByte) return false;
	if (known === undefined) return true;
	const hasSameTag =
		known.etag === undefined || part.etag === undefined || known.etag === part.etag;
	return hasSameTag && known.totalBytes === part.totalBytes;
}

/** The headers that ask for the rest of a file. */
export function rangeHeaders(
	fromByte: number,
	known: FilePart | undefined,
): Record<string, string> {
	const { etag } = known ?? {};
	// A weak tag does not promise the same bytes.
	const condition = etag?.startsWith('"') === true ? { 'If-Range': etag } : {};
	return { Range: `bytes=${fromByte}-`, ...condition };
}
