import { leastBytesPerSecond, startDeadline } from '../../../nodes/Seedance/n8n/deadline';
import { endingOf, FakeClock } from '../fakeClock';
import { failureOf } from '../given';

const late = failureOf({ kind: 'answerTimedOut' });

/** Work of which the test says how it ends, with a deadline of a minute. */
function given(movedBytes?: () => number, endsAtStop = true) {
	const clock = new FakeClock();
	let finish: (result: string) => void = () => {};
	const work = new Promise<string>((resolve) => {
		finish = resolve;
	});
	const patience = { timeoutMs: 60_000, movedBytes, endsAtStop, timedOut: () => late };
	const deadline = startDeadline(clock, patience);
	return { clock, finish, deadline, ending: endingOf(clock, deadline.race(work)) };
}

test('work that ends in time gives its result, and is not aborted afterwards', async () => {
	const { clock, finish, deadline, ending } = given();
	await clock.advance(59_999);
	finish('answer');
	await clock.advance(0);
	deadline.release();
	await clock.advance(600_000);
	expect(ending).toEqual({ value: 'answer', atMs: 59_999 });
	expect(deadline.signal.aborted).toBe(false);
});

test('work that takes longer fails at the deadline, and is aborted', async () => {
	const { clock, deadline, ending } = given();
	await clock.advance(600_000);
	expect(ending).toEqual({ failure: late, atMs: 60_000 });
	expect(deadline.signal.aborted).toBe(true);
});

test('a stop ends the work at once', async () => {
	const { clock, deadline, ending } = given();
	await clock.advance(5_000);
	clock.stop();
	await clock.advance(0);
	expect(ending).toMatchObject({ failure: { kind: 'stopped' }, atMs: 5_000 });
	expect(deadline.signal.aborted).toBe(true);
});

test('work that a stop must not end goes on until its deadline', async () => {
	const { clock, ending } = given(undefined, false);
	clock.stop();
	await clock.advance(59_999);
	expect(ending).toEqual({});
	await clock.advance(1);
	expect(ending).toEqual({ failure: late, atMs: 60_000 });
});

test('a transfer at the least rate goes on, and ends a minute after it becomes slower', async () => {
	let moved = 0;
	const { clock, ending } = given(() => moved);
	for (let minute = 0; minute < 10; minute++) {
		moved += 60 * leastBytesPerSecond;
		await clock.advance(60_000);
	}
	expect(ending).toEqual({});
	moved += 60 * leastBytesPerSecond - 1;
	await clock.advance(60_000);
	expect(ending).toEqual({ failure: late, atMs: 660_000 });
});

test('a race after the deadline fails', async () => {
	const { clock, deadline } = given();
	await clock.advance(60_000);
	await expect(deadline.race(Promise.resolve('answer'))).rejects.toBe(late);
});
