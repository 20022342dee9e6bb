import { findErrorCode } from '../../../nodes/Seedance/seedance/errorCodes';
import type { FailureDetails, FailureKind } from '../../../nodes/Seedance/seedance/failure';
import {
	isLimitReached,
	isThrottled,
	isTransient,
	limitDelayMs,
	readRetryAfterMs,
	retryDelayMs,
	type RequestKind,
} from '../../../nodes/Seedance/seedance/retryPolicy';
import { failureOf, throttled, tooManyTasks, unavailable } from '../given';

const costNothing: readonly RequestKind[] = ['upload', 'read', 'list', 'delete', 'download'];

/** The delay before each retry of a request that always fails the same way. */
function delaysOf(kind: RequestKind, details: Partial<FailureDetails>, random = 0): number[] {
	const delays: number[] = [];
	let failingMs = 0;
	while (delays.length < 20) {
		const delayMs = retryDelayMs(kind, failureOf(details), delays.length, random, failingMs);
		if (delayMs === undefined) return delays;
		delays.push(delayMs);
		failingMs += delayMs;
	}
	throw new Error('It is sent again for ever');
}

test.each([
	'RateLimitExceeded.EndpointRPMExceeded',
	'RateLimitExceeded.EndpointTPMExceeded',
	'ModelAccountRpmRateLimitExceeded',
	'ModelAccountIpmRateLimitExceeded',
	'APIAccountRpmRateLimitExceeded',
	'AccountRateLimitExceeded',
	'ServerOverloaded',
	'RequestBurstTooFast',
])('a create is sent again after 429 %s', (code) => {
	const kind = findErrorCode({ code })?.kind ?? 'unexpected';
	expect(delaysOf('create', { kind, httpStatus: 429 })).toHaveLength(8);
});

test.each<Partial<FailureDetails>>([
	{ kind: 'limitReached', httpStatus: 429 },
	{ kind: 'tooManyRequests', httpStatus: 429 },
	{ kind: 'rateLimited', httpStatus: 500 },
	{ kind: 'rateLimited' },
	{ kind: 'unexpectedStatus', httpStatus: 503 },
	{ kind: 'unexpectedStatus', httpStatus: 408 },
	{ kind: 'requestRefused', httpStatus: 400 },
	{ kind: 'notConnected' },
	{ kind: 'connectionLost', outcomeUnknown: true },
	{ kind: 'answerTimedOut', outcomeUnknown: true },
	{ kind: 'answerUnreadable', httpStatus: 200 },
	{ kind: 'stopped' },
])('a create is not sent again after %j', (details) => {
	expect(delaysOf('create', details)).toEqual([]);
});

test.each<[boolean, Partial<FailureDetails>]>([
	[true, { kind: 'notConnected' }],
	[true, { kind: 'connectionLost' }],
	[true, { kind: 'answerTimedOut' }],
	[true, { kind: 'answerUnreadable' }],
	[true, { kind: 'downloadIncomplete' }],
	[true, { kind: 'internalError', httpStatus: 200 }],
	[true, { kind: 'rateLimited', httpStatus: 200 }],
	[false, { kind: 'downloadChanged' }],
	[true, { kind: 'downloadRefused', httpStatus: 423 }],
	[false, { kind: 'downloadRefused', httpStatus: 403 }],
	[false, { kind: 'notAllowed', httpStatus: 200 }],
	[true, { kind: 'downloadNotMedia' }],
	[true, { httpStatus: 408 }],
	[true, { httpStatus: 429 }],
	[true, { httpStatus: 500 }],
	[true, { httpStatus: 503 }],
	[false, { httpStatus: 400 }],
	[false, { httpStatus: 401 }],
	[false, { httpStatus: 404 }],
	[false, { httpStatus: 409 }],
	[false, { httpStatus: 499 }],
	[false, { kind: 'stopped' }],
	[false, { kind: 'unexpected' }],
	[false, { kind: 'downloadRefused' }],
	[false, { kind: 'downloadAddressRefused' }],
])('whether a request that costs nothing is sent again: %s after %j', (isSentAgain, details) => {
	expect(isTransient(failureOf(details))).toBe(isSentAgain);
	for (const kind of costNothing) expect(delaysOf(kind, details).length > 0).toBe(isSentAgain);
});

test.each<[FailureKind, number, { isLimitReached: boolean; isThrottled: boolean }]>([
	['limitReached', 429, { isLimitReached: true, isThrottled: false }],
	['rateLimited', 429, { isLimitReached: false, isThrottled: true }],
	['limitReached', 400, { isLimitReached: false, isThrottled: false }],
	['rateLimited', 503, { isLimitReached: false, isThrottled: false }],
	['tooManyRequests', 429, { isLimitReached: false, isThrottled: false }],
])('%s with status %i is certain only as %j', (kind, httpStatus, expected) => {
	const failure = failureOf({ kind, httpStatus });
	expect({ isLimitReached: isLimitReached(failure), isThrottled: isThrottled(failure) }).toEqual(
		expected,
	);
});

test.each<[RequestKind, number[]]>([
	['create', [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]],
	['upload', [500, 1_000, 2_000, 4_000]],
	['read', [500, 1_000, 2_000, 4_000]],
	['list', [500, 1_000, 2_000, 4_000]],
	['delete', [500, 1_000]],
])('the delays of a throttled %s double up to 30 s, and then it has failed', (kind, delays) => {
	const details = { kind: 'rateLimited', httpStatus: 429 } as const;
	expect(delaysOf(kind, details)).toEqual(delays);
	expect(delaysOf(kind, details, 0.9999999)).toEqual(delays.map((delayMs) => delayMs * 2));
});

test('a download is tried for two minutes', () => {
	const details = { kind: 'downloadIncomplete' } as const;
	const six = Array.from({ length: 6 }, () => 15_000);
	expect(delaysOf('download', details)).toEqual([500, 1_000, 2_000, 4_000, 8_000, ...six]);
	const slow = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
	expect(delaysOf('download', details, 0.9999999)).toEqual(slow);
});

test('a delay is a whole number of milliseconds', () => {
	expect(retryDelayMs('read', unavailable(), 0, 0.3333)).toBe(667);
});

test('a create at the limit of tasks is sent again four times, and after nothing else', () => {
	const delays = [0, 1, 2, 3, 4].map((retries) => limitDelayMs(tooManyTasks(), retries, 0));
	expect(delays).toEqual([500, 1_000, 2_000, 4_000, undefined]);
	expect(limitDelayMs(throttled(), 0, 0)).toBeUndefined();
	expect(limitDelayMs(unavailable(), 0, 0)).toBeUndefined();
});

test.each([
	[100, 500],
	[7_000, 7_000],
	[300_000, 300_000],
	[300_001, undefined],
])('when the provider asks for a pause of %i ms, the delay is %s ms', (retryAfterMs, delayMs) => {
	expect(retryDelayMs('read', throttled(retryAfterMs), 0, 0)).toBe(delayMs);
	expect(retryDelayMs('create', throttled(retryAfterMs), 0, 0)).toBe(delayMs);
});

test.each([
	['7', 7_000],
	['0.5', 500],
	['-3', 0],
	['Sat, 21 Nov 2026 00:00:09 GMT', 9_000],
	['Fri, 20 Nov 2026 00:00:00 GMT', 0],
	['soon', undefined],
	['', undefined],
	['  ', undefined],
	[7, undefined],
	[undefined, undefined],
])('Retry-After %j is %j ms', (header, ms) => {
	expect(readRetryAfterMs(header, Date.UTC(2026, 10, 21))).toBe(ms);
});

test('a create whose outcome is unknown is never sent again, whatever the provider says', () => {
	for (const failure of [throttled(), tooManyTasks(), unavailable()]) {
		const unknown = failure.with({ outcomeUnknown: true });
		expect(retryDelayMs('create', unknown, 0, 0)).toBeUndefined();
		expect(limitDelayMs(unknown, 0, 0)).toBeUndefined();
	}
});
