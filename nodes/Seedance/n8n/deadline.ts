import { SeedanceFailure, stopped } from '../seedance/failure';
import type { Clock } from './clock';

/** How long something may take. */
export interface Patience {
	/** Milliseconds for the whole work; where it moves bytes, for each time in which they are fewer than the least rate allows. */
	readonly timeoutMs: number;
	/** Bytes that were moved so far. */
	readonly movedBytes?: (() => number) | undefined;
	/** Whether it waited for others, or got on at any rate, since it was asked last; undefined: it never does. */
	readonly hasGotOn?: (() => boolean) | undefined;
	/** Whether a stop ends it as well. */
	readonly endsAtStop: boolean;
	/** What it fails with when it takes longer. */
	timedOut(): SeedanceFailure;
}

/** The end of work that may take only so long. */
export interface Deadline {
	/** Aborted when the time is over, or at a stop; the reason is a SeedanceFailure. */
	readonly signal: AbortSignal;
	/** The result of the work, or the reason as soon as the signal is aborted, whatever the work does then. */
	race<Result>(work: Promise<Result>): Promise<Result>;
	/** Has to be called when the work has ended. */
	release(): void;
}

/** A slower transfer counts as one that hangs. */
export const leastBytesPerSecond = 16_000;

/** Starts the time of some work. The HTTP client's own timeout ends with the first byte of an answer, so one that drips never met it. */
export function startDeadline(clock: Clock, patience: Patience): Deadline {
	const { timeoutMs, movedBytes, hasGotOn, endsAtStop, timedOut } = patience;
	const work = new AbortController();
	const released = new AbortController();
	const detach = endsAtStop ? clock.onStop(() => work.abort(stopped())) : () => {};

	async function watch(): Promise<void> {
		for (let movedBefore = 0; ;) {
			await clock.pause(timeoutMs, released.signal);
			if (released.signal.aborted) return;
			const moved = movedBytes?.() ?? 0;
			const isSlow = moved - movedBefore < (leastBytesPerSecond * timeoutMs) / 1000;
			if (isSlow && hasGotOn?.() !== true) break;
			movedBefore = moved;
		}
		work.abort(timedOut());
	}
	void watch();

	return {
		signal: work.signal,
		async race(running) {
			// When it loses, nobody else awaits it.
			running.catch(() => {});
			let end = () => {};
			const ended = new Promise<never>((_resolve, reject) => {
				end = () => reject(work.signal.reason as SeedanceFailure);
			});
			if (work.signal.aborted) end();
			work.signal.addEventListener('abort', end, { once: true });
			try {
				return await Promise.race([ended, running]);
			} finally {
				work.signal.removeEventListener('abort', end);
			}
		},
		release() {
			// Without a reason, an exception with its stack is made for each request.
			released.abort('released');
			detach();
		},
	};
}

/** For how long n8n's storage of files may stand still. */
const storageTimeoutMs = 180_000;

/** What n8n's storage does, unless it stands still or the execution is stopped: then a SeedanceFailure, and the work is left alone. `hasGotOn`: see {@link Patience}. */
export async function withinStorageTime<Result>(
	clock: Clock,
	work: () => Promise<Result>,
	hasGotOn?: () => boolean,
): Promise<Result> {
	const values = { minutes: storageTimeoutMs / 60_000 };
	const deadline = startDeadline(clock, {
		...{ timeoutMs: storageTimeoutMs, endsAtStop: true, hasGotOn },
		timedOut: () => new SeedanceFailure({ kind: 'storageTimedOut', values }),
	});
	try {
		return await deadline.race(work());
	} finally {
		deadline.release();
	}
}
