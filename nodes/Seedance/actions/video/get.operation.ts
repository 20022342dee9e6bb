import type { Operation } from '../operation';
import { onFailedTaskOption } from '../common.properties';
import {
	collectProperties,
	collectVideo,
	readCollectOptions,
	type CollectOptions,
} from './collectVideo';
import { videoHints } from './videoHints';
import { readTaskId, taskIdProperty } from './task.properties';

interface GetInput extends CollectOptions {
	readonly taskId: string;
}

/** Fetches a task that any earlier run created; it can wait for it and download its video just as Create does. */
export const getOperation: Operation<GetInput> = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get video',
		description: 'Get a task that was created before, and its video. This costs nothing.',
	},
	properties: [
		taskIdProperty,
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
	read(parameter, connection) {
		const taskId = readTaskId(parameter);
		const collect = readCollectOptions(parameter, connection, false);
		if (taskId.problems !== undefined || collect.problems !== undefined) {
			return { problems: [...(taskId.problems ?? []), ...(collect.problems ?? [])] };
		}
		return { value: { taskId: taskId.value, ...collect.value } };
	},
	hints: videoHints,
	async run(session, input, item) {
		return await collectVideo(
			session,
			{ taskId: input.taskId, isNew: false, facts: {} },
			input,
			item,
		);
	},
};
