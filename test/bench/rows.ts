import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startSimulator } from '../simulator/simulator';
import type { RowsJob, RowsRun } from './rowsWorker';

/** The first execution loads and compiles code, as an n8n that has run for a while has done. */
const sizes = [300, 1_000, 2_000, 10_000] as const;
const goals = { stallMs: 100, stallUpToRows: 2_000, cpuGrowth: 1.25 };
const renderMs = 300;

/** Measures in usual time what many rows take, two tries each, and for how long others have to wait for their turn. Exits with 1 when a goal is missed. */
async function main(): Promise<void> {
	const simulator = await startSimulator({ concurrency: Infinity, renderMs });
	const { origin, apiKey } = simulator;
	const runs = await runInWorker({ origin, apiKey, sizes }).finally(() => simulator.close());
	const missed: string[] = [];
	const [, first] = runs;
	console.log('rows    videos  CPU a row  time  longest stall: own work, in all');
	for (const { rows, videos, failed, cpuMs, tookMs, stall } of runs.slice(1)) {
		const perRowMs = cpuMs / rows;
		console.log(
			`${rows}  ${videos}  ${perRowMs.toFixed(2)} ms  ${Math.round(tookMs / 1000)} s  ${Math.round(stall.ownMs)} ms, ${Math.round(stall.wholeMs)} ms`,
		);
		if (videos !== rows - 1 || failed !== 1) missed.push(`${rows} rows: ${videos} videos`);
		if (rows <= goals.stallUpToRows && stall.ownMs > goals.stallMs) {
			missed.push(`${rows} rows: a stall of ${Math.round(stall.ownMs)} ms`);
		}
		if (first !== undefined && perRowMs > (goals.cpuGrowth * first.cpuMs) / first.rows) {
			missed.push(`${rows} rows: ${perRowMs.toFixed(2)} ms of CPU for each row`);
		}
	}
	console.log(missed.length === 0 ? '\nEvery goal is met.' : `\nMissed: ${missed.join('; ')}.`);
	if (missed.length > 0) process.exitCode = 1;
}

async function runInWorker(job: RowsJob): Promise<RowsRun[]> {
	const worker = fork(join(__dirname, 'rowsWorker.ts'), {
		execArgv: ['--expose-gc', '--import', 'tsx'],
	});
	worker.send(job);
	const [report] = (await once(worker, 'message')) as [{ runs: RowsRun[] } | { error: string }];
	await once(worker, 'exit');
	if ('error' in report) throw new Error(report.error);
	return report.runs;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
