import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'crypto';
import type { FileFacts } from '../panel/fileIssues';
import { issue, type Result } from '../panel/issues';
import { toFailure } from '../seedance/failure';
import { fileTypeOf, headerBytes, type FileType } from '../seedance/fileType';
import { createLengthReader } from '../seedance/videoLength';
import type { Clock } from './clock';
import { withinStorageTime } from './deadline';

/** A file of an input item, which can be checked and read any number of times without holding it in memory. */
export interface OpenedFile extends FileFacts {
	readonly field: string;
	readonly fileName: string | undefined;
	/** What its first bytes say; undefined for what no model accepts. */
	readonly type: FileType | undefined;
	/** What n8n stores the file under; absent for a file that is in the item itself. */
	readonly storageId?: string;
	/** Opens the file from its beginning. Opening and reading throw a SeedanceFailure when n8n's storage stands still, or at a stop. */
	open(): Promise<AsyncIterable<Uint8Array>>;
}

/** What is known of a file after it was read whole. */
interface FileContent {
	/** The SHA-256 of its bytes: equal for the same content, whichever item or field it is in, and however often it was stored. */
	readonly identity: string;
	/** The length of a video; undefined where the file does not tell, and for what is no video. */
	readonly videoSeconds: number | undefined;
}

/** An input file that is known by its content. */
export type InputFile = OpenedFile & FileContent;

/** What is known of a run's stored files, by their storage IDs: several items often have the same file. */
export type FileContents = Map<string, Promise<FileContent>>;

type FileContext = Pick<IExecuteFunctions, 'getInputData' | 'helpers'>;

/** The file in a field of an item; `parameter` is the one that names the field. */
export async function openInputFile(
	{ context, clock }: { readonly context: FileContext; readonly clock: Clock },
	itemIndex: number,
	field: string,
	parameter: string,
): Promise<Result<OpenedFile>> {
	const { helpers } = context;
	const files = context.getInputData()[itemIndex]?.binary ?? {};
	const binary = files[field];
	if (binary === undefined) {
		return { issues: [issue(parameter, 'fileNotFound', { field, fields: Object.keys(files) })] };
	}
	return await readFrom(
		parameter,
		async () => await openBinary(storageOf(helpers, clock), field, binary),
	);
}

/** The file with what its content says, for which it is read whole, but never held; a stored file is read once in a run. */
export async function identified(
	file: OpenedFile,
	parameter: string,
	contents: FileContents,
): Promise<Result<InputFile>> {
	const { storageId } = file;
	return await readFrom(parameter, async () => {
		const known = storageId === undefined ? undefined : contents.get(storageId);
		const content = known ?? contentOf(file);
		if (storageId !== undefined) contents.set(storageId, content);
		return { ...file, ...(await content) };
	});
}

async function contentOf(file: OpenedFile): Promise<FileContent> {
	const hash = createHash('sha256');
	const length = file.type?.kind === 'video' ? createLengthReader() : undefined;
	for await (const chunk of await file.open()) {
		hash.update(chunk);
		length?.add(chunk);
	}
	return { identity: hash.digest('hex'), videoSeconds: length?.seconds() };
}

/** What is read of a file; if that fails, `parameter` is the one that names the file. Throws at a stop. */
async function readFrom<Read>(parameter: string, read: () => Promise<Read>): Promise<Result<Read>> {
	try {
		return { value: await read() };
	} catch (error) {
		const failure = toFailure(error);
		if (failure.kind === 'stopped') throw failure;
		const { message, minutes } = failure.values;
		if (failure.kind === 'storageTimedOut') {
			return { issues: [issue(parameter, 'fileReadTimedOut', { minutes: Number(minutes) })] };
		}
		return { issues: [issue(parameter, 'fileNotReadable', { message: String(message) })] };
	}
}

/** n8n's storage of files, each step of which may take only so long. */
interface Storage {
	open(id: string): Promise<AsyncIterable<Uint8Array>>;
	sizeInBytes(id: string): Promise<number>;
}

function storageOf(helpers: FileContext['helpers'], clock: Clock): Storage {
	return {
		async open(id) {
			const stream: AsyncIterable<Uint8Array> = await withinStorageTime(
				clock,
				async () => await helpers.getBinaryStream(id),
			);
			return {
				[Symbol.asyncIterator]() {
					const chunks = stream[Symbol.asyncIterator]();
					return {
						next: async () => await withinStorageTime(clock, async () => await chunks.next()),
						return: async () => (await chunks.return?.()) ?? { done: true, value: undefined },
					};
				},
			};
		},
		sizeInBytes: async (id) =>
			(await withinStorageTime(clock, async () => await helpers.getBinaryMetadata(id))).fileSize,
	};
}

async function openBinary(
	storage: Storage,
	field: string,
	binary: IBinaryData,
): Promise<OpenedFile> {
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
			open: async () =>
				(async function* () {
					yield bytes;
				})(),
		};
	}
	const open = async () => await storage.open(id);
	const head = await firstBytes(await open());
	return {
		field,
		fileName,
		head,
		type: fileTypeOf(head),
		sizeBytes: await storage.sizeInBytes(id),
		storageId: id,
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

/** A form whose file is read while it is sent. */
export interface StreamedForm {
	readonly body: FormData;
	/** Bytes of the file that were read so far. */
	movedBytes(): number;
	/** Closes the file, also where the client has not read it to its end. */
	close(): Promise<void>;
}

/** A form with a file that is streamed while it is sent; it can be sent once. */
export async function streamedForm(
	file: OpenedFile,
	fileName: string,
	fields: Readonly<Record<string, string>>,
): Promise<StreamedForm> {
	let movedBytes = 0;
	const opened = await file.open();
	const stream = (async function* () {
		for await (const chunk of opened) {
			movedBytes += chunk.length;
			yield chunk;
		}
	})();
	const part = {
		name: fileName,
		type: file.type?.mimeType ?? 'application/octet-stream',
		size: file.sizeBytes,
		stream: () => stream,
	};
	const parts = [...Object.entries(fields), ['file', part]];
	// The HTTP client asks a form for its entries and a file for its stream; the platform's own FormData accepts only complete Blobs.
	const entries = () => parts[Symbol.iterator]();
	return {
		body: Object.assign(new FormData(), { entries, [Symbol.iterator]: entries }),
		movedBytes: () => movedBytes,
		async close() {
			// A generator that has not begun has nothing to close but what it was made for.
			await stream.return();
			await opened[Symbol.asyncIterator]().return?.();
		},
	};
}
