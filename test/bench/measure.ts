import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { speedUpTime } from '../engine/fastTime';
import {
	startSimulator,
	type Interceptor,
	type RecordedRequest,
	type SimulatedTask,
	type SimulatorOptions,
	type TaskPlan,
} from '../simulator/simulator';
import type { BatchJob, BatchReport, BatchRows, BatchRun } from './batchWorker';
import type { Variant } from './batchWorkflows';
import { sum } from './report';

/** Executions against one simulated account. */
export interface Scenario {
	readonly variant: Variant;
	/** What each worker executes, one after the other; all begin each of them at the same moment. The last one is measured, unless the caller looks at all. */
	readonly runs: readonly BatchRows[];
	/** Processes that do so at the same time. Default: 1. */
	readonly workers?: number;
	readonly factor: number;
	readonly simulator: SimulatorOptions;
	readonly intercept?: Interceptor;
	readonly n8nNodes?: string | undefined;
	readonly profileTo?: string | undefined;
}

/** What came of a scenario. Times are in fast time. */
export interface Measured {
	/** Those of each worker. */
	readonly runs: ReadonlyArray<readonly BatchRun[]>;
	readonly requests: readonly RecordedRequest[];
	readonly tasks: readonly SimulatedTask[];
	/** Parts of one processor that the engines and the simulator took while the runs lasted. */
	readonly engineLoad: number;
	readonly simulatorLoad: number;
	/** How late timers of the last runs were. */
	readonly lateMs: number;
}

/** One execution of each worker of a scenario, together. */
export interface RunOfAll {
	readonly startedAtMs: number;
	readonly makespanMs: number;
	readonly items: number;
	readonly videos: number;
	readonly cpuMs: number;
	readonly requests: readonly RecordedRequest[];
	readonly tasks: readonly SimulatedTask[];
}

/** Runs a scenario's executions in processes of their own, against a simulator in this one. All use the same time. */
export async function measure(scenario: Scenario): Promise<Measured> {
	const { variant, runs, factor, n8nNodes, profileTo, workers = 1 } = scenario;
	const originMs = Date.now();
	const restoreTime = speedUpTime(factor, originMs);
	const simulator = await startSimulator({ ...scenario.simulator, now: () => Date.now() });
	try {
		if (scenario.intercept !== undefined) simulator.intercept(scenario.intercept);
		const { origin, apiKey, officialBasePath } = simulator;
		const tasksUrl = `${origin}${officialBasePath}/contents/generations/tasks`;
		const cpu = process.cpuUsage();
		const job: BatchJob = {
			...{ variant, origin, apiKey, tasksUrl, runs },
			...{ factor, originMs, n8nNodes, profileTo },
		};
		const finished = await runInWorkers(job, workers);
		const { user, system } = process.cpuUsage(cpu);
		const tookMs = Math.max(...finished.map((own) => sum(own.map((run) => run.tookMs))));
		return {
			runs: finished,
			requests: [...simulator.requests],
			tasks: simulator.tasks,
			engineLoad: sum(finished.flat().map(({ cpuMs }) => cpuMs)) / tookMs,
			simulatorLoad: (user + system) / 1000 / tookMs,
			lateMs: Math.max(...finished.map((own) => own.at(-1)?.lateMs ?? 0)) * factor,
		};
	} finally {
		await simulator.close();
		restoreTime();
	}
}

async function runInWorkers(job: BatchJob, count: number): Promise<BatchRun[][]> {
	const workers = Array.from({ length: count }, () =>
		fork(join(__dirname, 'batchWorker.ts'), { execArgv: ['--expose-gc', '--import', 'tsx'] }),
	);
	let ready = 0;
	const onReady = () => {
		if (++ready < count) return;
		ready = 0;
		for (const worker of workers) worker.send('begin');
	};
	try {
		return await Promise.all(workers.map(async (worker) => await runsOf(worker, job, onReady)));
	} finally {
		for (const worker of workers) worker.kill();
	}
}

async function runsOf(
	worker: ChildProcess,
	job: BatchJob,
	onReady: () => void,
): Promise<BatchRun[]> {
	const exited = once(worker, 'exit');
	const told = new Promise<Exclude<BatchReport, 'ready'>>((resolve) => {
		worker.on('message', (report: BatchReport) => {
			if (report === 'ready') onReady();
			else resolve(report);
		});
	});
	worker.send(job);
	const report = await Promise.race([
		told,
		exited.then(() => ({ error: 'A worker ended without a report' })),
	]);
	if ('error' in report) throw new Error(report.error);
	await exited;
	return report.runs;
}

/** What belongs to one execution of each worker; -1 is the last. */
export function runAt({ runs, requests, tasks }: Measured, index: number): RunOfAll {
	const those = runs.flatMap((own) => own.at(index) ?? []);
	const startedAtMs = Math.min(...those.map((run) => run.startedAtMs));
	const endedAtMs = Math.max(...those.map((run) => run.endedAtMs));
	const isWithin = (ms: number) => ms >= startedAtMs && ms <= endedAtMs;
	return {
		startedAtMs,
		makespanMs: endedAtMs - startedAtMs,
		items: sum(those.map(({ items }) => items)),
		videos: sum(those.map(({ videos }) => videos)),
		cpuMs: sum(those.map(({ cpuMs }) => cpuMs)),
		requests: requests.filter(({ at }) => isWithin(at)),
		tasks: tasks.filter(({ createdMs }) => isWithin(createdMs)),
	};
}

/** How busy the processors were and how late timers were. */
export function loadOf({ engineLoad, simulatorLoad, lateMs }: Measured): string {
	return `  ${Math.round(engineLoad * 100)} % + ${Math.round(simulatorLoad * 100)} %, ${(lateMs / 1000).toFixed(2)} s`;
}

/** The last column of a table: see {@link loadOf}. */
export const loadHeading = '  CPU: engine + provider, late';

/** An execution with so many rows, each with a prompt of its own. */
export function rowsOf(count: number): BatchRows {
	return { prompts: Array.from({ length: count }, (_, row) => `Row ${row}`) };
}

/**
 * Rows in the same process before those that are measured, as in an n8n that has run for a while: loading and compiling code is not counted as running it.
 * Their videos have another length, so that nothing is known yet of how long those that are measured render.
 */
export function warmUpOf(count: number): BatchRows {
	return { ...rowsOf(count), parameters: { duration: 4 } };
}

/** This render time ± 20 %, the same for a row in every run. */
export function varied(renderMs: number): (task: TaskPlan) => number {
	// Multiples of the golden ratio spread evenly in any order.
	return ({ prompt }) =>
		renderMs * (0.8 + 0.4 * ((Number(prompt.replace('Row ', '')) * 0.618_034) % 1));
}
