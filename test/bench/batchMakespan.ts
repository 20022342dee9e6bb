import { countLooks, mostWithin } from './looks';
import {
	loadHeading,
	loadOf,
	measure,
	rowsOf,
	runAt,
	varied,
	warmUpOf,
	type Measured,
	type RunOfAll,
	type Scenario,
} from './measure';
import { findN8nNodes } from './n8nNodes';
import { mean, printRow, ratio, requireAtMost, seconds } from './report';
import { idealMakespanMs } from './schedule';

interface Batch {
	readonly rows: number;
	readonly slots: number;
	readonly renderMs: number;
	readonly isRepeated: boolean;
}

/** In a process that has never seen such a video. */
const long: Batch = { rows: 50, slots: 10, renderMs: 60_000, isRepeated: false };
/** Run twice: the first time, 75 s are expected, and what is refused meanwhile costs time that nothing can bring back. The goals count for the second time. */
const short: Batch = { rows: 20, slots: 5, renderMs: 8_000, isRepeated: true };

const goals = { makespan: 1.05, shortAndRefused: 1.1, readsPerSecond: 20, listsPerSecond: 1 };

const warmUpRows = 2;
/** n8n needs some tenths of a second for fifty HTTP Requests at once. This has to stay short compared to the pause of 10 s. */
const byHandShare = 1 / 2;
/** One request every 10 s: nothing piles up. */
const sequentialShare = 5;
/** A render of 8 s is over in as many milliseconds as one of 40 s. */
const shortShare = 3 / 20;

/** Compares makespan and requests of a batch with workflows built in other ways. */
export async function measureMakespans(factor: number): Promise<void> {
	console.log('\nMakespan of a batch, renders ± 20 %');
	printRow('', 'makespan', 'ideal', 'ratio', 'requests', 'videos', 'factor', loadHeading);
	const { rows, slots, renderMs } = long;
	console.log(`${rows} rows over ${slots} slots, renders of ${renderMs / 1000} s`);
	await measureNode('node, refuses above 10', long, true, factor, goals.makespan);
	await measureNode('node, queues', long, false, factor, goals.makespan);
	const simulator = { concurrency: slots, renderMs: varied(renderMs) };
	const n8nNodes = await findN8nNodes();
	if (n8nNodes === undefined) {
		console.log('n8n by hand: SKIPPED, it needs n8n 1.x: npm run verify:n8n -- --line 1');
	} else {
		const byHand = { variant: 'byHand', factor: factor * byHandShare, n8nNodes } as const;
		await measureOne('n8n by hand, queues', long, { ...byHand, simulator });
	}
	const sequential = { variant: 'sequential', factor: factor * sequentialShare } as const;
	await measureOne('one after the other', long, { ...sequential, simulator });
	console.log(
		`${short.rows} rows over ${short.slots} slots, renders of ${short.renderMs / 1000} s`,
	);
	const slow = factor * shortShare;
	await measureNode('node, refuses above 5', short, true, slow, goals.shortAndRefused);
	await measureNode('node, queues', short, false, slow, goals.makespan);
}

async function measureNode(
	name: string,
	batch: Batch,
	isRefused: boolean,
	factor: number,
	goal: number,
): Promise<void> {
	const { slots, renderMs } = batch;
	const measured = await measureOne(name, batch, {
		variant: 'node',
		factor,
		simulator: {
			concurrency: slots,
			renderMs: varied(renderMs),
			...(isRefused ? { mostUnfinished: slots } : {}),
		},
	});
	requireAtMost('makespan ÷ ideal', measured.ratio, goal, ratio);
	requireRate(measured.run);
}

async function measureOne(
	name: string,
	batch: Batch,
	scenario: Omit<Scenario, 'runs'>,
): Promise<{ ratio: number; run: RunOfAll }> {
	const rows = rowsOf(batch.rows);
	const runs = batch.isRepeated ? [rows, rows] : [rows];
	const measured = await measure({ ...scenario, runs: [warmUpOf(warmUpRows), ...runs] });
	if (batch.isRepeated) printMakespan(`${name}: first`, batch, scenario, measured, -2);
	return printMakespan(name, batch, scenario, measured, -1);
}

function printMakespan(
	name: string,
	{ rows, slots }: Batch,
	{ factor }: Omit<Scenario, 'runs'>,
	measured: Measured,
	index: number,
): { ratio: number; run: RunOfAll } {
	const run = runAt(measured, index);
	const { tasks, videos, makespanMs } = run;
	if (videos !== rows || tasks.length !== rows) {
		throw new Error(`${name}: ${videos} videos of ${tasks.length} tasks, not ${rows}`);
	}
	const idealMs = idealMakespanMs(
		tasks.map((task) => task.renderMs),
		slots,
	);
	printRow(
		name,
		`${seconds(makespanMs)} s`,
		`${seconds(idealMs)} s`,
		ratio(makespanMs / idealMs),
		String(run.requests.length),
		String(videos),
		String(factor),
		loadOf(measured),
	);
	return { ratio: makespanMs / idealMs, run };
}

/** What the account is asked at any moment: a second is the unit of its limits. */
function requireRate({ requests, tasks, makespanMs }: RunOfAll): void {
	const { listsAtMs, readsAtMs, readsOfFinished, tasksPerList } = countLooks(requests, tasks);
	const perSecond = (listsAtMs.length + readsAtMs.length) / (makespanMs / 1000);
	console.log(
		`          ${perSecond.toFixed(2)} status requests a second: ${listsAtMs.length} lists (${mean(tasksPerList).toFixed(1)} tasks each) and ${readsAtMs.length} reads, of them ${readsOfFinished} of what a list has shown as finished`,
	);
	requireAtMost('most reads in any second', mostWithin(1_000, readsAtMs), goals.readsPerSecond);
	requireAtMost('most lists in any second', mostWithin(1_000, listsAtMs), goals.listsPerSecond);
}
