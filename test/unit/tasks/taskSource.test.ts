import type { TaskApi } from '../../../nodes/Seedance/n8n/taskApi';
import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import { TaskSource } from '../../../nodes/Seedance/tasks/taskSource';
import { FakeClock, flush } from '../fakeClock';
import {
	failureOf,
	forbidden,
	notFound,
	taskOf,
	taskApiOf,
	throttled,
	unavailable,
} from '../given';

type Outcome = Task | SeedanceFailure | undefined;

/** So many waits that the list is used. */
const many = 50;

/** A source at a provider with the given answers: an outcome for each ID, and a list of them or a failure. */
function sourceRun(canList = true) {
	const clock = new FakeClock();
	const provider = {
		list: undefined as SeedanceFailure | undefined,
		unlisted: new Set<string>(),
		outcomes: new Map<string, Task | SeedanceFailure>(),
	};
	const calls: string[] = [];
	const timeouts: number[] = [];
	const givenUp: SeedanceFailure[] = [];
	const needsOwnCall = new Set<string>();
	const outcomeOf = (taskId: string): Task | SeedanceFailure =>
		provider.outcomes.get(taskId) ?? taskOf(taskId, 'running');
	const api: TaskApi = taskApiOf({
		async pollTask(taskId, timeoutMs) {
			calls.push(taskId);
			timeouts.push(timeoutMs);
			const outcome = outcomeOf(taskId);
			if (outcome instanceof SeedanceFailure) throw outcome;
			return outcome;
		},
		async pollTasks(taskIds, timeoutMs) {
			calls.push(`list ${taskIds.join(' ')}`);
			timeouts.push(timeoutMs);
			if (provider.list !== undefined) throw provider.list;
			return taskIds
				.filter((taskId) => !provider.unlisted.has(taskId))
				.map(outcomeOf)
				.filter((outcome): outcome is Task => !(outcome instanceof SeedanceFailure));
		},
	});
	const source = new TaskSource(
		api,
		clock,
		canList,
		(failure) => givenUp.push(failure),
		() => 0.5,
	);
	async function poll(ids: string, timeoutMs = 9_000) {
		const reports: Array<[string, Outcome]> = [];
		const polling = source.poll(ids.split(' '), timeoutMs, (id, outcome) =>
			reports.push([id, outcome]),
		);
		// Reads take their turns.
		await Promise.all([polling, clock.advance(10_000)]);
		return new Map(reports.map(([id, outcome]) => [id, wordOf(outcome)]));
	}
	return {
		...{ clock, source, provider, givenUp, timeouts, poll, needsOwnCall },
		/** The groups at a moment at which a list and reads are allowed. */
		async group(due: string, others = '', { overdue = '', waiting = many, pauseMs = 9_000 } = {}) {
			await clock.advance(60_000);
			return source
				.group({
					...{ due: dueOf(due, pauseMs), others: wordsOf(others), waiting },
					...{ overdue: new Set(wordsOf(overdue)), needsOwnCall },
				})
				.map((ids) => ids.join(' '));
		},
		/** The calls since this function was last called. */
		callsNow: () => calls.splice(0),
	};
}

const wordsOf = (text: string) => text.split(' ').filter(Boolean);
const dueOf = (text: string, pauseMs: number) =>
	wordsOf(text).map((id) => ({ id, pauseMs, isLast: false }));
const wordOf = (outcome: Outcome) =>
	outcome instanceof SeedanceFailure ? outcome.kind : (outcome?.status ?? 'not polled');
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`).join(' ');
const outcomes = (values: Record<string, string>) => new Map(Object.entries(values));

describe('groups', () => {
	test('what is due is one group, with the others that may be polled along', async () => {
		const { group } = sourceRun();
		expect(await group('a b', 'c d')).toEqual(['a b c d']);
		expect(await group('a', '')).toEqual(['a']);
		expect(await group('', 'c d')).toEqual([]);
	});

	test('one list has at most 100 ids, those that are due first', async () => {
		const { group } = sourceRun();
		const waiting = { waiting: 500 };
		const sizes = async (due: number, others: string) =>
			(await group(idsOf(due), others, waiting)).map((ids) => ids.split(' ').length);
		expect(await sizes(100, 'x y')).toEqual([100]);
		expect(await sizes(99, 'x y')).toEqual([100]);
		expect(await sizes(250, '')).toEqual([100]);
		expect((await group('a', idsOf(150), waiting))[0]?.startsWith('a t0 t1 ')).toBe(true);
	});

	test('of a few tasks each is read by its own call, as far as there are turns', async () => {
		const { group } = sourceRun();
		expect(await group('a b', 'c', { waiting: 12 })).toEqual(['a', 'b']);
		expect(await group('a b c d', '', { waiting: 12 })).toEqual(['a', 'b']);
		expect(await group('a b', 'c', { waiting: 13 })).toEqual(['a b c']);
	});

	test('between two lists only what cannot wait for the next is read by its own call', async () => {
		const { source, clock, group } = sourceRun();
		const round = (due: string, pauseMs: number, isLast = false) =>
			source.group({
				...{
					due: dueOf(due, pauseMs).map((one) => ({ ...one, isLast })),
					others: [],
					waiting: many,
				},
				...{ overdue: new Set(), needsOwnCall: new Set() },
			});
		expect(await group('a b')).toEqual(['a b']);
		expect(round('c d', 9_000)).toEqual([]);
		expect(round('c d', 3_000)).toEqual([]);
		expect(round('c', 2_999)).toEqual([['c']]);
		expect(round('d', 9_000, true)).toEqual([['d']]);
		await clock.advance(3_000);
		expect(round('c d', 9_000)).toEqual([['c', 'd']]);
	});

	test('without a list each due ID is a separate group, and nothing is polled along', async () => {
		const { group } = sourceRun(false);
		expect(await group('a b', 'c')).toEqual(['a', 'b']);
	});
});

describe('a poll', () => {
	test('of one task is its own call, and of several one list request', async () => {
		const { poll, callsNow, timeouts } = sourceRun();
		expect(await poll('a', 4_000)).toEqual(outcomes({ a: 'running' }));
		expect(callsNow()).toEqual(['a']);
		expect(await poll('a b', 7_000)).toEqual(outcomes({ a: 'running', b: 'running' }));
		expect(callsNow()).toEqual(['list a b']);
		expect(timeouts).toEqual([4_000, 7_000]);
	});

	test('of one task that fails reports the failure', async () => {
		const { poll, provider } = sourceRun();
		provider.outcomes.set('a', unavailable());
		expect(await poll('a')).toEqual(outcomes({ a: 'unexpectedStatus' }));
	});

	test('a bug is reported as one', async () => {
		const source = new TaskSource(taskApiOf({}), new FakeClock(), true, () => {});
		const reports: Outcome[] = [];
		await source.poll(['a'], 1, (_id, outcome) => reports.push(outcome));
		expect(reports).toMatchObject([{ kind: 'bug' }]);
	});

	test('a task that the list shows as finished is read by its own call, in the same poll', async () => {
		const { poll, provider, callsNow, timeouts } = sourceRun();
		for (const status of ['succeeded', 'failed', 'cancelled', 'expired'] as const) {
			provider.outcomes.set(status, taskOf(status, status));
		}
		await poll('a succeeded failed cancelled expired', 7_000);
		expect(callsNow()).toEqual([
			'list a succeeded failed cancelled expired',
			...['succeeded', 'failed', 'cancelled', 'expired'],
		]);
		expect(new Set(timeouts)).toEqual(new Set([7_000]));
	});

	test('a finished task whose entry is complete is taken from the list', async () => {
		const { poll, provider, callsNow, needsOwnCall, group } = sourceRun();
		const members = { resolution: '720p', ratio: '16:9', durationSeconds: 5, totalTokens: 1 };
		provider.outcomes.set('whole', taskOf('whole', 'succeeded', members));
		provider.outcomes.set('cut', taskOf('cut', 'succeeded', { ...members, ratio: undefined }));
		const failure = { code: 'OutputVideoSensitiveContentDetected' };
		provider.outcomes.set('failed', taskOf('failed', 'failed', { failure }));
		await poll('whole cut failed');
		expect(callsNow()).toEqual(['list whole cut failed', 'cut']);
		needsOwnCall.add('whole');
		await group('whole cut');
		await poll('whole failed');
		expect(callsNow()).toEqual(['list whole failed', 'whole']);
		// Another round begins before the list has answered: tasks in flight are not in it.
		needsOwnCall.clear();
		await group('cut');
		await poll('whole failed');
		expect(callsNow()).toEqual(['list whole failed', 'whole']);
	});

	test('what its own call says of a finished task counts, also a failure', async () => {
		const reported = new Map<string, Outcome>();
		const full = taskOf('a', 'succeeded', { totalTokens: 108_900 });
		const source = new TaskSource(
			taskApiOf({
				pollTasks: async () => [taskOf('a', 'succeeded'), taskOf('b', 'failed')],
				pollTask: async (taskId) => {
					if (taskId === 'b') throw notFound();
					return full;
				},
			}),
			new FakeClock(),
			true,
			() => {},
		);
		await source.poll(['a', 'b'], 1, (id, outcome) => reported.set(id, outcome));
		expect(reported.get('a')).toBe(full);
		expect(reported.get('b')).toMatchObject({ kind: 'taskNotFound' });
	});

	test('a task in the list is reported before a slow call of another one is answered', async () => {
		const reported: string[] = [];
		const source = new TaskSource(
			taskApiOf({
				pollTasks: async () => [taskOf('a', 'succeeded'), taskOf('b', 'running')],
				pollTask: async () => await new Promise(() => {}),
			}),
			new FakeClock(),
			true,
			() => {},
		);
		void source.poll(['a', 'b'], 1, (id) => reported.push(id));
		await flush();
		expect(reported).toEqual(['b']);
	});
});

describe('a task that is overdue', () => {
	test('is read by its own call after three lists that show it in flight', async () => {
		const { poll, group } = sourceRun();
		for (let lists = 0; lists < 3; lists++) {
			expect(await group('a b c', '', { overdue: 'a' })).toEqual(['a b c']);
			await poll('a b c');
		}
		expect(await group('a b c', '', { overdue: 'a' })).toEqual(['b c', 'a']);
		await poll('a');
		expect(await group('a b c', '', { overdue: 'a' })).toEqual(['a b c']);
	});

	test('is finished by its own call although the list says running for ever', async () => {
		const { poll, group, provider } = sourceRun();
		for (let lists = 0; lists < 3; lists++) await poll('a b');
		provider.outcomes.set('a', taskOf('a', 'succeeded'));
		const [, single = ''] = await group('a b c', '', { overdue: 'a' });
		expect(await poll(single)).toEqual(outcomes({ a: 'succeeded' }));
	});

	test('is not read along with others, and no other task is read by its own call', async () => {
		const { poll, group } = sourceRun();
		for (let lists = 0; lists < 5; lists++) await poll('a b');
		expect(await group('b', 'a', { overdue: 'a' })).toEqual(['b']);
		expect(await group('a b')).toEqual(['a b']);
	});
});

describe('a task that the list leaves out', () => {
	test('is read by its own call at once, and for the next five polls', async () => {
		const { poll, group, provider, callsNow } = sourceRun();
		provider.unlisted.add('a');
		expect(await poll('a b c')).toEqual(outcomes({ a: 'running', b: 'running', c: 'running' }));
		expect(callsNow()).toEqual(['list a b c', 'a']);
		for (let polls = 0; polls < 5; polls++) expect(await group('a b c')).toEqual(['b c', 'a']);
		expect(await group('a b c')).toEqual(['a b c']);
	});

	test('is not polled along with others, and that counts no poll', async () => {
		const { poll, group, provider } = sourceRun();
		provider.unlisted.add('a');
		await poll('a b c');
		for (let polls = 0; polls < 9; polls++) expect(await group('b', 'a c')).toEqual(['b c']);
		expect(await group('a b')).toEqual(['a', 'b']);
	});

	test('that its own call does not find either stays with the list', async () => {
		const { poll, group, provider } = sourceRun();
		provider.outcomes.set('a', notFound());
		expect((await poll('a b')).get('a')).toBe('taskNotFound');
		expect(await group('a b')).toEqual(['a b']);
	});

	test('and is left out again is read by its own call for five more', async () => {
		const { poll, group, provider } = sourceRun();
		provider.unlisted.add('a');
		await poll('a b');
		for (let polls = 0; polls < 5; polls++) await group('a b');
		await poll('a b');
		for (let polls = 0; polls < 5; polls++) expect(await group('a b')).toEqual(['a', 'b']);
		expect(await group('a b')).toEqual(['a b']);
	});

	test('is not one that the list shows as finished', async () => {
		const { poll, group, provider } = sourceRun();
		provider.outcomes.set('a', taskOf('a', 'succeeded'));
		await poll('a b');
		expect(await group('a b')).toEqual(['a b']);
	});
});

describe('the list', () => {
	test('that is refused is given up at once, and the tasks are read one at a time', async () => {
		const { poll, group, provider, givenUp, callsNow } = sourceRun();
		provider.list = forbidden();
		expect(await poll('a b')).toEqual(outcomes({ a: 'running', b: 'running' }));
		expect(callsNow()).toEqual(['list a b', 'a', 'b']);
		expect(givenUp).toEqual([provider.list]);
		expect(await group('a b', 'c')).toEqual(['a', 'b']);
	});

	test('that was given up in the middle of several requests is reported once', async () => {
		const { poll, provider, givenUp } = sourceRun();
		provider.list = forbidden();
		await Promise.all([poll('a b'), poll('c d'), poll('e f')]);
		expect(givenUp).toHaveLength(1);
	});

	test('that fails twice is still trusted: each task gets its own copy of the failure', async () => {
		const { source, poll, group, provider, givenUp, callsNow } = sourceRun();
		provider.list = unavailable();
		await poll('a b');
		const reports: Array<[string, Outcome]> = [];
		await source.poll(['a', 'b'], 1, (id, outcome) => reports.push([id, outcome]));
		expect(callsNow()).toEqual(['list a b', 'list a b']);
		expect(reports).toMatchObject([
			['a', { httpStatus: 503, taskId: 'a' }],
			['b', { httpStatus: 503, taskId: 'b' }],
		]);
		expect(await group('a b')).toEqual(['a b']);
		expect(givenUp).toEqual([]);
	});

	test('that fails three times in a row is doubted: the tasks are read one at a time as well', async () => {
		const { poll, group, provider, givenUp, callsNow } = sourceRun();
		provider.list = unavailable();
		await poll('a b');
		await poll('a b');
		callsNow();
		expect(await poll('a b')).toEqual(outcomes({ a: 'running', b: 'running' }));
		expect(callsNow()).toEqual(['list a b', 'a', 'b']);
		expect(await group('a b')).toEqual(['a b']);
		expect(givenUp).toEqual([]);
	});

	test('that is contradicted twice is given up, and the failure is reported', async () => {
		const { poll, group, provider, givenUp } = sourceRun();
		provider.list = unavailable();
		for (let polls = 0; polls < 4; polls++) await poll('a b');
		expect(givenUp).toEqual([provider.list]);
		expect(await group('a b')).toEqual(['a', 'b']);
	});

	test('one task that is read is enough to contradict it', async () => {
		const { poll, provider, givenUp } = sourceRun();
		provider.list = unavailable();
		provider.outcomes.set('b', unavailable());
		for (let polls = 0; polls < 4; polls++) await poll('a b');
		expect(givenUp).toHaveLength(1);
	});

	test('is not contradicted while the single reads fail as well', async () => {
		const { poll, group, provider, givenUp } = sourceRun();
		provider.list = unavailable();
		provider.outcomes.set('a', unavailable());
		provider.outcomes.set('b', unavailable());
		for (let polls = 0; polls < 9; polls++) {
			expect(await poll('a b')).toEqual(outcomes({ a: 'unexpectedStatus', b: 'unexpectedStatus' }));
		}
		expect(await group('a b')).toEqual(['a b']);
		expect(givenUp).toEqual([]);
	});

	test('that works again is trusted again, and its failures count anew', async () => {
		const { poll, provider, givenUp, callsNow } = sourceRun();
		const failing = unavailable();
		for (let rounds = 0; rounds < 3; rounds++) {
			provider.list = failing;
			for (let polls = 0; polls < 3; polls++) await poll('a b');
			provider.list = undefined;
			await poll('a b');
		}
		expect(givenUp).toEqual([]);
		callsNow();
		provider.list = failing;
		await poll('a b');
		await poll('a b');
		expect(callsNow()).toEqual(['list a b', 'list a b']);
	});

	test('that is throttled is not doubted: its tasks stay due, and it comes later and later', async () => {
		const { clock, source, poll, group, provider, callsNow } = sourceRun();
		const round = (pauseMs: number) =>
			source.group({
				...{ due: dueOf('a b', pauseMs), others: [], waiting: many },
				...{ overdue: new Set(), needsOwnCall: new Set() },
			});
		provider.list = throttled();
		for (let polls = 0; polls < 5; polls++) {
			expect(await poll('a b')).toEqual(outcomes({ a: 'not polled', b: 'not polled' }));
		}
		// Five times twice as long: a minute at most.
		await clock.advance(49_999);
		expect(round(60_000)).toEqual([]);
		expect(round(59_999)).toEqual([['a'], ['b']]);
		await clock.advance(1);
		expect(round(60_000)).toEqual([['a', 'b']]);
		expect(callsNow()).toEqual(Array.from({ length: 5 }, () => 'list a b'));
		provider.list = unavailable();
		await poll('a b');
		await poll('a b');
		expect(callsNow()).toEqual(['list a b', 'list a b']);
		expect(await group('a b')).toEqual(['a b']);
	});

	test('that is refused does not count as contradicted a second time', async () => {
		const { poll, provider, givenUp } = sourceRun();
		provider.list = unavailable();
		for (let polls = 0; polls < 3; polls++) await poll('a b');
		const refusal = forbidden();
		provider.list = refusal;
		await poll('a b');
		expect(givenUp).toEqual([refusal]);
	});

	test('a stop is thrown, without single reads and without a word about the list', async () => {
		const { poll, provider, givenUp, callsNow } = sourceRun();
		provider.list = failureOf({ kind: 'stopped' });
		await expect(poll('a b')).rejects.toMatchObject({ kind: 'stopped' });
		expect(callsNow()).toEqual(['list a b']);
		expect(givenUp).toEqual([]);
	});
});
