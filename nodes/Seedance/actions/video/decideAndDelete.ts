import { toFailure } from '../../api/errors';
import { isPassing } from '../../api/retry';
import type { TaskStatus } from '../../api/task';
import type { SeedanceClient } from '../../transport/client';
import type { Clock } from '../../transport/clock';

const mostTries = 3;
const pauseMs = 1_000;

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
			if (!isPassing(failure) || tries === mostTries) throw failure;
			await clock.sleep(Math.max(pauseMs, failure.retryAfterMs ?? 0));
		}
	}
}

/** Cancels a task if it is queued, and gives the status that it was found in. Throws SeedanceFailure. */
export async function cancelIfQueued(
	client: SeedanceClient,
	clock: Clock,
	taskId: string,
): Promise<TaskStatus> {
	return await decideAndDelete(clock, async () => {
		const { status } = await client.readTask(taskId);
		if (status === 'queued') await client.deleteTask(taskId);
		return status;
	});
}
