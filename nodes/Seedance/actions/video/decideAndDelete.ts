import { toFailure } from '../../api/errors';
import { isPassing } from '../../api/retry';
import type { TaskStatus } from '../../api/task';
import type { SeedanceClient } from '../../transport/client';
import type { Clock } from '../../transport/clock';

const mostTries = 3;
const pauseMs = 1_000;
/** A provider that asks for a longer pause gets it from the user, who sees why. */
const longestPauseMs = 60_000;

/**
 * Runs a decision that looks at a task and then sends DELETE at most once. When the call fails in passing, the whole decision is taken again, with a new look:
 * by then the task may be in a status in which the same call would do something else.
 */
export async function decideAndDelete<Result>(
	clock: Clock,
	decide: () => Promise<Result>,
): Promise<Result> {
	for (let tries = 1; ; tries++) {
		try {
			return await decide();
		} catch (error) {
			const failure = toFailure(error);
			const { retryAfterMs = 0 } = failure;
			if (!isPassing(failure) || tries === mostTries || retryAfterMs > longestPauseMs) {
				throw failure;
			}
			await clock.sleep(Math.max(pauseMs, retryAfterMs));
		}
	}
}

/** Cancels a task if it is queued, and gives `cancelled`, or the other status that it was found in. Throws SeedanceFailure. */
export async function cancelIfQueued(
	client: SeedanceClient,
	clock: Clock,
	taskId: string,
): Promise<TaskStatus> {
	let isAsked = false;
	return await decideAndDelete(clock, async () => {
		const status = await readStatus();
		if (status !== 'queued') return status;
		isAsked = true;
		await client.deleteTask(taskId);
		return 'cancelled';
	});

	async function readStatus(): Promise<TaskStatus> {
		try {
			return (await client.readTask(taskId)).status;
		} catch (error) {
			const failure = toFailure(error);
			// Asked before, and the answer was lost: some providers forget a cancelled task at once.
			if (isAsked && failure.httpStatus === 404) return 'cancelled';
			throw failure;
		}
	}
}
