import type { TaskApi } from '../../../nodes/Seedance/n8n/taskApi';
import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import { TaskSource } from '../../../nodes/Seedance/tasks/taskSource';
import { flush } from '../fakeClock';
import {
	failureOf,
	forbidden,
	notFound,
	taskOf,
	taskApiOf,
	throttled,
	unavailable,
} from '../given';

type Outcome = Task | SeedanceFailure;

/** A source at a provider with the given answers: an outcome for each ID, and a list of them or a failure. */
function sourceRun(canList = true) {
	const provider = {
		list: undefined as SeedanceFailure | undefined,
		unlisted: new Set<string>(),
		outcomes: new Map<string, Outcome>(),
	};
	const calls: string[] = [];
	const timeouts: number[] = [];
	const givenUp: SeedanceFailure[] = [];
	const outcomeOf = (taskId: string) => provider.outcomes.get(taskId) ?? taskOf(taskId, 'running');
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
	const source = new TaskSource(api, canList, (failure) => givenUp.push(failure));
	async function poll(ids: string, timeoutMs = 9_000) {
		const reports: Array<[string, Outcome]> = [];
		await source.poll(ids.split(' '), timeoutMs, (id, outcome) => reports.push([id, outcome]));
		return new Map(reports.map(([id, outcome]) => [id, wordOf(outcome)]));
	}
	return {
		...{ source, provider, givenUp, timeouts, poll },
		group: (due: string, others = '', overdue = '') =>
			source
				.group(wordsOf(due), wordsOf(others), new Set(wordsOf(overdue)))
				.map((ids) => ids.join(' ')),
		/** The calls since this function was last called. */
		callsNow: () => calls.splice(0),
	};
}

const wordsOf = (text: string) => text.split(' ').filter(Boolean);
const wordOf = (outcome: Outcome) =>
	outcome instanceof SeedanceFailure ? outcome.kind : outcome.status;
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`).join(' ');
const outcomes = (values: Record<string, string>) => new Map(Object.entries(values));

describe('groups', () => {
	test('what is due is one group, with the others that may be polled along', () => {
		const { group } = sourceRun();
		expect(group('a b', 'c d')).toEqual(['a b c d']);
		expect(group('a', '')).toEqual(['a']);
		expect(group('', 'c d')).toEqual([]);
	});

	test('a group has at most 100 ids', () => {
		const { group } = sourceRun();
		const sizes = (due: number, others: number) =>
			group(idsOf(due), idsOf(others)).map((ids) => ids.split(' ').length);
		expect(sizes(100, 3)).toEqual([100]);
		expect(sizes(101, 3)).toEqual([100, 4]);
		expect(sizes(250, 60)).toEqual([100, 100, 100]);
		expect(sizes(2, 500)).toEqual([100]);
		expect(group(idsOf(250))[1]?.startsWith('t100 t101 ')).toBe(true);
	});

	test('without a list each due ID is a separate group, and nothing is polled along', () => {
		const { group } = sourceRun(false);
		expect(group('a b', 'c')).toEqual(['a', 'b']);
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
		const source = new TaskSource(taskApiOf({}), true, () => {});
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
			true,
			() => {},
		);
		await source.poll(['a', 'b'], 1, (id, outcome) => reported.set(id, outcome));
		expect(reported.get('a')).toBe(full);
		expect(reported.get('b')).toMatchObject({ kind: 'taskNotFound' });
		expect(source.group(['a', 'b'], [])).toEqual([['a', 'b']]);
	});

	test('a task in the list is reported before a slow call of another one is answered', async () => {
		const reported: string[] = [];
		const source = new TaskSource(
			taskApiOf({
				pollTasks: async () => [taskOf('a', 'succeeded'), taskOf('b', 'running')],
				pollTask: async () => await new Promise(() => {}),
			}),
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
			expect(group('a b c', '', 'a')).toEqual(['a b c']);
			await poll('a b c');
		}
		expect(group('a b c', '', 'a')).toEqual(['b c', 'a']);
		await poll('a');
		expect(group('a b c', '', 'a')).toEqual(['a b c']);
	});

	test('is finished by its own call although the list says running for ever', async () => {
		const { poll, group, provider } = sourceRun();
		for (let lists = 0; lists < 3; lists++) await poll('a b');
		provider.outcomes.set('a', taskOf('a', 'succeeded'));
		const [, single = ''] = group('a b', '', 'a');
		expect(await poll(single)).toEqual(outcomes({ a: 'succeeded' }));
	});

	test('is not read along with others, and no other task is read by its own call', async () => {
		const { poll, group } = sourceRun();
		for (let lists = 0; lists < 5; lists++) await poll('a b');
		expect(group('b', 'a', 'a')).toEqual(['b']);
		expect(group('a b')).toEqual(['a b']);
	});
});

describe('a task that the list leaves out', () => {
	test('is read by its own call at once, and for the next five polls', async () => {
		const { poll, group, provider, callsNow } = sourceRun();
		provider.unlisted.add('a');
		expect(await poll('a b c')).toEqual(outcomes({ a: 'running', b: 'running', c: 'running' }));
		expect(callsNow()).toEqual(['list a b c', 'a']);
		for (let polls = 0; polls < 5; polls++) expect(group('a b c')).toEqual(['b c', 'a']);
		expect(group('a b c')).toEqual(['a b c']);
	});

	test('is not polled along with others, and that counts no poll', async () => {
		const { poll, group, provider } = sourceRun();
		provider.unlisted.add('a');
		await poll('a b c');
		for (let polls = 0; polls < 9; polls++) expect(group('b', 'a c')).toEqual(['b c']);
		expect(group('a b')).toEqual(['b', 'a']);
	});

	test('that its own call does not find either stays with the list', async () => {
		const { poll, group, provider } = sourceRun();
		provider.outcomes.set('a', notFound());
		expect((await poll('a b')).get('a')).toBe('taskNotFound');
		expect(group('a b')).toEqual(['a b']);
	});

	test('and is left out again is read by its own call for five more', async () => {
		const { poll, group, provider } = sourceRun();
		provider.unlisted.add('a');
		await poll('a b');
		for (let polls = 0; polls < 5; polls++) group('a b');
		await poll('a b');
		for (let polls = 0; polls < 5; polls++) expect(group('a b')).toEqual(['b', 'a']);
		expect(group('a b')).toEqual(['a b']);
	});

	test('is not one that the list shows as finished', async () => {
		const { poll, group, provider } = sourceRun();
		provider.outcomes.set('a', taskOf('a', 'succeeded'));
		await poll('a b');
		expect(group('a b')).toEqual(['a b']);
	});
});

describe('the list', () => {
	test('that is refused is given up at once, and the tasks are read one at a time', async () => {
		const { poll, group, provider, givenUp, callsNow } = sourceRun();
		provider.list = forbidden();
		expect(await poll('a b')).toEqual(outcomes({ a: 'running', b: 'running' }));
		expect(callsNow()).toEqual(['list a b', 'a', 'b']);
		expect(givenUp).toEqual([provider.list]);
		expect(group('a b', 'c')).toEqual(['a', 'b']);
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
		expect(group('a b')).toEqual(['a b']);
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
		expect(group('a b')).toEqual(['a b']);
		expect(givenUp).toEqual([]);
	});

	test('that is contradicted twice is given up, and the failure is reported', async () => {
		const { poll, group, provider, givenUp } = sourceRun();
		provider.list = unavailable();
		for (let polls = 0; polls < 4; polls++) await poll('a b');
		expect(givenUp).toEqual([provider.list]);
		expect(group('a b')).toEqual(['a', 'b']);
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
		expect(group('a b')).toEqual(['a b']);
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

	test('that is throttled is neither doubted nor followed by single reads', async () => {
		const { poll, group, provider, callsNow } = sourceRun();
		provider.list = throttled();
		for (let polls = 0; polls < 5; polls++) {
			expect(await poll('a b')).toEqual(outcomes({ a: 'rateLimited', b: 'rateLimited' }));
		}
		expect(callsNow()).toEqual(Array.from({ length: 5 }, () => 'list a b'));
		provider.list = unavailable();
		await poll('a b');
		await poll('a b');
		expect(callsNow()).toEqual(['list a b', 'list a b']);
		expect(group('a b')).toEqual(['a b']);
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
