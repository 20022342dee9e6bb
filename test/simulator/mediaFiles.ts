import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fillerBytes } from './filler';

const mediaFolder = join(__dirname, 'media');

/** Source: PowerTokens get reference, content.video_url (bucket name of its sample). */
const bucket = 'ark-content-generation-cn-beijing';

const sources: Readonly<Record<string, { fileName: string; contentType: string }>> = {
	mp4: { fileName: 'clip.mp4', contentType: 'video/mp4' },
	mov: { fileName: 'clip.mov', contentType: 'video/quicktime' },
	png: { fileName: 'lastFrame.png', contentType: 'image/png' },
};

/** The size of the header of a box. Source: ISO/IEC 14496-12, Box (size and type, 32 bits each). */
const freeBoxHeaderBytes = 8;

/** The sizes that a video can be given, in bytes: the clip has to fit, with the longest name, and 32 bits have to hold it. */
const videoSizes = { least: 16_384, most: 2 ** 32 - 1 };

/** One file of one task. */
export interface MediaFile {
	readonly sizeBytes: number;
	readonly contentType: string;
	readonly etag: string;
	/** The bytes of a range, as a stream if the file is large. The end is exclusive. */
	read(first: number, end: number): Buffer | Readable;
}

/** The URL path of a task's file. The extension is mp4, mov or png. */
export function filePath(taskId: string, extension: string): string {
	return `/tos/${bucket}/${taskId}.${extension}`;
}

/** The files of every task. If a size in bytes is set, every video has it. */
export class MediaFiles {
	/** Throws for a size that no video can have. */
	constructor(private readonly videoBytes: number | undefined) {
		if (videoBytes === undefined) return;
		const { least, most } = videoSizes;
		if (!Number.isInteger(videoBytes) || videoBytes < least || videoBytes > most) {
			throw new Error(`videoBytes has to be from ${least} to ${most}`);
		}
	}

	/** Finds a task's file by the last part of its path, or returns undefined. Videos have the task ID in a free box at their end. */
	async find(fileName: string): Promise<MediaFile | undefined> {
		const [, taskId, extension] = /^(.+)\.([a-z0-9]+)$/.exec(fileName) ?? [];
		const source = extension === undefined ? undefined : sources[extension];
		if (taskId === undefined || source === undefined) return undefined;
		const { contentType } = source;
		const base = await readFile(join(mediaFolder, source.fileName));
		if (!contentType.startsWith('video/')) return smallFile(base, contentType);
		const clip = Buffer.concat([base, freeBox(taskId)]);
		if (this.videoBytes === undefined) return smallFile(clip, contentType);
		return largeFile(clip, contentType, this.videoBytes);
	}

	/** The SHA-256 of a file in hexadecimal. Throws for an unknown file. */
	async sha256(fileName: string): Promise<string> {
		const file = await this.find(fileName);
		if (file === undefined) throw new Error(`There is no file ${fileName}`);
		const hash = createHash('sha256');
		const content = file.read(0, file.sizeBytes);
		for await (const piece of Buffer.isBuffer(content) ? [content] : content) hash.update(piece);
		return hash.digest('hex');
	}
}

function smallFile(bytes: Buffer, contentType: string): MediaFile {
	return {
		sizeBytes: bytes.length,
		contentType,
		etag: etagOf(bytes),
		read: (first, end) => bytes.subarray(first, end),
	};
}

/** A clip with a free box behind it that brings it to the requested size. */
function largeFile(clip: Buffer, contentType: string, sizeBytes: number): MediaFile {
	const head = Buffer.concat([clip, freeBoxHeader(sizeBytes - clip.length)]);
	return {
		sizeBytes,
		contentType,
		etag: etagOf(Buffer.concat([head, Buffer.from(String(sizeBytes))])),
		read: (first, end) => Readable.from(fillerBytes(head, first, end), { objectMode: false }),
	};
}

function etagOf(bytes: Buffer): string {
	return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

/** A `free` box of the MP4 container with a text in it. Players skip such boxes. */
export function freeBox(text: string): Buffer {
	const content = Buffer.from(text);
	return Buffer.concat([freeBoxHeader(content.length + freeBoxHeaderBytes), content]);
}

function freeBoxHeader(boxBytes: number): Buffer {
	const header = Buffer.alloc(freeBoxHeaderBytes);
	header.writeUInt32BE(boxBytes);
	header.write('free', 4, 'latin1');
	return header;
}
