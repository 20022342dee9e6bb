import fc from 'fast-check';
import {
	pauseBeforeLookMs,
	readWaitPolicy,
	slowedPauseMs,
} from '../../../../nodes/Seedance/api/polling';

test('without options: by the expected time, for an hour, then the task', () => {
	expect(readWaitPolicy({}).value).toEqual({
		pollIntervalMs: undefined,
		maxWaitMs: 3_600_000,
		onTimeout: 'returnTask',
		cancelOnStop: false,
	});
});

test('fractions of a minute, numbers and switches as text count', () => {
	expect(
		readWaitPolicy({ pollInterval: '2', maxWait: 0.5, onTimeout: 'error', cancelOnStop: 'true' })
			.value,
	).toEqual({
		pollIntervalMs: 2_000,
		maxWaitMs: 30_000,
		onTimeout: 'error',
		cancelOnStop: true,
	});
});

test.each([
	[{ pollInterval: 0 }, 'waitOptions.pollInterval'],
	[{ pollInterval: Number.NaN }, 'waitOptions.pollInterval'],
	[{ maxWait: -1 }, 'waitOptions.maxWait'],
	[{ maxWait: 10_081 }, 'waitOptions.maxWait'],
	[{ maxWait: Infinity }, 'waitOptions.maxWait'],
	[{ onTimeout: 'explode' }, 'waitOptions.onTimeout'],
	[{ cancelOnStop: 'perhaps' }, 'waitOptions.cancelOnStop'],
])('%j is refused', (options, parameter) => {
	expect(readWaitPolicy(options).problems?.map((problem) => problem.parameter)).toEqual([
		parameter,
	]);
});

const bySchedule = { pollIntervalMs: undefined };

/** Looks at a task until it has rendered for so long, and gives how often and how late it was seen. */
function watch(renderMs: number, expectedMs: number, jitters: readonly number[]) {
	let renderingMs = 0;
	let looks = 0;
	for (const jitter of jitters) {
		looks++;
		renderingMs += pauseBeforeLookMs(bySchedule, { renderingMs, expectedMs }, jitter);
		if (renderingMs >= renderMs) break;
	}
	return { looks, delayMs: renderingMs - renderMs };
}

/** Renders of 55 to 65 s, and a jitter from 0 to below 1 for each of their looks. */
const renders = fc.sample(
	fc.record({
		renderMs: fc.integer({ min: 55_000, max: 65_000 }),
		jitters: fc.array(
			fc.integer({ min: 0, max: 999 }).map((draw) => draw / 1_000),
			{ minLength: 30, maxLength: 30 },
		),
	}),
	{ seed: 1, numRuns: 2_000, unbiased: true },
);

test('a video of 60 s is seen within 5 % of its time with at most 15 looks, also when 75 s were expected', () => {
	for (const expectedMs of [60_000, 75_000]) {
		const all = renders.map(({ renderMs, jitters }) => watch(renderMs, expectedMs, jitters));
		const meanDelayMs = all.reduce((sum, { delayMs }) => sum + delayMs, 0) / all.length;
		expect(Math.max(...all.map(({ looks }) => looks))).toBeLessThanOrEqual(15);
		expect(meanDelayMs / 60_000).toBeLessThanOrEqual(0.05);
	}
});

test('whatever was expected, a look follows at most 30 s after the last, and 33 s with jitter', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 3_600_000 }),
			fc.integer({ min: 1_000, max: 3_600_000 }),
			fc.double({ min: 0, max: 0.999, noNaN: true }),
			(renderingMs, expectedMs, random) => {
				const pauseMs = pauseBeforeLookMs(bySchedule, { renderingMs, expectedMs }, random);
				expect(pauseMs).toBeGreaterThanOrEqual(1_800);
				expect(pauseMs).toBeLessThanOrEqual(33_000);
			},
		),
	);
});

test('seldom at first, closer near the expected end', () => {
	const pause = (renderingMs: number | undefined) =>
		Math.round(pauseBeforeLookMs(bySchedule, { renderingMs, expectedMs: 100_000 }, 0.5));
	expect([undefined, 0, 5_000, 20_000, 50_000, 90_000, 200_000].map(pause)).toEqual([
		25_000, 5_000, 15_000, 20_000, 5_500, 7_000, 22_000,
	]);
});

test('an interval that the user set is never undercut', () => {
	for (const random of [0, 0.5, 0.999]) {
		const pauseMs = pauseBeforeLookMs(
			{ pollIntervalMs: 10_000 },
			{ renderingMs: 0, expectedMs: 1_000 },
			random,
		);
		expect(pauseMs).toBeGreaterThanOrEqual(10_000);
		expect(pauseMs).toBeLessThanOrEqual(10_500);
	}
});

test('429 after 429 makes the pauses longer, up to sixteen times', () => {
	expect([0, 1, 2, 3, 4, 9].map((times) => slowedPauseMs(1_000, times))).toEqual([
		1_000, 2_000, 4_000, 8_000, 16_000, 16_000,
	]);
});
