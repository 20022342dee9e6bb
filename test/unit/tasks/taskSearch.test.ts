import { createPace } from '../../../nodes/Seedance/n8n/pace';
import type { TaskPage } from '../../../nodes/Seedance/n8n/taskApi';
import type { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import type { Page } from '../../../nodes/Seedance/seedance/wire/official';
import type { Marker } from '../../../nodes/Seedance/tasks/marker';
import type { OwnedTask } from '../../../nodes/Seedance/tasks/taskListing';
import type { RecordedTasks, SearchedCreate } from '../../../nodes/Seedance/tasks/taskMatch';
import { createTaskSearch } from '../../../nodes/Seedance/tasks/taskSearch';
import { endingOf, FakeClock, flush, startedAtMs } from '../fakeClock';
import { failureOf, forbidden, notFound as notFoundFailure, taskOf, unavailable } from '../given';

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

/** A task of another item of the run, with its marker; created this long after the clock's start, or before this run. */
/** A task that this run has created, or not; its answer took no time unless the test says so. */
const ownedTask = (marker?: Marker, sentMs?: number, answeredMs = sentMs): OwnedTask => {
	if (sentMs === undefined || answeredMs === undefined) return { marker, created: undefined };
	const created = { sentAtMs: startedAtMs + sentMs, answeredAtMs: startedAtMs + answeredMs };
	return { marker, created };
};

/** The searches of a run in a list that the test fills; a failure is what the list answers instead. */
function searchRun() {
	const clock = new FakeClock();
	const list: Task[] = [];
	const owned = new Map<string, OwnedTask>();
	const asked: Array<{ readonly atMs: number; readonly pageNumber: number }> = [];
	const given = {
		failure: undefined as SeedanceFailure | undefined,
		pageSize: 100,
		knowsPages: true,
		/** Entries on each page that cannot be read. */
		unreadable: 0,
		/** How far the provider's clock is ahead; undefined where it does not say. */
		aheadMs: undefined as number | undefined,
		/** Runs while a page is read. */
		onPage: (async () => {}) as (pageNumber: number) => Promise<void>,
	};
	// As of the task calls of a run.
	const turn = createPace(clock, 1_000);
	const api = {
		async listTasks({ pageNumber, pageSize }: Page): Promise<TaskPage> {
			await turn();
			asked.push({ atMs: clock.monotonicMs(), pageNumber });
			expect(pageSize).toBe(100);
			await given.onPage(pageNumber);
			if (given.failure !== undefined) throw given.failure;
			const end = (given.knowsPages ? pageNumber : 1) * given.pageSize;
			const { aheadMs, unreadable } = given;
			const tasks = list.slice(end - given.pageSize, end);
			return {
				...{ tasks, count: tasks.length + unreadable, hasMore: end < list.length },
				total: given.knowsPages ? list.length : tasks.length,
				answeredAtMs: aheadMs === undefined ? undefined : clock.now() + aheadMs,
			};
		},
	};
	const recorded: RecordedTasks = {
		recordedPairs: async () => [],
		recordedMarkers: async () => [],
		takenTasks: async () => new Set<string>(),
	};
	const search = createTaskSearch(clock, api, recorded, owned);
	const find = (create: SearchedCreate, searchMs: number, firstPauseMs = 0) =>
		endingOf(clock, search.find(create, searchMs, firstPauseMs));
	const askedAtMs = () => asked.map(({ atMs }) => atMs);
	const pages = () => asked.map(({ pageNumber }) => pageNumber);
	return { clock, list, owned, asked, given, find, askedAtMs, pages };
}

/** Where another item's task shows its marker, a list is known to show markers. */
function showMarkers({ list, owned }: ReturnType<typeof searchRun>): void {
	list.push(marked('own', 9));
	owned.set('own', ownedTask({ field, value: 9 }));
}

const notFound = { search: 'notFound', candidates: [] };
const notPossible = (searchFailure: string, candidates: readonly string[] = []) => ({
	...{ search: 'notPossible', candidates, searchFailure },
});

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

	test('that may last no time asks once', async () => {
		const { clock, find, askedAtMs } = searchRun();
		await clock.advance(10 * minuteMs);
		const ending = find(lost(2), 0);
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
			find(lost(value), 2 * minuteMs, 2_000);
			await clock.advance(100);
		}
		await clock.advance(10 * minuteMs);
		const gaps = askedAtMs().map((atMs, index) => atMs - (askedAtMs()[index - 1] ?? -1_000));
		expect(Math.min(...gaps)).toBe(1_000);
		expect(askedAtMs().length).toBeLessThan(50);
	});

	test('of which one begins during a long pause of the others: it is not late', async () => {
		const { clock, find, askedAtMs } = searchRun();
		find(lost(1), 2 * minuteMs, 2_000);
		await clock.advance(40_000);
		find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(10_000);
		expect(askedAtMs()).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 42_000, 44_000, 48_000]);
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
	/** The pages that are read of a list with tasks of these ages, two on a page. */
	async function pagesOf(agesMs: readonly number[], aheadMs?: number) {
		const run = searchRun();
		run.given.pageSize = 2;
		run.given.aheadMs = aheadMs;
		agesMs.forEach((ageMs, index) => run.list.push(marked(`t-${index}`, undefined, -ageMs)));
		const ending = run.find(lost(2), 0);
		await run.clock.advance(10 * minuteMs);
		return { ...run, ending };
	}

	test('is read page by page, one a second, until a page ends before every search', async () => {
		const ages = [0, 10_000, minuteMs, minuteMs, 0, minuteMs + 1, 2 * minuteMs, 3 * minuteMs];
		const { asked, ending } = await pagesOf(ages);
		expect(asked).toEqual([
			{ atMs: 1_000, pageNumber: 1 },
			{ atMs: 2_000, pageNumber: 2 },
			{ atMs: 3_000, pageNumber: 3 },
		]);
		const value = { search: 'several', candidates: ['t-0', 't-1', 't-2', 't-3', 't-4'] };
		expect(ending).toEqual({ value, atMs: 3_000 });
	});

	test('that is not sorted with the newest first is read to its end', async () => {
		const { ending, pages } = await pagesOf([5 * minuteMs, 4 * minuteMs, 3 * minuteMs, 0]);
		expect(pages()).toEqual([1, 2]);
		expect(ending.value).toEqual({ search: 'several', candidates: ['t-3'] });
	});

	test.each<[string, number | undefined, number]>([
		['is not known', undefined, 60_000],
		['is ahead by 10 s', 10_000, 70_000],
		['is behind by 10 s', -10_000, 70_000],
		['is ahead by half an hour', 1_800_000, 1_860_000],
		['is ahead by a day', 86_400_000, 3_660_000],
	])('of a provider whose clock %s counts tasks that are older', async (_name, aheadMs, ageMs) => {
		const { ending } = await pagesOf([0, ageMs, ageMs + 1], aheadMs);
		expect(ending.value).toEqual({ search: 'several', candidates: ['t-0', 't-1'] });
	});

	test('of a gateway that does not know pages is not read for ever: not possible', async () => {
		const { clock, given, find, pages, list } = searchRun();
		given.pageSize = 1;
		list.push(marked('a', 1), marked('b', 1));
		given.knowsPages = false;
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(pages()).toEqual([1, 2]);
		expect(ending).toEqual({ value: notPossible('it is not complete', ['a']), atMs: 2_000 });
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

	test('whose pages are slow and never end is read for 150 s: the search is not possible', async () => {
		const { clock, list, given, find } = searchRun();
		list.push(...Array.from({ length: 20_000 }, (_, index) => marked(`t${index}`, 1)));
		given.onPage = async () => await clock.sleep(25_000);
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(15 * minuteMs);
		expect(ending.value).toMatchObject({ search: 'notPossible' });
		expect(ending.atMs).toBeLessThanOrEqual(6 * minuteMs);
	});

	test('with more than a hundred pages is too long: the search is not possible', async () => {
		const { clock, list, given, find, pages } = searchRun();
		given.pageSize = 1;
		for (let index = 0; index < 101; index++) list.push(marked(`t-${index}`, 1));
		const ending = find(lost(2), 0);
		await clock.advance(10 * minuteMs);
		expect(pages()).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
		expect(ending).toEqual({
			value: notPossible(
				'it is not complete',
				list.slice(0, 100).map(({ taskId }) => taskId),
			),
			atMs: 100_000,
		});
	});

	test('that is too long is read again until the end of the search: it may become shorter', async () => {
		const { clock, list, given, find, pages } = searchRun();
		given.pageSize = 1;
		for (let index = 0; index < 101; index++) list.push(marked(`t-${index}`, 1));
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(100_000);
		expect(pages()).toHaveLength(100);
		expect(ending).toEqual({});
		list.splice(0, 101, marked('b', 2));
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: { task: list[0] }, atMs: 102_000 });
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
		const reason = 'The provider answered with HTTP status 503';
		expect(ending).toEqual({ value: notPossible(reason), atMs: 180_000 });
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

	test('for good is asked again until a minute after the end of each search, with the candidates so far', async () => {
		const { clock, list, given, find, askedAtMs } = searchRun();
		list.push(marked('a', undefined));
		const endings = [find(lost(1), 2 * minuteMs, 2_000), find(lost(2), minuteMs, 50_000)];
		await clock.advance(3_000);
		given.failure = forbidden();
		await clock.advance(10 * minuteMs);
		const value = {
			...notPossible('The account is not allowed to do this'),
			candidates: ['a'],
		};
		expect(endings).toEqual([
			{ value, atMs: 180_000 },
			{ value, atMs: 120_000 },
		]);
		expect(askedAtMs()).toEqual([
			...[2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 90_000, 120_000, 150_000, 180_000],
		]);
	});

	test('for good for a moment alone: the task is found', async () => {
		const { clock, list, given, find } = searchRun();
		list.push(marked('b', 2));
		given.failure = notFoundFailure();
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(3_000);
		given.failure = undefined;
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: { task: list[0] }, atMs: 4_000 });
	});

	test('because there is none ends every search at once, and a later one asks again', async () => {
		const { clock, given, find, askedAtMs } = searchRun();
		given.failure = failureOf({ kind: 'taskListNotSupported', values: { host: 'h.example' } });
		const endings = [find(lost(1), 2 * minuteMs, 2_000), find(lost(2), 2 * minuteMs, 50_000)];
		await clock.advance(5_000);
		const value = notPossible('h.example has no list of tasks');
		expect(endings).toEqual([
			{ value, atMs: 2_000 },
			{ value, atMs: 2_000 },
		]);
		given.failure = undefined;
		void find(lost(3), 2 * minuteMs, 2_000);
		await clock.advance(5_000);
		expect(askedAtMs()).toEqual([2_000, 7_000, 9_000]);
	});

	test('for good in a search that may last no time is asked for a minute', async () => {
		const { clock, given, find, askedAtMs } = searchRun();
		given.failure = forbidden();
		const ending = find(lost(2), 0);
		await clock.advance(10 * minuteMs);
		const reason = 'The account is not allowed to do this';
		expect(ending).toEqual({ value: notPossible(reason), atMs: 61_000 });
		expect(askedAtMs()).toEqual([1_000, 3_000, 7_000, 15_000, 31_000, 61_000]);
	});

	test('for a while in a search that may last no time is asked for a minute', async () => {
		const { clock, given, find, askedAtMs } = searchRun();
		given.failure = unavailable();
		const ending = find(lost(2), 0);
		await clock.advance(10 * minuteMs);
		const reason = 'The provider answered with HTTP status 503';
		expect(ending).toEqual({ value: notPossible(reason), atMs: 61_000 });
		expect(askedAtMs()).toEqual([1_000, 3_000, 7_000, 15_000, 31_000, 61_000]);
	});

	test('because of a bug ends each search a minute after its end: not possible', async () => {
		const { clock, given, find } = searchRun();
		given.onPage = async () => await Promise.reject(new TypeError('a bug'));
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(10 * minuteMs);
		expect(ending).toEqual({ value: notPossible('a bug'), atMs: 180_000 });
	});
});

describe('a list with entries that cannot be read', () => {
	test('is not whole: the search is not possible, although another task is listed', async () => {
		const run = searchRun();
		showMarkers(run);
		const { clock, given, find, askedAtMs } = run;
		given.unreadable = 1;
		const ending = find(lost(2), minuteMs, 2_000);
		await clock.advance(10 * minuteMs);
		expect(ending).toEqual({ value: notPossible('it is not complete'), atMs: 60_000 });
		expect(askedAtMs()).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
	});

	test('shows a task all the same', async () => {
		const { clock, list, given, find } = searchRun();
		list.push(marked('b', 2));
		given.unreadable = 1;
		const ending = find(lost(2), 2 * minuteMs, 2_000);
		await clock.advance(3_000);
		expect(ending).toEqual({ value: { task: list[0] }, atMs: 2_000 });
	});
});

describe('a list that lacks a task of the run', () => {
	const lacking = notPossible('it is not complete');

	test('created before the search began cannot say "not found"', async () => {
		const run = searchRun();
		const { clock, owned, find, askedAtMs } = run;
		owned.set('own', ownedTask({ field, value: 9 }, 0));
		const ending = find(lost(2), minuteMs, 2_000);
		await clock.advance(10 * minuteMs);
		expect(ending).toEqual({ value: lacking, atMs: 60_000 });
		expect(askedAtMs()).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
	});

	test.each<[string, number | undefined, object]>([
		['when the search began', 5_000, lacking],
		['after the search began', 5_001, notFound],
		['when the oldest create was sent', 0, lacking],
		['before the part of the list that is read', -1, notFound],
		['by an earlier process', undefined, notFound],
	])('created %s', async (_when, createdAtMs, value) => {
		const { clock, owned, find } = searchRun();
		await clock.advance(5_000);
		owned.set('own', ownedTask(undefined, createdAtMs));
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value, atMs: 6_000 });
	});

	test('whose answer took so long that it is older than what was read says nothing', async () => {
		const run = searchRun();
		showMarkers(run);
		run.owned.set('slow', ownedTask(undefined, -90_000, 0));
		const ending = run.find(lost(2), 0);
		await run.clock.advance(minuteMs);
		expect(ending).toEqual({ value: notFound, atMs: 1_000 });
	});

	test('counts for each search by its own begin', async () => {
		const { clock, owned, find } = searchRun();
		const first = find(lost(1), minuteMs);
		await clock.advance(10_000);
		owned.set('own', ownedTask(undefined, 10_000));
		const second = find(lost(2), 50_000);
		await clock.advance(10 * minuteMs);
		expect([first, second]).toEqual([
			{ value: notFound, atMs: 60_000 },
			{ value: lacking, atMs: 60_000 },
		]);
	});

	test('has the task that is searched for all the same, or its candidates', async () => {
		const { clock, list, owned, find } = searchRun();
		owned.set('own', ownedTask(undefined, 0));
		list.push(marked('b', 2), marked('c', undefined));
		const endings = [find(lost(2), 0), find(lost(3), 0)];
		await clock.advance(minuteMs);
		expect(endings).toEqual([
			{ value: { task: list[0] }, atMs: 1_000 },
			{ value: notPossible('it is not complete', ['b', 'c']), atMs: 1_000 },
		]);
	});

	test('until it shows it: then "not found" counts', async () => {
		const run = searchRun();
		const { clock, list, owned, find } = run;
		owned.set('own', ownedTask({ field, value: 9 }, 0));
		const ending = find(lost(2), minuteMs);
		await clock.advance(30_000);
		list.push(marked('own', 9));
		await clock.advance(10 * minuteMs);
		expect(ending).toEqual({ value: notFound, atMs: 60_000 });
	});
});

test('what cannot be the ID of a task is no candidate, and not found', async () => {
	const { clock, list, find } = searchRun();
	list.push(marked('../a', 2), marked('a b', undefined), marked('', undefined));
	const ending = find(lost(2), 0);
	await clock.advance(minuteMs);
	expect(ending).toEqual({ value: notFound, atMs: 1_000 });
});

describe('a run that is aborted', () => {
	const stoppedValue = notPossible('The execution was stopped');

	test.each(['stop', 'abortRun'] as const)(
		'by %s during a pause ends every search at once: not possible',
		async (how) => {
			const { clock, find, askedAtMs } = searchRun();
			const endings = [find(lost(1), 2 * minuteMs, 2_000), find(lost(2), 2 * minuteMs, 2_000)];
			await clock.advance(2_500);
			clock[how]();
			await flush();
			expect(endings).toEqual(Array(2).fill({ value: stoppedValue, atMs: 2_500 }));
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
		expect(ending).toEqual({ value: stoppedValue, atMs: 1_500 });
	});

	test('before the search begins: not possible, and nothing is asked', async () => {
		const { clock, find, asked } = searchRun();
		clock.stop();
		const ending = find(lost(2), 2 * minuteMs);
		await flush();
		expect(ending).toEqual({ value: stoppedValue, atMs: 0 });
		expect(asked).toEqual([]);
	});
});

describe('a task that another item of the run has', () => {
	test('is not found, and no candidate', async () => {
		const { clock, list, owned, find } = searchRun();
		list.push(marked('a', 2), marked('b', undefined));
		owned.set('a', ownedTask()).set('b', ownedTask());
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(ending).toEqual({ value: notFound, atMs: 1_000 });
	});

	test('since the list was read is not found: the search goes on', async () => {
		const run = searchRun();
		const { clock, list, owned, given, find } = run;
		showMarkers(run);
		given.pageSize = 1;
		list.push(marked('a', 2), marked('b', 1));
		given.onPage = async (pageNumber) => {
			if (pageNumber === 2) owned.set('a', ownedTask());
		};
		const ending = find(lost(2), 2 * minuteMs);
		await clock.advance(10_000);
		expect(ending).toEqual({});
		await clock.advance(10 * minuteMs);
		expect(ending.value).toEqual(notFound);
	});
});

describe('whether a list shows markers', () => {
	/** A search while the tasks of other items show these values, of which each was created with 9. */
	async function searchedBeside(...shown: Array<number | undefined>) {
		const { clock, list, owned, find } = searchRun();
		list.push(marked('other', 1), ...shown.map((value, index) => marked(`own-${index}`, value)));
		shown.forEach((_, index) => owned.set(`own-${index}`, ownedTask({ field, value: 9 })));
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		return ending.value;
	}

	test('is known from a task of the run that shows its own: another task is no candidate then', async () => {
		expect(await searchedBeside(9)).toEqual(notFound);
		expect(await searchedBeside(9, undefined, 9)).toEqual(notFound);
	});

	test.each<[string, ...Array<number | undefined>]>([
		['the run has no task'],
		['a task of the run shows another value', 9, 8],
		['no task of the run shows a value', undefined, undefined],
	])('is not known where %s: any task may be the one', async (_name, ...shown) => {
		expect(await searchedBeside(...shown)).toEqual({ search: 'several', candidates: ['other'] });
	});

	test('is not known from a task whose marker is not known', async () => {
		const { clock, list, owned, find } = searchRun();
		list.push(marked('other', 1), marked('own', 9));
		owned.set('own', ownedTask());
		const ending = find(lost(2), 0);
		await clock.advance(minuteMs);
		expect(ending.value).toEqual({ search: 'several', candidates: ['other'] });
	});
});
