import { readWaitPolicy } from '../../../nodes/Seedance/panel/wait';

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
	[{ pollInterval: 0 }, 'waitOptions.pollInterval', 0],
	[{ pollInterval: Number.NaN }, 'waitOptions.pollInterval', Number.NaN],
	[{ maxWait: -1 }, 'waitOptions.maxWait', -1],
	[{ maxWait: 10_081 }, 'waitOptions.maxWait', 10_081],
	[{ maxWait: Infinity }, 'waitOptions.maxWait', Infinity],
	[{ onTimeout: 'explode' }, 'waitOptions.onTimeout', 'explode'],
	[{ cancelOnStop: 'perhaps' }, 'waitOptions.cancelOnStop', 'perhaps'],
])('%j is refused', (options, parameter, given) => {
	expect(readWaitPolicy(options).issues).toEqual([
		{
			parameter,
			code: 'invalidValue',
			values: { given, expected: expect.stringMatching(/^(Enter|Choose|Turn) /) },
		},
	]);
});
