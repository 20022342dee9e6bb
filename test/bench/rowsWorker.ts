import { watchEventLoop, type Stall } from '../chaos/stall';
import { startEngine } from '../engine/engine';
import { videoNode, videoWorkflow } from '../engine/workflows';

/** Executions of so many rows each, in one process. */
export interface RowsJob {
	readonly origin: string;
	readonly apiKey: string;
	readonly sizes: readonly number[];
}

/** What an execution took of this process: engine and node alone. */
export interface RowsRun {
	readonly rows: number;
	readonly videos: number;
	readonly failed: number;
	readonly cpuMs: number;
	readonly tookMs: number;
	readonly stall: Stall;
}

process.once('message', (job: RowsJob) => {
	runAll(job)
		.then((runs) => process.send?.({ runs }))
		.catch((error: unknown) => process.send?.({ error: String(error) }))
		.finally(() => process.disconnect());
});

async function runAll({ origin, apiKey, sizes }: RowsJob): Promise<RowsRun[]> {
	const engine = await startEngine('filesystem');
	// n8n copies its whole table for each record, which bench:ledger measures; here it is the nodes' own work.
	engine.processedData.failure = new Error('Not measured');
	const runs: RowsRun[] = [];
	for (const rows of sizes) {
		global.gc?.();
		const cpu = process.cpuUsage();
		const startedAtMs = Date.now();
		let watched = (): Stall => ({ wholeMs: 0, ownMs: 0 });
		const execution = await engine.run({
			workflow: videoWorkflow(
				{ operation: 'create', prompt: '={{ $json.prompt }}', waitOptions: { pollInterval: 2 } },
				// The row without a prompt fails, so that n8n runs the node for all rows again.
				{ onError: 'continueErrorOutput', retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
			),
			credentials: { seedanceApi: { baseUrl: origin, apiKey } },
			items: Array.from({ length: rows }, (_, row) => ({
				json: { prompt: row === 0 ? '' : `Row ${row}` },
			})),
			onStart: () => {
				watched = watchEventLoop();
			},
		});
		const stall = watched();
		const { user, system } = process.cpuUsage(cpu);
		runs.push({
			...{ rows, stall, cpuMs: (user + system) / 1000, tookMs: Date.now() - startedAtMs },
			videos: execution.items(videoNode).filter(({ binary }) => binary?.['data'] !== undefined)
				.length,
			failed: execution.items(videoNode, 1).length,
		});
	}
	engine.close();
	return runs;
}
