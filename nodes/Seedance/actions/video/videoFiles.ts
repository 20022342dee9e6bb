import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { downloadFile, type FileKind, type MediaContext } from '../../n8n/download';
import type { RemoteFile } from '../../n8n/fileTransfer';
import { lastFrameField } from '../../panel/collect';
import { describeFailure } from '../../panel/failureText';
import { reachOf } from '../../seedance/address';
import { toFailure } from '../../seedance/failure';
import { isPng, isVideo } from '../../seedance/fileType';
import type { Task } from '../../seedance/task';
import type { ItemOutput } from '../operation';
import type { Session } from '../session';

/** What fetches the files of a task: a run and a trigger have it. */
export interface FileAccess extends Pick<Session, 'connection' | 'clock' | 'downloads'> {
	readonly outside: MediaContext;
	readonly api: Pick<Session['api'], 'readTask'>;
}

/** What the files of an item are. */
interface FileTerms {
	/** The field for the video. */
	readonly field: string;
	/** Without an extension. Default: the task ID. */
	readonly fileName?: string | undefined;
	/** Whether somebody gets the files of a run that is closed. */
	readonly isKept: boolean;
}

/**
 * The item with the files of its task. A finished video is charged: when its file cannot be fetched, the item still has the task id and the URL.
 * Throws a SeedanceFailure of kind `stopped`.
 */
export async function withFiles(
	access: FileAccess,
	task: Task,
	json: IDataObject,
	{ field, fileName, isKept }: FileTerms,
): Promise<ItemOutput> {
	const { outside, clock, downloads } = access;
	const binary: IBinaryKeyData = {};
	async function fetchFiles(): Promise<void> {
		for (const file of filesOf(access, task, fileName)) {
			const to = file.label === 'video' ? field : lastFrameField;
			binary[to] = await downloadFile(outside, clock, downloads, file);
		}
	}
	try {
		// n8n throws the outputs of a node that fails away.
		await (isKept ? fetchFiles() : clock.whileOpen(fetchFiles));
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
	{ api, connection }: FileAccess,
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

function filesOf(access: FileAccess, task: Task, name: string = task.taskId): FileKind[] {
	const { taskId } = task;
	const { videoUrl, lastFrameUrl } = task;
	const video = { fileName: `${name}.mp4`, mimeType: 'video/mp4' };
	const frame = { fileName: `${name}.png`, mimeType: 'image/png' };
	return [
		videoUrl === undefined ? [] : { ...taskFile(access, taskId, 'video', videoUrl), ...video },
		lastFrameUrl === undefined
			? []
			: { ...taskFile(access, taskId, 'lastFrame', lastFrameUrl), ...frame },
	].flat();
}
