import { requireTaskManagement } from '../../api/connection';
import { SeedanceFailure, toFailure } from '../../api/errors';
import type { TaskStatus } from '../../api/task';
import type { SeedanceClient } from '../../transport/client';
import type { Operation } from '../operation';
import { decideAndDelete } from './decideAndDelete';
import { readTaskId, taskIdProperty } from './task.properties';

/** Removes the record of a finished task. It looks first: the call that deletes a finished task would cancel a queued one. */
export const deleteOperation: Operation<string> = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete video',
		description: 'Remove the record of a finished task. Its video can then no longer be fetched.',
	},
	properties: [taskIdProperty],
	read(parameter, connection) {
		requireTaskManagement(connection);
		return readTaskId(parameter);
	},
	async run({ client, clock }, taskId) {
		let asked = false;
		return await decideAndDelete(clock, async () => {
			const status = await statusOf(client, taskId, asked);
			const advice = status === undefined ? undefined : adviceFor[status];
			if (advice !== undefined) {
				throw new SeedanceFailure({
					reason: 'refused',
					message: `The task cannot be deleted, because its status is ${status}`,
					description: advice,
					taskId,
				});
			}
			if (status !== undefined) {
				asked = true;
				await client.deleteTask(taskId);
			}
			return { json: { taskId, deleted: true } };
		});
	},
};

/** Gives undefined when the record is gone after it was asked to be deleted: the answer was lost, not the call. */
async function statusOf(
	client: SeedanceClient,
	taskId: string,
	asked: boolean,
): Promise<TaskStatus | undefined> {
	try {
		return (await client.readTask(taskId)).status;
	} catch (error) {
		const failure = toFailure(error);
		if (asked && failure.httpStatus === 404) return undefined;
		throw failure;
	}
}

/** Statuses in which a task has no record to delete. Source: BytePlus docs 1521720; PowerTokens Seedance 2.0 quick start (24 hours). */
const adviceFor: Readonly<Record<string, string | undefined>> = {
	queued: 'Use the Cancel operation for a task that has not begun.',
	running: 'Wait until it has finished; it is paid for in any case.',
	cancelled: 'The provider removes cancelled tasks by itself after 24 hours.',
	unknown: 'Read it with the Get operation and decide when its status is known.',
};
