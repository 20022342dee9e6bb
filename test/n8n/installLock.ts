import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { OnProgress } from './progress';

const retryMs = 1_000;
const announceEveryMs = 10_000;
/**
 * A lock is written at once after it is made, so an older one without a process ID was left by a
 * crash.
 */
const unwrittenForMs = 5_000;

async function take(file: string): Promise<boolean> {
	try {
		await writeFile(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	}
}

function isAlive(processId: number): boolean {
	try {
		process.kill(processId, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

async function isAbandoned(file: string): Promise<boolean> {
	try {
		const owner = (await readFile(file, 'utf8')).trim();
		if (/^\d+$/.test(owner)) return !isAlive(Number(owner));
		return Date.now() - (await stat(file)).mtimeMs > unwrittenForMs;
	} catch {
		// Its owner has just removed it.
		return false;
	}
}

/**
 * Runs the work while no other process holds the lock file; a lock whose process is gone is taken
 * over.
 */
export async function withLock<Result>(
	file: string,
	onProgress: OnProgress,
	signal: AbortSignal | undefined,
	work: () => Promise<Result>,
): Promise<Result> {
	await mkdir(dirname(file), { recursive: true });
	let announcedAtMs: number | undefined;
	while (!(await take(file))) {
		if (await isAbandoned(file)) {
			await rm(file, { force: true });
			continue;
		}
		const nowMs = Date.now();
		if (announcedAtMs === undefined || nowMs - announcedAtMs >= announceEveryMs) {
			announcedAtMs = nowMs;
			onProgress(`Waiting for another run, which is installing (its lock: ${file}) …`);
		}
		await delay(retryMs, undefined, signal === undefined ? {} : { signal });
	}
	try {
		return await work();
	} finally {
		await rm(file, { force: true });
	}
}
