/** How far a task is, for the pause before the next poll. */
export interface RenderProgress {
	/** Milliseconds since rendering may have begun, as far as that was seen; undefined while the task is queued. */
	readonly renderingMs: number | undefined;
	/** Rendering may have begun this much later. */
	readonly uncertainMs: number;
	/** Milliseconds that rendering is expected to take in all. */
	readonly expectedMs: number;
	/** Whether videos of its kind were seen to take so long; otherwise a document says so. */
	readonly isLearned: boolean;
	/** About the milliseconds in which each task of the run can be polled once: they share what an account may ask. */
	readonly roundMs: number;
}

/** The least pause between two polls of the same task when the user sets none, before jitter. */
export const minPauseMs = 500;
/** The pause after the first failed poll. */
export const pauseAfterFailureMs = 1_000;
/** A provider that asks for a longer pause is polled again after this one: a poll costs nothing, and a finished video should not wait. */
export const maxRetryAfterOfPollMs = 120_000;
/** The longest pause, before jitter. */
const maxPauseMs = 30_000;
/** A request that the provider fails at once is seen early. */
const firstPollMs = 2_500;
/** Fraction of the expected time, before and after it, within which a video is most likely to finish. */
const nearPart = 0.25;
/** Where the end is not near, the tasks of a run are read this long after one another: an account may ask twenty times a second, and several runs may share it. */
export const pauseForEachMs = 700;

/** Pauses as fractions of the expected time where the end is near, and of the task's age before and after that. */
interface Steps {
	readonly near: number;
	readonly before: number;
	readonly after: number;
}

/** Without knowing how long a video takes, 30 polls have to do from its first seconds to six minutes. */
const unlearnedSteps: Steps = { near: 0.07, before: 0.35, after: 0.25 };
const learnedSteps: Steps = { near: 0.045, before: 0.6, after: 0.15 };

/**
 * Milliseconds until the next poll: in proportion to the task's age, and more often where the end is near, so that the end is seen in a fraction of the time that the task took, whatever that is.
 * `random`, from 0 to below 1, spreads the polls of many waits and of executions that do not know of each other.
 */
export function pauseBeforePollMs(
	pollIntervalMs: number | undefined,
	progress: RenderProgress,
	random: number,
): number {
	// Never shorter than what the user set.
	if (pollIntervalMs !== undefined) return pollIntervalMs * (1 + random / 20);
	const { renderingMs, uncertainMs, expectedMs, isLearned, roundMs } = progress;
	const farMs = Math.max(minPauseMs, roundMs);
	const jitter = 0.75 + random / 2;
	if (renderingMs === undefined) return within(farMs, expectedMs / 4) * jitter;
	const steps = isLearned ? learnedSteps : unlearnedSteps;
	const first = Math.min(firstPollMs, expectedMs / 4);
	if (renderingMs < first) {
		const spreadMs = 2 * Math.max(0, roundMs - pauseForEachMs) * random;
		return within(minPauseMs, first - renderingMs) * (0.7 + 0.6 * random) + spreadMs;
	}
	const nearFromMs = expectedMs * (1 - nearPart);
	const nearUntilMs = expectedMs * (1 + nearPart) + uncertainMs;
	if (renderingMs < nearFromMs - minPauseMs) {
		const stepMs = Math.max(farMs, renderingMs * steps.before) * jitter;
		return within(minPauseMs, Math.min(stepMs, nearFromMs - renderingMs));
	}
	if (renderingMs <= nearUntilMs) {
		return within(minPauseMs, expectedMs * steps.near) * (0.9 + random / 5);
	}
	return within(farMs, renderingMs * steps.after) * (0.9 + random / 5);
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
