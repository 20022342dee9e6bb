import { countLooks, detectionOf, mostWithin, type SeenRequest } from './looks';

const get = (at: number, path: string, ids: readonly string[] = [], status = 200): SeenRequest => ({
	at,
	method: 'GET',
	path: `/api/v3/contents/generations${path}`,
	query: new URLSearchParams(ids.map((id): [string, string] => ['filter.task_ids', id])),
	status,
});
const tasks = [
	{ id: 'a', endedMs: 50 },
	{ id: 'b', endedMs: 90 },
	{ id: 'c', endedMs: undefined },
];

test('lists and reads are counted, and the first read of a task that a list showed as finished', () => {
	const requests = [
		get(10, '/tasks', ['a', 'b', 'c']),
		get(55, '/tasks/a'),
		get(95, '/tasks', ['b', 'c']),
		get(96, '/tasks/b'),
		get(97, '/tasks/b'),
		{ ...get(102, '/tasks'), method: 'POST' },
		get(103, '/tos/a.mp4'),
	];
	expect(countLooks(requests, tasks)).toEqual({
		listsAtMs: [10, 95],
		readsAtMs: [55, 96, 97],
		readsOfFinished: 1,
		tasksPerList: [3, 2],
		throttledAtMs: [],
	});
});

test('a request that was refused counts for the account, and shows nothing', () => {
	const requests = [
		get(60, '/tasks', ['a', 'b'], 429),
		get(61, '/tasks/a', [], 429),
		get(70, '/tasks/a'),
		{ ...get(80, '/tasks', [], 429), method: 'POST' },
	];
	expect(countLooks(requests, tasks)).toEqual({
		listsAtMs: [60],
		readsAtMs: [61, 70],
		readsOfFinished: 0,
		tasksPerList: [2],
		throttledAtMs: [60, 61, 80],
	});
	expect(detectionOf(requests, { id: 'a', endedMs: 50 })).toEqual({ delayMs: 20, polls: 3 });
});

test.each<[readonly number[], number]>([
	[[], 0],
	[[5], 1],
	[[0, 999], 2],
	[[0, 1_000], 1],
	[[0, 600, 1_200, 1_300, 1_599, 3_000], 4],
])('of %j at most %d lie within one second', (atMs, most) => {
	expect(mostWithin(1_000, atMs)).toBe(most);
});

test('the end of a task is noticed by the first request that could see it, its own or a list', () => {
	const requests = [get(10, '/tasks/a'), get(40, '/tasks/b'), get(57, '/tasks', ['a', 'b'])];
	expect(detectionOf(requests, { id: 'a', endedMs: 50 })).toEqual({ delayMs: 7, polls: 2 });
	expect(detectionOf(requests, { id: 'b', endedMs: 90 })).toBeUndefined();
	expect(detectionOf(requests, { id: 'c', endedMs: undefined })).toBeUndefined();
});
