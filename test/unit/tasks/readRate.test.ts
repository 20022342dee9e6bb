import { ReadRate } from '../../../nodes/Seedance/tasks/readRate';
import { FakeClock } from '../fakeClock';

/** How many reads a run may send in so many seconds, asked for four times a second. */
async function readsWithin(seconds: number, clock: FakeClock, rate: ReadRate): Promise<number> {
	let reads = 0;
	for (let quarters = 0; quarters < seconds * 4; quarters++) {
		await clock.advance(250);
		reads += rate.take(100);
	}
	return reads;
}

test('a run reads eight times a second', async () => {
	const clock = new FakeClock();
	const rate = new ReadRate(clock);
	expect(rate.take(100)).toBe(2);
	expect(await readsWithin(10, clock, rate)).toBe(80);
});

test('each 429 halves that, at least one read in two seconds is left, and it grows again', async () => {
	const clock = new FakeClock();
	const rate = new ReadRate(clock);
	rate.throttled();
	const halved = await readsWithin(2, clock, rate);
	expect(halved).toBeGreaterThanOrEqual(7);
	expect(halved).toBeLessThanOrEqual(9);
	for (let times = 0; times < 9; times++) rate.throttled();
	const least = await readsWithin(4, clock, rate);
	expect(least).toBeGreaterThanOrEqual(2);
	expect(least).toBeLessThanOrEqual(3);
	await clock.advance(80_000);
	rate.take(100);
	expect(await readsWithin(10, clock, rate)).toBe(80);
});
