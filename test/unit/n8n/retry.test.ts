import { withRetries } from '../../../nodes/Seedance/n8n/retry';
import type { RequestKind } from '../../../nodes/Seedance/seedance/retryPolicy';
import { endingOf, FakeClock } from '../fakeClock';
import { failureOf, forbidden, throttled, unavailable } from '../given';

/** Runs an attempt that fails with each of these, and then succeeds. */
function retried(kind: RequestKind, failures: Error[]) {
	const clock = new FakeClock();
	const attemptedAtMs: number[] = [];
	const left = [...failures];
	const ending = endingOf(
		clock,
		withRetries(clock, kind, async () => {
			attemptedAtMs.push(clock.monotonicMs());
			const failure = left.shift();
			if (failure !== undefined) throw failure;
			return 'answer';
		}),
	);
	return { clock, attemptedAtMs, ending };
}

test('an attempt that succeeds is the only one', async () => {
	const { clock, attemptedAtMs, ending } = retried('read', []);
	await clock.advance(60_000);
	expect(ending).toEqual({ value: 'answer', atMs: 0 });
	expect(attemptedAtMs).toEqual([0]);
});

test('each transient failure is followed by a longer delay and another attempt', async () => {
	const { clock, attemptedAtMs, ending } = retried('read', [unavailable(), unavailable()]);
	await clock.advance(60_000);
	expect(ending.value).toBe('answer');
	expect(attemptedAtMs).toHaveLength(3);
	const [firstMs = 0, secondMs = 0] = clock.slept;
	expect(firstMs).toBeGreaterThanOrEqual(500);
	expect(firstMs).toBeLessThanOrEqual(1_000);
	expect(secondMs).toBeGreaterThanOrEqual(1_000);
	expect(secondMs).toBeLessThanOrEqual(2_000);
	expect(attemptedAtMs).toEqual([0, firstMs, firstMs + secondMs]);
});

test('the failure of the last attempt is thrown', async () => {
	const failures = [1, 2, 3].map((code) => failureOf({ httpStatus: 503, code: String(code) }));
	const { clock, attemptedAtMs, ending } = retried('delete', failures);
	await clock.advance(60_000);
	expect(ending.failure).toBe(failures[2]);
	expect(attemptedAtMs).toHaveLength(3);
});

test.each<[RequestKind, Error]>([
	['read', forbidden()],
	['create', unavailable()],
	['read', throttled(300_001)],
])('a %s is attempted once when it fails for good: %s', async (kind, failure) => {
	const { clock, attemptedAtMs, ending } = retried(kind, [failure]);
	await clock.advance(60_000);
	expect(ending).toEqual({ failure, atMs: 0 });
	expect(attemptedAtMs).toEqual([0]);
});

test('what is no failure of this package becomes one', async () => {
	const { clock, ending } = retried('read', [new TypeError('a bug')]);
	await clock.advance(1);
	expect(ending.failure).toMatchObject({ kind: 'bug' });
});

test('a stop ends the delay, and there is no other attempt', async () => {
	const { clock, attemptedAtMs, ending } = retried('read', [throttled(9_000)]);
	await clock.advance(4_000);
	clock.stop();
	await clock.advance(60_000);
	expect(ending).toMatchObject({ failure: { kind: 'stopped' }, atMs: 4_000 });
	expect(attemptedAtMs).toEqual([0]);
});
