import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startSimulator } from '../simulator/simulator';
import type { MemoryJob, MemoryReport } from './memoryWorker';

const megabyte = 1024 * 1024;
const uploadBytes = 200 * megabyte;
const downloadBytes = 300 * megabyte;
/** The memory that the node may use beyond an idle engine while it moves these files. */
const mostOwnMegabytes = 64;

/**
 * Uploads 200 MB and downloads 300 MB on n8n's engine, once with the package's nodes and once with the same job done in buffers, each in a process of its own,
 * and prints the peak of the resident set over the idle engine. Exits with 1 when the package's own peak is over 64 MB.
 */
async function main(): Promise<void> {
	const simulator = await startSimulator({ renderMs: 1, videoBytes: downloadBytes });
	try {
		const reports: MemoryReport[] = [];
		for (const variant of ['nodes', 'buffers'] as const) {
			const { origin, apiKey } = simulator;
			reports.push(await measure({ variant, origin, apiKey, uploadBytes }));
		}
		console.log(`\n200 MB up, 300 MB down; MB over the idle engine`);
		for (const { variant, idleMegabytes, upMegabytes, downMegabytes, seconds } of reports) {
			console.log(
				`${variant.padEnd(8)} idle ${idleMegabytes}  upload +${upMegabytes}  download +${downMegabytes}  ${seconds} s`,
			);
		}
		const own = reports[0];
		const peak = Math.max(own?.upMegabytes ?? Infinity, own?.downMegabytes ?? Infinity);
		console.log(`peak of the nodes: +${peak} MB (goal: at most ${mostOwnMegabytes})`);
		if (peak > mostOwnMegabytes) process.exitCode = 1;
	} finally {
		await simulator.close();
	}
}

async function measure(job: MemoryJob): Promise<MemoryReport> {
	const worker = fork(join(__dirname, 'memoryWorker.ts'), {
		execArgv: ['--expose-gc', '--import', 'tsx'],
	});
	worker.send(job);
	const [report] = (await once(worker, 'message')) as [MemoryReport | { error: string }];
	await once(worker, 'exit');
	if ('error' in report) throw new Error(report.error);
	return report;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
