import { join } from 'node:path';
import type { ListEntries } from '../simulator/simulator';
import { runAt, loadHeading, loadOf, measure, rowsOf, warmUpOf } from './measure';
import { printRow, requireAtMost, seconds } from './report';

const renderMs = 60_000;
const warmUpRows = 500;
const batchSizes = [250, 500, 1_000] as const;
const goals = { cpuMsPerTask: 3, cpuGrowth: 1.25 };
/** A thousand tasks need seconds of work, which has to fit into their render time. */
const share = 1 / 4;

/** How much processor time of engine and node a task needs. `profile` is a folder for CPU profiles. */
export async function measureCpu(factor: number, profile: string | undefined): Promise<void> {
	console.log(`\nCPU of engine and node for each task, renders of ${renderMs / 1000} s`);
	printRow('', 'CPU/task', 'makespan', 'requests', 'lists', 'factor', loadHeading);
	const perTask: number[] = [];
	const costOf = async (size: number, variation: Variation = {}) =>
		await measureCpuOf(size, variation, factor * share, profile);
	for (const size of batchSizes) perTask.push(await costOf(size));
	await costOf(batchSizes.at(-1) ?? 0, { listEntries: 'short' });
	await costOf(batchSizes.at(-1) ?? 0, { downloadVideo: true });
	await costOf(batchSizes.at(-1) ?? 0, { variant: 'bare' });
	const last = perTask.at(-1) ?? Infinity;
	const show = (value: number) => value.toFixed(2);
	const largest = `${batchSizes.at(-1)} tasks`;
	requireAtMost(`ms of CPU for each of ${largest}`, last, goals.cpuMsPerTask, show);
	const growth = last / (perTask[0] ?? 0);
	requireAtMost(`${largest} to ${batchSizes[0]}, for each task`, growth, goals.cpuGrowth, show);
}

/** A short entry of a finished task costs one more read. */
interface Variation {
	readonly listEntries?: ListEntries;
	readonly downloadVideo?: boolean;
	/** `bare`: what n8n's engine and HTTP helper cost for the creates alone. */
	readonly variant?: 'bare';
}

async function measureCpuOf(
	size: number,
	{ listEntries = 'whole', downloadVideo = false, variant }: Variation,
	factor: number,
	profile: string | undefined,
): Promise<number> {
	const short = listEntries === 'short' ? ', short entries' : '';
	const what = variant === 'bare' ? `creates by n8n's helper alone` : 'tasks';
	const name = `${size} ${what}${short}${downloadVideo ? ', downloads' : ''}`;
	const parameters = { downloadVideo };
	const measured = await measure({
		variant: variant ?? 'node',
		runs: [warmUpOf(warmUpRows), { ...rowsOf(size), parameters }],
		factor,
		simulator: { concurrency: size, renderMs, listEntries },
		profileTo: profile === undefined ? undefined : join(profile, `${name}.cpuprofile`),
	});
	const { items, requests, makespanMs, cpuMs } = runAt(measured, -1);
	if (items !== size) throw new Error(`${items} items of ${size}`);
	printRow(
		name,
		`${(cpuMs / size).toFixed(2)} ms`,
		`${seconds(makespanMs)} s`,
		String(requests.length),
		String(
			requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/tasks')).length,
		),
		String(factor),
		loadOf(measured),
	);
	return cpuMs / size;
}
