import type { INodeProperties } from 'n8n-workflow';
import { isTaskId } from '../seedance/wire/wire';
import { issue, type Result } from './issues';
import type { ReadParameter } from './readParameter';
import { idOf } from './values';

/** The task of an operation, picked from a list or given by its id. */
export const taskIdProperty: INodeProperties = {
	displayName: 'Task',
	name: 'taskId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'An existing task. The provider keeps tasks for 7 days.',
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

/** The id of the item's task. */
export function readTaskId(parameter: ReadParameter): Result<string> {
	const stored = parameter('taskId');
	// From the panel comes a locator, from an expression the plain id.
	const isLocator = typeof stored === 'object' && stored !== null && 'value' in stored;
	const given = idOf(isLocator ? stored.value : stored);
	return isTaskId(given)
		? { value: given }
		: { issues: [issue('taskId', 'taskIdInvalid', { given })] };
}
