import { readTaskId, taskIdProperty } from '../../panel/taskId';
import { requireTaskManagement } from '../../seedance/connection';
import { SeedanceFailure } from '../../seedance/failure';
import { cancelIfQueued } from '../../tasks/cancel';
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
	async run({ api, clock }, taskId) {
		const status = await cancelIfQueued(api, clock, taskId);
		if (status === 'cancelled') return { json: { taskId, status } };
		const kind = status === 'running' ? 'runningTaskNotCancellable' : 'taskNotCancellable';
		throw new SeedanceFailure({ kind, values: { status }, taskId });
	},
});
