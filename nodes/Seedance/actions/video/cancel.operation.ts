import { requireTaskManagement } from '../../api/connection';
import { SeedanceFailure } from '../../api/errors';
import type { Operation } from '../operation';
import { cancelIfQueued } from './decideAndDelete';
import { readTaskId, taskIdProperty } from './task.properties';

/** Cancels a queued task. It looks first: the call that cancels a queued task would delete a finished one. */
export const cancelOperation: Operation<string> = {
	option: {
		name: 'Cancel',
		value: 'cancel',
		action: 'Cancel video',
		description: 'Cancel a task that is still queued. A running task cannot be cancelled.',
	},
	properties: [taskIdProperty],
	read(parameter, connection) {
		requireTaskManagement(connection);
		return readTaskId(parameter);
	},
	async run({ client, clock }, taskId) {
		const status = await cancelIfQueued(client, clock, taskId);
		if (status === 'running') {
			throw new SeedanceFailure({
				reason: 'refused',
				message: 'The task is already running, and a running task cannot be cancelled',
				description: 'It is paid for in any case: fetch the video with the Get operation.',
				taskId,
			});
		}
		if (status !== 'cancelled') {
			throw new SeedanceFailure({
				reason: 'refused',
				message: `The task cannot be cancelled, because its status is ${status}`,
				description: 'Fetch it with the Get operation, or remove its record with Delete.',
				taskId,
			});
		}
		return { json: { taskId, status: 'cancelled' } };
	},
};
