import type { IBinaryData, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { SeedanceFailure } from '../api/errors';
import { isPassing, retryDelayMs } from '../api/retry';
import { stopped, type Clock } from './clock';

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

/** How long a download may stand still, or wait for its first byte. */
const stalledTimeoutMs = 120_000;

/** Codes of a storage that is full or may not be written: downloading again changes nothing. */
const storageCodes = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EMFILE', 'EPERM']);

/**
 * Takes a signed URL and streams the file behind it into n8n's binary storage, without holding it in memory where the storage is on disk.
 * A download that breaks off is started again a few times, since it costs nothing. Throws SeedanceFailure.
 * The request carries no credential and no cookie. Source: APIYI Seedance 2.0 reference: plain GET, no `Authorization` header.
 */
export async function downloadFile(
	context: MediaContext,
	clock: Clock,
	url: string,
	kind: FileKind,
): Promise<IBinaryData> {
	for (let retries = 0; ; retries++) {
		try {
			return await downloadOnce(context, clock, url, kind);
		} catch (error) {
			if (clock.signal.aborted) throw stopped();
			const failure = failureOf(error, kind);
			const delayMs = isPassing(failure)
				? retryDelayMs('download', failure, retries, Math.random())
				: undefined;
			if (delayMs === undefined) throw failure;
			await clock.sleep(delayMs);
		}
	}
}

function failureOf(error: unknown, { label }: FileKind): SeedanceFailure {
	if (error instanceof SeedanceFailure) return error;
	const { code, message } = Object(error) as { code?: unknown; message?: unknown };
	return typeof code === 'string' && storageCodes.has(code)
		? downloadFailure(
				'unexpected',
				`n8n could not store the ${label} (${code}): ${String(message)}`,
			)
		: downloadFailure('network', `The download of the ${label} broke off`);
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
		throw downloadFailure(
			'refused',
			`The host of the ${kind.label} answered the download with HTTP status ${answer.statusCode}`,
			answer.statusCode,
		);
	}
	const { fileName, mimeType } = quicktimeOr(kind, url, answer.headers['content-type']);
	const binary = await context.helpers.prepareBinaryData(answer.body, fileName, mimeType);
	// Some hosts compress all the same; then the length is that of the compressed bytes.
	const isCompressed = answer.headers['content-encoding'] !== undefined;
	const expectedBytes = isCompressed ? NaN : Number(answer.headers['content-length'] ?? NaN);
	const storedBytes = await sizeInBytes(context, binary);
	if (!Number.isNaN(expectedBytes) && storedBytes !== expectedBytes) {
		throw downloadFailure('network', `The download of the ${kind.label} broke off`);
	}
	return binary;
}

/** A video that was asked for as MOV comes as such, and Drive and Slack go by name and type. */
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

function downloadFailure(
	reason: 'network' | 'refused' | 'unexpected',
	message: string,
	httpStatus?: number,
): SeedanceFailure {
	return new SeedanceFailure({
		reason,
		message,
		description:
			'The video itself is finished and paid for. Run the Get operation with this task id and Download Video on to fetch it, within 24 hours.',
		httpStatus,
	});
}
