import { toFailure } from '../api/errors';
import { delayUntilNextLookMs, type WaitPolicy } from '../api/polling';
import { isPassing } from '../api/retry';
import { isFinished, type Task } from '../api/task';
import type { SeedanceClient } from './client';
import type { Clock } from './clock';

/** How a wait ended: with a finished task, or with the task as it was last seen. */
export interface WaitResult {
	readonly task: Task;
	/** True when the wait ran out before the task was finished. */
	readonly timedOut: boolean;
}

/** Told of each status that a wait sees for the first time in a row, with the milliseconds since the wait began. */
export type StatusListener = (task: Task, elapsedMs: number) => void;

/** A read that begins at the end of a wait may still take this long. */
const shortestReadTimeoutMs = 5_000;
const mostNotFoundInARow = 2;

/**
 * Looks at a task until it is finished or the wait is over: looks first, sleeps between looks, and never sleeps after a finished status or past the wait.
 * Passing faults of a look (network, 429, 5xx, an unreadable answer, a 404 right after the creation) do not end the wait.
 * Throws a SeedanceFailure that carries the task id when the execution is stopped or the provider refuses to show the task.
 */
export async function waitForTask(
	client: SeedanceClient,
	clock: Clock,
	taskId: string,
	policy: WaitPolicy,
	onStatus: StatusListener,
): Promise<WaitResult> {
	const startedAtMs = clock.now();
	let task: Task = { taskId, status: 'unknown', statusWord: 'unknown', raw: {} };
	let notFoundInARow = 0;
	for (;;) {
		let retryAfterMs = 0;
		try {
			const leftMs = policy.maxWaitMs - (clock.now() - startedAtMs);
			const seen = await client.lookAtTask(taskId, Math.max(leftMs, shortestReadTimeoutMs));
			notFoundInARow = 0;
			if (seen.statusWord !== task.statusWord) onStatus(seen, clock.now() - startedAtMs);
			task = seen;
			if (isFinished(task.status)) return { task, timedOut: false };
		} catch (error) {
			const failure = toFailure(error);
			if (failure.httpStatus === 404 && notFoundInARow < mostNotFoundInARow) notFoundInARow++;
			else if (!isPassing(failure)) throw failure;
			retryAfterMs = failure.retryAfterMs ?? 0;
		}
		const elapsedMs = clock.now() - startedAtMs;
		const delayMs = delayUntilNextLookMs(policy, elapsedMs, retryAfterMs);
		if (delayMs === undefined) return { task, timedOut: true };
		try {
			await clock.sleep(delayMs);
		} catch (error) {
			throw toFailure(error).with({ taskId });
		}
	}
}
