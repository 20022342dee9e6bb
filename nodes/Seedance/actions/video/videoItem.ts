import type { IDataObject } from 'n8n-workflow';
import { textOf } from '../../panel/values';
import { isoTime, videoUrlExpiresAtMs, type Task } from '../../seedance/task';
import { withoutUndefined } from '../../seedance/values';

/** What is known of a video besides its task. */
export interface RequestedVideo {
	readonly prompt?: string | undefined;
	readonly seed?: unknown;
	/** Only for the shots of a story. */
	readonly story?: string | undefined;
	readonly shot?: number | undefined;
}

/** What only some items have. */
interface Additions {
	readonly timedOut?: boolean;
	/** What a simplified item says of the request, where the provider does not. */
	readonly requested?: RequestedVideo | undefined;
	/** The members of a simplified item that say what the video costs. */
	readonly cost?: IDataObject | undefined;
}

/** The `json` of a task's item: the fields that workflows need when simplified, otherwise the provider's object. Absent members are left out. */
export function videoJson(
	task: Task,
	simplify: boolean,
	{ timedOut = false, requested = {}, cost = {} }: Additions = {},
): IDataObject {
	return {
		...(simplify ? simplified(task, requested, cost) : whole(task)),
		...(timedOut ? { timedOut: true } : {}),
	};
}

/** A copy of a request's body for showing: embedded media are cut to their first characters. */
export function elided(body: Readonly<Record<string, unknown>>): IDataObject {
	return JSON.parse(
		JSON.stringify(body, (_name, value: unknown) =>
			typeof value === 'string' && value.startsWith('data:') && value.length > 100
				? `${value.slice(0, 40)}… (${value.length} characters)`
				: value,
		),
	) as IDataObject;
}

function simplified(
	task: Task,
	{ prompt, seed, story, shot }: RequestedVideo,
	cost: IDataObject,
): IDataObject {
	return withoutUndefined({
		taskId: task.taskId,
		status: task.status,
		model: task.model,
		story: story === '' ? undefined : story,
		shot,
		prompt: textOf(task.raw['prompt']) ?? prompt,
		createdAt: isoTime(task.createdAtMs),
		videoUrl: task.videoUrl,
		videoUrlExpiresAt: isoTime(videoUrlExpiresAtMs(task)),
		lastFrameUrl: task.lastFrameUrl,
		resolution: task.resolution,
		ratio: task.ratio,
		duration: task.durationSeconds,
		seed: seedOf(task.raw['seed']) ?? seedOf(seed),
		totalTokens: task.totalTokens,
		...cost,
		failureCode: task.failure?.code,
		failureMessage: task.failure?.message,
	});
}

/** -1 asks for a random one, so it is none. */
function seedOf(value: unknown): number | undefined {
	return typeof value === 'number' && value >= 0 ? value : undefined;
}

function whole(task: Task): IDataObject {
	// n8n treats an item with a top-level `error` key as failed and runs the node again.
	const { error, ...members } = task.raw;
	return {
		...(members as IDataObject),
		...(error === undefined || error === null ? {} : { failure: error as IDataObject }),
		taskId: task.taskId,
		status: task.status,
	};
}
