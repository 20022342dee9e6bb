import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { Clock } from './clock';
import { withinStorageTime } from './deadline';
import type { FileAnswer, FileBody } from './fileRequest';
import { FileTransfer, type RemoteFile } from './fileTransfer';
import { withRetries } from './retry';
import type { Semaphore } from './semaphore';

type StoredBytes = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

/** The parts of n8n's contexts that a download needs; an execution and a poll both have them. */
export interface MediaContext {
	readonly helpers: Pick<
		IExecuteFunctions['helpers'],
		'httpRequest' | 'prepareBinaryData' | 'getBinaryMetadata'
	>;
}

/** A file to download, and what it is called in n8n. */
export interface FileKind extends RemoteFile {
	readonly fileName: string;
	readonly mimeType: string;
}

/** Codes of a storage that is full or not writable: another download does not help. */
const storageCodes = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EMFILE', 'EPERM']);

/**
 * Streams a file into n8n's binary storage, without holding it in memory where the storage is on disk. Nothing is stored before the first bytes are those of such a file, and what breaks is continued, since n8n offers no way to remove a part that was stored.
 * Throws a SeedanceFailure. The requests carry no credential and no cookie. Source: APIYI Seedance 2.0 reference: plain GET, no `Authorization` header.
 */
export async function downloadFile(
	context: MediaContext,
	clock: Clock,
	permits: Semaphore,
	file: FileKind,
): Promise<IBinaryData> {
	const stored = await withRetries(clock, 'download', async () => {
		const transfer = new FileTransfer(context, clock, permits, file);
		try {
			return await store(context, clock, transfer, file);
		} catch (error) {
			const { failure } = transfer;
			// Another file has to be stored from its beginning.
			if (failure?.kind === 'downloadChanged') throw incomplete(file, failure);
			// The transfer has had its own retries; only the storage may do better another time.
			if (failure !== undefined) return failure;
			throw storageFailure(error, file);
		} finally {
			transfer.end();
		}
	});
	if (stored instanceof SeedanceFailure) throw stored;
	return stored;
}

async function store(
	{ helpers }: MediaContext,
	clock: Clock,
	transfer: FileTransfer,
	file: FileKind,
): Promise<IBinaryData> {
	const answer = await transfer.begin();
	const { fileName, mimeType } = quicktimeOr(file, answer);
	const asked = new AskedBytes(transfer.bytes());
	const storing = async () => {
		const bytes = await storableOf(answer.body, asked.bytes());
		const binary = await helpers.prepareBinaryData(bytes, fileName, mimeType);
		if ((await sizeInBytes(helpers, binary)) !== transfer.sizeBytes) throw incomplete(file);
		return binary;
	};
	return await withinStorageTime(clock, storing, () => asked.wasAsked());
}

/** Bytes, and whether the storage asks for them: while it waits for them, it does not stand still. */
class AskedBytes {
	private isAsked = false;
	private wasAskedSince = false;

	constructor(private readonly source: AsyncIterable<Uint8Array>) {}

	async *bytes(): AsyncGenerator<Uint8Array> {
		this.isAsked = this.wasAskedSince = true;
		try {
			for await (const chunk of this.source) {
				this.isAsked = false;
				yield chunk;
				this.isAsked = this.wasAskedSince = true;
			}
		} finally {
			this.isAsked = false;
		}
	}

	/** Whether bytes are asked for, or were since this was called last. */
	wasAsked(): boolean {
		const was = this.isAsked || this.wasAskedSince;
		this.wasAskedSince = false;
		return was;
	}
}

/** n8n takes a stream or a buffer, nodes may not import the module of streams, and the class of every body makes what n8n takes of any bytes. */
async function storableOf(body: FileBody, bytes: AsyncIterable<Uint8Array>): Promise<StoredBytes> {
	const { from } = body.constructor as unknown as {
		from(
			iterable: AsyncIterable<Uint8Array>,
			options: { objectMode: boolean },
		): StoredBytes | Promise<StoredBytes>;
	};
	return await from(bytes, { objectMode: false });
}

function storageFailure(error: unknown, file: FileKind): SeedanceFailure {
	if (error instanceof SeedanceFailure) return error;
	const { code, message } = Object(error) as { code?: unknown; message?: unknown };
	const failure = toFailure(error);
	if (failure.kind === 'bug') return failure;
	if (typeof code !== 'string' || !storageCodes.has(code)) {
		return incomplete(file, error).with({ code: typeof code === 'string' ? code : undefined });
	}
	const values = { file: file.label, systemCode: code, systemMessage: String(message) };
	return new SeedanceFailure({ kind: 'fileNotStored', values }, error);
}

function incomplete({ label: file }: FileKind, cause?: unknown): SeedanceFailure {
	return new SeedanceFailure({ kind: 'downloadIncomplete', values: { file } }, cause);
}

/** The provider sends MOV where that was requested, and Drive and Slack go by name and type. */
function quicktimeOr(
	{ fileName, mimeType, url }: FileKind,
	{ headers }: FileAnswer,
): { readonly fileName: string; readonly mimeType: string } {
	const isQuicktime =
		mimeType === 'video/mp4' &&
		(String(headers['content-type']).startsWith('video/quicktime') ||
			/\.mov$/i.test(new URL(url).pathname));
	return isQuicktime
		? { fileName: fileName.replace(/\.mp4$/, '.mov'), mimeType: 'video/quicktime' }
		: { fileName, mimeType };
}

async function sizeInBytes(helpers: MediaContext['helpers'], binary: IBinaryData): Promise<number> {
	if (binary.id === undefined) return Buffer.byteLength(binary.data, 'base64');
	return (await helpers.getBinaryMetadata(binary.id)).fileSize;
}
