import type { IBinaryData, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { SeedanceFailure, stopped, toFailure } from '../seedance/failure';
import type { Clock } from './clock';
import { withRetries } from './retry';

type StreamAnswer = Omit<IN8nHttpFullResponse, 'body'> & {
	body: Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0] & { destroy(): void };
};

type MediaContext = Pick<IExecuteFunctions, 'helpers'>;

/** What a file is called and what it is. */
export interface FileKind {
	/** For messages. */
	readonly label: 'video' | 'last frame';
	readonly fileName: string;
	readonly mimeType: string;
}

/** How long a download may pause, or wait for its first byte. */
const stalledTimeoutMs = 120_000;

/** Codes of a storage that is full or not writable: another download does not help. */
const storageCodes = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EMFILE', 'EPERM']);

/**
 * Streams the file behind a signed URL into n8n's binary storage, without holding it in memory where the storage is on disk. Transient failures are retried, since a download costs nothing.
 * Throws a SeedanceFailure. The request carries no credential and no cookie. Source: APIYI Seedance 2.0 reference: plain GET, no `Authorization` header.
 */
export async function downloadFile(
	context: MediaContext,
	clock: Clock,
	url: string,
	kind: FileKind,
): Promise<IBinaryData> {
	return await withRetries(clock, 'download', async () => {
		try {
			return await downloadOnce(context, clock, url, kind);
		} catch (error) {
			if (clock.signal.aborted) throw stopped();
			throw failureOf(error, kind);
		}
	});
}

function failureOf(error: unknown, { label: file }: FileKind): SeedanceFailure {
	if (error instanceof SeedanceFailure) return error;
	const { code, message } = Object(error) as { code?: unknown; message?: unknown };
	const failure = toFailure(error);
	if (failure.kind === 'bug') return failure;
	if (typeof code !== 'string' || !storageCodes.has(code)) {
		return incomplete(file, error).with({ code: typeof code === 'string' ? code : undefined });
	}
	const values = { file, systemCode: code, systemMessage: String(message) };
	return new SeedanceFailure({ kind: 'fileNotStored', values }, error);
}

function incomplete(file: FileKind['label'], cause?: unknown): SeedanceFailure {
	return new SeedanceFailure({ kind: 'downloadIncomplete', values: { file } }, cause);
}

async function downloadOnce(
	context: MediaContext,
	clock: Clock,
	url: string,
	kind: FileKind,
): Promise<IBinaryData> {
	clock.throwIfStopped();
	const answer = (await context.helpers.httpRequest({
		method: 'GET',
		url,
		// A compressed answer could not be compared with its Content-Length.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		timeout: stalledTimeoutMs,
		abortSignal: clock.signal,
	})) as StreamAnswer;
	if (answer.statusCode !== 200) {
		answer.body.destroy();
		const { statusCode: httpStatus } = answer;
		const values = { file: kind.label };
		throw new SeedanceFailure({ kind: 'downloadRefused', values, httpStatus });
	}
	const { fileName, mimeType } = quicktimeOr(kind, url, answer.headers['content-type']);
	const binary = await context.helpers.prepareBinaryData(answer.body, fileName, mimeType);
	// Some hosts compress anyway; then the length is that of the compressed bytes.
	const isCompressed = answer.headers['content-encoding'] !== undefined;
	const expectedBytes = isCompressed ? NaN : Number(answer.headers['content-length'] ?? NaN);
	const storedBytes = await sizeInBytes(context, binary);
	if (!Number.isNaN(expectedBytes) && storedBytes !== expectedBytes) {
		throw incomplete(kind.label);
	}
	return binary;
}

/** The provider sends MOV where that was requested, and Drive and Slack go by name and type. */
function quicktimeOr(kind: FileKind, url: string, contentType: unknown): FileKind {
	const isQuicktime =
		kind.mimeType === 'video/mp4' &&
		(String(contentType).startsWith('video/quicktime') || /\.mov$/i.test(new URL(url).pathname));
	return isQuicktime
		? { ...kind, fileName: kind.fileName.replace(/\.mp4$/, '.mov'), mimeType: 'video/quicktime' }
		: kind;
}

async function sizeInBytes(context: MediaContext, binary: IBinaryData): Promise<number> {
	if (binary.id === undefined) return Buffer.byteLength(binary.data, 'base64');
	return (await context.helpers.getBinaryMetadata(binary.id)).fileSize;
}
