import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrepareItems } from './nodeTypes';

const mediaFolder = join(__dirname, '..', 'simulator', 'media');

/** A real PNG. */
export const png = readFileSync(join(mediaFolder, 'lastFrame.png'));

/** A real MP4. */
export const mp4 = readFileSync(join(mediaFolder, 'clip.mp4'));

/** A silent WAV file: 8 kHz, mono, eight bits. The length is in seconds. */
export function wav(seconds: number): Buffer {
	const bytesPerSecond = 8_000;
	const data = Buffer.alloc(Math.round(seconds * bytesPerSecond), 128);
	const header = Buffer.alloc(44);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(36 + data.length, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(bytesPerSecond, 24);
	header.writeUInt32LE(bytesPerSecond, 28);
	header.writeUInt16LE(1, 32);
	header.writeUInt16LE(8, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(data.length, 40);
	return Buffer.concat([header, data]);
}

/** A file for an item's field. */
export interface TestFile {
	readonly bytes: Buffer;
	readonly fileName: string;
	/** What the sender says that it is. */
	readonly mimeType?: string;
}

/** Items with these files in n8n's binary storage. Each entry maps field names to files. */
export function itemsWithFiles(items: ReadonlyArray<Record<string, TestFile>>): PrepareItems {
	return async (context) =>
		await Promise.all(items.map(async (files) => await itemWithFiles(context, files)));
}

async function itemWithFiles(
	{ helpers }: IExecuteFunctions,
	files: Record<string, TestFile>,
): Promise<INodeExecutionData> {
	const binary = await Promise.all(
		Object.entries(files).map(async ([field, { bytes, fileName, mimeType }]) => [
			field,
			await helpers.prepareBinaryData(bytes, fileName, mimeType),
		]),
	);
	return { json: {}, binary: Object.fromEntries(binary) };
}
