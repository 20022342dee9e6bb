import type { IDataObject } from 'n8n-workflow';
import { countLooks, detectionOf, mostWithin, type Looks } from './looks';
import {
	runAt,
	loadHeading,
	loadOf,
	measure,
	rowsOf,
	varied,
	warmUpOf,
	type RunOfAll,
} from './measure';
import { mean, percent, printRow, ratio, requireAtMost, seconds } from './report';
import { idealMakespanMs } from './schedule';

/** Workers that share an account without knowing of each other: processes of their own, which have learned nothing from one another. */
const executions = 8;
const rows = 10;
const slots = 10;
const renderMs = 60_000;
const goals = { throttledLater: 0, delayShare: 0.08, listsInTenSeconds: 10 };
/** A second is the unit of the limits: it has to stay long compared to a request. */
const share = 2 / 5;

/** How this scenario went before polling was in proportion to a task's age: one list for all that was due, every few seconds. Measured once, on 2026-11-28, with the nodes of commit 362f57c. */
const recorded = {
	name: 'recorded: commit 362f57c',
	cells: ['515.0 s', '1.024', '34.2 %', '231.7 %', '210', '271', '19', '71', '71', '8'],
};

/** Executions that begin at the same moment, on an account with the documented limits. */
export async function measureExecutions(factor: number): Promise<void> {
	console.log(
		`\n${executions} executions of ${rows} rows at once in ${executions} processes, renders of ${renderMs / 1000} s ± 20 % over ${slots} slots, on one account with the documented limits (enterprise)`,
	);
	printRow(
		'',
		...['makespan', 'ratio', 'delay', 'worst', 'lists', 'reads', 'lists/10 s', '429', 'later'],
		...['factor', loadHeading],
	);
	const { looks, delay, later } = await measureOne('node', {}, factor * share);
	requireAtMost('429 after the first second', later, goals.throttledLater);
	requireAtMost('mean delay', delay, goals.delayShare, percent);
	const lists = mostWithin(10_000, looks.listsAtMs);
	requireAtMost('most lists in any 10 s', lists, goals.listsInTenSeconds);
	const waitOptions = { pollInterval: 10 };
	await measureOne('node, Poll Interval 10 s', { waitOptions }, factor * share);
	printRow(recorded.name, ...recorded.cells);
}

async function measureOne(
	name: string,
	parameters: IDataObject,
	factor: number,
): Promise<{ looks: Looks; delay: number; later: number }> {
	const measured = await measure({
		variant: 'node',
		runs: [warmUpOf(1), { ...rowsOf(rows), parameters }],
		workers: executions,
		factor,
		simulator: {
			concurrency: slots,
			renderMs: varied(renderMs),
			rateLimits: 'enterprise',
		},
	});
	const run = runAt(measured, -1);
	if (run.videos !== executions * rows || run.tasks.length !== executions * rows) {
		throw new Error(`${name}: ${run.videos} videos of ${run.tasks.length} tasks`);
	}
	const delays = delaysOf(run);
	const looks = countLooks(run.requests, run.tasks);
	const idealMs = idealMakespanMs(
		run.tasks.map((task) => task.renderMs),
		slots,
	);
	const later = looks.throttledAtMs.filter((ms) => ms >= run.startedAtMs + 1_000).length;
	printRow(
		name,
		`${seconds(run.makespanMs)} s`,
		ratio(run.makespanMs / idealMs),
		...[percent(mean(delays)), percent(Math.max(...delays))],
		...[looks.listsAtMs.length, looks.readsAtMs.length].map(String),
		...[mostWithin(10_000, looks.listsAtMs), looks.throttledAtMs.length, later].map(String),
		...[String(factor), loadOf(measured)],
	);
	return { looks, delay: mean(delays), later };
}

function delaysOf({ requests, tasks }: RunOfAll): number[] {
	return tasks.map((task) => {
		const detection = detectionOf(requests, task);
		if (detection === undefined) throw new Error(`The end of ${task.id} was not noticed`);
		return detection.delayMs / task.renderMs;
	});
}
