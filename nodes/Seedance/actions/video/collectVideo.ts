import type { IDataObject } from 'n8n-workflow';
import type { CollectOptions } from '../../panel/collect';
import { describeFailure } from '../../panel/failureText';
import type { WaitPolicy } from '../../panel/wait';
import { SeedanceFailure } from '../../seedance/failure';
import { isFinished, lacksVideo, type Task } from '../../seedance/task';
import { taskFailure } from '../../seedance/taskFailure';
import type { PaidTask } from '../../tasks/claimedTask';
import type { WaitResult } from '../../tasks/polled';
import type { TaskLog } from '../../tasks/taskLog';
import type { ItemOutput } from '../operation';
import type { Session } from '../session';
import { isKeptForNextTry } from './deliveredItems';
import { withFiles } from './videoFiles';
import { videoJson, type RequestedVideo } from './videoItem';

/** The task as it is, or after waiting for it where the options say so. */
export async function seeTask(
	{ log }: Session,
	task: PaidTask,
	{ wait, simplify }: CollectOptions,
): Promise<WaitResult<Task>> {
	if (wait === undefined) return { seen: await task.read(), timedOut: false };
	const result = await task.wait(wait, !simplify);
	if (result.timedOut && !lacksVideo(result.seen)) afterTimeout(log, task, wait, result);
	return result;
}

/** What a task's item depends on besides the task. */
interface ItemTerms {
	readonly onFailedTask: 'error' | 'returnTask' | undefined;
	/** The members that say what the task costs, for operations that know what was requested. */
	readonly costOfTask?: (task: Task) => IDataObject;
	readonly requested?: RequestedVideo;
	/** Of its files, without an extension; undefined: the task ID. */
	readonly fileName?: string | undefined;
}

/** The item of a task that was seen, with its video where the options say so. Throws a SeedanceFailure for a task without a video. */
export async function itemOf(
	session: Session,
	{ seen, timedOut }: WaitResult<Task>,
	{ simplify, downloadTo }: CollectOptions,
	{ onFailedTask = 'error', costOfTask, requested, fileName }: ItemTerms,
): Promise<ItemOutput> {
	if (lacksVideo(seen)) throw taskFailure(seen);
	const hasFailed = isFinished(seen.status) && seen.status !== 'succeeded';
	if (hasFailed && onFailedTask === 'error') throw taskFailure(seen);
	const json = videoJson(seen, simplify, { timedOut, requested, cost: costOfTask?.(seen) });
	return downloadTo === undefined || seen.videoUrl === undefined
		? { json }
		: await withFiles(session, seen, json, {
				...{ field: downloadTo, fileName, isKept: isKeptForNextTry(session) },
			});
}

/** Throws where the policy says so; otherwise the log is told why the last poll failed. */
function afterTimeout(
	log: TaskLog,
	{ itemIndex }: PaidTask,
	{ onTimeout, maxWaitMs }: WaitPolicy,
	{ seen: { taskId, status }, lastFailure }: WaitResult<Task>,
): void {
	if (onTimeout === 'error') {
		const lastPoll = lastFailure && describeFailure(lastFailure).message;
		const values = { status, minutes: maxWaitMs / 60_000, lastPoll };
		throw new SeedanceFailure({ kind: 'waitTimedOut', values, taskId }, lastFailure);
	}
	if (lastFailure !== undefined) log.lastPollFailed({ itemIndex, taskId }, lastFailure);
}
