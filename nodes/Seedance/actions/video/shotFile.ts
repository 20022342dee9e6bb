import type { InputFile } from '../../n8n/inputFile';
import { openRemoteInput } from '../../n8n/remoteInput';
import type { FileType } from '../../seedance/fileType';
import type { MediaOfShot } from '../../seedance/media';
import type { LaterShot, ShotFile } from '../../tasks/shots';
import type { Session } from '../session';
import { taskFile } from './videoFiles';

const png: FileType = { kind: 'image', mimeType: 'image/png', extension: 'png' };
const mp4: FileType = { kind: 'video', mimeType: 'video/mp4', extension: 'mp4' };

const fileOf = ({ kind }: MediaOfShot): ShotFile => (kind === 'video' ? 'video' : 'lastFrame');

/** The URL of what a shot is made from, as the provider has just given it: its own outputs count as trusted faces for 30 days. */
export async function shotUrl(
	{ shots }: Session,
	later: LaterShot,
	media: MediaOfShot,
): Promise<string> {
	return (await shots.fileBefore(later, fileOf(media))).url;
}

/** What a shot is made from as a file to upload; opened once in a run. */
export async function shotFile(
	session: Session,
	later: LaterShot,
	media: MediaOfShot,
): Promise<InputFile> {
	const file = fileOf(media);
	return await session.shots.opened(later.previous, async () => {
		const { taskId, url } = await session.shots.fileBefore(later, file);
		const type = file === 'video' ? mp4 : png;
		const known = { type, fileName: `${taskId}.${type.extension}`, identity: `${taskId} ${file}` };
		const remote = taskFile(session, taskId, file, url);
		const { outside, clock, shotDownloads } = session;
		return await openRemoteInput(outside, clock, shotDownloads, remote, known);
	});
}
