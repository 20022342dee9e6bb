import { RenderTimes } from '../../../nodes/Seedance/tasks/renderTimes';
import { FakeClock } from '../fakeClock';
import { delaysOf, FakeAccount } from './fakeAccount';

/** Numbers from 0 to below 1, the same in each run: the generator of Lehmer. */
function seeded(seed = 1): () => number {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const mean = (values: readonly number[]) =>
	values.reduce((sum, value) => sum + value, 0) / values.length;
/** ± 20 %, spread evenly. */
const around = (ms: number, index: number) => ms * (0.8 + 0.4 * ((index * 0.618_034) % 1));
const singleRuns = 30;

/** Executions with one task each, one after the other. */
async function singleTasks(renderMs: number, timesOf: () => RenderTimes) {
	const clock = new FakeClock();
	const random = seeded();
	const account = new FakeAccount(clock, 1);
	for (let index = 0; index < singleRuns; index++) {
		const poller = account.execution(random, timesOf());
		void account.wait(poller, account.create(around(renderMs, index)));
		await clock.advance(renderMs * 3);
	}
	return {
		meanDelay: mean(delaysOf(account)),
		mostPolls: Math.max(...account.tasks.map(({ polls }) => polls)),
	};
}

describe('single tasks, of which 75 s are expected', () => {
	test.each([8_000, 20_000, 77_000, 300_000])(
		'of %i ms ± 20 % are seen within 5 %% of that, with at most 30 polls',
		async (renderMs) => {
			const times = new RenderTimes();
			const { meanDelay, mostPolls } = await singleTasks(renderMs, () => times);
			expect(meanDelay).toBeLessThanOrEqual(0.05);
			expect(mostPolls).toBeLessThanOrEqual(30);
		},
	);

	test.each([8_000, 20_000, 77_000, 300_000])(
		'of %i ms ± 20 % are seen within 20 %% by a process that has never seen one',
		async (renderMs) => {
			const { meanDelay, mostPolls } = await singleTasks(renderMs, () => new RenderTimes());
			expect(meanDelay).toBeLessThanOrEqual(0.2);
			expect(mostPolls).toBeLessThanOrEqual(32);
		},
	);
});

/** The rows of one execution at a provider that queues. */
async function batch(rows: number, slots: number, renderMs: number, seed = 3) {
	const clock = new FakeClock();
	const account = new FakeAccount(clock, slots);
	const poller = account.execution(seeded(seed), new RenderTimes());
	const waits = Array.from({ length: rows }, async (_, row) => {
		await clock.sleep(row * 30);
		await account.wait(poller, account.create(around(renderMs, row)));
		return clock.monotonicMs();
	});
	await clock.advance((renderMs * rows) / slots + 120_000);
	const endedAtMs = Math.max(...(await Promise.all(waits)));
	const idealMs = Math.max(...account.tasks.map((task) => task.endedAtMs));
	return { account, ratio: endedAtMs / idealMs };
}

test.each([
	[20, 5, 8_000],
	[50, 10, 60_000],
	[300, 10, 60_000],
])('%i rows over %i slots take at most 1.05 of the ideal', async (rows, slots, renderMs) => {
	const { account, ratio } = await batch(rows, slots, renderMs);
	expect(ratio).toBeLessThanOrEqual(1.05);
	expect(account.throttledAtMs).toEqual([]);
});

test.each([
	[20, 5],
	[60, 10],
])('%i rows of 8 s that were never seen are not left alone for long', async (rows, slots) => {
	const delays: number[] = [];
	for (let seed = 1; seed <= 10; seed++) {
		const { account, ratio } = await batch(rows, slots, 8_000, seed);
		delays.push(mean(delaysOf(account)));
		expect(ratio).toBeLessThanOrEqual(1.05);
		expect(account.throttledAtMs).toEqual([]);
	}
	expect(mean(delays)).toBeLessThanOrEqual(0.15);
});

/** Executions that do not know of each other, on one account. */
async function executions(count: number, rows: number, seed: number) {
	const clock = new FakeClock();
	const random = seeded(seed);
	const account = new FakeAccount(clock, 10);
	const run = async (execution: number) => {
		const poller = account.execution(random, new RenderTimes());
		await clock.sleep(300 * random());
		for (let row = 0; row < rows; row++) {
			void account.wait(poller, account.create(around(60_000, execution * rows + row)));
			if (row % 5 === 4) await clock.sleep(150);
		}
	};
	for (let execution = 0; execution < count; execution++) void run(execution);
	await clock.advance((60_000 * rows * count) / 10 + 120_000);
	return account;
}

const mostWithin = (windowMs: number, atMs: readonly number[]) =>
	Math.max(0, ...atMs.map((ms) => atMs.filter((at) => at >= ms && at < ms + windowMs).length));

test.each([1, 2, 3])(
	'8 executions of 10 rows keep to the limits of their account (seed %i)',
	async (seed) => {
		const account = await executions(8, 10, seed);
		expect(mean(delaysOf(account))).toBeLessThanOrEqual(0.08);
		expect(account.throttledAtMs.length).toBeLessThanOrEqual(2);
		expect(mostWithin(10_000, account.listsAtMs)).toBeLessThanOrEqual(10);
	},
);

test('8 executions of 50 rows find a rate at which they are rarely throttled', async () => {
	const account = await executions(8, 50, 1);
	expect(mean(delaysOf(account))).toBeLessThanOrEqual(0.08);
	const asked = account.readsAtMs.length + account.listsAtMs.length;
	expect(account.throttledAtMs.length / asked).toBeLessThanOrEqual(0.05);
	expect(mostWithin(10_000, account.listsAtMs)).toBeLessThanOrEqual(10);
}, 60_000);
