import { readCollection } from '../../panel/accepts';
import { collectProperties, readCollectOptions, type CollectOptions } from '../../panel/collect';
import { onFailedTaskRow, optionProperty, type OptionRow } from '../../panel/options';
import { readTaskId, taskIdProperty } from '../../panel/taskId';
import { define, nothingToPrepare } from '../operation';
import { itemOf, seeTask } from './collectVideo';
import { deliverOnce } from './deliveredItems';
import { videoHints } from './videoHints';

interface GetInput {
	readonly taskId: string;
	readonly collect: CollectOptions;
	readonly onFailedTask: 'error' | 'returnTask' | undefined;
}

/** Fetches a task that any earlier run created; it can wait for it and download its video like Create. */
export const getOperation = define<GetInput, GetInput>({
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
			options: [optionProperty(onFailedTaskRow as OptionRow)],
		},
	],
	read(parameter, connection) {
		const taskId = readTaskId(parameter);
		const collect = readCollectOptions(parameter, connection, false);
		const options = readCollection('options', [onFailedTaskRow], parameter('options'));
		const issues = [...(taskId.issues ?? []), ...(collect.issues ?? []), ...options.issues];
		if (taskId.value === undefined || collect.value === undefined || issues.length > 0) {
			return { issues };
		}
		const { onFailedTask } = options.fields;
		return { value: { taskId: taskId.value, collect: collect.value, onFailedTask } };
	},
	prepare: nothingToPrepare,
	hints: videoHints,
	async run(session, { taskId, collect, onFailedTask }, itemIndex) {
		return await deliverOnce(session, taskId, collect, async () => {
			const result = await seeTask(session, session.tasks.existing(itemIndex, taskId), collect);
			return await itemOf(session, result, collect, { onFailedTask });
		});
	},
});
