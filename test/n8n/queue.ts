import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { installN8n, type InstalledN8n } from './install';
import { startInstance, type Instance } from './instance';
import { n8nEnvironment } from './n8nEnvironment';
import { spawnN8n } from './n8nProcess';
import { loadPackage } from './packageTarball';
import { freePort } from './ports';
import { startPostgres } from './postgres';
import type { ProcessGroup } from './processGroup';
import type { OnProgress } from './progress';
import { isReady, waitUntil } from './readiness';
import { startRedis } from './redis';
import { tailOf } from './runNpm';
import type { Line } from './versions';

/** How a queue is started. */
export interface QueueOptions {
	line: Line;
	/** Empty. Holds the data and the logs of every process. */
	folder: string;
	workerCount: number;
	/** How many executions a worker runs at a time. By default 10, as n8n does. */
	executionsPerWorker?: number;
	/** How long the simulator renders a task. */
	renderMs: number;
	/** Set for main and workers on top of what the queue needs. */
	environment?: Readonly<Record<string, string>>;
	onProgress: OnProgress;
	signal: AbortSignal;
}

/** One worker process of a queue. */
export interface QueueWorker {
	logFile: string;
	/** Everything that it has written, line by line. */
	readonly lines: readonly string[];
	/** The executions that it has begun, in order, an execution that it began twice twice. */
	startedExecutionIds(): string[];
	/** Ends it and its task runner with SIGKILL, as a crash does. */
	kill(): Promise<void>;
	/** Starts it again after its end, with the same folder. */
	restart(): Promise<void>;
}

/** n8n in queue mode: a main process and workers, with Redis and PostgreSQL of their own. */
export interface Queue {
	instance: Instance;
	workers: readonly QueueWorker[];
	addWorker(): Promise<void>;
	/** Ends everything that was started, the services last. */
	close(): Promise<void>;
}

const simulatedConcurrency = 200;
const workerStartTimeoutMs = 120_000;

/**
 * Where binary data goes so that main and workers, which share no folder otherwise, all find it:
 * n8n 2 keeps it in the database by default, n8n 1 needs a folder that all of them see.
 */
function binaryDataEnvironment(line: Line, sharedFolder: string): Record<string, string> {
	if (line === 2) return {};
	return {
		N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem',
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		N8N_BINARY_DATA_STORAGE_PATH: sharedFolder,
	};
}

interface WorkerOptions {
	installed: InstalledN8n;
	userFolder: string;
	concurrency: number;
	environment: Readonly<Record<string, string>>;
	signal: AbortSignal;
}

async function startWorker(
	options: WorkerOptions,
): Promise<QueueWorker & Pick<ProcessGroup, 'stop'>> {
	const { installed, userFolder, signal } = options;
	await loadPackage(userFolder);
	const logFile = join(userFolder, 'n8n.log');
	const lines: string[] = [];

	const start = async () => {
		const healthPort = await freePort();
		const place = { userFolder, port: await freePort(), brokerPort: await freePort() };
		const started = spawnN8n({
			installed,
			command: ['worker', `--concurrency=${options.concurrency}`],
			userFolder,
			environment: n8nEnvironment(installed, place, {
				...options.environment,
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(healthPort),
				N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			}),
			logFile,
			onLog: (text) => lines.push(text),
		});
		const gone = new AbortController();
		void started.ended.then((end) => gone.abort(end));
		const ready = `http://127.0.0.1:${healthPort}/healthz/readiness`;
		const givenUp = AbortSignal.any([gone.signal, signal]);
		if (await waitUntil(() => isReady(ready), workerStartTimeoutMs, givenUp)) return started;
		const end = gone.signal.aborted ? `ended with ${String(gone.signal.reason)}` : 'is not ready';
		await started.stop();
		signal.throwIfAborted();
		throw new Error(`The worker ${end}. Its last lines:\n${await tailOf(logFile)}`);
	};
	let worker = await start();
	return {
		logFile,
		lines,
		startedExecutionIds: () =>
			lines.flatMap((text) => /Worker started execution (\d+)/.exec(text)?.[1] ?? []),
		kill: async () => await worker.kill(),
		async restart() {
			worker = await start();
		},
		stop: async () => await worker.stop(),
	};
}

/**
 * Starts n8n in queue mode, installing n8n on first use. Rejects with what to install when Redis
 * or PostgreSQL is missing, after it has stopped what it had started.
 */
export async function startQueue(options: QueueOptions): Promise<Queue> {
	const { line, folder, onProgress, signal } = options;
	const installed = await installN8n(line, onProgress, signal);
	const workers: QueueWorker[] = [];
	const closers: Array<() => Promise<void>> = [];
	let closing: Promise<void> | undefined;
	const closeAll = async () => {
		for (const close of [...closers].reverse()) await close();
	};
	const close = () => (closing ??= closeAll());

	try {
		const redis = await startRedis(folder);
		closers.push(redis.stop);
		const postgres = await startPostgres(folder);
		closers.push(postgres.stop);
		const binaryDataFolder = join(folder, 'binaryData');
		await mkdir(binaryDataFolder);
		const environment = {
			EXECUTIONS_MODE: 'queue',
			N8N_ENCRYPTION_KEY: 'one-key-for-main-and-workers',
			...redis.environment,
			...postgres.environment,
			...binaryDataEnvironment(line, binaryDataFolder),
			...options.environment,
		};

		// First, because it migrates the database.
		const instance = await startInstance({
			line,
			userFolder: join(folder, 'main'),
			renderMs: options.renderMs,
			simulatorOptions: { concurrency: simulatedConcurrency },
			environment,
			onProgress,
			signal,
		});
		closers.push(instance.close);

		const addWorker = async () => {
			const worker = await startWorker({
				installed,
				userFolder: join(folder, `worker${workers.length + 1}`),
				concurrency: options.executionsPerWorker ?? 10,
				environment,
				signal,
			});
			closers.push(worker.stop);
			workers.push(worker);
		};
		while (workers.length < options.workerCount) await addWorker();
		return { instance, workers, addWorker, close };
	} catch (error) {
		await close();
		throw error;
	}
}
