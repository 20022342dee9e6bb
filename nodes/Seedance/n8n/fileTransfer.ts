import { createHash } from 'node:crypto';
import type { Reach } from '../seedance/address';
import { SeedanceFailure, stopped, toFailure } from '../seedance/failure';
import { headerBytes } from '../seedance/fileType';
import type { Clock } from './clock';
import { FileConnection, progressBytes, type OpenAnswer } from './fileConnection';
import { continuesFile, partOf, rangeHeaders, type FilePart } from './filePart';
import { requestFile, type FileAnswer, type HttpContext } from './fileRequest';
import { FileUrl } from './fileUrl';
import { Retries } from './retry';
import type { Semaphore } from './semaphore';
import { TransferLimits } from './transferLimits';

/*
 * A transfer of a file, whose bytes are delivered once and in order, however many requests they need:
 *
 *   closed ──asked for bytes──▶ requested, from where the last request ended
 *   requested ──answered with the rest, or with the whole file, whose beginning is compared and skipped──▶ open
 *    ├──answered with a part that does not fit──▶ closed; from now on the whole file is requested
 *    ├──refused, or not the file──▶ closed, with a fresh URL, up to three in a row
 *    └──refused a fourth time──▶ failed
 *   open ──bytes──▶ open
 *    ├──end, and all bytes have come──▶ done
 *    ├──another beginning than before──▶ failed: what was stored is not the file
 *    └──end too early, broken, or slower than the least rate──▶ closed
 *   closed after a transient failure ──pause──▶ asked again
 *    └──two minutes without as many bytes as the least rate gives in one; always: 2 GB, half an hour──▶ failed
 *
 * What the last answer says of the size counts: one that was wrong does not cost the file.
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
	private readonly url: FileUrl;
	private connection: FileConnection | undefined;
	private deliveredBytes = 0;
	private delivered = createHash('sha256');
	/** What the answers say of the whole file. */
	private known: FilePart | undefined;
	private takesRanges = true;
	private progressedBytes = 0;
	private head: Uint8Array = Buffer.alloc(0);
	private hasEnded = false;
	private readonly limits: TransferLimits;
	/** Why the transfer ended without the whole file. */
	failure: SeedanceFailure | undefined;

	constructor(
		private readonly context: HttpContext,
		private readonly clock: Clock,
		/** Limits the transfers that are open at the same time. */
		private readonly permits: Semaphore,
		private readonly file: RemoteFile,
	) {
		this.url = new FileUrl(clock, file.url, async () => await file.freshUrl());
		this.retries = new Retries(clock, 'download');
		this.limits = new TransferLimits(clock, file.label);
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
				if (this.hasEnded) throw stopped();
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

	/** Ends the transfer, also where bytes are asked for later; more than one call does no harm. */
	end(): void {
		this.hasEnded = true;
		this.close();
	}

	private close(): void {
		this.connection?.close();
		this.connection = undefined;
	}

	/** Runs work as often as the retry policy allows, and at once with a URL that was signed just now. */
	private async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
		return await this.retries.run(async () => {
			for (;;) {
				try {
					return await work();
				} catch (error) {
					const failure = toFailure(error);
					if (!(await this.url.renew(failure))) throw failure;
				}
			}
		});
	}

	private async openMedia(): Promise<FileAnswer> {
		const { label, isMedia } = this.file;
		this.deliveredBytes = 0;
		this.delivered = createHash('sha256');
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
		this.known = connection.part ?? this.known;
		if (chunk !== undefined) return this.note(chunk);
		this.close();
		const totalBytes = connection.part?.totalBytes ?? this.deliveredBytes;
		if (connection.part === undefined || totalBytes !== this.deliveredBytes)
			throw this.incomplete();
		return undefined;
	}

	private note(chunk: Uint8Array): Uint8Array {
		this.deliveredBytes += chunk.length;
		this.limits.check(this.deliveredBytes);
		this.delivered.update(chunk);
		this.progressedBytes += chunk.length;
		if (this.progressedBytes >= progressBytes) {
			this.progressedBytes = 0;
			this.url.progressed();
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
			const request = { label, namedBy, url: this.url.current, headers };
			answer = await requestFile(this.context, this.clock, request);
			const open = this.opened(answer);
			return new FileConnection(this.clock, open, release, {
				timedOut: () => this.incomplete(),
				changed: () => new SeedanceFailure({ kind: 'downloadChanged', values: { file: label } }),
			});
		} catch (error) {
			answer?.body.destroy();
			release();
			throw this.failureOf(error);
		}
	}

	/** Throws a SeedanceFailure for a refusal, and for a part that does not fit. */
	private opened(answer: FileAnswer): OpenAnswer {
		const { httpStatus } = answer;
		const { deliveredBytes: bytes } = this;
		if (httpStatus === 416 && bytes > 0) throw this.withoutRanges();
		if (httpStatus !== 200 && httpStatus !== 206) {
			const values = { file: this.file.label };
			throw new SeedanceFailure({ kind: 'downloadRefused', values, httpStatus });
		}
		const part = partOf(answer);
		if (httpStatus === 206 && !continuesFile(this.known, bytes, part)) throw this.withoutRanges();
		this.takesRanges &&= !part.isDecoded;
		const isWhole = httpStatus === 200 && bytes > 0;
		const sha256 = isWhole ? this.delivered.copy().digest('hex') : '';
		return { answer, part, beginning: isWhole ? { bytes, sha256 } : undefined };
	}

	private withoutRanges(): SeedanceFailure {
		this.takesRanges = false;
		return this.incomplete();
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
