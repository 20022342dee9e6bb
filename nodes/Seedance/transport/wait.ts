import { toFailure, type SeedanceFailure } from '../api/errors';
import { delayUntilNextLookMs, type WaitPolicy } from '../api/polling';
import { isPassing } from '../api/retry';
import type { Clock } from './clock';

/** What a wait looks at. */
export interface Watched<Seen> {
	/** Its id at the provider, which every failure of the wait carries. */
	readonly id: string;
	/** What is known before the first look. */
	readonly initial: Seen;
	/** Looks once, and gives up after so many milliseconds. */
	look(timeoutMs: number): Promise<Seen>;
	isFinished(seen: Seen): boolean;
	/** Told of everything that is seen, with the milliseconds since the wait began. */
	onSeen?(seen: Seen, elapsedMs: number): void;
}

/** How a wait ended: with something finished, or with what was seen last. */
export interface WaitResult<Seen> {
	readonly seen: Seen;
	/** True when the wait ran out first. */
	readonly timedOut: boolean;
	/** What went wrong with the last look, if it did. */
	readonly lastFailure?: SeedanceFailure | undefined;
}

/** A look that begins at the end of a wait may still take this long. */
const shortestLookMs = 5_000;
const mostNotFoundInARow = 2;

/**
 * Looks until something is finished or the wait is over: looks first, sleeps between looks, and never sleeps after the end or past the wait.
 * Passing faults of a look (network, 429, 5xx, an unreadable answer, a 404 right after the creation) do not end the wait.
 * Throws a SeedanceFailure that carries the id when the execution is stopped or the provider refuses the look.
 */
export async function waitFor<Seen>(
	clock: Clock,
	policy: WaitPolicy,
	watched: Watched<Seen>,
): Promise<WaitResult<Seen>> {
	const startedAtMs = clock.monotonicMs();
	const elapsedMs = () => clock.monotonicMs() - startedAtMs;
	let seen = watched.initial;
	let notFoundInARow = 0;
	let lastFailure: SeedanceFailure | undefined;
	for (;;) {
		let retryAfterMs = 0;
		try {
			seen = await watched.look(Math.max(policy.maxWaitMs - elapsedMs(), shortestLookMs));
			notFoundInARow = 0;
			lastFailure = undefined;
			watched.onSeen?.(seen, elapsedMs());
			if (watched.isFinished(seen)) return { seen, timedOut: false };
		} catch (error) {
			const failure = toFailure(error);
			if (failure.httpStatus === 404 && notFoundInARow < mostNotFoundInARow) notFoundInARow++;
			else if (!isPassing(failure)) throw failure;
			retryAfterMs = failure.retryAfterMs ?? 0;
			lastFailure = failure;
		}
		const delayMs = delayUntilNextLookMs(policy, elapsedMs(), retryAfterMs);
		if (delayMs === undefined) return { seen, timedOut: true, lastFailure };
		try {
			await clock.sleep(delayMs);
		} catch (error) {
			throw toFailure(error).with({ taskId: watched.id });
		}
	}
}
