import type { IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'crypto';
import { SeedanceFailure } from '../api/errors';
import {
	fileTypeOf,
	headerBytes,
	missingFileProblem,
	type FileFacts,
	type FileType,
} from '../api/mediaFile';

/** A file of an input item, ready to be judged and to be read as often as needed without holding it in memory. */
export interface InputFile extends FileFacts {
	readonly field: string;
	readonly fileName: string | undefined;
	/** What its first bytes say; undefined for what no model takes. */
	readonly type: FileType | undefined;
	/** Equal for the same file, whichever item or field it is in. */
	readonly identity: string;
	/** Opens the file from its beginning. */
	open(): Promise<AsyncIterable<Uint8Array>>;
}

type FileContext = Pick<IExecuteFunctions, 'getInputData' | 'helpers'>;

/** Takes an item and the name of its field and gives the file in it; throws a SeedanceFailure whose message goes on after the field's label when there is none. */
export async function openInputFile(
	context: FileContext,
	itemIndex: number,
	field: string,
): Promise<InputFile> {
	const { helpers } = context;
	const files = context.getInputData()[itemIndex]?.binary ?? {};
	const binary = files[field];
	if (binary === undefined) {
		throw new SeedanceFailure({
			reason: 'input',
			message: missingFileProblem(field, Object.keys(files)),
			description: '',
		});
	}
	const { id, fileName } = binary;
	if (id === undefined) {
		const bytes = Buffer.from(binary.data, 'base64');
		const head = bytes.subarray(0, headerBytes);
		return {
			field,
			fileName,
			head,
			type: fileTypeOf(head),
			sizeBytes: bytes.length,
			identity: createHash('sha256').update(bytes).digest('hex'),
			open: async () =>
				(async function* () {
					yield bytes;
				})(),
		};
	}
	const open = async () => await helpers.getBinaryStream(id);
	const head = await firstBytes(await open());
	return {
		field,
		fileName,
		head,
		type: fileTypeOf(head),
		sizeBytes: (await helpers.getBinaryMetadata(id)).fileSize,
		identity: id,
		open,
	};
}

async function firstBytes(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	// Leaving the loop closes the stream.
	for await (const chunk of stream) {
		chunks.push(chunk);
		length += chunk.length;
		if (length >= headerBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, headerBytes);
}

/** Takes a file and the name to send and gives a form with it that is read piece by piece while it is sent. */
export async function streamedForm(
	file: InputFile,
	fileName: string,
	fields: Readonly<Record<string, string>>,
): Promise<FormData> {
	const stream = await file.open();
	const part = {
		name: fileName,
		type: file.type?.mimeType ?? 'application/octet-stream',
		size: file.sizeBytes,
		stream: () => stream,
	};
	const parts = [...Object.entries(fields), ['file', part]];
	// The HTTP client asks a form for its entries and a file for its stream; the platform's own forms take finished Blobs alone.
	const entries = () => parts[Symbol.iterator]();
	return Object.assign(new FormData(), { entries, [Symbol.iterator]: entries });
}
