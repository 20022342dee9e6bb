import { countLooks, detectionOf, type SeenRequest } from './looks';

const get = (at: number, path: string, ids: readonly string[] = []): SeenRequest => ({
	at,
	method: 'GET',
	path: `/api/v3/contents/generations${path}`,
	query: new URLSearchParams(ids.map((id): [string, string] => ['filter.task_ids', id])),
});
const tasks = [
	{ id: 'a', endedMs: 50 },
	{ id: 'b', endedMs: 90 },
	{ id: 'c', endedMs: undefined },
];

test('a list is one poll, and the single read of a task that the list showed as finished is none', () => {
	const requests = [
		get(10, '/tasks', ['a', 'b', 'c']),
		get(60, '/tasks', ['a', 'b', 'c']),
		get(61, '/tasks/a'),
		get(100, '/tasks', ['b', 'c']),
		get(101, '/tasks/b'),
		{ ...get(102, '/tasks'), method: 'POST' },
		get(103, '/tos/a.mp4'),
	];
	expect(countLooks(requests, tasks, 20)).toEqual({
		lists: 3,
		singles: 0,
		readsOfFinished: 2,
		tasksPerList: [3, 3, 2],
		looksPerMoment: [1, 1, 1],
	});
});

test('a request for a task that is running, that no list has shown as finished, or that was read before is a poll', () => {
	const requests = [
		get(10, '/tasks', ['a', 'b']),
		get(11, '/tasks/c'),
		get(55, '/tasks/a'),
		get(95, '/tasks', ['a', 'b']),
		get(96, '/tasks/b'),
		get(97, '/tasks/b'),
	];
	expect(countLooks(requests, tasks, 20)).toEqual({
		lists: 2,
		singles: 3,
		readsOfFinished: 1,
		tasksPerList: [2, 2],
		looksPerMoment: [2, 1, 2],
	});
});

test('the end of a task is noticed by the first request that could see it, its own or a list', () => {
	const requests = [get(10, '/tasks/a'), get(40, '/tasks/b'), get(57, '/tasks', ['a', 'b'])];
	expect(detectionOf(requests, { id: 'a', endedMs: 50 })).toEqual({ delayMs: 7, polls: 2 });
	expect(detectionOf(requests, { id: 'b', endedMs: 90 })).toBeUndefined();
	expect(detectionOf(requests, { id: 'c', endedMs: undefined })).toBeUndefined();
});
