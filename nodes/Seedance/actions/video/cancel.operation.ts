import { readTaskId, taskIdProperty } from '../../panel/taskId';
import { requireTaskManagement } from '../../seedance/connection';
import { SeedanceFailure } from '../../seedance/failure';
import { define, nothingToPrepare } from '../operation';

/** Cancels a queued task. */
export const cancelOperation = define<string, string>({
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
	prepare: nothingToPrepare,
	async run({ deletes }, taskId) {
		const status = await deletes.cancelIfQueued(taskId);
		if (status === 'cancelled') return { json: { taskId, status } };
		const kind = status === 'running' ? 'runningTaskNotCancellable' : 'taskNotCancellable';
		throw new SeedanceFailure({ kind, values: { status }, taskId });
	},
});
