import type { IExecuteFunctions } from 'n8n-workflow';
import type { Reach } from '../seedance/address';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import { headerBytes } from '../seedance/fileType';
import { isTransient } from '../seedance/retryPolicy';
import type { Clock } from './clock';
import { FileConnection, progressBytes } from './fileConnection';
import { isSameFile, partOf, rangeHeaders, type FilePart } from './filePart';
import { requestFile, type FileAnswer } from './fileRequest';
import { Retries } from './retry';
import type { Semaphore } from './semaphore';

/*
 * A transfer of a file, whose bytes are delivered once and in order, however many requests they need:
 *
 *   closed ──asked for bytes──▶ requested, from where the last request ended
 *   requested ──answered with the rest, or with the whole file, whose beginning is skipped──▶ open
 *    ├──refused, or not the file, for the first time──▶ closed, with a fresh URL
 *    └──refused──▶ failed
 *   open ──bytes──▶ open
 *    ├──end, and all bytes have come──▶ done
 *    └──end too early, broken, or slower than the least rate──▶ closed
 *   closed after a transient failure ──pause──▶ asked again
 *    └──two minutes without as many bytes as the least rate gives in one──▶ failed
 */

/** A file at the provider. */
export interface RemoteFile {
	readonly label: 'video' | 'last frame';
	/** A signed URL. */
	readonly url: string;
	/** Where what names the URL is. */
	readonly namedBy: Reach;
	/** Whether the first bytes are those of such a file. */
	isMedia(head: Uint8Array): boolean;
	/** Reads a URL that was signed just now, or undefined. */
	freshUrl(): Promise<string | undefined>;
}

/** What hosts send in place of a file: a page or a message. */
const documentType = /^(text\/html|application\/json|\S+\/xml|\S+\+(json|xml))\s*(;|$)/i;

/** One file on its way. */
export class FileTransfer {
	private readonly retries: Retries;
	private url: string;
	private isUrlFresh = false;
	private connection: FileConnection | undefined;
	private deliveredBytes = 0;
	/** What the answers say of the whole file. */
	private known: FilePart | undefined;
	private takesRanges = true;
	private progressedBytes = 0;
	private head: Uint8Array = Buffer.alloc(0);
	/** Why the transfer ended without the whole file. */
	failure: SeedanceFailure | undefined;

	constructor(
		private readonly context: Pick<IExecuteFunctions, 'helpers'>,
		private readonly clock: Clock,
		/** Limits the transfers that are open at the same time. */
		private readonly permits: Semaphore,
		private readonly file: RemoteFile,
	) {
		this.url = file.url;
		this.retries = new Retries(clock, 'download');
	}

	/** Opens the transfer and checks the first bytes. Returns the first answer. Throws a SeedanceFailure; nothing was stored then. */
	async begin(): Promise<FileAnswer> {
		try {
			return await this.attempt(async () => await this.openMedia());
		} catch (error) {
			throw (this.failure = toFailure(error));
		}
	}

	/** The bytes of the file from its beginning, after `begin`. Throws a SeedanceFailure. */
	async *bytes(): AsyncGenerator<Uint8Array> {
		try {
			yield this.head;
			for (;;) {
				const chunk = await this.attempt(async () => await this.nextChunk());
				if (chunk === undefined) return;
				yield chunk;
			}
		} catch (error) {
			throw (this.failure = toFailure(error));
		} finally {
			this.close();
		}
	}

	/** How many bytes were delivered. */
	get sizeBytes(): number {
		return this.deliveredBytes;
	}

	/** Ends the open request; more than one call does no harm. */
	close(): void {
		this.connection?.close();
		this.connection = undefined;
	}

	/** Runs work as often as the retry policy allows; once with a URL that was signed just now. */
	private async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
		return await this.retries.run(async () => {
			try {
				return await work();
			} catch (error) {
				const failure = toFailure(error);
				if (this.isUrlFresh || !mayHaveExpired(failure)) throw failure;
			}
			this.isUrlFresh = true;
			// Where even the task cannot be read, the URL that is known is all there is.
			const fresh = await this.file.freshUrl().catch(() => undefined);
			this.url = fresh ?? this.url;
			return await work();
		});
	}

	private async openMedia(): Promise<FileAnswer> {
		const { label, isMedia } = this.file;
		this.deliveredBytes = 0;
		this.progressedBytes = 0;
		this.known = undefined;
		try {
			const { answer } = (this.connection = await this.connect());
			let head: Uint8Array = Buffer.alloc(0);
			while (head.length < headerBytes) {
				const chunk = await this.nextChunk();
				if (chunk === undefined) break;
				head = Buffer.concat([head, chunk]);
			}
			const contentType = String(answer.headers['content-type'] ?? '');
			if (documentType.test(contentType) || !isMedia(head)) {
				const values = { file: label, bytes: head.length, contentType };
				throw new SeedanceFailure({ kind: 'downloadNotMedia', values });
			}
			this.head = head;
			return answer;
		} catch (error) {
			this.close();
			throw toFailure(error);
		}
	}

	private async nextChunk(): Promise<Uint8Array | undefined> {
		if (this.deliveredBytes === this.known?.totalBytes) return undefined;
		const connection = (this.connection ??= await this.connect());
		let chunk: Uint8Array | undefined;
		try {
			chunk = await connection.next();
		} catch (error) {
			this.close();
			throw connection.endedBy ?? this.failureOf(error);
		}
		if (chunk !== undefined) return this.delivered(chunk);
		this.close();
		if (this.known?.totalBytes !== undefined || connection.isShort) throw this.incomplete();
		return undefined;
	}

	private delivered(chunk: Uint8Array): Uint8Array {
		this.deliveredBytes += chunk.length;
		this.progressedBytes += chunk.length;
		if (this.progressedBytes >= progressBytes) {
			this.progressedBytes = 0;
			this.retries.startAnew();
		}
		return chunk;
	}

	private async connect(): Promise<FileConnection> {
		const askedAtMs = this.clock.monotonicMs();
		const release = await this.permits.acquire();
		this.retries.excuse(this.clock.monotonicMs() - askedAtMs);
		let answer: FileAnswer | undefined;
		try {
			this.clock.throwIfStopped();
			const { label, namedBy } = this.file;
			const resumes = this.takesRanges && this.deliveredBytes > 0;
			const headers = resumes ? rangeHeaders(this.deliveredBytes, this.known) : {};
			const request = { label, namedBy, url: this.url, headers };
			answer = await requestFile(this.context, this.clock, request);
			const skipBytes = this.skipBytesOf(answer);
			const timedOut = () => this.incomplete();
			return new FileConnection(this.clock, answer, skipBytes, release, timedOut);
		} catch (error) {
			answer?.body.destroy();
			release();
			throw this.failureOf(error);
		}
	}

	/** How many bytes of an answer came before. Throws a SeedanceFailure for a refusal, and for another file than the one that was begun. */
	private skipBytesOf(answer: FileAnswer): number {
		const { httpStatus } = answer;
		if (httpStatus === 416 && this.deliveredBytes > 0) {
			this.takesRanges = false;
			throw this.incomplete();
		}
		if (httpStatus !== 200 && httpStatus !== 206) {
			const values = { file: this.file.label };
			throw new SeedanceFailure({ kind: 'downloadRefused', values, httpStatus });
		}
		const part = partOf(answer);
		const isSame = this.known === undefined || isSameFile(this.known, part);
		if (!isSame || !(part.startsAt <= this.deliveredBytes)) throw this.incomplete();
		this.known ??= part;
		this.takesRanges &&= !part.isDecoded;
		return this.deliveredBytes - part.startsAt;
	}

	private failureOf(error: unknown): SeedanceFailure {
		const failure = toFailure(error);
		if (error instanceof SeedanceFailure || failure.kind === 'bug') return failure;
		const { code } = Object(error) as { code?: unknown };
		return this.incomplete(error).with({ code: typeof code === 'string' ? code : undefined });
	}

	private incomplete(cause?: unknown): SeedanceFailure {
		const values = { file: this.file.label };
		return new SeedanceFailure({ kind: 'downloadIncomplete', values }, cause);
	}
}

/** A signed URL that has expired is refused, or leads to a page. */
function mayHaveExpired(failure: SeedanceFailure): boolean {
	return (
		failure.kind === 'downloadNotMedia' ||
		(failure.kind === 'downloadRefused' && !isTransient(failure))
	);
}
