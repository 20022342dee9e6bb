import type { INodeProperties } from 'n8n-workflow';
import { isTaskId } from '../../api/dialects/dialect';
import { quoted, type Checked } from '../../api/problem';
import type { ReadParameter } from '../operation';

/** The task that an operation is about, picked from a list or given by its id. */
export const taskIdProperty: INodeProperties = {
	displayName: 'Task',
	name: 'taskId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'A task that was created before. The provider remembers tasks for 7 days.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a task...',
			typeOptions: { searchListMethod: 'searchTasks', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. cgt-20260606160057-6bbjd',
		},
	],
};

/** Takes an item's parameters and gives the id of its task, or what is wrong with it. */
export function readTaskId(parameter: ReadParameter): Checked<string> {
	const given = parameter('taskId');
	// From the panel comes a locator, from an expression the plain id.
	const locator = typeof given === 'object' && given !== null && 'value' in given;
	const taskId = String((locator ? given.value : given) ?? '').trim();
	if (isTaskId(taskId)) return { value: taskId };
	return {
		problems: [
			{
				parameter: 'taskId',
				text: `is ${taskId === '' ? 'empty' : quoted(taskId)}. Select a task, or give the ID that Create returned, such as "cgt-20260606160057-6bbjd".`,
			},
		],
	};
}
