import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const mediaFolder = join(__dirname, 'media');

/** Source: PowerTokens get reference, content.video_url (bucket name of its sample). */
const bucket = 'ark-content-generation-cn-beijing';

const sources: Readonly<Record<string, { fileName: string; contentType: string }>> = {
	mp4: { fileName: 'clip.mp4', contentType: 'video/mp4' },
	mov: { fileName: 'clip.mov', contentType: 'video/quicktime' },
	png: { fileName: 'lastFrame.png', contentType: 'image/png' },
};

/** One file of one task. */
export interface MediaFile {
	readonly bytes: Buffer;
	readonly contentType: string;
	readonly etag: string;
}

/** Gives the URL path of a task's file; the extension is mp4, mov or png. */
export function filePath(taskId: string, extension: string): string {
	return `/tos/${bucket}/${taskId}.${extension}`;
}

/** Gives a task's file by the last part of its path, or undefined; videos carry the task id in a free box at their end. */
export async function readMediaFile(fileName: string): Promise<MediaFile | undefined> {
	const [, taskId, extension] = /^(.+)\.([a-z0-9]+)$/.exec(fileName) ?? [];
	const source = extension === undefined ? undefined : sources[extension];
	if (taskId === undefined || source === undefined) return undefined;
	const base = await readFile(join(mediaFolder, source.fileName));
	const isVideo = source.contentType.startsWith('video/');
	const bytes = isVideo ? Buffer.concat([base, freeBox(taskId)]) : base;
	const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
	return { bytes, contentType: source.contentType, etag };
}

/** Gives a `free` box of the MP4 container, which players skip, holding a text. */
export function freeBox(text: string): Buffer {
	const content = Buffer.from(text);
	const header = Buffer.alloc(8);
	header.writeUInt32BE(header.length + content.length);
	header.write('free', 4, 'latin1');
	return Buffer.concat([header, content]);
}
