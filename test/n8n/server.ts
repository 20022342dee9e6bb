import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { installN8n } from './install';
import { n8nEnvironment } from './n8nEnvironment';
import { assertPortIsFree, freePort } from './ports';
import { processGroupOf } from './processGroup';
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
	/** Ends n8n and its task runner; safe to call twice. */
	stop(): Promise<void>;
	/** Resolves when n8n has ended, with how it ended in words. */
	ended: Promise<string>;
}

const startTimeoutMs = 120_000;

function keepLog(n8n: ChildProcess, logFile: string, onLog: (line: string) => void): void {
	const log = createWriteStream(logFile);
	for (const stream of [n8n.stdout, n8n.stderr]) {
		if (stream === null) continue;
		createInterface({ input: stream }).on('line', (line) => {
			log.write(`${line}\n`);
			onLog(line);
		});
	}
	n8n.once('close', () => log.end());
}

/**
 * Starts n8n on loopback and resolves when it answers REST calls; rejects with its log's end when
 * it dies or takes over 120 s.
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
	const n8n = spawn(installed.nodePath, [installed.scriptPath, 'start'], {
		cwd: userFolder,
		env: n8nEnvironment(installed, place, options.environment),
		stdio: ['ignore', 'pipe', 'pipe'],
		// Its own group: Ctrl+C reaches it only through stop(), and stop() reaches its task runner.
		detached: true,
	});
	keepLog(n8n, logFile, onLog);
	const { ended, stop } = processGroupOf(n8n);
	const gone = new AbortController();
	void ended.then((end) => gone.abort(end));

	const givenUp = signal === undefined ? gone.signal : AbortSignal.any([gone.signal, signal]);
	if (await waitUntilReady(origin, startTimeoutMs, givenUp)) {
		return { origin, userFolder, logFile, stop, ended };
	}
	const reason = gone.signal.aborted
		? `n8n ended with ${String(gone.signal.reason)}`
		: `n8n was not ready within ${startTimeoutMs / 1000} s`;
	await stop();
	signal?.throwIfAborted();
	throw new Error(`${reason}. Its last lines:\n${await tailOf(logFile)}\nAll of them: ${logFile}`);
}
