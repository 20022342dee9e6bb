import type { IBinaryKeyData, IDataObject, INodeProperties } from 'n8n-workflow';
import type { Connection } from '../../api/connection';
import { SeedanceFailure, taskFailure, toFailure } from '../../api/errors';
import { readWaitPolicy, type WaitPolicy } from '../../api/polling';
import { quoted, type Checked, type Problem } from '../../api/problem';
import { membersOf, toSwitch } from '../../api/values';
import type { Task } from '../../api/task';
import { log } from '../../transport/log';
import { downloadFile } from '../../transport/media';
import type { RenderFacts } from '../../api/renderTime';
import type { WaitResult } from '../../transport/watcher';
import { cancelAfterStop } from './cancelAfterStop';
import type { ItemHandle, ItemOutput, ReadParameter, Session } from '../operation';
import {
	binaryPropertyNameProperty,
	downloadVideoProperty,
	simplifyProperty,
	waitForCompletionProperty,
	waitOptionsProperty,
} from '../common.properties';
import { videoJson } from './videoItem';

/** What is to become of a task once it exists. */
export interface CollectOptions {
	/** Undefined: do not wait. */
	readonly wait: WaitPolicy | undefined;
	/** The item's field for the MP4; undefined: do not download. */
	readonly downloadTo: string | undefined;
	readonly simplify: boolean;
	readonly onFailedTask: 'error' | 'returnTask';
}

/** The item's field for the last frame, when the task has one. */
const lastFrameField = 'lastFrame';

/** The entry that only videos have: what becomes of queued tasks at a stop. */
const cancelOnStopOption: INodeProperties = {
	displayName: 'Cancel on Stop',
	name: 'cancelOnStop',
	type: 'boolean',
	default: false,
	description:
		'Whether to cancel tasks that are still queued when the execution is stopped. Running tasks cannot be cancelled: they go on and are paid for.',
};

const videoWaitOptionsProperty: INodeProperties = {
	...waitOptionsProperty,
	options: [cancelOnStopOption, ...(waitOptionsProperty.options ?? [])],
} as INodeProperties;

/** Takes the defaults and gives the parameters of waiting, downloading and simplifying. */
export function collectProperties(defaults: {
	readonly wait: boolean;
	readonly download: boolean;
	/** Whether a video can only be downloaded after waiting for it. */
	readonly downloadNeedsWait: boolean;
}): INodeProperties[] {
	const shown = defaults.downloadNeedsWait ? { waitForCompletion: [true] } : {};
	return [
		{ ...waitForCompletionProperty, default: defaults.wait },
		videoWaitOptionsProperty,
		{
			...downloadVideoProperty,
			default: defaults.download,
			...(defaults.downloadNeedsWait ? { displayOptions: { show: shown } } : {}),
		},
		{
			...binaryPropertyNameProperty,
			displayOptions: { show: { ...shown, downloadVideo: [true] } },
		},
		simplifyProperty,
	];
}

/** Takes an item's parameters and gives what they say about waiting, downloading and simplifying, or what is wrong with them. */
export function readCollectOptions(
	parameter: ReadParameter,
	{ dialect }: Connection,
	downloadNeedsWait: boolean,
): Checked<CollectOptions> {
	const problems: Problem[] = [];
	const waits = toSwitch(parameter('waitForCompletion')) === true;
	const wait = waits
		? readWaitPolicy(membersOf(parameter('waitOptions')))
		: { value: undefined, problems: undefined };
	if (wait.problems !== undefined) problems.push(...wait.problems);

	if (wait.value?.cancelOnStop === true && !dialect.managesTasks) {
		problems.push({
			parameter: 'waitOptions.cancelOnStop',
			text: 'is on, but the OpenAI-style interface cannot cancel tasks. Turn it off, or set API Style to Official in the credential.',
		});
	}

	const downloads = (waits || !downloadNeedsWait) && toSwitch(parameter('downloadVideo')) === true;
	const field = parameter('binaryPropertyName');
	if (downloads && (typeof field !== 'string' || field.trim() === '')) {
		problems.push({
			parameter: 'binaryPropertyName',
			text: `is ${field === '' ? 'empty' : quoted(field)}. Enter a name such as "data".`,
		});
	}
	if (downloads && field === lastFrameField) {
		problems.push({
			parameter: 'binaryPropertyName',
			text: `is "${lastFrameField}", which is where the last frame goes. Enter another name, such as "data".`,
		});
	}
	if (problems.length > 0) return { problems };
	return {
		value: {
			wait: wait.value,
			downloadTo: downloads ? String(field).trim() : undefined,
			simplify: toSwitch(parameter('simplify')) !== false,
			onFailedTask:
				membersOf(parameter('options'))['onFailedTask'] === 'returnTask' ? 'returnTask' : 'error',
		},
	};
}

/** A task that is to be collected. */
export interface CollectedTask {
	readonly taskId: string;
	/** Whether it was created just now. */
	readonly isNew: boolean;
	/** What was asked for, as far as that is known. */
	readonly facts: RenderFacts;
}

/** Waits for a task where that is asked for, and gives the item: the task's JSON and the video. */
export async function collectVideo(
	session: Session,
	collected: CollectedTask,
	options: CollectOptions,
	item: ItemHandle,
): Promise<ItemOutput> {
	const {
		seen: task,
		timedOut,
		lastFailure,
	}: WaitResult<Task> = options.wait === undefined
		? { seen: await session.client.readTask(collected.taskId), timedOut: false }
		: await waitFor(session, collected, options.wait, item);

	const lacksVideo = task.status === 'succeeded' && task.videoUrl === undefined;
	if (timedOut && !lacksVideo) {
		if (options.wait?.onTimeout === 'error') throw waitedFailure(task, options.wait, lastFailure);
		if (lastFailure !== undefined) {
			const { taskId } = task;
			const text = `The last look at Seedance task ${taskId} went wrong: ${lastFailure.message}`;
			log(session.context, 'warn', text, { taskId });
		}
	}
	const hasFailed = ['failed', 'cancelled', 'expired'].includes(task.status);
	if (hasFailed && options.onFailedTask === 'error') {
		throw taskFailure(task.taskId, task.status, task.failure ?? {});
	}
	if (lacksVideo) {
		throw taskFailure(task.taskId, task.status, task.failure ?? {});
	}
	const json = videoJson(task, options.simplify, timedOut);
	return options.downloadTo === undefined || task.videoUrl === undefined
		? { json }
		: await downloaded(session, task, json, options.downloadTo);
}

async function waitFor(
	session: Session,
	{ taskId, isNew, facts }: CollectedTask,
	policy: WaitPolicy,
	{ onStatus }: ItemHandle,
): Promise<WaitResult<Task>> {
	const { watcher, slots, clock } = session;
	try {
		return await watcher.wait({ taskId, policy, isNew, facts, onStatus });
	} catch (error) {
		const failure = toFailure(error);
		if (clock.isExecutionStopped() && policy.cancelOnStop) await cancelAfterStop(session, taskId);
		throw failure;
	} finally {
		slots.release(taskId);
	}
}

/** A finished video is paid for: when its file cannot be fetched, the item still carries the task id and the URL. */
async function downloaded(
	session: Session,
	task: Task,
	json: IDataObject,
	field: string,
): Promise<ItemOutput> {
	const { context, clock, downloads } = session;
	const files = [
		{
			label: 'video',
			field,
			url: task.videoUrl,
			fileName: `${task.taskId}.mp4`,
			mimeType: 'video/mp4',
		},
		{
			label: 'last frame',
			field: lastFrameField,
			url: task.lastFrameUrl,
			fileName: `${task.taskId}.png`,
			mimeType: 'image/png',
		},
	] as const;
	const binary: IBinaryKeyData = {};
	try {
		for (const { url, ...file } of files) {
			if (url === undefined) continue;
			binary[file.field] = await downloads(
				async () => await downloadFile(context, clock, url, file),
			);
		}
	} catch (error) {
		const failure = toFailure(error);
		if (failure.reason === 'stopped') throw failure;
		const { message, description } = failure;
		return { json: { ...json, downloadFailure: `${message}. ${description}` }, binary };
	}
	return { json, binary };
}

function waitedFailure(
	task: Task,
	policy: WaitPolicy,
	lastFailure: SeedanceFailure | undefined,
): SeedanceFailure {
	const minutes = policy.maxWaitMs / 60_000;
	return new SeedanceFailure({
		reason: 'waited',
		message: `The task is still ${task.status} after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
		description:
			'It goes on at the provider and is paid for: fetch it with the Get operation and this task id, and do not create it again. A longer Maximum Wait avoids this.' +
			(lastFailure === undefined ? '' : ` The last look went wrong: ${lastFailure.message}.`),
		taskId: task.taskId,
	});
}
