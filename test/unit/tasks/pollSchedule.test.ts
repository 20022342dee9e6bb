import fc from 'fast-check';
import {
	pauseAfterFailuresMs,
	pauseBeforePollMs,
	type RenderProgress,
} from '../../../nodes/Seedance/tasks/pollSchedule';

const progressOf = (changes: Partial<RenderProgress>): RenderProgress => ({
	...{ renderingMs: 0, uncertainMs: 0, expectedMs: 100_000, isLearned: false, roundMs: 700 },
	...changes,
});

/** The pause after so long, without jitter. */
const pause = (renderingMs: number | undefined, changes: Partial<RenderProgress> = {}) =>
	Math.round(pauseBeforePollMs(undefined, progressOf({ renderingMs, ...changes }), 0.5));

test.each([
	['in the queue', undefined, 25_000, 25_000],
	['when it begins', 0, 2_500, 2_500],
	['right before the first poll', 2_400, 500, 500],
	['at the first poll', 2_500, 875, 1_500],
	['early: a part of its age', 20_000, 7_000, 12_000],
	['early: until its end is near', 70_000, 5_000, 5_000],
	['right before it is near', 74_600, 7_000, 4_500],
	['near', 75_000, 7_000, 4_500],
	['near, after the expected time', 125_000, 7_000, 4_500],
	['late: a part of its age', 126_000, 30_000, 18_900],
	['lost', 1_000_000, 30_000, 30_000],
])('the pause %s (%s ms) is %i ms, and %i ms once such times were seen', (...row) => {
	const [, renderingMs, unlearnedMs, learnedMs] = row;
	expect(pause(renderingMs)).toBe(unlearnedMs);
	expect(pause(renderingMs, { isLearned: true })).toBe(learnedMs);
});

test('what is expected to be short is polled soon', () => {
	expect(pause(0, { expectedMs: 4_000 })).toBe(1_000);
	expect(pause(undefined, { expectedMs: 4_000 })).toBe(1_000);
	expect(pause(8_000, { expectedMs: 8_000, isLearned: true })).toBe(500);
});

test('the end stays near for as long as it is not known when rendering began', () => {
	expect(pause(140_000, { uncertainMs: 15_000 })).toBe(7_000);
	expect(pause(141_000, { uncertainMs: 15_000 })).toBe(30_000);
});

test('of many tasks each is polled more rarely where its end is not near', () => {
	expect(pause(undefined, { roundMs: 21_000 })).toBe(25_000);
	expect(pause(undefined, { roundMs: 28_000 })).toBe(28_000);
	expect(pause(0, { roundMs: 7_000 })).toBe(2_500 + 6_300);
	expect(pause(10_000, { roundMs: 7_000 })).toBe(7_000);
	expect(pause(100_000, { roundMs: 7_000 })).toBe(7_000);
	expect(pause(126_000, { roundMs: 28_000, isLearned: true })).toBe(28_000);
});

test.each([
	['in the queue', undefined, 0.25],
	['when it begins', 0, 0.3],
	['early', 20_000, 0.25],
	['near', 90_000, 0.1],
	['late', 130_000, 0.1],
])('the jitter %s is a part of the pause in both directions', (_name, renderingMs, part) => {
	const at = (random: number) =>
		pauseBeforePollMs(undefined, progressOf({ renderingMs, isLearned: true }), random);
	expect(at(0) / at(0.5)).toBeCloseTo(1 - part, 5);
	expect(at(1) / at(0.5)).toBeCloseTo(1 + part, 5);
});

test('jitter never puts a poll past the moment from which on the end is near', () => {
	expect(pauseBeforePollMs(undefined, progressOf({ renderingMs: 70_000 }), 0.999)).toBe(5_000);
});

test('whatever is known, a poll follows after 0.35 s at the earliest, and after 40 s at the latest for a few tasks', () => {
	const progress = fc.record({
		renderingMs: fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined }),
		uncertainMs: fc.integer({ min: 0, max: 60_000 }),
		expectedMs: fc.integer({ min: 1_000, max: 3_600_000 }),
		isLearned: fc.boolean(),
		roundMs: fc.integer({ min: 700, max: 8_400 }),
	});
	fc.assert(
		fc.property(progress, fc.double({ min: 0, max: 0.999, noNaN: true }), (known, random) => {
			const pauseMs = pauseBeforePollMs(undefined, known, random);
			expect(pauseMs).toBeGreaterThanOrEqual(350);
			expect(pauseMs).toBeLessThanOrEqual(40_000);
		}),
	);
});

test('an interval that the user set is never undercut, and at most a twentieth longer', () => {
	const at = (random: number) =>
		pauseBeforePollMs(10_000, progressOf({ expectedMs: 1_000, roundMs: 35_000 }), random);
	expect([at(0), at(0.5), at(1)]).toEqual([10_000, 10_250, 10_500]);
});

test('429 after 429 makes the pauses longer, up to sixteen times', () => {
	const pauses = [1, 2, 3, 4, 9].map((times) =>
		pauseAfterFailuresMs(1_000, 500, { inARow: times, throttledInARow: times }),
	);
	expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 16_000]);
});

test.each([
	['a long pause', 30_000, [60_000, 60_000, 60_000]],
	['a pause that is longer anyway', 90_000, [90_000, 90_000, 90_000]],
])('after 429, %s grows to a minute at most', (_name, pauseMs, pauses) => {
	const grown = [1, 2, 9].map((times) =>
		pauseAfterFailuresMs(pauseMs, 500, { inARow: times, throttledInARow: times }),
	);
	expect(grown).toEqual(pauses);
});

test('after any other failure the pause is short at first, and never longer than usual', () => {
	const pauses = [0, 1, 2, 3, 4, 5, 9].map((inARow) =>
		pauseAfterFailuresMs(20_000, 2_000, { inARow, throttledInARow: 0 }),
	);
	expect(pauses).toEqual([20_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
});
