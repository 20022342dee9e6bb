import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installN8n } from './install';
import { n8nEnvironment } from './n8nEnvironment';
import { spawnN8n } from './n8nProcess';
import { assertPortIsFree, freePort } from './ports';
import type { OnProgress } from './progress';
import { waitUntilReady } from './readiness';
import { tailOf } from './runNpm';
import type { Line } from './versions';

/** What an n8n is started with. */
export interface StartN8nOptions {
	line: Line;
	/** A free port by default. */
	port?: number;
	/** Holds the database, the packages and the log; a new temporary folder by default. */
	userFolder?: string;
	/** Set on top of the quiet loopback environment. */
	environment?: Readonly<Record<string, string>>;
	/** Receives each line that n8n writes. */
	onLog?: (line: string) => void;
	/** Receives the progress of the install, when there is one. */
	onProgress?: OnProgress;
	signal?: AbortSignal;
}

/** A running n8n. */
export interface RealN8n {
	origin: string;
	userFolder: string;
	logFile: string;
	/** Ends n8n and its task runner. Safe to call twice. */
	stop(): Promise<void>;
	/** Ends both with SIGKILL, as a crash does. */
	kill(): Promise<void>;
	/** Resolves when n8n has ended, with how it ended in words. */
	ended: Promise<string>;
}

const startTimeoutMs = 120_000;

/**
 * Starts n8n on loopback and resolves when it answers REST calls. Rejects with the end of its log if
 * it exits or needs more than 120 s.
 */
export async function startN8n(options: StartN8nOptions): Promise<RealN8n> {
	const { line, onLog = () => {}, onProgress = () => {}, signal } = options;
	const port = options.port ?? (await freePort());
	await assertPortIsFree(port);
	const installed = await installN8n(line, onProgress, signal);
	const userFolder = options.userFolder ?? (await mkdtemp(join(tmpdir(), 'seedance-n8n-')));
	await mkdir(userFolder, { recursive: true });
	const origin = `http://127.0.0.1:${port}`;
	const logFile = join(userFolder, 'n8n.log');
	const place = { userFolder, port, brokerPort: await freePort() };

	await assertPortIsFree(port);
	const { ended, stop, kill } = spawnN8n({
		installed,
		command: ['start'],
		userFolder,
		environment: n8nEnvironment(installed, place, options.environment),
		logFile,
		onLog,
	});
	const gone = new AbortController();
	void ended.then((end) => gone.abort(end));

	const givenUp = signal === undefined ? gone.signal : AbortSignal.any([gone.signal, signal]);
	if (await waitUntilReady(origin, startTimeoutMs, givenUp)) {
		return { origin, userFolder, logFile, stop, kill, ended };
	}
	const reason = gone.signal.aborted
		? `n8n ended with ${String(gone.signal.reason)}`
		: `n8n was not ready within ${startTimeoutMs / 1000} s`;
	await stop();
	signal?.throwIfAborted();
	throw new Error(`${reason}. Its last lines:\n${await tailOf(logFile)}\nAll of them: ${logFile}`);
}
