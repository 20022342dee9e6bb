import { startInstance, type Instance } from '../n8n/instance';
import type { OnProgress } from '../n8n/progress';
import { startQueue } from '../n8n/queue';
import type { Line } from '../n8n/versions';

/**
 * The n8n that is killed: the main process, or in queue mode the only worker. In the mode
 * `queue-stalled` n8n 1 begins the execution of a dead worker anew, as it does by default.
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
/** n8n 1 gives up the execution of a dead worker, as n8n 2 always does. */
const neverBegunAnew = { QUEUE_WORKER_MAX_STALLED_COUNT: '0' };

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
	const environment = {
		...quickToNotice,
		...(mode === 'queue' && options.line === 1 ? neverBegunAnew : {}),
	};
	const queue = await startQueue({ ...options, workerCount: 1, environment });
	return {
		instance: queue.instance,
		kill: async () => await queue.workers[0]?.kill(),
		comeBack: queue.addWorker,
		close: queue.close,
	};
}
