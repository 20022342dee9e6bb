import { createCreateQueue } from '../../../nodes/Seedance/tasks/createQueue';
import { endingOf, FakeClock, flush } from '../fakeClock';
import { failureOf, forbidden, throttled, tooManyTasks, unavailable } from '../given';

/** A queue whose creates are answered by the test; the shortest delays count. */
function queueRun(clock = new FakeClock()) {
	const limits: number[] = [];
	const sent: string[] = [];
	const sentAtMs: number[] = [];
	const inFlight = new Map<string, { resolve(id: string): void; reject(failure: Error): void }>();
	const queue = createCreateQueue(
		clock,
		(maxTasks) => limits.push(maxTasks),
		() => 0,
	);
	const create = (name: string, maxBlockedMs?: number) =>
		endingOf(
			clock,
			queue.create(async () => {
				sent.push(name);
				sentAtMs.push(clock.monotonicMs());
				return await new Promise((resolve, reject) => inFlight.set(name, { resolve, reject }));
			}, maxBlockedMs),
		);
	function answerOf(name: string) {
		const answer = inFlight.get(name);
		if (answer === undefined) throw new Error(`No create ${name} is in flight`);
		inFlight.delete(name);
		return answer;
	}
	return {
		...{ clock, queue, limits, sent, sentAtMs, inFlight, create, answerOf },
		createAll: (names: string) => [...names].map((name) => create(name)),
		async accept(names: string) {
			for (const name of names) answerOf(name).resolve(name);
			await flush();
		},
		async refuse(names: string, failure: Error) {
			for (const name of names) {
				answerOf(name).reject(failure);
				await flush();
			}
		},
		async release(names: string) {
			for (const name of names) queue.release(name);
			await flush();
		},
		/** The creates sent since this function was last called. */
		sentNow: () => sent.splice(0).join(''),
	};
}

describe('room', () => {
	test('a create is sent at once and resolves with the ID of its task', async () => {
		const { create, accept, sentNow } = queueRun();
		const ending = create('a');
		expect(sentNow()).toBe('a');
		await accept('a');
		expect(ending).toEqual({ value: 'a', atMs: 0 });
	});

	test('at most five creates are in flight, in order of arrival', async () => {
		const { createAll, accept, refuse, sentNow } = queueRun();
		createAll('abcdefgh');
		expect(sentNow()).toBe('abcde');
		await accept('c');
		expect(sentNow()).toBe('f');
		await refuse('a', forbidden());
		expect(sentNow()).toBe('g');
		await accept('bd');
		expect(sentNow()).toBe('h');
	});

	test('tasks in flight do not count against the five creates', async () => {
		const { createAll, accept, sentNow } = queueRun();
		createAll('abcde');
		await accept('abcde');
		createAll('fghijk');
		expect(sentNow()).toBe('abcdefghij');
	});

	test("creates and tasks in flight together stay below the user's limit", async () => {
		const { queue, createAll, accept, release, sentNow } = queueRun();
		queue.limitTo(3);
		createAll('abcdef');
		expect(sentNow()).toBe('abc');
		await accept('ab');
		expect(sentNow()).toBe('');
		await release('b');
		expect(sentNow()).toBe('d');
		await accept('cd');
		await release('ac');
		expect(sentNow()).toBe('ef');
	});

	test('the lowest of several limits counts', async () => {
		const { queue, createAll, sentNow } = queueRun();
		for (const maxTasks of [4, 2, 3, Infinity]) queue.limitTo(maxTasks);
		createAll('abcd');
		expect(sentNow()).toBe('ab');
	});

	test('a task that exists already counts until it is released', async () => {
		const { queue, createAll, sentNow } = queueRun();
		queue.limitTo(2);
		queue.hold('old');
		queue.hold('old');
		createAll('ab');
		expect(sentNow()).toBe('a');
		queue.release('old');
		expect(sentNow()).toBe('b');
	});

	test('a second release frees nothing', async () => {
		const { queue, createAll, accept, release, sentNow } = queueRun();
		queue.limitTo(2);
		createAll('abcd');
		await accept('ab');
		await release('a');
		await release('a');
		await release('never held');
		expect(sentNow()).toBe('abc');
	});

	test('a create that fails frees its room', async () => {
		const { queue, createAll, refuse, sentNow } = queueRun();
		queue.limitTo(1);
		createAll('ab');
		await refuse('a', forbidden());
		expect(sentNow()).toBe('ab');
	});
});

describe('anything else', () => {
	test.each([
		['a refusal', forbidden()],
		['an error of the server', unavailable()],
		['a lost answer', failureOf({ kind: 'connectionLost', outcomeUnknown: true })],
		['429 without a known code', failureOf({ kind: 'tooManyRequests', httpStatus: 429 })],
		['the limit of tasks while none of this run is in flight', tooManyTasks()],
	])('%s rejects the create, which is never sent again', async (_name, failure) => {
		const { clock, create, refuse, sentNow } = queueRun();
		const ending = create('a');
		await refuse('a', failure);
		expect(ending).toEqual({ failure, atMs: 0 });
		await clock.advance(600_000);
		expect(sentNow()).toBe('a');
	});

	test('a lost answer rejects it as well while other tasks are in flight', async () => {
		const { clock, queue, create, refuse, sentNow } = queueRun();
		queue.hold('old');
		const failure = failureOf({ kind: 'answerTimedOut', outcomeUnknown: true });
		const ending = create('a');
		await refuse('a', failure);
		await clock.advance(600_000);
		expect(ending.failure).toBe(failure);
		expect(sentNow()).toBe('a');
	});

	test('what is no failure of this package becomes one', async () => {
		const { create, refuse } = queueRun();
		const ending = create('a');
		await refuse('a', new TypeError('a bug'));
		expect(ending.failure).toMatchObject({ kind: 'bug' });
	});
});

describe('the limit of the provider', () => {
	test('is the number of the others in flight when it refuses, reported each time', async () => {
		const { clock, createAll, accept, refuse, release, limits, sentNow } = queueRun();
		const endings = createAll('abcde');
		await accept('ab');
		await refuse('cde', tooManyTasks());
		expect(limits).toEqual([4, 3, 2]);
		await clock.advance(600_000);
		expect(sentNow()).toBe('abcde');
		await release('a');
		expect(sentNow()).toBe('c');
		// None of them has failed.
		await accept('c');
		expect(endings.map(({ value }) => value)).toEqual(['a', 'b', 'c', undefined, undefined]);
		expect(endings.map(({ failure }) => failure)).toEqual(Array(5).fill(undefined));
	});

	test('counts creates in flight as well as tasks', async () => {
		const { create, refuse, limits, sentNow } = queueRun();
		create('a');
		create('b');
		await refuse('b', tooManyTasks());
		expect(limits).toEqual([1]);
		await refuse('a', forbidden());
		expect(sentNow()).toBe('abb');
	});

	test("and the user's: the lower one counts", async () => {
		const { queue, createAll, accept, refuse, release, sentNow } = queueRun();
		createAll('abcd');
		await accept('abc');
		await refuse('d', tooManyTasks());
		queue.limitTo(2);
		await release('a');
		expect(sentNow()).toBe('abcd');
		await release('b');
		expect(sentNow()).toBe('d');
	});

	test('grows by one after a full round was accepted at it', async () => {
		const { createAll, accept, refuse, release, limits, sentNow } = queueRun();
		createAll('abcde');
		await accept('ab');
		await refuse('cde', tooManyTasks());
		createAll('fgh');
		sentNow();
		await release('a');
		await accept('c');
		await release('b');
		expect(sentNow()).toBe('cd');
		// Two were accepted at a limit of two: one more may be.
		await accept('d');
		expect(sentNow()).toBe('e');
		await release('cd');
		expect(sentNow()).toBe('fg');
		// Now three are in flight, and the round begins anew.
		await accept('ef');
		expect(sentNow()).toBe('');
		await accept('g');
		expect(sentNow()).toBe('h');
		expect(limits).toEqual([4, 3, 2]);
	});

	test('that refuses what was tried above it is found again, and its round begins anew', async () => {
		const { createAll, accept, refuse, release, limits, sentNow } = queueRun();
		createAll('abcde');
		await accept('ab');
		await refuse('cde', tooManyTasks());
		createAll('fg');
		await release('ab');
		await accept('cd');
		sentNow();
		await refuse('e', tooManyTasks());
		expect(limits).toEqual([4, 3, 2, 2]);
		await release('c');
		expect(sentNow()).toBe('e');
		await accept('e');
		expect(sentNow()).toBe('');
		await release('d');
		await accept('f');
		// The second one since the refusal.
		expect(sentNow()).toBe('fg');
	});

	test('a refusal in the middle of a round makes the round begin anew', async () => {
		const { createAll, accept, refuse, release, sentNow } = queueRun();
		createAll('abcde');
		await accept('abc');
		await refuse('de', tooManyTasks());
		createAll('fgh');
		// The limit is three. Two of a round are accepted, then the provider refuses at two.
		await release('ab');
		await accept('de');
		await release('c');
		sentNow();
		await refuse('f', tooManyTasks());
		await release('d');
		expect(sentNow()).toBe('f');
		await accept('f');
		expect(sentNow()).toBe('');
		await release('e');
		await accept('g');
		expect(sentNow()).toBe('gh');
	});

	test('creates that come back from it run in order of arrival, before later ones', async () => {
		const { queue, createAll, accept, refuse, release, sentNow } = queueRun();
		createAll('abcde');
		await accept('ab');
		sentNow();
		await refuse('ecd', tooManyTasks());
		createAll('fg');
		queue.limitTo(2);
		for (const [released, next] of ['ac', 'bd', 'ce', 'df', 'eg']) {
			await release(String(released));
			expect(sentNow()).toBe(next);
			await accept(String(next));
		}
	});

	test('when its task has just ended, the create runs again after each delay, four times', async () => {
		const { clock, create, accept, refuse, release, sentAtMs, limits } = queueRun();
		create('a');
		await accept('a');
		await release('a');
		const ending = create('b');
		for (const delayMs of [500, 1_000, 2_000, 4_000]) {
			await refuse('b', tooManyTasks());
			await clock.advance(delayMs);
		}
		expect(sentAtMs).toEqual([0, 0, 500, 1_500, 3_500, 7_500]);
		expect(ending).toEqual({});
		await refuse('b', tooManyTasks());
		expect(ending).toMatchObject({ failure: { kind: 'limitReached' }, atMs: 7_500 });
		expect(limits).toEqual([]);
	});
});

describe('a limit that tasks of others have used up', () => {
	const minuteMs = 60_000;

	test('is waited for, at least every 30 s, until a create is accepted', async () => {
		const { clock, create, refuse, accept, sentAtMs, limits } = queueRun();
		const ending = create('a', 60 * minuteMs);
		for (let times = 0; times < 40; times++) {
			await refuse('a', tooManyTasks());
			await clock.advance(15_000);
		}
		expect(sentAtMs.slice(0, 6)).toEqual([0, 500, 15_000 + 1_000, 32_000, 49_000, 68_000]);
		expect(ending).toEqual({});
		await accept('a');
		expect(ending.value).toBe('a');
		expect(limits).toEqual([]);
	});

	test('is waited for as long as the create may be; those behind it are rejected at their next refusal', async () => {
		const { clock, create, inFlight, answerOf, sent } = queueRun();
		const endings = Array.from({ length: 20 }, (_, index) => create(String(index), 10 * minuteMs));
		for (let step = 0; step < 1_000; step++) {
			for (const name of [...inFlight.keys()]) {
				answerOf(name).reject(tooManyTasks());
				await flush();
			}
			await clock.advance(1_000);
		}
		for (const { failure, atMs = 0 } of endings) {
			expect(failure).toMatchObject({ kind: 'limitReached', values: { minutes: 10 } });
			expect(atMs).toBeGreaterThan(9 * minuteMs);
			expect(atMs).toBeLessThan(11 * minuteMs);
		}
		expect(sent.length).toBeLessThan(100);
	});

	test('is not waited for by a create without such a time', async () => {
		const { create, refuse } = queueRun();
		const ending = create('a');
		await refuse('a', tooManyTasks());
		expect(ending).toMatchObject({ failure: { kind: 'limitReached' }, atMs: 0 });
	});

	test('counts from its first refusal since a create was accepted', async () => {
		const { clock, create, refuse, accept, release } = queueRun();
		const first = create('a', 2 * minuteMs);
		await refuse('a', tooManyTasks());
		await clock.advance(minuteMs);
		await accept('a');
		expect(first.value).toBe('a');
		await release('a');
		const second = create('b', 2 * minuteMs);
		for (let times = 0; times < 5; times++) {
			await refuse('b', tooManyTasks());
			await clock.advance(15_000);
		}
		expect(second).toEqual({});
	});
});

describe('the pace', () => {
	test('a create that was throttled runs again after the pause', async () => {
		const { clock, create, accept, refuse, sentAtMs } = queueRun();
		const ending = create('a');
		await refuse('a', throttled());
		await clock.advance(499);
		expect(sentAtMs).toEqual([0]);
		await clock.advance(1);
		expect(sentAtMs).toEqual([0, 500]);
		await accept('a');
		expect(ending).toEqual({ value: 'a', atMs: 500 });
	});

	test('a create that is throttled alone fails after eight retries, each later than the one before', async () => {
		const { clock, create, refuse, sentAtMs } = queueRun();
		const ending = create('a');
		const delays = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
		for (const delayMs of delays) {
			await refuse('a', throttled());
			await clock.advance(delayMs);
		}
		expect(sentAtMs).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 30_500, 45_500, 60_500]);
		await refuse('a', throttled());
		expect(ending).toMatchObject({ failure: { kind: 'rateLimited' }, atMs: 60_500 });
	});

	test('while another task is in flight it never fails, and the delay stops growing after three', async () => {
		const { clock, queue, create, refuse, sentAtMs } = queueRun();
		queue.hold('old');
		const ending = create('a');
		for (let times = 0; times < 20; times++) {
			await refuse('a', throttled());
			await clock.advance(4_000);
		}
		expect(ending).toEqual({});
		expect(sentAtMs.slice(0, 6)).toEqual([0, 500, 4_000 + 1_000, 8_000 + 2_000, 16_000, 20_000]);
		expect(sentAtMs).toHaveLength(21);
		queue.release('old');
		// Alone, it is refused five more times.
		for (let times = 0; times < 5; times++) {
			expect(ending).toEqual({});
			await refuse('a', throttled());
			await clock.advance(15_000);
		}
		expect(ending.failure).toMatchObject({ kind: 'rateLimited' });
	});

	test('what one create has found out, those behind it do not find out again: 200 throttled for good are rejected within three minutes', async () => {
		const { clock, create, inFlight, answerOf, sent } = queueRun();
		const endings = Array.from({ length: 200 }, (_, index) => create(String(index)));
		for (let step = 0; step < 1_000; step++) {
			for (const name of [...inFlight.keys()]) {
				answerOf(name).reject(throttled());
				await flush();
			}
			await clock.advance(250);
		}
		for (const { failure, atMs } of endings) {
			expect(failure).toMatchObject({ kind: 'rateLimited' });
			expect(atMs).toBeLessThan(180_000);
		}
		// Five that were sent together, eight more of the first, and one of each other.
		expect(sent.length).toBeLessThan(220);
	});

	test('after a create was accepted, those behind it have their tries again', async () => {
		const { clock, create, accept, refuse, sentNow } = queueRun();
		const first = create('a');
		for (let times = 0; times < 9; times++) {
			await refuse('a', throttled());
			await clock.advance(15_000);
		}
		expect(first.failure).toMatchObject({ kind: 'rateLimited' });
		create('b');
		await accept('b');
		create('c');
		sentNow();
		await refuse('c', throttled());
		await clock.advance(500);
		expect(sentNow()).toBe('c');
	});

	test('the delay is drawn at random', async () => {
		const clock = new FakeClock();
		const sentAtMs: number[] = [];
		const queue = createCreateQueue(
			clock,
			() => {},
			() => 0.5,
		);
		void queue.create(async () => {
			sentAtMs.push(clock.monotonicMs());
			if (sentAtMs.length === 1) throw throttled();
			return 'a';
		});
		await clock.advance(10_000);
		expect(sentAtMs).toEqual([0, 750]);
	});

	test('Retry-After counts, unless it is longer than 5 minutes', async () => {
		const { clock, create, refuse, sentAtMs } = queueRun();
		const ending = create('a');
		await refuse('a', throttled(300_000));
		await clock.advance(300_000);
		expect(sentAtMs).toEqual([0, 300_000]);
		await refuse('a', throttled(300_001));
		expect(ending.failure).toMatchObject({ kind: 'rateLimited' });
	});

	test('during the pause nothing is sent, whatever arrives, is accepted or is released', async () => {
		const { clock, queue, create, createAll, accept, refuse, release, sentNow } = queueRun();
		queue.limitTo(4);
		createAll('abcdef');
		await accept('ab');
		await refuse('d', throttled(10_000));
		expect(sentNow()).toBe('abcd');
		create('g');
		await accept('c');
		await release('ab');
		await clock.advance(9_999);
		expect(sentNow()).toBe('');
		await clock.advance(1);
		expect(sentNow()).toBe('d');
	});

	test('after the pause one create is in flight at a time, until one is accepted', async () => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		const endings = createAll('abcdefgh');
		await refuse('abcde', throttled());
		sentNow();
		await clock.advance(500);
		expect(sentNow()).toBe('a');
		// Another failure says nothing about the pace.
		await refuse('a', forbidden());
		expect(endings[0]?.failure).toMatchObject({ kind: 'notAllowed' });
		expect(sentNow()).toBe('b');
		await accept('b');
		expect(sentNow()).toBe('cdefg');
	});

	test('a create that was sent before the throttling and is accepted during the pause does not end the caution', async () => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		createAll('abcdefgh');
		await refuse('a', throttled());
		await accept('bcde');
		sentNow();
		await clock.advance(500);
		expect(sentNow()).toBe('a');
		await accept('a');
		expect(sentNow()).toBe('fgh');
	});

	test('a create that was sent before the throttling and gets no answer does not count against the one at a time', async () => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		createAll('abcdefgh');
		// Create e gets no answer.
		await refuse('abcd', throttled());
		sentNow();
		await clock.advance(500);
		expect(sentNow()).toBe('a');
		await accept('a');
		expect(sentNow()).toBe('bcdf');
	});

	test('a cautious create that is throttled pauses again, for longer', async () => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		createAll('ab');
		await refuse('ab', throttled());
		await clock.advance(500);
		await refuse('a', throttled());
		sentNow();
		await clock.advance(999);
		expect(sentNow()).toBe('');
		await clock.advance(1);
		expect(sentNow()).toBe('a');
		await accept('a');
		expect(sentNow()).toBe('b');
	});

	test('a cautious create without an answer holds up the next for ten seconds', async () => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		createAll('abc');
		await refuse('abc', throttled());
		sentNow();
		await clock.advance(500);
		expect(sentNow()).toBe('a');
		await clock.advance(9_999);
		expect(sentNow()).toBe('');
		await clock.advance(1);
		expect(sentNow()).toBe('b');
		// An answer that is late counts once.
		await refuse('a', throttled());
		await clock.advance(1_000);
		expect(sentNow()).toBe('');
		await accept('b');
		expect(sentNow()).toBe('ac');
	});

	test('refusals of creates that were sent together count once', async () => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		createAll('ab');
		await refuse('ab', throttled());
		await clock.advance(500);
		await accept('a');
		sentNow();
		// It is refused for the second time, and counts as refused once.
		await refuse('b', throttled());
		await clock.advance(500);
		expect(sentNow()).toBe('b');
	});

	test.each([
		['the longer one came first', [10_000, undefined]],
		['the longer one came last', [undefined, 10_000]],
	])('the longer of two pauses counts: %s', async (_name, [first, second]) => {
		const { clock, createAll, refuse, sentNow } = queueRun();
		createAll('ab');
		await refuse('a', throttled(first));
		await clock.advance(100);
		await refuse('b', throttled(second));
		sentNow();
		await clock.advance(first === undefined ? 9_999 : 9_899);
		expect(sentNow()).toBe('');
		await clock.advance(1);
		expect(sentNow()).toBe('a');
	});

	test('creates that were put back run in order of arrival', async () => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		createAll('abcdefg');
		await accept('de');
		await refuse('cabgf', throttled());
		sentNow();
		await clock.advance(5_000);
		expect(sentNow()).toBe('a');
		await accept('a');
		expect(sentNow()).toBe('bcfg');
	});

	test('a create gets its turn although timers fire early', async () => {
		const { create, clock, refuse, sentAtMs } = queueRun(new FakeClock(0.7));
		create('a');
		await refuse('a', throttled());
		await clock.advance(600);
		expect(sentAtMs).toHaveLength(2);
		expect(sentAtMs[1]).toBeGreaterThanOrEqual(500);
		expect(sentAtMs[1]).toBeLessThan(501);
		// The pause, what was left of it, and the time for a cautious answer.
		expect(clock.slept).toEqual([500, 1, 10_000]);
	});
});

describe('a stop', () => {
	test('rejects queued creates, and creates in flight still return their IDs', async () => {
		const { clock, queue, create, accept, sentNow } = queueRun();
		queue.limitTo(1);
		const [first, second, third] = [create('a'), create('b'), create('c')];
		clock.stop();
		await flush();
		expect([second, third]).toMatchObject([
			{ failure: { kind: 'stopped' } },
			{ failure: { kind: 'stopped' } },
		]);
		await accept('a');
		expect(first.value).toBe('a');
		queue.release('a');
		expect(sentNow()).toBe('a');
	});

	test.each([
		['was throttled', throttled()],
		['reached the limit', tooManyTasks()],
	])('a create in flight that %s is rejected with that failure', async (_name, failure) => {
		const { clock, queue, limits, create, refuse, sentNow } = queueRun();
		queue.hold('old');
		const ending = create('a');
		clock.stop();
		await refuse('a', failure);
		expect(ending.failure).toBe(failure);
		expect(limits).toEqual([]);
		expect(sentNow()).toBe('a');
	});

	test('a closed run sends no create that is queued, put back or comes later, and knows the task of one in flight', async () => {
		const { clock, queue, create, accept, refuse, sentNow } = queueRun();
		queue.hold('old');
		const [first, second] = [create('a'), create('b')];
		queue.limitTo(3);
		const queued = create('c');
		expect(sentNow()).toBe('ab');
		clock.close();
		await accept('a');
		await refuse('b', throttled());
		queue.release('old');
		const later = create('d');
		await clock.advance(600_000);
		expect(first.value).toBe('a');
		expect(second.failure).toMatchObject({ httpStatus: 429 });
		for (const { failure } of [queued, later]) expect(failure).toMatchObject({ kind: 'stopped' });
		expect(sentNow()).toBe('');
	});

	test('rejects a create that waits for the end of a pause', async () => {
		const { clock, create, refuse, sentNow } = queueRun();
		const ending = create('a');
		await refuse('a', throttled());
		await clock.advance(100);
		clock.abortRun();
		await clock.advance(600_000);
		expect(ending).toMatchObject({ failure: { kind: 'stopped' }, atMs: 100 });
		expect(sentNow()).toBe('a');
	});

	test('a create that comes after it is rejected and never sent', async () => {
		const { clock, create, sentNow } = queueRun();
		clock.stop();
		const ending = create('a');
		await flush();
		expect(ending.failure).toMatchObject({ kind: 'stopped' });
		expect(sentNow()).toBe('');
	});
});

test.each([
	['too many tasks are in flight', tooManyTasks()],
	['it is throttled', throttled()],
])(
	'a create whose outcome is unknown is rejected and not sent again, also when %s',
	async (_, failure) => {
		const { clock, createAll, accept, refuse, sentNow } = queueRun();
		const [, ending] = createAll('ab');
		expect(sentNow()).toBe('ab');
		await accept('a');
		await refuse('b', failure.with({ outcomeUnknown: true }));
		await clock.advance(300_000);
		expect(sentNow()).toBe('');
		expect(ending?.failure).toMatchObject({ outcomeUnknown: true });
	},
);
