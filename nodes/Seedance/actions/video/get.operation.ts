import { isTaskId } from '../../api/dialects/arkTasks';
import { quoted } from '../../api/problem';
import type { Operation } from '../operation';
import { onFailedTaskOption } from '../shared.properties';
import {
	collectProperties,
	collectVideo,
	readCollectOptions,
	type CollectOptions,
} from './collectVideo';

interface GetInput extends CollectOptions {
	readonly taskId: string;
}

/** Fetches a task that any earlier run created; it can wait for it and download its video just as Create does. */
export const getOperation: Operation<GetInput> = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get a video',
		description: 'Get a task that was created before, and its video. This costs nothing.',
	},
	properties: [
		{
			displayName: 'Task',
			name: 'taskId',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			description: 'The task to get. A provider remembers tasks for 7 days.',
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
		},
		...collectProperties({ wait: false, download: false, downloadNeedsWait: false }),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [onFailedTaskOption],
		},
	],
	read(parameter) {
		const given = parameter('taskId');
		// From the panel comes a locator, from an expression the plain id.
		const locator = typeof given === 'object' && given !== null && 'value' in given;
		const taskId = String((locator ? given.value : given) ?? '').trim();
		const collect = readCollectOptions(parameter, false);
		const problems = [...(collect.problems ?? [])];
		if (!isTaskId(taskId)) {
			problems.unshift({
				parameter: 'taskId',
				text: `is ${taskId === '' ? 'empty' : quoted(taskId)}. Select a task, or give the ID that Create returned, such as "cgt-20260606160057-6bbjd".`,
			});
		}
		if (problems.length > 0 || collect.value === undefined) return { problems };
		return { value: { taskId, ...collect.value } };
	},
	async run(session, input, item) {
		return await collectVideo(session, input.taskId, input, item);
	},
};
