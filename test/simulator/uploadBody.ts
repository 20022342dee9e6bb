import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { signatureBytes } from './mediaSignatures';
import { MultipartError, MultipartReader, readBoundary, type PartHeaders } from './multipart';

/** A file that was uploaded, of which the first bytes are all that is kept. */
export interface UploadedFile {
	readonly fileName: string;
	/** The Content-Type of the part; undefined without one. */
	readonly contentType: string | undefined;
	/** The size of the file, in bytes. */
	readonly bytes: number;
	/** In hexadecimal digits. */
	readonly sha256: string;
	readonly firstBytes: Buffer;
}

/** What the body of an upload holds; the file is undefined where there is none. */
export interface UploadBody {
	readonly file: UploadedFile | undefined;
	readonly groupId: string | undefined;
}

/** The most that a part without a file name may hold. */
const fieldLimitBytes = 64 * 1024;

/** Reads the body of an upload as it arrives, without keeping it; throws a MultipartError for what is no such body. */
export async function readUploadBody(
	body: Readable,
	contentType: string | undefined,
): Promise<UploadBody> {
	let finishFile: (() => UploadedFile) | undefined;
	let finishGroupId: (() => string) | undefined;
	const reader = new MultipartReader(readBoundary(contentType), (part) => {
		if (part.name === 'file' && part.fileName !== undefined && finishFile === undefined) {
			const { consume, finish } = collectFile(part, part.fileName);
			finishFile = finish;
			return consume;
		}
		const { consume, finish } = collectField();
		if (part.name === 'group_id') finishGroupId = finish;
		return consume;
	});
	await readToEnd(body, reader);
	return { file: finishFile?.(), groupId: finishGroupId?.() };
}

/** Reads on after a mistake in the body, as its sender would otherwise not get to see the answer. */
async function readToEnd(body: Readable, reader: MultipartReader): Promise<void> {
	let mistake: unknown;
	for await (const piece of body) {
		if (mistake !== undefined) continue;
		try {
			reader.write(piece);
		} catch (error) {
			mistake = error;
		}
	}
	if (mistake !== undefined) throw mistake;
	reader.end();
}

function collectFile({ contentType }: PartHeaders, fileName: string) {
	const hash = createHash('sha256');
	const first = Buffer.alloc(signatureBytes);
	let bytes = 0;
	return {
		consume: (piece: Buffer) => {
			if (bytes < signatureBytes) piece.copy(first, bytes);
			hash.update(piece);
			bytes += piece.length;
		},
		finish: (): UploadedFile => ({
			fileName,
			contentType,
			bytes,
			sha256: hash.digest('hex'),
			firstBytes: first.subarray(0, bytes),
		}),
	};
}

function collectField() {
	const pieces: Buffer[] = [];
	let bytes = 0;
	return {
		consume: (piece: Buffer) => {
			bytes += piece.length;
			if (bytes > fieldLimitBytes) throw new MultipartError('A field is too long');
			pieces.push(Buffer.from(piece));
		},
		finish: () => Buffer.concat(pieces).toString(),
	};
}
