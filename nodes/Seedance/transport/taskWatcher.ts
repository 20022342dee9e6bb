import type { WaitPolicy } from '../api/polling';
import { isFinished, type Task } from '../api/task';
import type { SeedanceClient } from './client';
import type { Clock } from './clock';
import { waitFor, type WaitResult } from './wait';

/** Told of each status that a wait sees for the first time in a row, with the milliseconds since the wait began. */
export type StatusListener = (task: Task, elapsedMs: number) => void;

/** Waits until a task is finished or the wait is over, by the rules of {@link waitFor}. */
export async function waitForTask(
	client: SeedanceClient,
	clock: Clock,
	taskId: string,
	policy: WaitPolicy,
	onStatus: StatusListener,
): Promise<WaitResult<Task>> {
	let lastWord = '';
	return await waitFor<Task>(clock, policy, {
		id: taskId,
		initial: { taskId, status: 'unknown', statusWord: 'unknown', raw: {} },
		look: async (timeoutMs) => await client.lookAtTask(taskId, timeoutMs),
		isFinished: ({ status }) => isFinished(status),
		onSeen(task, elapsedMs) {
			if (task.statusWord !== lastWord) onStatus(task, elapsedMs);
			lastWord = task.statusWord;
		},
	});
}
