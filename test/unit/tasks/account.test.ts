import { RenderTimes } from '../../../nodes/Seedance/tasks/renderTimes';
import { FakeClock } from '../fakeClock';
import { delaysOf, FakeAccount } from './fakeAccount';

function seeded(seed = 1): () => number {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
const mean = (values: readonly number[]) =>
	values.reduce((sum, value) => sum + value, 0) / values.length;
const around = (ms: number, index: number) => ms * (0.8 + 0.4 * ((index * 0.618_034) % 1));

test.each([8, 20, 77, 300])('single tasks of %i s', async (s) => {
	const clock = new FakeClock();
	const random = seeded(7);
	const times = new RenderTimes();
	const account = new FakeAccount(clock, 1);
	for (let i = 0; i < 30; i++) {
		const poller = account.execution(random, times);
		void account.wait(poller, account.create(around(s * 1000, i)));
		await clock.advance(s * 3000);
	}
	const d = delaysOf(account);
	console.log(
		s,
		'first',
		d[0]?.toFixed(3),
		'mean',
		mean(d).toFixed(4),
		'max',
		Math.max(...d).toFixed(3),
		'polls',
		account.tasks[0]?.polls,
		Math.max(...account.tasks.map((t) => t.polls)),
	);
	// cold
	const cold: number[] = [];
	let most = 0;
	for (let i = 0; i < 60; i++) {
		const a = new FakeAccount(clock, 1);
		const t0 = clock.monotonicMs();
		void a.wait(a.execution(random, new RenderTimes()), a.create(around(s * 1000, i)));
		void t0;
		await clock.advance(s * 3000);
		cold.push(...delaysOf(a));
		most = Math.max(most, a.tasks[0]?.polls ?? 0);
	}
	console.log(s, 'cold', mean(cold).toFixed(4), most);
});

test.each([
	['queues', 20, 5, 8_000],
	['queues', 50, 10, 60_000],
])('%s %i rows over %i slots of %i ms', async (_n, rows, slots, ms) => {
	for (const warm of [false, true]) {
		const clock = new FakeClock();
		const random = seeded(3);
		const account = new FakeAccount(clock, slots);
		const times = new RenderTimes();
		if (warm) for (let i = 0; i < 5; i++) times.note('   false', 0);
		const poller = account.execution(random, times);
		const done: number[] = [];
		for (let i = 0; i < rows; i++) {
			void account
				.wait(poller, account.create(around(ms, i)))
				.then(() => done.push(clock.monotonicMs()));
			if (i % 5 === 4) await clock.advance(120);
		}
		await clock.advance((ms * rows) / slots + 120_000);
		const ideal = Math.max(...account.tasks.map((t) => t.endedAtMs));
		console.log(
			rows,
			slots,
			'ratio',
			(Math.max(...done) / ideal).toFixed(3),
			'delay',
			mean(delaysOf(account)).toFixed(4),
			'reads',
			account.readsAtMs.length,
			'lists',
			account.listsAtMs.length,
			'429',
			account.throttledAtMs.length,
		);
	}
});

test.each([
	[20, 5, 8_000],
	[50, 10, 60_000],
])('refuses: %i rows over %i slots of %i ms', async (rows, slots, ms) => {
	const clock = new FakeClock();
	const random = seeded(3);
	const account = new FakeAccount(clock, slots);
	const poller = account.execution(random, new RenderTimes());
	let left = rows;
	let i = 0;
	const done: number[] = [];
	const next = async (): Promise<void> => {
		if (left-- <= 0) return;
		await clock.sleep(200);
		await account.wait(poller, account.create(around(ms, i++)));
		done.push(clock.monotonicMs());
		await next();
	};
	for (let k = 0; k < slots; k++) void next();
	await clock.advance((ms * rows) / slots + 120_000);
	const free = Array.from({ length: slots }, () => 0);
	for (const t of account.tasks) {
		const s = free.indexOf(Math.min(...free));
		free[s] = (free[s] ?? 0) + t.renderMs;
	}
	console.log(
		'refuses',
		rows,
		slots,
		'ratio',
		(Math.max(...done) / Math.max(...free)).toFixed(3),
		'delay',
		mean(delaysOf(account)).toFixed(4),
		'reads',
		account.readsAtMs.length,
		'lists',
		account.listsAtMs.length,
		'429',
		account.throttledAtMs.length,
	);
});

test('eight executions', async () => {
	for (const seed of [1, 2, 3]) {
		for (const rows of [10, 50]) {
			const clock = new FakeClock();
			const random = seeded(seed);
			const account = new FakeAccount(clock, 10);
			for (let e = 0; e < 8; e++) {
				const poller = account.execution(random, new RenderTimes());
				void (async () => {
					await clock.sleep(300 * random());
					for (let i = 0; i < rows; i++) {
						void account.wait(poller, account.create(around(60_000, e * rows + i)));
						if (i % 5 === 4) await clock.sleep(150);
					}
				})();
			}
			await clock.advance(60_000 * rows + 60_000);
			const windows = account.listsAtMs.map(
				(ms) => account.listsAtMs.filter((o) => o >= ms && o < ms + 10_000).length,
			);
			console.log(
				'8 x',
				rows,
				'delay',
				mean(delaysOf(account)).toFixed(4),
				'reads',
				account.readsAtMs.length,
				'lists',
				account.listsAtMs.length,
				'most in 10 s',
				Math.max(0, ...windows),
				'429',
				account.throttledAtMs.length,
				account.throttledAtMs
					.slice(0, 8)
					.map((m) => (m / 1000).toFixed(1))
					.join(' '),
			);
		}
	}
}, 60_000);
