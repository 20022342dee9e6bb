import type { TaskPage } from '../../../nodes/Seedance/n8n/taskApi';
import type { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import type { Page } from '../../../nodes/Seedance/seedance/wire/official';
import type { RecordedTasks, SearchedCreate } from '../../../nodes/Seedance/tasks/taskMatch';
import { createTaskSearch } from '../../../nodes/Seedance/tasks/taskSearch';
import { endingOf, FakeClock, flush, startedAtMs } from '../fakeClock';
import { forbidden, taskOf, unavailable } from '../given';

const minuteMs = 60_000;
const field = 'execution_expires_after';

/** A task that carries this marker; it was created this long after the clock's start. */
const marked = (taskId: string, value: number | undefined, atMs = 0): Task =>
	taskOf(taskId, 'queued', {
		raw: { id: taskId, [field]: value },
		createdAtMs: startedAtMs + atMs,
	});

/** A create that this process has lost at the start of the clock, with this marker. */
const lost = (value: number, changes: Partial<SearchedCreate> = {}): SearchedCreate => ({
	...{ sinceMs: startedAtMs, beforeMs: startedAtMs },
	...{ markers: [{ field, value }], recorded: undefined },
	...changes,
});

/** The searches of a run in a list that the test fills; a failure is what the list answers instead. */
function searchRun() {
	const clock = new FakeClock();
	const list: Task[] = [];
	const taken = new Set<string>();
	const asked: Array<{ readonly atMs: number; readonly pageNumber: number }> = [];
	const given = {
		failure: undefined as SeedanceFailure | undefined,
		pageSize: 100,
		/** Runs while a page is read. */
		onPage: (async () => {}) as (pageNumber: number) => Promise<void>,
	};
	const api = {
		async listTasks({ pageNumber, pageSize }: Page): Promise<TaskPage> {
			asked.push({ atMs: clock.monotonicMs(), pageNumber });
			expect(pageSize).toBe(100);
			await given.onPage(pageNumber);
			if (given.failure !== undefined) throw given.failure;
			const end = pageNumber * given.pageSize;
			return { tasks: list.slice(end - given.pageSize, end), hasMore: end < list.length };
		},
	};
	const recorded: RecordedTasks = {
		recordedPairs: async () => [],
		recordedMarkers: async () => [],
	};
	const search = createTaskSearch(clock, api, recorded, (taskId) => taken.has(taskId));
	/** Searches until this long after the clock's start. */
	const find = (create: SearchedCreate, untilMs: number, firstPauseMs = 0) =>
		endingOf(clock, search.find(create, startedAtMs + untilMs, firstPauseMs));
	const askedAtMs = () => asked.map(({ atMs }) => atMs);
	const pages = () => asked.map(({ pageNumber }) => pageNumber);
	return { clock, list, taken, asked, given, find, askedAtMs, pages };
}

const notFound = { search: 'notFound', candidates: [] };
const notPossible = { search: 'notPossible', candidates: [] };

describe('a search', () => {
	test('ends with the first list that has its task', async () => {
		const { clock, list, find, askedAtMs } = searchRun();
		list.push(marked('a', 1), marked('b', 2));
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(10 * minuteMs);
		expect(ending).toEqual({ value: { task: list[1] }, atMs: 2_000 });
		expect(askedAtMs()).toEqual([2_000]);
	});

	test('that need not wait asks a second after its begin: at most one list request a second', async () => {
		const { clock, list, find } = searchRun();
		list.push(marked('b', 2));
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: { task: list[0] }, atMs: 1_000 });
	});

	test('pauses for 2, 4, 8, 16 and 30 s, and asks at its end for the last time', async () => {
		const { clock, find, askedAtMs } = searchRun();
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(10 * minuteMs);
		expect(askedAtMs()).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 62_000, 92_000, 120_000]);
		expect(ending).toEqual({ value: notFound, atMs: 120_000 });
	});

	test('finds a task that is listed as late as at its end', async () => {
		const { clock, list, find } = searchRun();
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(119_999);
		expect(ending).toEqual({});
		list.push(marked('b', 2));
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: { task: list[0] }, atMs: 120_000 });
	});

	test('whose end is over asks once', async () => {
		const { clock, find, askedAtMs } = searchRun();
		await clock.advance(10 * minuteMs);
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(10 * minuteMs);
		expect(ending).toEqual({ value: notFound, atMs: 601_000 });
		expect(askedAtMs()).toEqual([601_000]);
	});

	test('that cannot tell between tasks ends with them at its end, not before', async () => {
		const { clock, list, find } = searchRun();
		list.push(marked('a', undefined), marked('b', undefined));
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(119_999);
		expect(ending).toEqual({});
		await clock.advance(1);
		const value = { search: 'several', candidates: ['a', 'b'] };
		expect(ending).toEqual({ value, atMs: 120_000 });
	});

	test('has the candidates of its last list', async () => {
		const { clock, list, find } = searchRun();
		list.push(marked('a', undefined));
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(minuteMs);
		list.splice(0);
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: notFound, atMs: 120_000 });
	});

	test('begins anew after the searches before it have ended', async () => {
		const { clock, list, find } = searchRun();
		list.push(marked('a', 1), marked('b', 2));
		const first = find(lost(1), 2 * minuteMs);
		await clock.advance(5_000);
		const second = find(lost(2), 2 * minuteMs);
		await clock.advance(5_000);
		expect(first).toEqual({ value: { task: list[0] }, atMs: 1_000 });
		expect(second).toEqual({ value: { task: list[1] }, atMs: 6_000 });
	});
});

describe('several searches', () => {
	test('share each list, also those that are not due yet', async () => {
		const { clock, list, find, askedAtMs } = searchRun();
		list.push(marked('a', 1), marked('b', 2));
		const endings = [1, 2, 3].map((value) => find(lost(value), 2 * minuteMs, value * 1_000));
		await clock.advance(1_000);
		expect(endings).toEqual([
			{ value: { task: list[0] }, atMs: 1_000 },
			{ value: { task: list[1] }, atMs: 1_000 },
			{},
		]);
		expect(askedAtMs()).toEqual([1_000]);
	});

	test('that began at the same time ask no more lists than one', async () => {
		const { clock, find, askedAtMs } = searchRun();
		const endings = Array.from({ length: 50 }, (_, value) =>
			find(lost(value), 2 * minuteMs, 2_000),
		);
		await clock.advance(10 * minuteMs);
		expect(askedAtMs()).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 62_000, 92_000, 120_000]);
		expect(endings).toEqual(Array(50).fill({ value: notFound, atMs: 120_000 }));
	});

	test('that begin one after the other ask at most once a second', async () => {
		const { clock, find, askedAtMs } = searchRun();
		for (let value = 0; value < 100; value++) {
			find(lost(value), 2 * minuteMs + value * 100, 2_000);
			await clock.advance(100);
		}
		await clock.advance(10 * minuteMs);
		const gaps = askedAtMs().map((atMs, index) => atMs - (askedAtMs()[index - 1] ?? -1_000));
		expect(Math.min(...gaps)).toBe(1_000);
		expect(askedAtMs().length).toBeLessThan(50);
	});

	test('end each at its own end', async () => {
		const { clock, find } = searchRun();
		const short = find(lost(1), minuteMs, 2_000);
		const long = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(10 * minuteMs);
		expect(short).toEqual({ value: notFound, atMs: 60_000 });
		expect(long).toEqual({ value: notFound, atMs: 120_000 });
	});

	test('with the same marker: the task belongs to neither, and is a candidate for both', async () => {
		const { clock, list, find } = searchRun();
		list.push(marked('a', 2));
		const endings = [find(lost(2), minuteMs), find(lost(2), minuteMs)];
		await clock.advance(10 * minuteMs);
		const value = { search: 'several', candidates: ['a'] };
		expect(endings).toEqual(Array(2).fill({ value, atMs: 60_000 }));
	});
});

describe('the list', () => {
	test('is read page by page, one a second, until a page is older than every search', async () => {
		const { clock, list, given, find, asked } = searchRun();
		given.pageSize = 2;
		const ages = [
			0,
			-10_000,
			-minuteMs,
			-minuteMs - 1,
			-minuteMs - 2,
			-5 * minuteMs,
			-6 * minuteMs,
		];
		ages.forEach((atMs, index) => list.push(marked(`t-${index}`, undefined, atMs)));
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(asked).toEqual([
			{ atMs: 1_000, pageNumber: 1 },
			{ atMs: 2_000, pageNumber: 2 },
			{ atMs: 3_000, pageNumber: 3 },
		]);
		const value = { search: 'several', candidates: ['t-0', 't-1', 't-2'] };
		expect(ending).toEqual({ value, atMs: 3_000 });
	});

	test('is read as far back as the oldest of the searches needs', async () => {
		const { clock, list, given, find, pages } = searchRun();
		given.pageSize = 1;
		for (let age = 0; age < 6; age++) list.push(marked(`t-${age}`, age, -age * minuteMs));
		const first = find(lost(0), 0);
		const second = find(lost(3, { sinceMs: startedAtMs - 3 * minuteMs }), 0);
		await clock.advance(minuteMs);
		expect(first.value).toEqual({ task: list[0] });
		expect(second.value).toEqual({ task: list[3] });
		expect(pages()).toEqual([1, 2, 3, 4, 5, 6]);
	});

	test('is read to its end where the provider shows no times', async () => {
		const { clock, list, given, find, pages } = searchRun();
		given.pageSize = 1;
		list.push(taskOf('a', 'queued'), taskOf('b', 'queued'), taskOf('c', 'queued'));
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(pages()).toEqual([1, 2, 3]);
		expect(ending.value).toEqual({ search: 'several', candidates: ['a', 'b', 'c'] });
	});

	test('whose pages move while it is read has each task once', async () => {
		const { clock, list, given, find } = searchRun();
		given.pageSize = 2;
		list.push(marked('b', 1), marked('a', 2), marked('z', 1));
		given.onPage = async (pageNumber) => {
			if (pageNumber === 2) list.unshift(marked('c', 1));
		};
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(ending.value).toEqual({ task: list[2] });
	});

	test('that began before the end of a search and is read after it is not its last one', async () => {
		const { clock, list, given, find, pages } = searchRun();
		given.pageSize = 1;
		list.push(marked('a', 1), marked('b', 1), marked('c', 1));
		const ending = find(lost(2), 2_000);
		await clock.advance(3_000);
		expect(pages()).toEqual([1, 2, 3]);
		expect(ending).toEqual({});
		list.push(marked('d', 2));
		await clock.advance(minuteMs);
		expect(ending.value).toEqual({ task: list[3] });
	});

	test('with a hundred pages is too long: the search is not possible', async () => {
		const { clock, list, given, find, pages } = searchRun();
		given.pageSize = 1;
		for (let index = 0; index < 101; index++) list.push(marked(`t-${index}`, 1));
		const ending = find(lost(2), 10 * minuteMs);
		await clock.advance(10 * minuteMs);
		expect(pages()).toHaveLength(100);
		expect(ending).toEqual({ value: notPossible, atMs: 100_000 });
	});

	test('of exactly a hundred pages is read whole', async () => {
		const { clock, list, given, find } = searchRun();
		given.pageSize = 1;
		for (let index = 0; index < 99; index++) list.push(marked(`t-${index}`, 1));
		list.push(marked('b', 2));
		const ending = find(lost(2), 0);
		await clock.advance(10 * minuteMs);
		expect(ending.value).toEqual({ task: list[99] });
	});
});

describe('a list that fails', () => {
	test('for a while is asked again, and the search goes on', async () => {
		const { clock, list, given, find, askedAtMs } = searchRun();
		list.push(marked('b', 2));
		given.failure = unavailable();
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(10_000);
		given.failure = undefined;
		await clock.advance(minuteMs);
		expect(askedAtMs()).toEqual([2_000, 4_000, 8_000, 16_000]);
		expect(ending).toEqual({ value: { task: list[0] }, atMs: 16_000 });
	});

	test('until the end of a search is asked for another minute; then the search is not possible', async () => {
		const { clock, given, find, askedAtMs } = searchRun();
		given.failure = unavailable();
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(10 * minuteMs);
		expect(askedAtMs().slice(-4)).toEqual([92_000, 120_000, 150_000, 180_000]);
		expect(ending).toEqual({ value: notPossible, atMs: 180_000 });
	});

	test('at the end of a search and then works says whether there is a task', async () => {
		const { clock, given, find } = searchRun();
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(100_000);
		given.failure = unavailable();
		await clock.advance(30_000);
		expect(ending).toEqual({});
		given.failure = undefined;
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: notFound, atMs: 150_000 });
	});

	test('for good ends every search at once, with the candidates so far', async () => {
		const { clock, list, given, find, askedAtMs } = searchRun();
		list.push(marked('a', undefined));
		const endings = [find(lost(1), 2 * minuteMs, 2_000), find(lost(2), minuteMs, 50_000)];
		await clock.advance(3_000);
		given.failure = forbidden();
		await clock.advance(minuteMs);
		const value = { search: 'notPossible', candidates: ['a'] };
		expect(endings).toEqual(Array(2).fill({ value, atMs: 4_000 }));
		expect(askedAtMs()).toEqual([2_000, 4_000]);
	});

	test('because of a bug ends every search: not possible', async () => {
		const { clock, given, find } = searchRun();
		given.onPage = async () => await Promise.reject(new TypeError('a bug'));
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: notPossible, atMs: 1_000 });
	});
});

describe('a run that is aborted', () => {
	test.each(['stop', 'abortRun'] as const)(
		'by %s during a pause ends every search at once: not possible',
		async (how) => {
			const { clock, find, askedAtMs } = searchRun();
			const endings = [find(lost(1), 2 * minuteMs, 2_000), find(lost(2), 2 * minuteMs, 2_000)];
			await clock.advance(2_500);
			clock[how]();
			await flush();
			expect(endings).toEqual(Array(2).fill({ value: notPossible, atMs: 2_500 }));
			await clock.advance(10 * minuteMs);
			expect(askedAtMs()).toEqual([2_000]);
		},
	);

	test('between two pages ends the search: not possible', async () => {
		const { clock, list, given, find } = searchRun();
		given.pageSize = 1;
		list.push(marked('a', 1), marked('b', 2));
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(1_500);
		clock.stop();
		await flush();
		expect(ending).toEqual({ value: notPossible, atMs: 1_500 });
	});

	test('before the search begins: not possible, and nothing is asked', async () => {
		const { clock, find, asked } = searchRun();
		clock.stop();
		const ending = find(lost(2), 2 * minuteMs);
		await flush();
		expect(ending).toEqual({ value: notPossible, atMs: 0 });
		expect(asked).toEqual([]);
	});
});

describe('a task that another item of the run has', () => {
	test('is not found, and no candidate', async () => {
		const { clock, list, taken, find } = searchRun();
		list.push(marked('a', 2), marked('b', undefined));
		taken.add('a').add('b');
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: notFound, atMs: 1_000 });
	});

	test('since the list was read is not found: the search goes on', async () => {
		const { clock, list, taken, given, find } = searchRun();
		given.pageSize = 1;
		list.push(marked('a', 2), marked('b', 1));
		given.onPage = async (pageNumber) => {
			if (pageNumber === 2) taken.add('a');
		};
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(10_000);
		expect(ending).toEqual({});
		await clock.advance(10 * minuteMs);
		expect(ending.value).toEqual(notFound);
	});
});
