import type { Task } from '../../../nodes/Seedance/seedance/task';
import { endsBefore, taskPages } from '../../../nodes/Seedance/tasks/taskListing';
import { taskApiOf, taskOf } from '../given';

/** A list of tasks, the newest first; before each answer but the first, `change` is called. */
function listOf(ids: string[], change: (request: number) => void, counts = true) {
	const asked: number[] = [];
	const api = taskApiOf({
		listTasks: async ({ pageNumber, pageSize }) => {
			if (asked.push(pageNumber) > 1) change(asked.length);
			const first = (pageNumber - 1) * pageSize;
			const tasks = ids.slice(first, first + pageSize).map((id) => taskOf(id, 'running'));
			const total = counts ? ids.length : undefined;
			const hasMore = first + pageSize < ids.length;
			return { tasks, count: tasks.length, total, hasMore, answeredAtMs: undefined };
		},
	});
	return { api, asked };
}

async function readAll(
	api: Parameters<typeof taskPages>[0],
	isPast: (tasks: readonly Task[]) => boolean = () => false,
	maxPages = 20,
): Promise<ReadonlySet<string>> {
	const read = new Set<string>();
	for await (const page of taskPages(api, { maxPages, isPast })) {
		for (const { taskId } of page.tasks) read.add(taskId);
	}
	return read;
}

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);

test('pages are read one after the other, to the end', async () => {
	const { api, asked } = listOf(idsOf(250), () => {});
	expect((await readAll(api)).size).toBe(250);
	expect(asked).toEqual([1, 2, 3]);
});

test('a create in between does not skip an entry', async () => {
	const ids = idsOf(250);
	const { api, asked } = listOf(ids, (request) => ids.unshift(`new${request}`));
	const read = await readAll(api);
	expect(idsOf(250).filter((id) => !read.has(id))).toEqual([]);
	expect(asked).toEqual([1, 2, 3]);
});

test.each([
	['on the first page', 10],
	['at the end of the first page', 99],
])(
	'after a removal %s, that page is read again, and what moved to it is seen',
	async (_, index) => {
		const ids = idsOf(250);
		const { api, asked } = listOf(ids, (request) => {
			if (request === 2) ids.splice(index, 1);
		});
		const read = await readAll(api);
		expect(ids.filter((id) => !read.has(id))).toEqual([]);
		expect(asked).toEqual([1, 2, 1, 2, 3]);
	},
);

test('a removal is noticed on the last page too, and on the page where the reading would end', async () => {
	const ids = idsOf(150);
	const { api } = listOf(ids, (request) => {
		if (request === 2) ids.splice(0, 60);
	});
	const read = await readAll(api, (tasks) => tasks.some(({ taskId }) => taskId === 't140'));
	expect(ids.filter((id) => !read.has(id))).toEqual([]);
});

test('where the list is shorter each time, the reading ends after the maximum of pages', async () => {
	const ids = idsOf(2_000);
	const { api, asked } = listOf(ids, () => ids.splice(0, 1));
	await readAll(api);
	expect(asked).toHaveLength(20);
});

test('a host whose total is smaller on each page is read to the end', async () => {
	const { api } = listOf(idsOf(450), () => {});
	const asked: number[] = [];
	const shrinking = taskApiOf({
		listTasks: async (page) => {
			asked.push(page.pageNumber);
			return { ...(await api.listTasks(page)), total: 5_000 - page.pageNumber };
		},
	});
	expect((await readAll(shrinking, () => false, 500)).size).toBe(450);
	expect(asked.length).toBeLessThan(30);
});

test.each([
	[[90, 80, 80, 70], true],
	[[90, 120, 80, 70], false],
	[[90, 60, 80, 70], false],
	[[120, 110, 100], false],
])('a page with tasks created at %j is the last before 100, in order: %s', (times, expected) => {
	const tasks = times.map((createdAtMs) => taskOf(`t${createdAtMs}`, 'running', { createdAtMs }));
	expect(endsBefore(tasks, 100)).toBe(expected);
});

test('a host that does not know pages is asked twice; one that does not count is not read again', async () => {
	const one = taskApiOf({
		listTasks: async () => {
			const tasks = idsOf(100).map((id) => taskOf(id, 'running'));
			return { tasks, count: 100, total: undefined, hasMore: true, answeredAtMs: undefined };
		},
	});
	expect((await readAll(one)).size).toBe(100);
	const ids = idsOf(250);
	const { api, asked } = listOf(ids, () => ids.splice(0, 1), false);
	await readAll(api);
	expect(asked).toEqual([1, 2, 3]);
});
