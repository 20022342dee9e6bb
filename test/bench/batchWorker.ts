import type { IDataObject } from 'n8n-workflow';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startEngine, type Engine } from '../engine/engine';
import { speedUpTime } from '../engine/fastTime';
import { bareCreates } from './bareCreates';
import { batchWorkflow, downloadNode, type Variant } from './batchWorkflows';
import { loadN8nNodes } from './n8nNodes';
import { ProcessedTexts } from './processedTexts';
import { sequentialJob } from './sequentialJob';

/** The items of one execution. */
export interface BatchRows {
	/** One for each item. */
	readonly prompts: readonly string[];
	/** Further parameters of the package's node. */
	readonly parameters?: IDataObject;
}

/** What a worker tells: that it could begin its next execution, for which it waits to be told; the runs of its job; what went wrong. */
export type BatchReport = 'ready' | { readonly runs: BatchRun[] } | { readonly error: string };

/** The executions that a worker runs, in order. */
export interface BatchJob {
	readonly variant: Variant;
	readonly origin: string;
	readonly apiKey: string;
	readonly tasksUrl: string;
	readonly runs: readonly BatchRows[];
	/** How fast time runs, and the moment at which that began. */
	readonly factor: number;
	readonly originMs: number;
	/** Where n8n's own nodes are, for the variant that needs them. */
	readonly n8nNodes: string | undefined;
	/** The file for a CPU profile of the last execution. */
	readonly profileTo: string | undefined;
}

/** One finished execution. */
export interface BatchRun {
	/** In fast time. */
	readonly startedAtMs: number;
	readonly endedAtMs: number;
	/** Items that came out with a file. */
	readonly videos: number;
	/** Items that came out. */
	readonly items: number;
	/** What this process took of the processor meanwhile, engine and node alone. */
	readonly cpuMs: number;
	/** In usual time. */
	readonly tookMs: number;
	/** How late timers were, the 99th percentile, in usual time. */
	readonly lateMs: number;
}

/** Each sample wakes the process: every 5 ms, that is 7 ms of processor time a second, as much as a request needs. */
const sampleEveryMs = 20;

process.once('message', (job: BatchJob) => {
	run(job)
		.then((runs) => report({ runs }))
		.catch((error: unknown) => report({ error: String(error) }))
		.finally(() => process.disconnect());
});

function report(content: BatchReport): void {
	process.send?.(content);
}

async function run(job: BatchJob): Promise<BatchRun[]> {
	const engine = await startEngine('filesystem', {
		'test.sequentialJob': sequentialJob,
		'test.bareCreates': bareCreates,
		...(job.n8nNodes === undefined ? {} : loadN8nNodes(job.n8nNodes)),
	});
	const texts = new ProcessedTexts();
	// n8n takes one implementation for the whole process, so the calls of the engine's go here.
	Object.assign(engine.processedData, {
		checkProcessedAndRecord: texts.checkProcessedAndRecord.bind(texts),
		removeProcessed: texts.removeProcessed.bind(texts),
	});
	const restoreTime = speedUpTime(job.factor, job.originMs);
	const runs: BatchRun[] = [];
	for (const [index, rows] of job.runs.entries()) {
		const isLast = index === job.runs.length - 1;
		const work = async () => await runOnce(engine, job, rows);
		report('ready');
		await once(process, 'message');
		runs.push(
			isLast && job.profileTo !== undefined ? await profiled(work, job.profileTo) : await work(),
		);
	}
	restoreTime();
	engine.close();
	return runs;
}

async function profiled<Result>(work: () => Promise<Result>, file: string): Promise<Result> {
	const session = new Session();
	session.connect();
	await session.post('Profiler.enable');
	await session.post('Profiler.start');
	const result = await work();
	const { profile } = await session.post('Profiler.stop');
	await writeFile(file, JSON.stringify(profile));
	session.disconnect();
	return result;
}

async function runOnce(
	engine: Engine,
	{ variant, tasksUrl, origin, apiKey }: BatchJob,
	{ prompts, parameters = {} }: BatchRows,
): Promise<BatchRun> {
	// What the run before has left behind is not this one's.
	global.gc?.();
	const lateness = monitorEventLoopDelay({ resolution: sampleEveryMs });
	lateness.enable();
	const cpu = process.cpuUsage();
	const began = process.hrtime.bigint();
	const startedAtMs = Date.now();
	const execution = await engine.run({
		workflow: batchWorkflow(variant, tasksUrl, parameters),
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		items: prompts.map((prompt) => ({ json: { prompt } })),
	});
	const endedAtMs = Date.now();
	const { user, system } = process.cpuUsage(cpu);
	lateness.disable();
	if (execution.error !== undefined) throw new Error(String(execution.error['message']));
	const outputs = (execution.run.data.resultData.runData[downloadNode[variant]] ?? []).flatMap(
		({ data }) => data?.['main']?.[0] ?? [],
	);
	return {
		startedAtMs,
		endedAtMs,
		items: outputs.length,
		videos: outputs.filter(({ binary }) => binary?.['data'] !== undefined).length,
		cpuMs: (user + system) / 1000,
		tookMs: Number(process.hrtime.bigint() - began) / 1e6,
		lateMs: Math.max(0, lateness.percentile(99) / 1e6 - sampleEveryMs),
	};
}
