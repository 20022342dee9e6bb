import type { INodeProperties } from 'n8n-workflow';
import { defaultMaxWaitMinutes, offeredPollIntervalSeconds } from '../api/polling';
import { quoted, type Checked } from '../api/problem';
import { toSwitch } from '../api/values';
import type { ReadParameter } from './operation';

/** The switch for the built-in wait. */
export const waitForCompletionProperty: INodeProperties = {
	displayName: 'Wait for Completion',
	name: 'waitForCompletion',
	type: 'boolean',
	default: false,
	description:
		'Whether to keep this node running until the video is finished. A clip takes 1 to 15 minutes.',
};

/** How the wait looks at its task and when it ends; shown while Wait for Completion is on. */
export const waitOptionsProperty: INodeProperties = {
	displayName: 'Wait Options',
	name: 'waitOptions',
	type: 'collection',
	placeholder: 'Add Wait Option',
	default: {},
	displayOptions: { show: { waitForCompletion: [true] } },
	options: [
		{
			displayName: 'Maximum Wait (Minutes)',
			name: 'maxWait',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 2 },
			default: defaultMaxWaitMinutes,
			description:
				'How long to wait at most. The task goes on at the provider after that and can be fetched with the Get operation.',
		},
		{
			displayName: 'Poll Interval (Seconds)',
			name: 'pollInterval',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: offeredPollIntervalSeconds,
			description:
				'How long to wait between two looks at the task. Without this entry the node looks seldom at first, and more often when the video should be nearly finished.',
		},
		{
			displayName: 'When the Wait Runs Out',
			name: 'onTimeout',
			type: 'options',
			options: [
				{
					name: 'Return the Task',
					value: 'returnTask',
					description: 'The item has the task ID and "timedOut": true',
				},
				{
					name: 'Raise an Error',
					value: 'error',
					description: 'The item fails, with the task ID in its message',
				},
			],
			default: 'returnTask',
		},
	],
};

/** The switch for the download of the finished video. */
export const downloadVideoProperty: INodeProperties = {
	displayName: 'Download Video',
	name: 'downloadVideo',
	type: 'boolean',
	default: false,
	description: 'Whether to put the MP4 into the item. The URL alone stops working after 24 hours.',
};

/** The name of the item's field that the MP4 goes to. */
export const binaryPropertyNameProperty: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data',
	hint: 'The name of the output binary field to put the file in',
};

/** The switch between the fields that workflows need and the provider's whole task. */
export const simplifyProperty: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** What to do with a task that ended without a video; an entry of Options. */
export const onFailedTaskOption: INodeProperties = {
	displayName: 'When the Task Fails',
	name: 'onFailedTask',
	type: 'options',
	options: [
		{
			name: 'Raise an Error',
			value: 'error',
			description: 'The item fails, with the reason and the task ID in its message',
		},
		{
			name: 'Return the Task',
			value: 'returnTask',
			description: 'The item has the status and the reason',
		},
	],
	default: 'error',
};

/** How many results a list gives. */
export const limitProperties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** Takes an item's parameters and gives how many results are wanted, Infinity for all, or what is wrong with them. */
export function readLimit(parameter: ReadParameter): Checked<number> {
	if (toSwitch(parameter('returnAll')) === true) return { value: Infinity };
	const given = parameter('limit');
	const limit = Number(given);
	if (Number.isInteger(limit) && limit >= 1) return { value: limit };
	const text = `is ${quoted(given)}. Enter a whole number from 1, or turn Return All on.`;
	return { problems: [{ parameter: 'limit', text }] };
}
