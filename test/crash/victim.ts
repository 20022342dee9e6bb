import { startInstance, type Instance } from '../n8n/instance';
import type { OnProgress } from '../n8n/progress';
import { startQueue } from '../n8n/queue';
import type { Line } from '../n8n/versions';

/**
 * What is killed: n8n's only process, in queue mode the main process and the only worker, or in queue
 * mode the worker alone. In the last case another worker is started. n8n 1 then begins the execution
 * anew; n8n 2 ends it and drops the data of its trigger, so that a Retry has nothing to run.
 */
export const modes = ['regular', 'queue', 'queue-stalled'] as const;

export type Mode = (typeof modes)[number];

/** What a victim is started with. */
export interface VictimOptions {
	readonly line: Line;
	/** Empty. Holds the data and the logs of every process. */
	readonly folder: string;
	readonly renderMs: number;
	readonly onProgress: OnProgress;
	readonly signal: AbortSignal;
}

/** An n8n that can be killed while it runs an execution. The simulator survives. */
export interface Victim {
	readonly instance: Instance;
	/** Ends the process that runs executions, with its task runner, by SIGKILL. */
	kill(): Promise<void>;
	/** Starts such a process again, with the same data. */
	comeBack(): Promise<void>;
	close(): Promise<void>;
}

/** All tasks of a batch render at the same time. */
const concurrency = 200;

// n8n notices a dead worker after 60 to 90 s by default.
const quickToNotice = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '3000',
};

/** Starts an n8n in a mode, installing it on first use. */
export async function startVictim(mode: Mode, options: VictimOptions): Promise<Victim> {
	if (mode === 'regular') {
		const { folder, ...rest } = options;
		const instance = await startInstance({
			...rest,
			userFolder: folder,
			simulatorOptions: { concurrency },
		});
		return {
			instance,
			kill: async () => await instance.n8n.kill(),
			comeBack: instance.restart,
			close: instance.close,
		};
	}
	const queue = await startQueue({ ...options, workerCount: 1, environment: quickToNotice });
	const { instance } = queue;
	const [worker] = queue.workers;
	if (worker === undefined) throw new Error('There is one worker');
	const isAll = mode === 'queue';
	return {
		instance,
		async kill() {
			await Promise.all([worker.kill(), ...(isAll ? [instance.n8n.kill()] : [])]);
		},
		async comeBack() {
			if (!isAll) return await queue.addWorker();
			await instance.restart();
			await worker.restart();
		},
		close: queue.close,
	};
}
