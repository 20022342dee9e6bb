/** How far a task is, for the pause before the next poll. */
export interface RenderProgress {
	/** Milliseconds since rendering began, as far as that was seen; undefined while the task is queued. */
	readonly renderingMs: number | undefined;
	/** Milliseconds that rendering is expected to take in all. */
	readonly expectedMs: number;
}

/** Minimum pause between two polls of the same task when the user sets none. */
export const minPauseMs = 2_000;
/** A provider that asks for a longer pause is polled again after this one: a poll costs nothing, and a finished video should not wait. */
export const maxRetryAfterOfPollMs = 120_000;
const maxPauseMs = 30_000;
/** A request that the provider fails at once is seen early. */
const firstPollMs = 5_000;
/** Fraction of the expected time from which on a video may be finished. */
const earlyPart = 0.4;
/** Fraction of the expected time, before and after it, within which a video is most likely to finish. */
const nearPart = 0.25;
/** Pause as a fraction of the expected time, and elsewhere of the task's age. */
const stepNear = 0.07;
const stepElsewhere = 0.11;

/**
 * Milliseconds until the next poll: rarely at first, more often when the end is near, in proportion to the task's age after that.
 * The end of a task that takes about as long as expected is seen within 5 % of its time on average, with at most 15 polls.
 * `random`, from 0 to below 1, spreads the polls of many waits.
 */
export function pauseBeforePollMs(
	pollIntervalMs: number | undefined,
	{ renderingMs, expectedMs }: RenderProgress,
	random: number,
): number {
	// Never shorter than what the user set.
	if (pollIntervalMs !== undefined) return pollIntervalMs * (1 + random / 20);
	const jitter = 0.9 + random / 5;
	if (renderingMs === undefined) return within(firstPollMs, expectedMs / 4) * jitter;
	const first = Math.min(firstPollMs, expectedMs / 5);
	if (renderingMs < first) return within(minPauseMs, first - renderingMs);
	const early = expectedMs * earlyPart;
	if (renderingMs < early) {
		return within(minPauseMs, Math.min(renderingMs * 3, early - renderingMs));
	}
	const isNear = Math.abs(renderingMs - expectedMs) <= expectedMs * nearPart;
	const step = isNear ? expectedMs * stepNear : renderingMs * stepElsewhere;
	return within(minPauseMs, step) * jitter;
}

function within(minMs: number, ms: number): number {
	return Math.min(maxPauseMs, Math.max(minMs, ms));
}

/** The pause after polls in a row that failed: after 429 longer than usual, after anything else at first shorter, since a task may finish meanwhile. */
export function pauseAfterFailuresMs(
	pauseMs: number,
	leastMs: number,
	{ inARow, throttledInARow }: { readonly inARow: number; readonly throttledInARow: number },
): number {
	if (inARow === 0 || throttledInARow > 0) return pauseMs * 2 ** Math.min(throttledInARow, 4);
	return Math.min(pauseMs, leastMs * 2 ** Math.min(inARow - 1, 4));
}
