import type { Task } from '../../../nodes/Seedance/seedance/task';
import type { CreateKeys } from '../../../nodes/Seedance/tasks/createIdentity';
import type { Marker } from '../../../nodes/Seedance/tasks/marker';
import {
	match,
	type ListedTasks,
	type RecordedTasks,
	type SearchedCreate,
} from '../../../nodes/Seedance/tasks/taskMatch';
import { startedAtMs } from '../fakeClock';
import { taskOf } from '../given';

const markerOf = (value: number): Marker => ({ field: 'execution_expires_after', value });
const keysOf = (request: string): CreateKeys => ({
	request,
	row: `row ${request}`,
	shared: undefined,
});

/** A task of the list: what it shows as its marker, and when it was created, counted from the search's since. */
const listed = (taskId: string, shown?: unknown, atMs: number | undefined = 0): Task =>
	taskOf(taskId, 'queued', {
		raw: { id: taskId, execution_expires_after: shown },
		createdAtMs: atMs === undefined ? undefined : startedAtMs + atMs,
	});

const lengthMs = 100_000;

/** A create that this process has lost, with this marker. */
const lost = (...values: number[]): SearchedCreate => ({
	...{ sinceMs: startedAtMs, beforeMs: startedAtMs + lengthMs },
	...{ markers: values.map(markerOf), recorded: undefined },
});

/** A create that an earlier process has recorded. */
const recorded = (request: string, by: 'request' | 'row', ...values: number[]): SearchedCreate => ({
	...lost(...values),
	recorded: { keys: keysOf(request), by },
});

/** What n8n's database has: pairs as "request task", markers as "key value", and tasks of other creates. */
interface Texts {
	readonly pairs?: string[] | undefined;
	readonly markers?: string[] | undefined;
	readonly taken?: string[] | undefined;
}

function database({ pairs = [], markers = [], taken = [] }: Texts = {}) {
	const asked: string[] = [];
	const texts: RecordedTasks = {
		async recordedPairs(given) {
			const isThere = ([{ request }, taskId]: readonly [CreateKeys, string]) => {
				asked.push(`pair ${request} ${taskId}`);
				return pairs.includes(`${request} ${taskId}`);
			};
			return given.filter(isThere);
		},
		async recordedMarkers(key, given) {
			return given.filter(({ field, value }) => {
				asked.push(`marker ${key} ${field} ${value}`);
				return markers.includes(`${key} ${value}`);
			});
		},
		async takenTasks(taskIds) {
			return new Set(taskIds.filter((taskId) => taken.includes(taskId)));
		},
	};
	return { texts, asked };
}

/** A reading of the list in which tasks show their markers, with clocks that differ by at most a minute. */
const listOf = (free: readonly Task[], changes: Partial<ListedTasks> = {}): ListedTasks => ({
	...{ free, isMarkerShown: true, toleranceMs: 60_000, ...changes },
});

/** The task of each create, or its candidates. */
async function matched(
	creates: SearchedCreate[],
	tasks: Task[],
	given: Parameters<typeof database>[0] & Partial<ListedTasks> = {},
) {
	const { pairs, markers, taken, ...changes } = given;
	const { texts } = database({ pairs, markers, taken });
	const matchings = await match(creates, listOf(tasks, changes), texts);
	return matchings.map(({ task, candidates }) => task?.taskId ?? candidates);
}

describe('a create that this process has lost', () => {
	test('is the task that carries its marker', async () => {
		const tasks = [listed('a', 1), listed('b', 2), listed('c', 3)];
		expect(await match([lost(2)], listOf(tasks), database().texts)).toEqual([
			{ task: tasks[1], candidates: [] },
		]);
	});

	test('is not a task that carries another marker, which is not even a candidate', async () => {
		expect(await matched([lost(2)], [listed('a', 1), listed('b', 3)])).toEqual([[]]);
	});

	test('has candidates in tasks that show another marker, unless the list is known to show markers', async () => {
		const tasks = [listed('a', 1), listed('b')];
		expect(await matched([lost(2)], tasks, { isMarkerShown: false })).toEqual([['a', 'b']]);
		expect(await matched([lost(2)], tasks, { isMarkerShown: true })).toEqual([['b']]);
	});

	test('is the task that carries its marker, although the list is not known to show markers', async () => {
		const tasks = [listed('a', 1), listed('b', 2)];
		expect(await matched([lost(2)], tasks, { isMarkerShown: false })).toEqual(['b']);
	});

	test('is any of its markers', async () => {
		expect(await matched([lost(4, 2)], [listed('a', 1), listed('b', 2)])).toEqual(['b']);
	});

	test('has candidates where tasks do not show whether they carry it', async () => {
		const tasks = [listed('a'), listed('b', 1), listed('c', null)];
		expect(await matched([lost(2)], tasks)).toEqual([['a', 'c']]);
	});

	test('is the task that carries its marker, although others do not show any', async () => {
		expect(await matched([lost(2)], [listed('a'), listed('b', 2)])).toEqual(['b']);
	});

	test('has candidates where several tasks carry its marker', async () => {
		const tasks = [listed('a', 2), listed('b', 2), listed('c')];
		expect(await matched([lost(2)], tasks)).toEqual([['a', 'b']]);
	});

	test('is not looked for in the database', async () => {
		const { texts, asked } = database();
		await match([lost(2)], listOf([listed('a', 2), listed('b')]), texts);
		expect(asked).toEqual([]);
	});

	test.each<[boolean, string, number | undefined]>([
		[true, 'when it was sent', 0],
		[true, 'a minute before, by the clock of the provider', -60_000],
		[false, 'more than a minute before', -60_001],
		[true, 'a minute after its answer was lost', lengthMs + 60_000],
		[false, 'more than a minute after', lengthMs + 60_001],
		[true, 'at a time that the provider does not show', undefined],
	])('is (%s) the task with its marker that was created %s', async (isInTime, _when, atMs) => {
		const marked = await matched([lost(2)], [listed('a', 2, atMs)]);
		// With the marker, the time may be wrong.
		expect(marked).toEqual([isInTime ? 'a' : ['a']]);
		const unmarked = await matched([lost(2)], [listed('a', undefined, atMs)]);
		expect(unmarked).toEqual([isInTime ? ['a'] : []]);
		const unproven = { isMarkerShown: false };
		const ofAnother = await matched([lost(2)], [listed('a', 1, atMs)], unproven);
		expect(ofAnother).toEqual([isInTime ? ['a'] : []]);
	});

	test('may be a task of another time where the clocks differ by more', async () => {
		const tasks = [listed('a', 2, -3_000_000)];
		const changes = { toleranceMs: 3_000_000 };
		expect(await matched([lost(2)], tasks, changes)).toEqual(['a']);
		expect(await matched([lost(2)], [listed('a', 2, -3_000_001)], changes)).toEqual([['a']]);
	});

	test('is the task of its time, although one of another time carries its marker too', async () => {
		const tasks = [listed('a', 2, -60_001), listed('b', 2)];
		expect(await matched([lost(2)], tasks)).toEqual(['b']);
	});

	test('has candidates in a task of another time with its marker, beside those of its time', async () => {
		const tasks = [listed('a', 2, -60_001), listed('b'), listed('c', 1)];
		expect(await matched([lost(2)], tasks)).toEqual([['a', 'b']]);
	});
});

describe('a task that fits two creates', () => {
	test('is the task of neither, and a candidate for both', async () => {
		expect(await matched([lost(2), lost(2)], [listed('a', 2)])).toEqual([['a'], ['a']]);
	});

	test('is a candidate also for one that has another task', async () => {
		const tasks = [listed('a', 2), listed('b', 3)];
		expect(await matched([lost(2, 3), lost(2)], tasks)).toEqual([['a', 'b'], ['a']]);
	});

	test('by the pairs in the database is the task of neither', async () => {
		const creates = [recorded('cat', 'request', 2), recorded('dog', 'request', 2)];
		const given = { pairs: ['cat a', 'dog a'] };
		expect(await matched(creates, [listed('a', 2)], given)).toEqual([['a'], ['a']]);
	});

	test('as a mere candidate may be a candidate for both', async () => {
		expect(await matched([lost(2), lost(3)], [listed('a')])).toEqual([['a'], ['a']]);
	});
});

describe('a create that an earlier process has recorded', () => {
	test('is the task that is recorded with it, although another one carries its marker', async () => {
		const tasks = [listed('a', 2), listed('b', 2)];
		const given = { pairs: ['cat b'], markers: ['cat 2'] };
		expect(await matched([recorded('cat', 'request', 2)], tasks, given)).toEqual(['b']);
	});

	test('is the task that is recorded with it, whenever that was created', async () => {
		const tasks = [listed('a', 2, -5_000_000)];
		const given = { pairs: ['cat a'] };
		expect(await matched([recorded('cat', 'request', 2)], tasks, given)).toEqual(['a']);
	});

	test('is the task that is recorded with it, where the provider shows no marker', async () => {
		const given = { pairs: ['cat b'] };
		const tasks = [listed('a'), listed('b')];
		expect(await matched([recorded('cat', 'request', 2)], tasks, given)).toEqual(['b']);
	});

	test('has candidates where several tasks are recorded with it', async () => {
		const given = { pairs: ['cat a', 'cat b'] };
		const tasks = [listed('a'), listed('b'), listed('c')];
		expect(await matched([recorded('cat', 'request', 2)], tasks, given)).toEqual([['a', 'b']]);
	});

	test('without a marker is the task that is recorded with it, or any of those of its time', async () => {
		const tasks = [listed('a', 1), listed('b'), listed('c', 2, -70_000)];
		const create = recorded('cat', 'request');
		expect(await matched([create], tasks, { pairs: ['cat b'] })).toEqual(['b']);
		expect(await matched([create], tasks)).toEqual([['a', 'b']]);
	});

	test('is the task with the one of its markers that was recorded', async () => {
		const tasks = [listed('a', 2), listed('b', 3), listed('c', 4)];
		const given = { markers: ['cat 3'] };
		expect(await matched([recorded('cat', 'request', 2, 3)], tasks, given)).toEqual(['b']);
	});

	test('of which no marker was recorded has candidates in all tasks of its time', async () => {
		const tasks = [listed('a', 2), listed('b', 9), listed('c', 3, -70_000)];
		expect(await matched([recorded('cat', 'request', 2, 3)], tasks)).toEqual([['a', 'b']]);
	});

	test('is no task with a marker that was not recorded: it is of another create', async () => {
		const given = { markers: ['cat 3'] };
		const tasks = [listed('a', 2), listed('b', 9)];
		expect(await matched([recorded('cat', 'request', 2, 3)], tasks, given)).toEqual([[]]);
	});

	test('is looked for among tasks that show the marker of another create only where no other is recorded with it', async () => {
		const { texts, asked } = database();
		const tasks = [listed('a', 1), listed('b', 2), listed('c')];
		await match([recorded('cat', 'request', 2)], listOf(tasks), texts);
		expect(asked).toEqual([
			...['pair cat b', 'pair cat c'],
			...['pair cat a', 'pair cat b', 'pair cat c'],
			'marker cat execution_expires_after 2',
		]);
		const known = database({ pairs: ['cat b'] });
		await match([recorded('cat', 'request', 2)], listOf(tasks), known.texts);
		expect(known.asked).toEqual(['pair cat b', 'pair cat c']);
	});

	test('is the task that is recorded with it, although a gateway shows another marker for all', async () => {
		const tasks = [listed('a', 1), listed('b', 1)];
		const given = { pairs: ['cat b', 'dog a'], markers: ['cat 2', 'dog 3'] };
		const creates = [recorded('cat', 'request', 2), recorded('dog', 'request', 3)];
		expect(await matched(creates, tasks, given)).toEqual(['b', 'a']);
	});

	test('is not the task with another marker where one with its own is recorded with it as well', async () => {
		const tasks = [listed('a', 1), listed('b', 2)];
		const given = { pairs: ['cat a', 'cat b'] };
		expect(await matched([recorded('cat', 'request', 2)], tasks, given)).toEqual(['b']);
	});

	test.each<[string, number, number, unknown[]]>([
		['20,000', 100, 200, ['task-0']],
		['more than 20,000', 100, 201, [[]]],
	])(
		'is looked for among tasks with another marker in %s pairs of create and task',
		async (_pairs, creates, tasks, expected) => {
			const many = Array.from({ length: creates }, (_, index) =>
				recorded(`cat ${index}`, 'request', 1_000 + index),
			);
			const list = Array.from({ length: tasks }, (_, index) => listed(`task-${index}`, 1));
			const given = { pairs: ['cat 0 task-0'], markers: ['cat 0 1000'] };
			expect((await matched(many, list, given)).slice(0, 1)).toEqual(expected);
		},
	);

	test('that has its task does not count among those pairs', async () => {
		const tasks = [
			listed('a', 2),
			...Array.from({ length: 19_999 }, (_, one) => listed(`t-${one}`, 1)),
		];
		const creates = [recorded('cat', 'request', 2), recorded('dog', 'request', 3)];
		const given = { pairs: ['cat a', 'dog t-5'] };
		expect(await matched(creates, tasks, given)).toEqual(['a', 't-5']);
	});

	test('has candidates where tasks do not show whether they carry it', async () => {
		const given = { markers: ['cat 2'] };
		const tasks = [listed('a'), listed('b', 1)];
		expect(await matched([recorded('cat', 'request', 2)], tasks, given)).toEqual([['a']]);
	});
});

describe('a create that is known by its row alone', () => {
	test('is the task that is recorded with it, whatever marker that shows', async () => {
		const tasks = [listed('a', 1), listed('b', 9)];
		expect(await matched([recorded('cat', 'row', 2)], tasks, { pairs: ['cat b'] })).toEqual(['b']);
	});

	test('is the task that shows the marker that was recorded with the row', async () => {
		const tasks = [listed('a', 1), listed('b', 9), listed('c')];
		const given = { markers: ['row cat 9'] };
		expect(await matched([recorded('cat', 'row', 2)], tasks, given)).toEqual(['b']);
	});

	test('is not the task with the marker that it would have now: that is a mere candidate', async () => {
		const given = { markers: ['cat 2'] };
		expect(await matched([recorded('cat', 'row', 2)], [listed('a', 2)], given)).toEqual([['a']]);
	});

	test('has candidates where tasks do not show a marker', async () => {
		const given = { markers: ['row cat 9'] };
		expect(await matched([recorded('cat', 'row', 2)], [listed('a')], given)).toEqual([['a']]);
	});

	test('is looked for by the values that tasks show, of whatever time, and by none but of its member', async () => {
		const { texts, asked } = database();
		const other = taskOf('d', 'queued', { raw: { safety_identifier: 'n8n-1' } });
		const tasks = [listed('a', 1), listed('b', {}), listed('c', 'x'), other];
		await match([recorded('cat', 'row', 2)], listOf([...tasks, listed('e', 5, -70_000)]), texts);
		expect(asked.filter((text) => text.startsWith('marker'))).toEqual([
			'marker row cat execution_expires_after 1',
			'marker row cat execution_expires_after x',
			'marker row cat execution_expires_after 5',
		]);
	});
});

describe('several creates', () => {
	test('have their own task each: what is recorded with one is no candidate for another', async () => {
		const creates = [recorded('cat', 'request', 2), lost(3), lost(2)];
		const tasks = [listed('a', 2), listed('b', 3), listed('c')];
		expect(await matched(creates, tasks, { pairs: ['cat a'] })).toEqual(['a', 'b', ['c']]);
	});

	test('of which none is listed have no candidates', async () => {
		expect(await matched([lost(2), recorded('cat', 'request', 3)], [])).toEqual([[], []]);
		expect(await matched([], [listed('a', 2)])).toEqual([]);
	});
});

describe('a task that carries the marker of a create, and is recorded with another one', () => {
	test('is not its task, nor a candidate', async () => {
		const tasks = [listed('cgt-1', 5)];
		expect(await matched([lost(5)], tasks, { taken: ['cgt-1'] })).toEqual([[]]);
		const ofEarlierProcess = recorded('cat', 'request', 5);
		const given = { markers: ['cat 5'], taken: ['cgt-1'] };
		expect(await matched([ofEarlierProcess], tasks, given)).toEqual([[]]);
	});

	test('does not hide the one that is', async () => {
		const tasks = [listed('cgt-1', 5), listed('cgt-2', 5)];
		expect(await matched([lost(5)], tasks, { taken: ['cgt-1'] })).toEqual(['cgt-2']);
	});

	test('is its task when it is recorded with this one as well', async () => {
		const given = { pairs: ['cat cgt-1'], taken: ['cgt-1'] };
		const tasks = [listed('cgt-1', 5)];
		expect(await matched([recorded('cat', 'request', 5)], tasks, given)).toEqual(['cgt-1']);
	});
});
