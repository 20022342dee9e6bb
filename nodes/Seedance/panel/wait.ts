import type { INodeProperties } from 'n8n-workflow';
import { choice, number, onOff, readCollection } from './accepts';
import type { Result } from './issues';

/** How a wait polls, and how it ends. */
export interface WaitPolicy {
	/** Milliseconds between two polls; undefined: by the time that the video is expected to take. */
	readonly pollIntervalMs: number | undefined;
	readonly maxWaitMs: number;
	/** What a wait that timed out returns: the task as last seen, or an error. */
	readonly onTimeout: 'returnTask' | 'error';
	/** Whether a task that is still queued is cancelled when the execution is stopped. */
	readonly cancelOnStop: boolean;
}

const maxPollIntervalSeconds = 3600;
const maxWaitMinutes = 7 * 24 * 60;
/** A 15 s clip at 1080p takes about 15 minutes, plus the time in the queue. Source: github byteplus-sa/ComfyUI-BytePlus-ModelArk, render time estimates. */
const defaultMaxWaitMinutes = 60;
/** Within the interval of every client of the API that was compared (2 to 30 s). */
const offeredPollIntervalSeconds = 10;

/** How a wait for a video works when the user sets nothing. */
export const videoWait: WaitPolicy = {
	pollIntervalMs: undefined,
	maxWaitMs: defaultMaxWaitMinutes * 60_000,
	onTimeout: 'returnTask',
	cancelOnStop: false,
};

const waitFields = [
	{
		name: 'pollInterval',
		accepts: number(
			{ from: 1, max: maxPollIntervalSeconds },
			`Enter 1 to ${maxPollIntervalSeconds} seconds.`,
		),
		neverEmpty: true,
	},
	{
		name: 'maxWait',
		accepts: number(
			{ above: 0, max: maxWaitMinutes },
			`Enter more than 0 and at most ${maxWaitMinutes} minutes (7 days, after which the provider removes the task).`,
		),
		neverEmpty: true,
	},
	{
		name: 'onTimeout',
		accepts: choice([
			{
				name: 'Return the Task',
				value: 'returnTask',
				description: 'The item has the task ID and "timedOut": true',
			},
			{
				name: 'Raise an Error',
				value: 'error',
				description: 'The item fails with the task ID in its message',
			},
		]),
		neverEmpty: true,
	},
	{ name: 'cancelOnStop', accepts: onOff },
] as const;

const [pollInterval, maxWait, onTimeout] = waitFields;

/** The entries of Wait Options. */
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
			name: maxWait.name,
			...maxWait.accepts.property,
			typeOptions: { minValue: 0, numberPrecision: 2 },
			default: defaultMaxWaitMinutes,
			description:
				'Max time to wait. After that, the task continues at the provider, and the Get operation fetches the video.',
		},
		{
			displayName: 'Poll Interval (Seconds)',
			name: pollInterval.name,
			...pollInterval.accepts.property,
			default: offeredPollIntervalSeconds,
			description:
				'Time between two polls of the task. If not set, the time grows with the age of the task, and is short near the expected finish time.',
		},
		{
			displayName: 'When the Wait Runs Out',
			name: onTimeout.name,
			...onTimeout.accepts.property,
			default: 'returnTask',
		},
	],
};

/** The entry that only videos have. */
export const cancelOnStopOption: INodeProperties = {
	displayName: 'Cancel on Stop',
	name: 'cancelOnStop',
	type: 'boolean',
	default: false,
	description:
		'Whether to cancel tasks that are still queued when the execution is stopped. Running tasks cannot be cancelled: they continue, and are charged if they succeed.',
};

/** Reads Wait Options as stored, undefined where the panel hides them; `defaults` apply where they say nothing. */
export function readWaitPolicy(
	stored: unknown,
	defaults: WaitPolicy = videoWait,
): Result<WaitPolicy> {
	const { fields, issues } = readCollection('waitOptions', waitFields, stored);
	if (issues.length > 0) return { issues };
	return {
		value: {
			pollIntervalMs:
				fields.pollInterval === undefined ? defaults.pollIntervalMs : fields.pollInterval * 1000,
			maxWaitMs: fields.maxWait === undefined ? defaults.maxWaitMs : fields.maxWait * 60_000,
			onTimeout: fields.onTimeout ?? defaults.onTimeout,
			cancelOnStop: fields.cancelOnStop ?? defaults.cancelOnStop,
		},
	};
}
