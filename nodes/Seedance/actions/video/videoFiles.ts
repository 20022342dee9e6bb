import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { downloadFile, type FileKind, type MediaContext } from '../../n8n/download';
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

/**
 * The item with the files of its task. A finished video is charged: when its file cannot be fetched, the item still has the task id and the URL.
 * `isKept`: whether somebody gets the files of a run that is closed. Throws a SeedanceFailure of kind `stopped`.
 */
export async function withFiles(
	access: FileAccess,
	task: Task,
	json: IDataObject,
	field: string,
	isKept: boolean,
): Promise<ItemOutput> {
	const { outside, clock, downloads } = access;
	const binary: IBinaryKeyData = {};
	async function fetchFiles(): Promise<void> {
		for (const file of filesOf(access, task)) {
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

function filesOf({ api, connection }: FileAccess, task: Task): FileKind[] {
	const { taskId } = task;
	// A provider outside may have its files in a private network, but never on this machine.
	const provider = reachOf(new URL(connection.tasksUrl).hostname);
	const namedBy = provider === 'public' ? 'private' : provider;
	const file = (
		label: FileKind['label'],
		urlOf: (seen: Task) => string | undefined,
		kind: Pick<FileKind, 'fileName' | 'mimeType' | 'isMedia'>,
	): FileKind[] => {
		const url = urlOf(task);
		if (url === undefined) return [];
		const freshUrl = async () => urlOf(await api.readTask(taskId));
		return [{ ...kind, label, url, namedBy, freshUrl }];
	};
	const video = { fileName: `${taskId}.mp4`, mimeType: 'video/mp4', isMedia: isVideo };
	const frame = { fileName: `${taskId}.png`, mimeType: 'image/png', isMedia: isPng };
	return [
		...file('video', ({ videoUrl }) => videoUrl, video),
		...file('last frame', ({ lastFrameUrl }) => lastFrameUrl, frame),
	];
}
