import type { IDataObject } from 'n8n-workflow';
import { isoTime, videoUrlExpiresAtMs, type Task } from '../../seedance/task';
import { withoutUndefined } from '../../seedance/values';

/** What only some items have. */
interface Additions {
	readonly timedOut?: boolean;
	/** Whether a simplified item has the time of the create, by which the tasks of a list are told apart. */
	readonly withCreatedAt?: boolean;
	/** The members of a simplified item that say what the video costs. */
	readonly cost?: IDataObject | undefined;
}

/** The `json` of a task's item: the fields that workflows need when simplified, otherwise the provider's object. Absent members are left out. */
export function videoJson(
	task: Task,
	simplify: boolean,
	{ timedOut = false, withCreatedAt = false, cost = {} }: Additions = {},
): IDataObject {
	return {
		...(simplify ? simplified(task, withCreatedAt, cost) : whole(task)),
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

function simplified(task: Task, withCreatedAt: boolean, cost: IDataObject): IDataObject {
	return withoutUndefined({
		taskId: task.taskId,
		status: task.status,
		model: task.model,
		createdAt: withCreatedAt ? isoTime(task.createdAtMs) : undefined,
		videoUrl: task.videoUrl,
		videoUrlExpiresAt: isoTime(videoUrlExpiresAtMs(task)),
		lastFrameUrl: task.lastFrameUrl,
		resolution: task.resolution,
		ratio: task.ratio,
		duration: task.durationSeconds,
		totalTokens: task.totalTokens,
		...cost,
		failureCode: task.failure?.code,
		failureMessage: task.failure?.message,
	});
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
