import type { INodeProperties } from 'n8n-workflow';
import { isTaskId } from '../seedance/wire/wire';
import { issue, type Result } from './issues';
import type { ReadParameter } from './readParameter';
import { idOf } from './values';

/** A task, picked from the list of a method or given by its id. */
function taskProperty(
	words: Pick<INodeProperties, 'displayName' | 'name' | 'description'>,
	placeholder: string,
	searchListMethod: string,
): INodeProperties {
	return {
		...words,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder,
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. cgt-20260606160057-6bbjd',
			},
		],
	};
}

/** The task of an operation. */
export const taskIdProperty: INodeProperties = {
	...taskProperty(
		{
			displayName: 'Task',
			name: 'taskId',
			description: 'An existing task. The provider keeps tasks for 7 days.',
		},
		'Select a task...',
		'searchTasks',
	),
	required: true,
};

/** The draft whose video is made in full quality. */
export const draftTaskProperty: INodeProperties = {
	...taskProperty(
		{
			displayName: 'Draft Task',
			name: 'draftTaskId',
			description:
				'A task that was created with Draft on within the last 7 days. The list has the drafts of the chosen Model.',
		},
		'Select a draft...',
		'searchDrafts',
	),
	displayOptions: { show: { mode: ['draftTask'] } },
};

/** What a stored task is: the panel stores a locator, an expression gives the plain ID. */
export function locatedValue(stored: unknown): unknown {
	const isLocator = typeof stored === 'object' && stored !== null && 'value' in stored;
	return isLocator ? stored.value : stored;
}

/** The id of the item's task. */
export function readTaskId(parameter: ReadParameter): Result<string> {
	const given = idOf(locatedValue(parameter('taskId')));
	return isTaskId(given)
		? { value: given }
		: { issues: [issue('taskId', 'taskIdInvalid', { given })] };
}
