import { randomBytes } from 'node:crypto';

import type { OutsideAnswer, OutsideRequest } from './outsideHosts';

interface Upload<Metadata> {
	readonly metadata: Metadata;
	bytes: Buffer;
}

/** What was uploaded, once its last byte is there. */
export interface FinishedUpload<Metadata> {
	readonly metadata: Metadata;
	readonly bytes: Buffer;
}

const chunkUnitBytes = 256 * 1024;

/** A refusal in the format of Google's APIs. */
export function refusal(code: number, message: string): OutsideAnswer {
	return { status: code, body: { error: { code, message } } };
}

/** Google's resumable uploads: their addresses, and the chunks that are sent there. Source: Google Drive API, Manage resumable uploads; YouTube Data API, Resumable uploads (308 until the last byte, chunks of 256 KiB). */
export class ResumableUploads<Metadata> {
	private readonly uploads = new Map<string, Upload<Metadata>>();

	/** The path is that of the upload on www.googleapis.com. */
	constructor(private readonly path: string) {}

	/** Answers the request that begins an upload with the address for its chunks, which is its own permission. */
	open(metadata: Metadata): OutsideAnswer {
		const uploadId = randomBytes(16).toString('hex');
		this.uploads.set(uploadId, { metadata, bytes: Buffer.alloc(0) });
		const location = `https://www.googleapis.com${this.path}?uploadType=resumable&upload_id=${uploadId}`;
		return { status: 200, headers: { location } };
	}

	/** Whether a request is a chunk of an upload. */
	isChunk({ method, url }: OutsideRequest): boolean {
		return method === 'PUT' && url.searchParams.has('upload_id');
	}

	/** Takes a chunk. Returns the answer, or what was uploaded if the chunk is the last one. */
	takeChunk({ url, headers, body }: OutsideRequest): OutsideAnswer | FinishedUpload<Metadata> {
		const uploadId = url.searchParams.get('upload_id') ?? '';
		const upload = this.uploads.get(uploadId);
		const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
		const [first = -1, last = -1, size = -1] = range.slice(1).map(Number);
		if (upload === undefined) return refusal(404, 'Upload not found');
		const isNext = first === upload.bytes.length && last === first + body.length - 1;
		const isLast = last === size - 1;
		if (!isNext || (!isLast && body.length % chunkUnitBytes !== 0)) {
			return refusal(400, 'Invalid Content-Range');
		}
		upload.bytes = Buffer.concat([upload.bytes, body]);
		if (!isLast) return { status: 308, headers: { range: `bytes=0-${last}` } };
		this.uploads.delete(uploadId);
		return upload;
	}
}
