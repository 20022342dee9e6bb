import type { Poller } from '../engine/engine';
import { startEngine } from '../engine/engine';
import { speedUpTime } from '../engine/fastTime';
import { triggerNode, triggerWorkflow } from '../engine/workflows';

/** Where the trigger polls. */
export interface TriggerJob {
	readonly origin: string;
	readonly apiKey: string;
	readonly factor: number;
}

/** What one poll of a trigger gave, and what n8n keeps of it. */
export interface PollReport {
	readonly taskIds: readonly string[];
	readonly stateBytes: number;
	/** Undefined where it was not measured. */
	readonly heapBytes: number | undefined;
	readonly tookMs: number;
}

/** What the parent sends: where to poll, first of all, and then a poll at a time. */
export type TriggerMessage =
	| { readonly kind: 'start'; readonly job: TriggerJob }
	| { readonly kind: 'poll'; readonly measuresHeap: boolean; readonly restarts: boolean }
	| { readonly kind: 'end' };

type Engine = Awaited<ReturnType<typeof startEngine>>;

let engine: Engine | undefined;
let job: TriggerJob | undefined;
let poller: Poller | undefined;

process.on('message', (message: TriggerMessage) => {
	void answer(message).catch((error: unknown) => process.send?.({ error: String(error) }));
});

async function answer(message: TriggerMessage): Promise<void> {
	if (message.kind === 'end') {
		engine?.close();
		process.disconnect();
		return;
	}
	if (message.kind === 'start') {
		job = message.job;
		speedUpTime(job.factor);
		engine = await startEngine('filesystem');
		poller = open({});
		process.send?.({ taskIds: [], stateBytes: 0, heapBytes: undefined, tookMs: 0 });
		return;
	}
	if (poller === undefined) throw new Error('Not started');
	if (message.restarts) poller = open(poller.saved());
	const startedMs = performance.now();
	const items = (await poller.poll()) ?? [];
	const tookMs = performance.now() - startedMs;
	if (message.measuresHeap) global.gc?.();
	const report: PollReport = {
		taskIds: items.map(({ json }) => String(json['taskId'])),
		stateBytes: JSON.stringify(poller.current()).length,
		heapBytes: message.measuresHeap ? process.memoryUsage().heapUsed : undefined,
		tookMs,
	};
	process.send?.(report);
}

function open(saved: ReturnType<Poller['saved']>): Poller {
	if (engine === undefined || job === undefined) throw new Error('Not started');
	return engine.poller({
		workflow: triggerWorkflow({ downloadVideo: false }),
		node: triggerNode,
		credentials: { seedanceApi: { baseUrl: job.origin, apiKey: job.apiKey } },
		saved,
	});
}
