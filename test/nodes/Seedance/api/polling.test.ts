import { delayUntilNextLookMs, readWaitPolicy } from '../../../../nodes/Seedance/api/polling';

test('without options: every 10 s, for an hour, then the task', () => {
	expect(readWaitPolicy({}).value).toEqual({
		pollIntervalMs: 10_000,
		maxWaitMs: 3_600_000,
		onTimeout: 'returnTask',
	});
});

test('fractions of a minute and numbers as text count', () => {
	expect(readWaitPolicy({ pollInterval: '2', maxWait: 0.5, onTimeout: 'error' }).value).toEqual({
		pollIntervalMs: 2_000,
		maxWaitMs: 30_000,
		onTimeout: 'error',
	});
});

test.each([
	[{ pollInterval: 0 }, 'waitOptions.pollInterval'],
	[{ pollInterval: Number.NaN }, 'waitOptions.pollInterval'],
	[{ maxWait: -1 }, 'waitOptions.maxWait'],
	[{ maxWait: 10_081 }, 'waitOptions.maxWait'],
	[{ maxWait: Infinity }, 'waitOptions.maxWait'],
	[{ onTimeout: 'explode' }, 'waitOptions.onTimeout'],
])('%j is refused', (options, parameter) => {
	expect(readWaitPolicy(options).problems?.map((problem) => problem.parameter)).toEqual([
		parameter,
	]);
});

test('the last look falls on the end of the wait, and then it is over', () => {
	const policy = { pollIntervalMs: 10_000, maxWaitMs: 25_000, onTimeout: 'returnTask' } as const;
	expect(
		[0, 10_000, 20_000, 24_999, 25_000, 30_000].map((ms) => delayUntilNextLookMs(policy, ms)),
	).toEqual([10_000, 10_000, 5_000, 1, undefined, undefined]);
	expect(delayUntilNextLookMs(policy, 0, 18_000)).toBe(18_000);
	expect(delayUntilNextLookMs(policy, 20_000, 18_000)).toBe(5_000);
});
