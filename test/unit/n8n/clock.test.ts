import { getEventListeners } from 'node:events';
import { createClock } from '../../../nodes/Seedance/n8n/clock';

test('a sleep lasts as long as it should, but for what a timer fires early', async () => {
	const clock = createClock(undefined);
	const startedMs = clock.monotonicMs();
	await clock.sleep(30);
	expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(28);
});

test("the two times are the epoch's and one that never jumps", () => {
	const clock = createClock(undefined);
	expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
	expect(Math.abs(clock.monotonicMs() - performance.now())).toBeLessThan(1_000);
});

describe('while time stands still', () => {
	beforeEach(() => jest.useFakeTimers());
	afterEach(() => jest.useRealTimers());

	test("n8n's stop ends every sleep at once", async () => {
		const execution = new AbortController();
		const clock = createClock(execution.signal);
		const sleeps = [clock.sleep(60_000), clock.sleep(90_000)];
		execution.abort();
		for (const sleep of sleeps) await expect(sleep).rejects.toMatchObject({ kind: 'stopped' });
		expect(clock.signal.aborted).toBe(true);
		expect(clock.isExecutionStopped()).toBe(true);
	});

	test('an aborted run ends every sleep at once, and the execution is not stopped', async () => {
		const execution = new AbortController();
		const clock = createClock(execution.signal);
		const sleep = clock.sleep(60_000);
		clock.abortRun();
		await expect(sleep).rejects.toMatchObject({ kind: 'stopped' });
		expect(clock.signal.aborted).toBe(true);
		expect(clock.isExecutionStopped()).toBe(false);
		expect(execution.signal.aborted).toBe(false);
	});

	test('a closed run creates nothing more, and its sleeps continue', async () => {
		const clock = createClock(undefined);
		const sleep = clock.sleep(60_000);
		expect(() => clock.throwIfClosed()).not.toThrow();
		clock.close();
		expect(() => clock.throwIfClosed()).toThrow(expect.objectContaining({ kind: 'stopped' }));
		expect(() => clock.throwIfStopped()).not.toThrow();
		expect(clock.signal.aborted).toBe(false);
		await jest.advanceTimersByTimeAsync(60_000);
		await expect(sleep).resolves.toBeUndefined();
	});

	test('a stop closes the run', () => {
		const execution = new AbortController();
		const clock = createClock(execution.signal);
		execution.abort();
		expect(clock.closed.aborted).toBe(true);
		expect(createClock(AbortSignal.abort()).closed.aborted).toBe(true);
	});

	describe('work that nobody needs once the run is closed', () => {
		test('gives what it returns or throws while the run is open', async () => {
			const clock = createClock(undefined);
			await expect(clock.whileOpen(async () => await Promise.resolve(7))).resolves.toBe(7);
			const failing = clock.whileOpen(async () => await Promise.reject(new Error('no')));
			await expect(failing).rejects.toThrow('no');
		});

		test('is left at once when the run is closed, and begins no more', async () => {
			const clock = createClock(undefined);
			let begun = 0;
			const work = async () => {
				begun++;
				await clock.sleep(60_000);
			};
			const left = clock.whileOpen(work);
			clock.close();
			await expect(left).rejects.toMatchObject({ kind: 'stopped' });
			await expect(clock.whileOpen(work)).rejects.toMatchObject({ kind: 'stopped' });
			expect(begun).toBe(1);
		});

		test('ends by itself at a stop, with what it knows', async () => {
			const clock = createClock(undefined);
			const work = clock.whileOpen(async () => {
				await clock.sleep(60_000).catch(() => {});
				throw new Error('stopped in the middle');
			});
			clock.abortRun();
			await expect(work).rejects.toThrow('stopped in the middle');
		});
	});

	test('after a stop a sleep does not even begin', async () => {
		const clock = createClock(undefined);
		expect(() => clock.throwIfStopped()).not.toThrow();
		clock.abortRun();
		expect(() => clock.throwIfStopped()).toThrow(expect.objectContaining({ kind: 'stopped' }));
		await expect(clock.sleep(60_000)).rejects.toMatchObject({ kind: 'stopped' });
	});

	test('a run that begins after the stop is stopped', async () => {
		const clock = createClock(AbortSignal.abort());
		expect(clock.signal.aborted).toBe(true);
		expect(clock.isExecutionStopped()).toBe(true);
		await expect(clock.sleep(1)).rejects.toMatchObject({ kind: 'stopped' });
	});
});

test("a thousand sleeps share one listener, and a released clock leaves none on n8n's signal", async () => {
	const execution = new AbortController();
	const clock = createClock(execution.signal);
	const sleeps = Array.from({ length: 1_000 }, async () => await clock.sleep(5));
	expect(getEventListeners(clock.signal, 'abort')).toHaveLength(1);
	expect(getEventListeners(execution.signal, 'abort')).toHaveLength(1);
	await Promise.all(sleeps);
	clock.release();
	expect(getEventListeners(execution.signal, 'abort')).toHaveLength(0);
	execution.abort();
	expect(clock.signal.aborted).toBe(false);
});
