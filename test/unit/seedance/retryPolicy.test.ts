import { SeedanceFailure, type FailureDetails } from '../../../nodes/Seedance/seedance/failure';
import {
	isPassing,
	readRetryAfterMs,
	retryDelayMs,
} from '../../../nodes/Seedance/seedance/retryPolicy';

const failure = (details: Partial<FailureDetails>) =>
	new SeedanceFailure({ reason: 'refused', message: '', description: '', ...details });

const delayOfCreate = (details: Partial<FailureDetails>) =>
	retryDelayMs('create', failure(details), 0, 0);

test.each([
	'RateLimitExceeded.EndpointRPMExceeded',
	'RateLimitExceeded.EndpointTPMExceeded',
	'ModelAccountRpmRateLimitExceeded',
	'ModelAccountIpmRateLimitExceeded',
	'APIAccountRpmRateLimitExceeded',
	'AccountRateLimitExceeded',
	'ServerOverloaded',
	'RequestBurstTooFast',
])('a create is repeated after 429 %s', (code) => {
	expect(delayOfCreate({ httpStatus: 429, code })).toBe(500);
});

test.each<Partial<FailureDetails>>([
	{ httpStatus: 429, code: 'QuotaExceeded' },
	{ httpStatus: 429, code: 'SetLimitExceeded' },
	{ httpStatus: 429 },
	{ httpStatus: 500, code: 'ServerOverloaded' },
	{ httpStatus: 503 },
	{ httpStatus: 408 },
	{ httpStatus: 400 },
	{ reason: 'network' },
	{ reason: 'network', neverSent: true },
	{ reason: 'timeout' },
	{ reason: 'unreadable', httpStatus: 200 },
	{ reason: 'stopped' },
])('a create is never repeated after %j', (details) => {
	expect(delayOfCreate(details)).toBeUndefined();
});

test.each<[boolean, Partial<FailureDetails>]>([
	[true, { reason: 'network' }],
	[true, { reason: 'timeout' }],
	[true, { reason: 'unreadable' }],
	[true, { httpStatus: 408 }],
	[true, { httpStatus: 429 }],
	[true, { httpStatus: 500 }],
	[true, { httpStatus: 503 }],
	[false, { httpStatus: 400 }],
	[false, { httpStatus: 401 }],
	[false, { httpStatus: 404 }],
	[false, { reason: 'stopped' }],
	[false, { reason: 'unexpected' }],
])('a read may be repeated: %s after %j', (repeatable, details) => {
	expect(isPassing(failure(details))).toBe(repeatable);
	expect(retryDelayMs('read', failure(details), 0, 0) !== undefined).toBe(repeatable);
});

test('the pauses double up to 30 s, spread by half, and end after four retries', () => {
	const down = failure({ httpStatus: 503 });
	const delays = (random: number) =>
		[0, 1, 2, 3, 4].map((retries) => retryDelayMs('read', down, retries, random));
	expect(delays(0)).toEqual([500, 1000, 2000, 4000, undefined]);
	expect(delays(0.999999)).toEqual([1000, 2000, 4000, 8000, undefined]);
});

test('a download is started again at most three times', () => {
	const broken = failure({ reason: 'network' });
	const delays = [0, 1, 2, 3].map((retries) => retryDelayMs('download', broken, retries, 0));
	expect(delays).toEqual([500, 1000, 2000, undefined]);
});

test('the provider’s own pause counts, unless it is longer than 5 minutes', () => {
	const delay = (retryAfterMs: number) =>
		retryDelayMs('read', failure({ httpStatus: 429, retryAfterMs }), 0, 0);
	expect(delay(7_000)).toBe(7_000);
	expect(delay(100)).toBe(500);
	expect(delay(300_001)).toBeUndefined();
});

test.each([
	['7', 7_000],
	['0.5', 500],
	['Sat, 21 Nov 2026 00:00:09 GMT', 9_000],
	['Fri, 20 Nov 2026 00:00:00 GMT', 0],
	['soon', undefined],
	['', undefined],
	[undefined, undefined],
])('Retry-After %j is %j ms', (header, ms) => {
	expect(readRetryAfterMs(header, Date.UTC(2026, 10, 21))).toBe(ms);
});
