import type { IDataObject } from 'n8n-workflow';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { speedUpTime } from '../engine/fastTime';
import {
	startSimulator,
	type RecordedRequest,
	type SimulatedTask,
	type SimulatorOptions,
	type TaskPlan,
} from '../simulator/simulator';
import type { BatchJob, BatchRun } from './batchWorker';
import type { Variant } from './batchWorkflows';
import { countLooks, detectionOf } from './looks';
import { findN8nNodes } from './n8nNodes';
import { idealMakespanMs } from './schedule';

const slots = 10;
const rows = 50;
const renderMs = 60_000;
const singleRuns = 30;
/** Warm-ups in the same process, as in an n8n that has run for a while: loading and compiling code is not counted as running it. */
const warmUpRows = 2;
const warmUpItems = 500;
const batchSizes = [250, 500, 1_000] as const;

const goals = {
	makespanRatio: 1.1,
	looksPerMoment: 1.05,
	delayShare: 0.05,
	polls: 15,
	cpuMsPerTask: 3,
	cpuGrowth: 1.25,
};

/** Polls that are closer than this in fast time count as one moment: the requests of one tick arrive within a few milliseconds of usual time. Two ticks can be that close by chance, when a task falls due that was not due at the first tick. The goal is therefore for the mean. */
const momentMs = 100;

/**
 * How fast time runs, unless --factor says otherwise. Work runs in usual time, so each millisecond of it counts this many times. So does each millisecond that another process uses the processor.
 * At 20, a request on a loopback socket (2 to 5 ms) counts as 0.04 to 0.1 s, less than a request to a provider needs. The table shows how busy the processors are, and how late timers were (the 99th percentile, in fast time): more than a second distorts the results.
 */
const usualFactor = 20;
/** n8n needs some tenths of a second for fifty HTTP Requests at once. This has to stay short compared to the pause of 10 s. */
const byHandShare = 1 / 2;
/** One request every 10 s: nothing piles up. */
const sequentialShare = 5;
/** A thousand tasks need seconds of work, which has to fit into their render time. */
const cpuShare = 1 / 4;

interface Scenario {
	readonly variant: Variant;
	readonly runs: ReadonlyArray<readonly string[]>;
	readonly factor: number;
	readonly simulator: SimulatorOptions;
	readonly parameters?: IDataObject;
	readonly n8nNodes?: string | undefined;
	readonly profileTo?: string | undefined;
}

interface Measured {
	readonly runs: readonly BatchRun[];
	readonly requests: readonly RecordedRequest[];
	readonly tasks: readonly SimulatedTask[];
	/** Parts of one processor that the engine and the simulator took while the runs lasted. */
	readonly engineLoad: number;
	readonly simulatorLoad: number;
	/** How late timers of the last run were, in fast time. */
	readonly lateMs: number;
}

const sections = ['makespan', 'delay', 'cpu'] as const;
const missed: string[] = [];

/** Compares makespan and requests of a batch with workflows built in other ways, then measures how soon the end of a task is noticed and how much processor time a task needs. Exits with 1 when the package's nodes miss a goal. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			factor: { type: 'string', default: String(usualFactor) },
			/** A folder for a CPU profile of each measured batch. Profiling itself adds cost. */
			profile: { type: 'string' },
			only: { type: 'string', multiple: true, default: [...sections] },
		},
	});
	const factor = Number(values.factor);
	if (!(factor > 0)) throw new Error(`--factor takes a number above 0, not "${values.factor}"`);
	const unknown = values.only.find((name) => !sections.some((section) => section === name));
	if (unknown !== undefined) {
		throw new Error(`--only takes ${sections.join(', ')}, not "${unknown}"`);
	}
	if (values.only.includes('makespan')) await measureMakespans(factor);
	if (values.only.includes('delay')) await measureDelay(factor);
	if (values.only.includes('cpu')) await measureCpu(factor * cpuShare, values.profile);
	console.log(missed.length === 0 ? '\nEvery goal is met.' : `\nMissed: ${missed.join('; ')}.`);
	if (missed.length > 0) process.exitCode = 1;
}

async function measureMakespans(factor: number): Promise<void> {
	console.log(
		`\n${rows} rows over ${slots} slots, renders of 60 s ± 20 % (goal of the nodes: makespan at most ${goals.makespanRatio} of the ideal)`,
	);
	printRow(
		'',
		'makespan',
		'ideal',
		'ratio',
		'requests',
		'videos',
		'factor',
		'  CPU: engine + provider, late',
	);
	const simulator = { concurrency: slots, renderMs: variedRenderMs };
	const refusing = { ...simulator, mostUnfinished: slots };
	await measureMakespan('node, refuses above 10', { variant: 'node', factor, simulator: refusing });
	await measureMakespan('node, queues', { variant: 'node', factor, simulator });
	const n8nNodes = await findN8nNodes();
	if (n8nNodes === undefined) {
		console.log('n8n by hand: SKIPPED, it needs n8n 1.x: npm run verify:n8n -- --line 1');
	} else {
		await measureMakespan('n8n by hand, queues', {
			variant: 'byHand',
			factor: factor * byHandShare,
			simulator,
			n8nNodes,
		});
	}
	await measureMakespan('one after the other', {
		variant: 'sequential',
		factor: factor * sequentialShare,
		simulator,
	});
}

async function measureMakespan(name: string, scenario: Omit<Scenario, 'runs'>): Promise<void> {
	const measured = await measure({ ...scenario, runs: [promptsOf(warmUpRows), promptsOf(rows)] });
	const run = measured.runs.at(-1);
	const beganMs = run?.startedAtMs ?? Infinity;
	const requests = measured.requests.filter(({ at }) => at >= beganMs);
	const tasks = measured.tasks.filter(({ createdMs }) => createdMs >= beganMs);
	if (run === undefined || run.videos !== rows || tasks.length !== rows) {
		throw new Error(`${name}: ${run?.videos} videos of ${tasks.length} tasks, not ${rows}`);
	}
	const idealMs = idealMakespanMs(
		tasks.map((task) => task.renderMs),
		slots,
	);
	const makespanMs = run.endedAtMs - run.startedAtMs;
	const ratio = makespanMs / idealMs;
	printRow(
		name,
		`${seconds(makespanMs)} s`,
		`${seconds(idealMs)} s`,
		ratio.toFixed(3),
		String(requests.length),
		String(run.videos),
		String(scenario.factor),
		loadOf(measured),
	);
	if (scenario.variant !== 'node') return;
	requireGoal(ratio <= goals.makespanRatio, `${name}: makespan ${ratio.toFixed(3)} of the ideal`);
	const { lists, singles, readsOfFinished, tasksPerList, looksPerMoment } = countLooks(
		requests,
		tasks,
		momentMs,
	);
	const perMoment = mean(looksPerMoment);
	console.log(
		`  looks: ${lists} lists (${mean(tasksPerList).toFixed(1)} tasks each, most ${Math.max(...tasksPerList)}) + ${singles} of one task, at ${looksPerMoment.length} moments: ${perMoment.toFixed(3)} at each, most ${Math.max(...looksPerMoment)} (goal ${goals.looksPerMoment}); reads of finished tasks ${readsOfFinished}`,
	);
	requireGoal(
		perMoment <= goals.looksPerMoment,
		`${name}: ${perMoment.toFixed(3)} looks at each moment`,
	);
}

async function measureDelay(factor: number): Promise<void> {
	const measured = await measure({
		variant: 'node',
		runs: promptsOf(singleRuns).map((prompt) => [prompt]),
		factor,
		simulator: {
			concurrency: 1,
			// Spread evenly over 54 to 66 s.
			renderMs: (task) => renderMs * (0.9 + (0.2 * rowOf(task)) / (singleRuns - 1)),
		},
	});
	const detections = measured.tasks.map((task) => {
		const detection = detectionOf(measured.requests, task);
		if (detection === undefined) throw new Error(`The end of ${task.id} was not noticed`);
		return { share: detection.delayMs / task.renderMs, polls: detection.polls };
	});
	const shares = detections.map(({ share }) => share);
	const polls = detections.map(({ polls: count }) => count);
	const delay = mean(shares);
	const mostPolls = Math.max(...polls);
	console.log(
		`\n${singleRuns} single tasks of 54 to 66 s: end noticed after ${percent(delay)} of the render time (goal ${percent(goals.delayShare)}), worst ${percent(Math.max(...shares))}; polls ${mean(polls).toFixed(1)}, most ${mostPolls} (goal ${goals.polls}); factor ${factor}, CPU ${loadOf(measured)}`,
	);
	requireGoal(delay <= goals.delayShare, `noticed after ${percent(delay)}`);
	requireGoal(mostPolls <= goals.polls, `${mostPolls} polls for one task`);
}

async function measureCpu(factor: number, profile: string | undefined): Promise<void> {
	console.log(
		`\nCPU of engine and node for each task, renders of 60 s, factor ${factor} (goal: at most ${goals.cpuMsPerTask} ms for ${batchSizes.at(-1)} tasks, and ${goals.cpuGrowth} times that of ${batchSizes[0]})`,
	);
	printRow('', 'CPU/task', 'makespan', 'requests', 'lists', '  CPU: engine + provider, late');
	const perTask: number[] = [];
	const costOf = async (size: number, downloadVideo: boolean) =>
		await measureCpuOf(size, downloadVideo, factor, profile);
	for (const size of batchSizes) perTask.push(await costOf(size, false));
	await costOf(batchSizes.at(-1) ?? 0, true);
	const last = perTask.at(-1) ?? Infinity;
	const growth = last / (perTask[0] ?? 0);
	console.log(`${batchSizes.at(-1)} to ${batchSizes[0]}: ${growth.toFixed(2)}`);
	requireGoal(last <= goals.cpuMsPerTask, `${last.toFixed(2)} ms of CPU for each task`);
	requireGoal(growth <= goals.cpuGrowth, `CPU for each task grows ${growth.toFixed(2)} times`);
}

async function measureCpuOf(
	size: number,
	downloadVideo: boolean,
	factor: number,
	profile: string | undefined,
): Promise<number> {
	const name = `${size} tasks${downloadVideo ? ', downloads' : ''}`;
	const measured = await measure({
		variant: 'node',
		runs: [promptsOf(warmUpItems), promptsOf(size)],
		factor,
		simulator: { concurrency: size, renderMs },
		parameters: { downloadVideo },
		profileTo: profile === undefined ? undefined : join(profile, `${name}.cpuprofile`),
	});
	const run = measured.runs.at(-1);
	if (run?.items !== size) throw new Error(`${run?.items} items of ${size}`);
	const requests = measured.requests.filter(({ at }) => at >= run.startedAtMs);
	const cpuMs = run.cpuMs / size;
	printRow(
		name,
		`${cpuMs.toFixed(2)} ms`,
		`${seconds(run.endedAtMs - run.startedAtMs)} s`,
		String(requests.length),
		String(
			requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/tasks')).length,
		),
		loadOf(measured),
	);
	return cpuMs;
}

/** Runs a scenario's executions in a separate process, against a simulator in this one. Both use the same time. */
async function measure(scenario: Scenario): Promise<Measured> {
	const { variant, runs, factor, parameters = {}, n8nNodes, profileTo } = scenario;
	const originMs = Date.now();
	const restoreTime = speedUpTime(factor, originMs);
	const simulator = await startSimulator({ ...scenario.simulator, now: () => Date.now() });
	try {
		const { origin, apiKey, officialBasePath } = simulator;
		const tasksUrl = `${origin}${officialBasePath}/contents/generations/tasks`;
		const cpu = process.cpuUsage();
		const finished = await runInWorker({
			variant,
			origin,
			apiKey,
			tasksUrl,
			runs,
			parameters,
			factor,
			originMs,
			n8nNodes,
			profileTo,
		});
		const { user, system } = process.cpuUsage(cpu);
		const tookMs = sum(finished.map((run) => run.tookMs));
		return {
			runs: finished,
			requests: [...simulator.requests],
			tasks: simulator.tasks,
			engineLoad: sum(finished.map(({ cpuMs }) => cpuMs)) / tookMs,
			simulatorLoad: (user + system) / 1000 / tookMs,
			lateMs: (finished.at(-1)?.lateMs ?? 0) * factor,
		};
	} finally {
		await simulator.close();
		restoreTime();
	}
}

async function runInWorker(job: BatchJob): Promise<BatchRun[]> {
	const worker = fork(join(__dirname, 'batchWorker.ts'), {
		execArgv: ['--expose-gc', '--import', 'tsx'],
	});
	worker.send(job);
	const [report] = (await once(worker, 'message')) as [{ runs: BatchRun[] } | { error: string }];
	await once(worker, 'exit');
	if ('error' in report) throw new Error(report.error);
	return report.runs;
}

function promptsOf(count: number): string[] {
	return Array.from({ length: count }, (_, row) => `Row ${row}`);
}

function rowOf({ prompt }: TaskPlan): number {
	return Number(prompt.replace('Row ', ''));
}

/** 60 s ± 20 %, the same for a row in every run. */
function variedRenderMs(task: TaskPlan): number {
	// Multiples of the golden ratio spread evenly in any order.
	return renderMs * (0.8 + 0.4 * ((rowOf(task) * 0.618_034) % 1));
}

function requireGoal(isMet: boolean, miss: string): void {
	if (!isMet) missed.push(miss);
}

function loadOf({ engineLoad, simulatorLoad, lateMs }: Measured): string {
	return `  ${Math.round(engineLoad * 100)} % + ${Math.round(simulatorLoad * 100)} %, ${(lateMs / 1000).toFixed(2)} s`;
}

function printRow(name: string, ...cells: string[]): void {
	console.log(name.padEnd(24) + cells.map((cell) => cell.padStart(10)).join(''));
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(1);
}

function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
	return sum(values) / Math.max(values.length, 1);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
