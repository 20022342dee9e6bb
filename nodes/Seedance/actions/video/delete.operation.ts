import { readTaskId, taskIdProperty } from '../../panel/taskId';
import { requireTaskManagement } from '../../seedance/connection';
import { define, nothingToPrepare } from '../operation';

/** Deletes the record of a finished task. */
export const deleteOperation = define<string, string>({
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete video',
		description: 'Delete the record of a finished task. You can no longer fetch its video then.',
	},
	properties: [taskIdProperty],
	read(parameter, connection) {
		requireTaskManagement(connection);
		return readTaskId(parameter);
	},
	prepare: nothingToPrepare,
	async run({ deletes }, taskId) {
		await deletes.deleteRecord(taskId);
		return { json: { taskId, deleted: true } };
	},
});
