import { monitorEventLoopDelay } from 'node:perf_hooks';
import { quickCreate, setUp } from './setup';
import { videoNode } from './workflows';

const setup = setUp();

const rowCount = 2_000;
const rows = Array.from({ length: rowCount }, (_, row) => ({ json: { prompt: `Row ${row}` } }));

interface Stall {
	/** Longest time until others had their turn. */
	readonly elapsedMs: number;
	/** Longest work of this process in one go: unlike the time, no other process makes it longer. */
	readonly workMs: number;
}

/** Measures how long others have to wait while something runs. */
async function stallOf(work: () => Promise<unknown>): Promise<Stall> {
	const delay = monitorEventLoopDelay({ resolution: 5 });
	let isOpen = true;
	let before = process.cpuUsage();
	let workMs = 0;
	const turn = () => {
		const { user, system } = process.cpuUsage(before);
		workMs = Math.max(workMs, (user + system) / 1000);
		before = process.cpuUsage();
		if (isOpen) setImmediate(turn);
	};
	setImmediate(turn);
	delay.enable();
	await work();
	isOpen = false;
	delay.disable();
	return { elapsedMs: delay.max / 1e6, workMs };
}

test('2,000 rows are read and checked without holding others up', async () => {
	const parameters = {
		...{ ...quickCreate, prompt: '={{ $json.prompt }}' },
		// Each row is compared with those of the same key.
		options: { dryRun: true, idempotencyKey: '={{ $json.prompt }}' },
	};
	// What is loaded and compiled once does not count.
	await setup.runVideo(parameters, { items: rows.slice(0, 200) });
	let items = 0;
	const stall = await stallOf(async () => {
		items = (await setup.runVideo(parameters, { items: rows })).items(videoNode).length;
	});
	expect(items).toBe(rowCount);
	// In one go, it is more than a second. A pause is due every 20 ms; the garbage collector counts as work, too.
	expect(stall.workMs).toBeLessThan(250);
	expect(stall.elapsedMs).toBeLessThan(1_000);
});
