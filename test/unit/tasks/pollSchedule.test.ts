import fc from 'fast-check';
import {
	pauseAfterFailuresMs,
	pauseBeforePollMs,
} from '../../../nodes/Seedance/tasks/pollSchedule';

/** Numbers from 0 to below 1, the same in each run: the generator of Lehmer. */
function seeded(): () => number {
	let state = 1;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Polls a task until it has rendered for the given time. Returns the number of polls and the delay until the end was seen. */
function follow(renderMs: number, expectedMs: number, random: () => number) {
	let renderingMs = 0;
	for (let polls = 1; polls < 1_000; polls++) {
		renderingMs += pauseBeforePollMs(undefined, { renderingMs, expectedMs }, random());
		if (renderingMs >= renderMs) return { polls, delayMs: renderingMs - renderMs };
	}
	throw new Error('Its end is never seen');
}

/** The pause after so long, without jitter. */
const pause = (renderingMs: number | undefined, expectedMs = 100_000) =>
	Math.round(pauseBeforePollMs(undefined, { renderingMs, expectedMs }, 0.5));

test('a video of 60 s is seen within 5 % of its time with at most 15 polls, also when 75 s were expected', () => {
	const random = seeded();
	for (const expectedMs of [60_000, 75_000]) {
		const all = Array.from({ length: 2_000 }, () =>
			follow(55_000 + 10_000 * random(), expectedMs, random),
		);
		const meanDelayMs = all.reduce((sum, { delayMs }) => sum + delayMs, 0) / all.length;
		expect(Math.max(...all.map(({ polls }) => polls))).toBeLessThanOrEqual(15);
		expect(meanDelayMs / 60_000).toBeLessThanOrEqual(0.05);
	}
});

test('whatever was expected, a poll follows at most 30 s after the last, and 33 s with jitter', () => {
	fc.assert(
		fc.property(
			fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined }),
			fc.integer({ min: 1_000, max: 3_600_000 }),
			fc.double({ min: 0, max: 0.999, noNaN: true }),
			(renderingMs, expectedMs, random) => {
				const pauseMs = pauseBeforePollMs(undefined, { renderingMs, expectedMs }, random);
				expect(pauseMs).toBeGreaterThanOrEqual(1_800);
				expect(pauseMs).toBeLessThanOrEqual(33_000);
			},
		),
	);
});

test.each([
	['in the queue', undefined, 25_000],
	['when it begins', 0, 5_000],
	['right before the first poll', 4_000, 2_000],
	['at the first poll', 5_000, 15_000],
	['early: three times its age', 6_000, 18_000],
	['early: until a video may be finished', 15_000, 25_000],
	['right before a video may be finished', 39_000, 2_000],
	['when a video may be finished', 40_000, 4_400],
	['halfway', 50_000, 5_500],
	['before it is near', 74_999, 8_250],
	['near', 75_000, 7_000],
	['near, after the expected time', 125_000, 7_000],
	['late: in proportion to its age', 125_001, 13_750],
	['far too late', 200_000, 22_000],
	['lost', 1_000_000, 30_000],
])('the pause %s (%s ms) is %i ms', (_name, renderingMs, pauseMs) => {
	expect(pause(renderingMs)).toBe(pauseMs);
});

test('a short render is polled after a fifth of its time, and in the queue after 5 s', () => {
	expect(pause(0, 20_000)).toBe(4_000);
	expect(pause(undefined, 10_000)).toBe(5_000);
	expect(pause(undefined, 1_000_000)).toBe(30_000);
});

test('jitter is a tenth in both directions, but never before a video may be finished', () => {
	const at = (renderingMs: number | undefined, random: number) =>
		pauseBeforePollMs(undefined, { renderingMs, expectedMs: 100_000 }, random);
	expect(at(90_000, 0)).toBeCloseTo(6_300);
	expect(at(90_000, 1)).toBeCloseTo(7_700);
	expect(at(undefined, 0)).toBeCloseTo(22_500);
	expect(at(undefined, 1)).toBeCloseTo(27_500);
	expect([at(0, 0), at(0, 1), at(10_000, 0), at(10_000, 1)]).toEqual([
		5_000, 5_000, 30_000, 30_000,
	]);
});

test('an interval that the user set is never undercut, and at most a twentieth longer', () => {
	const at = (random: number) =>
		pauseBeforePollMs(10_000, { renderingMs: 0, expectedMs: 1_000 }, random);
	expect([at(0), at(0.5), at(1)]).toEqual([10_000, 10_250, 10_500]);
});

test('429 after 429 makes the pauses longer, up to sixteen times', () => {
	const pauses = [1, 2, 3, 4, 9].map((times) =>
		pauseAfterFailuresMs(1_000, 500, { inARow: times, throttledInARow: times }),
	);
	expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 16_000]);
});

test('after any other failure the pause is short at first, and never longer than usual', () => {
	const pauses = [0, 1, 2, 3, 4, 5, 9].map((inARow) =>
		pauseAfterFailuresMs(20_000, 2_000, { inARow, throttledInARow: 0 }),
	);
	expect(pauses).toEqual([20_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
});
