import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { downloadFile } from '../../n8n/download';
import { lastFrameField, type CollectOptions } from '../../panel/collect';
import { describeFailure } from '../../panel/failureText';
import type { WaitPolicy } from '../../panel/wait';
import { SeedanceFailure, toFailure } from '../../seedance/failure';
import { isFinished, lacksVideo, type Task } from '../../seedance/task';
import { taskFailure } from '../../seedance/taskFailure';
import type { PaidTask } from '../../tasks/claimedTask';
import type { WaitResult } from '../../tasks/polled';
import type { TaskLog } from '../../tasks/taskLog';
import type { ItemOutput } from '../operation';
import type { Session } from '../session';
import { videoJson } from './videoItem';

/** The task as it is, or after waiting for it where the options say so. */
export async function seeTask(
	{ log }: Session,
	task: PaidTask,
	{ wait }: CollectOptions,
): Promise<WaitResult<Task>> {
	if (wait === undefined) return { seen: await task.read(), timedOut: false };
	const result = await task.wait(wait);
	if (result.timedOut && !lacksVideo(result.seen)) afterTimeout(log, wait, result);
	return result;
}

/** The item of a task that was seen, with its video where the options say so. Throws a SeedanceFailure for a task without a video. */
export async function itemOf(
	session: Session,
	{ seen, timedOut }: WaitResult<Task>,
	{ simplify, downloadTo }: CollectOptions,
	onFailedTask: 'error' | 'returnTask' = 'error',
): Promise<ItemOutput> {
	if (lacksVideo(seen)) throw taskFailure(seen);
	const hasFailed = isFinished(seen.status) && seen.status !== 'succeeded';
	if (hasFailed && onFailedTask === 'error') throw taskFailure(seen);
	const json = videoJson(seen, simplify, { timedOut });
	return downloadTo === undefined || seen.videoUrl === undefined
		? { json }
		: await downloaded(session, seen, json, downloadTo);
}

/** Throws where the policy says so; otherwise the log is told why the last poll failed. */
function afterTimeout(
	log: TaskLog,
	{ onTimeout, maxWaitMs }: WaitPolicy,
	{ seen: { taskId, status }, lastFailure }: WaitResult<Task>,
): void {
	if (onTimeout === 'error') {
		const lastPoll = lastFailure && describeFailure(lastFailure).message;
		const values = { status, minutes: maxWaitMs / 60_000, lastPoll };
		throw new SeedanceFailure({ kind: 'waitTimedOut', values, taskId }, lastFailure);
	}
	if (lastFailure !== undefined) log.lastPollFailed(taskId, lastFailure);
}

/** A finished video is charged: when its file cannot be fetched, the item still has the task id and the URL. */
async function downloaded(
	{ context, clock, downloads }: Session,
	{ taskId, videoUrl, lastFrameUrl }: Task,
	json: IDataObject,
	field: string,
): Promise<ItemOutput> {
	const video = { label: 'video', fileName: `${taskId}.mp4`, mimeType: 'video/mp4' } as const;
	const frame = { label: 'last frame', fileName: `${taskId}.png`, mimeType: 'image/png' } as const;
	const files = [
		{ url: videoUrl, to: field, kind: video },
		{ url: lastFrameUrl, to: lastFrameField, kind: frame },
	];
	const binary: IBinaryKeyData = {};
	try {
		for (const { url, to, kind } of files) {
			if (url === undefined) continue;
			binary[to] = await downloads(async () => await downloadFile(context, clock, url, kind));
		}
	} catch (error) {
		const failure = toFailure(error);
		if (failure.kind === 'stopped') throw failure;
		const { message, description } = describeFailure(failure);
		return { json: { ...json, downloadFailure: `${message}. ${description}` }, binary };
	}
	return { json, binary };
}
