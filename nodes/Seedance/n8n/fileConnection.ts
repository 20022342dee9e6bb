import type { SeedanceFailure } from '../seedance/failure';
import type { Clock } from './clock';
import { leastBytesPerSecond, startDeadline, type Deadline } from './deadline';
import type { FileAnswer } from './fileRequest';

/** For how long the least rate is measured. */
const rateWindowMs = 60_000;

/** Bytes that count as progress of a transfer: as many as the least rate gives in a minute. */
export const progressBytes = (leastBytesPerSecond * rateWindowMs) / 1000;

/** The bytes of one answer while they come. They end at a stop, and when they are slower than the least rate. */
export class FileConnection {
	private readonly chunks: AsyncIterator<Uint8Array>;
	private readonly deadline: Deadline;
	private receivedBytes = 0;

	/** Skips the first bytes, which came before; `release` is called when the connection is closed. */
	constructor(
		clock: Clock,
		readonly answer: FileAnswer,
		private skipBytes: number,
		private readonly release: () => void,
		timedOut: () => SeedanceFailure,
	) {
		const { body } = answer;
		this.chunks = body[Symbol.asyncIterator]();
		this.deadline = startDeadline(clock, {
			...{ timeoutMs: rateWindowMs, endsAtStop: true, timedOut },
			movedBytes: () => this.receivedBytes,
		});
		// A destroyed stream ends the wait for its next bytes.
		this.deadline.signal.addEventListener('abort', () => body.destroy(), { once: true });
	}

	/** The next bytes that are new, or undefined at the end of the answer. Throws the error of the stream. */
	async next(): Promise<Uint8Array | undefined> {
		for (;;) {
			const { value, done } = await this.chunks.next();
			if (done === true) return undefined;
			this.receivedBytes += value.length;
			const isNew = value.subarray(Math.min(this.skipBytes, value.length));
			this.skipBytes -= value.length - isNew.length;
			if (isNew.length > 0) return isNew;
		}
	}

	/** Why the bytes were ended from here, which the stream reports in its own way: a stop, or the least rate. */
	get endedBy(): SeedanceFailure | undefined {
		return this.deadline.signal.reason as SeedanceFailure | undefined;
	}

	/** Whether the answer has ended before its first new byte. */
	get isShort(): boolean {
		return this.skipBytes > 0;
	}

	close(): void {
		this.deadline.release();
		this.answer.body.destroy();
		this.release();
	}
}
