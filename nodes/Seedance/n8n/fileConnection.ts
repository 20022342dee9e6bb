import { createHash } from 'node:crypto';
import type { SeedanceFailure } from '../seedance/failure';
import type { Clock } from './clock';
import { leastBytesPerSecond, startDeadline, type Deadline } from './deadline';
import type { FilePart } from './filePart';
import type { FileAnswer } from './fileRequest';

/** For how long the least rate is measured. */
const rateWindowMs = 60_000;

/** Bytes that count as progress of a transfer: as many as the least rate gives in a minute. */
export const progressBytes = (leastBytesPerSecond * rateWindowMs) / 1000;

/** The beginning of a file that came in an earlier answer. */
export interface Beginning {
	readonly bytes: number;
	readonly sha256: string;
}

/** An answer whose status and headers are right. */
export interface OpenAnswer {
	readonly answer: FileAnswer;
	readonly part: FilePart;
	/** What the answer has to begin with; undefined where all of it is new. */
	readonly beginning: Beginning | undefined;
}

/** The failures that a connection can end with. */
interface ConnectionFailures {
	timedOut(): SeedanceFailure;
	/** The file begins with other bytes than before. */
	changed(): SeedanceFailure;
}

/** The bytes of one answer while they come. They end at a stop, and when they are slower than the least rate. */
export class FileConnection {
	private readonly chunks: AsyncIterator<Uint8Array>;
	private readonly deadline: Deadline;
	private readonly skipped = createHash('sha256');
	private skipBytes: number;
	private receivedBytes = 0;

	/** `release` is called when the connection is closed. */
	constructor(
		clock: Clock,
		private readonly open: OpenAnswer,
		private readonly release: () => void,
		private readonly failures: ConnectionFailures,
	) {
		const { body } = open.answer;
		const { timedOut } = failures;
		this.skipBytes = open.beginning?.bytes ?? 0;
		this.chunks = body[Symbol.asyncIterator]();
		this.deadline = startDeadline(clock, {
			...{ timeoutMs: rateWindowMs, endsAtStop: true, timedOut },
			movedBytes: () => this.receivedBytes,
		});
		// A destroyed stream ends the wait for its next bytes.
		this.deadline.signal.addEventListener('abort', () => body.destroy(), { once: true });
	}

	/** The next bytes that are new, or undefined at the end of the answer. Throws the error of the stream, or a SeedanceFailure when the answer does not begin as it has to. */
	async next(): Promise<Uint8Array | undefined> {
		for (;;) {
			const { value, done } = await this.chunks.next();
			if (done === true) return undefined;
			this.receivedBytes += value.length;
			const isNew = this.afterBeginning(value);
			if (isNew.length > 0) return isNew;
		}
	}

	private afterBeginning(chunk: Uint8Array): Uint8Array {
		if (this.skipBytes === 0) return chunk;
		const known = chunk.subarray(0, this.skipBytes);
		this.skipped.update(known);
		this.skipBytes -= known.length;
		const { beginning } = this.open;
		if (this.skipBytes === 0 && this.skipped.digest('hex') !== beginning?.sha256) {
			throw this.failures.changed();
		}
		return chunk.subarray(known.length);
	}

	/** Why the bytes were ended from here, which the stream reports in its own way: a stop, or the least rate. */
	get endedBy(): SeedanceFailure | undefined {
		return this.deadline.signal.reason as SeedanceFailure | undefined;
	}

	/** What the answer says of the file, once it has begun as it has to. */
	get part(): FilePart | undefined {
		return this.skipBytes > 0 ? undefined : this.open.part;
	}

	get answer(): FileAnswer {
		return this.open.answer;
	}

	close(): void {
		this.deadline.release();
		this.answer.body.destroy();
		this.release();
	}
}
