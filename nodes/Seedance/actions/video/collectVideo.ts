import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { downloadFile, type FileKind } from '../../n8n/download';
import type { RemoteFile } from '../../n8n/fileTransfer';
import { lastFrameField, type CollectOptions } from '../../panel/collect';
import { describeFailure } from '../../panel/failureText';
import type { WaitPolicy } from '../../panel/wait';
import { reachOf } from '../../seedance/address';
import { SeedanceFailure, toFailure } from '../../seedance/failure';
import { isPng, isVideo } from '../../seedance/fileType';
import { isFinished, lacksVideo, type Task } from '../../seedance/task';
import { taskFailure } from '../../seedance/taskFailure';
import type { PaidTask } from '../../tasks/claimedTask';
import type { WaitResult } from '../../tasks/polled';
import type { TaskLog } from '../../tasks/taskLog';
import type { ItemOutput } from '../operation';
import type { Session } from '../session';
import { isKeptForNextTry } from './deliveredItems';
import { videoJson, type RequestedVideo } from './videoItem';

/** The task as it is, or after waiting for it where the options say so. */
export async function seeTask(
	{ log }: Session,
	task: PaidTask,
	{ wait, simplify }: CollectOptions,
): Promise<WaitResult<Task>> {
	if (wait === undefined) return { seen: await task.read(), timedOut: false };
	const result = await task.wait(wait, !simplify);
	if (result.timedOut && !lacksVideo(result.seen)) afterTimeout(log, wait, result);
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
		: await downloaded(session, seen, json, { field: downloadTo, fileName });
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
	session: Session,
	task: Task,
	json: IDataObject,
	{ field, fileName }: { readonly field: string; readonly fileName: string | undefined },
): Promise<ItemOutput> {
	const { outside, clock, downloads } = session;
	const binary: IBinaryKeyData = {};
	async function fetchFiles(): Promise<void> {
		for (const file of filesOf(session, task, fileName)) {
			const to = file.label === 'video' ? field : lastFrameField;
			binary[to] = await downloadFile(outside, clock, downloads, file);
		}
	}
	try {
		// n8n throws the outputs of a node that fails away.
		await (isKeptForNextTry(session) ? fetchFiles() : clock.whileOpen(fetchFiles));
	} catch (error) {
		const failure = toFailure(error);
		if (failure.kind === 'stopped') throw failure;
		const { message, description } = describeFailure(failure);
		return { json: { ...json, downloadFailure: `${message}. ${description}` }, binary };
	}
	return { json, binary };
}

const filesOfTask = {
	video: { label: 'video', isMedia: isVideo, urlOf: ({ videoUrl }: Task) => videoUrl },
	lastFrame: { label: 'last frame', isMedia: isPng, urlOf: (task: Task) => task.lastFrameUrl },
} as const;

/** A file of a task, whose URL can be signed anew. */
export function taskFile(
	{ api, connection }: Session,
	taskId: string,
	file: keyof typeof filesOfTask,
	url: string,
): RemoteFile {
	// A provider outside may have its files in a private network, but never on this machine.
	const provider = reachOf(new URL(connection.tasksUrl).hostname);
	const namedBy = provider === 'public' ? 'private' : provider;
	const { label, isMedia, urlOf } = filesOfTask[file];
	const freshUrl = async () => urlOf(await api.readTask(taskId));
	return { label, isMedia, url, namedBy, freshUrl };
}

function filesOf(session: Session, task: Task, name: string = task.taskId): FileKind[] {
	const { taskId } = task;
	const { videoUrl, lastFrameUrl } = task;
	const video = { fileName: `${name}.mp4`, mimeType: 'video/mp4' };
	const frame = { fileName: `${name}.png`, mimeType: 'image/png' };
	return [
		videoUrl === undefined ? [] : { ...taskFile(session, taskId, 'video', videoUrl), ...video },
		lastFrameUrl === undefined
			? []
			: { ...taskFile(session, taskId, 'lastFrame', lastFrameUrl), ...frame },
	].flat();
}
