import { detectionOf } from './looks';
import { runAt, loadHeading, loadOf, measure, rowsOf, varied, warmUpOf } from './measure';
import { mean, percent, printRow, requireAtMost } from './report';

const rendersMs = [8_000, 20_000, 77_000, 300_000] as const;
const singleRuns = 30;
const goals = { delayShare: 0.05, polls: 30 };

/** Milliseconds of usual time that a render takes at the usual factor of 20, so that requests distort each alike; a longer one takes more: deadlines of requests shrink as well. */
const usualRenderMs = 2_000;
const usualFactor = 20;
const mostShare = 5;

/** Executions with one task each, one after the other in one process: how soon the end of the task is noticed, and with how many polls. */
export async function measureDelay(factor: number): Promise<void> {
	console.log(
		`\nSingle tasks, renders ± 20 %, ${singleRuns} one after the other: from the end of the task to the first request that could see it, as a part of the render time`,
	);
	printRow('', 'first', 'mean', 'worst', 'polls', 'most', 'factor', loadHeading);
	for (const renderMs of rendersMs) {
		const share = Math.min(mostShare, renderMs / usualRenderMs / usualFactor);
		await measureDelayOf(renderMs, factor * share);
	}
}

async function measureDelayOf(renderMs: number, factor: number): Promise<void> {
	const { prompts } = rowsOf(singleRuns);
	const measured = await measure({
		variant: 'node',
		runs: [warmUpOf(1), ...prompts.map((prompt) => ({ prompts: [prompt] }))],
		factor,
		simulator: { concurrency: 1, renderMs: varied(renderMs) },
	});
	const detections = measured.tasks.slice(1).map((task) => {
		const detection = detectionOf(measured.requests, task);
		if (detection === undefined) throw new Error(`The end of ${task.id} was not noticed`);
		return { share: detection.delayMs / task.renderMs, polls: detection.polls };
	});
	if (detections.length !== singleRuns) throw new Error(`${detections.length} tasks`);
	const shares = detections.map(({ share }) => share);
	const polls = detections.map((one) => one.polls);
	printRow(
		`${renderMs / 1000} s`,
		percent(shares[0] ?? NaN),
		percent(mean(shares)),
		percent(Math.max(...shares)),
		mean(polls).toFixed(1),
		String(Math.max(...polls)),
		String(factor),
		loadOf(measured),
	);
	requireAtMost('mean delay', mean(shares), goals.delayShare, percent);
	requireAtMost('polls of a task', Math.max(...polls), goals.polls);
}

const failedRenderMs = 3_000;
const failuresAndGoals = [
	{ failures: 1, goalMs: 6_000 },
	{ failures: 4, goalMs: 15_000 },
] as const;
/** Each with a length of video of its own, so that none knows how long its render takes. */
const failedRuns = 6;
const shortestVideoSeconds = 5;
const failedShare = 1 / 5;

/** Executions with one short task each, whose first polls fail. */
export async function measureFailedPolls(factor: number): Promise<void> {
	console.log(
		`\nRenders of ${failedRenderMs / 1000} s whose first polls fail with 502, ${failedRuns} each: from the begin of the execution to its end`,
	);
	printRow('', 'mean', 'worst', 'factor', loadHeading);
	for (const { failures, goalMs } of failuresAndGoals) {
		await measureFailed(failures, goalMs, factor * failedShare);
	}
}

async function measureFailed(failures: number, goalMs: number, factor: number): Promise<void> {
	const polls = new Map<string, number>();
	const runs = Array.from({ length: failedRuns }, (_, index) => ({
		...rowsOf(1),
		parameters: { duration: shortestVideoSeconds + index },
	}));
	const measured = await measure({
		variant: 'node',
		runs: [warmUpOf(1), ...runs],
		factor,
		simulator: { renderMs: failedRenderMs },
		intercept: ({ method, path }) => {
			if (method !== 'GET' || !/\/tasks(\/|$)/.test(path)) return undefined;
			const count = (polls.get(path) ?? 0) + 1;
			polls.set(path, count);
			return count > failures ? undefined : { status: 502, body: '<html>Bad Gateway</html>' };
		},
	});
	const tookMs = (measured.runs[0] ?? []).slice(1).map((run) => run.endedAtMs - run.startedAtMs);
	if (runAt(measured, -1).videos !== 1) throw new Error('A video was not delivered');
	const worstMs = Math.max(...tookMs);
	const show = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
	const name = `${failures} of them`;
	printRow(name, show(mean(tookMs)), show(worstMs), String(factor), loadOf(measured));
	requireAtMost('delivered after', worstMs, goalMs, show);
}
