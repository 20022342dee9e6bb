import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const markerName = 'finished.json';

/** Whether the folder was filled completely, and with exactly this content. */
export async function isFinished(folder: string, content: string): Promise<boolean> {
	const marker = await readFile(join(folder, markerName), 'utf8').catch(() => undefined);
	return marker === content;
}

/**
 * Fills an empty folder. Only when that succeeded is the marker written that makes it count as
 * finished.
 */
export async function fillFolder(
	folder: string,
	content: string,
	fill: () => Promise<void>,
): Promise<void> {
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await fill();
	await writeFile(join(folder, markerName), content);
}
