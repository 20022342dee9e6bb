import { createHash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { ArkError } from './errors';
import { signatureBytes } from './mediaSignatures';

/** A file that was uploaded, of which the first bytes are all that is kept. */
export interface UploadedFile {
	readonly fileName: string;
	/** The Content-Type of the part; text/plain without one. Source: RFC 7578, section 4.4. */
	readonly contentType: string;
	/** The size of the file, in bytes. */
	readonly bytes: number;
	/** In hexadecimal digits. */
	readonly sha256: string;
	readonly firstBytes: Buffer;
}

/** The content of an upload's body. The file is undefined if there is none. */
export interface UploadBody {
	readonly file: UploadedFile | undefined;
	readonly groupId: string | undefined;
}

/** The maximum size of a part without a file name. */
const maxFieldBytes = 64 * 1024;

const partOptions = {
	isPartAFile: (_field: string | undefined, _type: string | undefined, fileName?: string) =>
		fileName !== undefined,
	preservePath: true,
	limits: { fieldSize: maxFieldBytes, fileSize: Infinity },
};

/** Reads the body of an upload as it arrives, without storing it. Throws an ArkError for a body that is not multipart/form-data. */
export async function readUploadBody(request: FastifyRequest): Promise<UploadBody> {
	const isEmpty = request.body === undefined && !request.isMultipart();
	if (isEmpty) return { file: undefined, groupId: undefined };
	try {
		return await readParts(request);
	} catch (error) {
		// The sender reads the answer only after it has sent its whole body.
		request.raw.unpipe().resume();
		await finished(request.raw).catch(() => undefined);
		const reason = error instanceof Error ? error.message : String(error);
		throw new ArkError(400, 'InvalidParameter', `not multipart/form-data: ${reason}`);
	}
}

async function readParts(request: FastifyRequest): Promise<UploadBody> {
	let file: UploadedFile | undefined;
	let groupId: string | undefined;
	for await (const part of request.parts(partOptions)) {
		if (part.type === 'field') {
			if (part.valueTruncated) throw new Error('A field is too long');
			if (part.fieldname === 'group_id') groupId = String(part.value);
		} else if (part.fieldname === 'file' && file === undefined) {
			file = await readFile(part);
		} else {
			part.file.resume();
		}
	}
	return { file, groupId };
}

async function readFile({ file, filename, mimetype }: MultipartFile): Promise<UploadedFile> {
	const hash = createHash('sha256');
	const first = Buffer.alloc(signatureBytes);
	let bytes = 0;
	for await (const piece of file) {
		if (bytes < signatureBytes) piece.copy(first, bytes);
		hash.update(piece);
		bytes += piece.length;
	}
	return {
		fileName: decodeFileName(filename),
		contentType: mimetype,
		bytes,
		sha256: hash.digest('hex'),
		firstBytes: first.subarray(0, bytes),
	};
}

/** Source: WHATWG HTML, multipart/form-data encoding algorithm (%22, %0D, %0A in names). */
function decodeFileName(name: string): string {
	return name.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}
