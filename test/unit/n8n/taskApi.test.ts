import { createTaskApi } from '../../../nodes/Seedance/n8n/taskApi';
import { TaskIds } from '../../../nodes/Seedance/n8n/taskIds';
import { connect } from '../../../nodes/Seedance/panel/credential';
import type { CreateRequest } from '../../../nodes/Seedance/seedance/request';
import { endingOf, FakeClock } from '../fakeClock';
import { unavailable } from '../given';

const connection = connect({ provider: 'bytePlus', apiKey: 'a-key' });

/** A page as `listTasks` reads it from an answer. */
async function pageOf(body: object, pageNumber = 1, pageSize = 100) {
	const answer = { body, httpStatus: 200, requestId: undefined, answeredAtMs: 5 };
	const api = createTaskApi(async () => answer, new FakeClock(), connection);
	return await api.listTasks({ pageNumber, pageSize });
}

const entries = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ id: `cgt-${index}`, status: 'queued' }));

test('a page says how many entries it has and how many there are in all', async () => {
	const items = [...entries(2), { neither: 'an ID', nor: 'a status' }];
	expect(await pageOf({ items, total: 3 })).toMatchObject({
		...{ count: 3, total: 3, hasMore: false, answeredAtMs: 5 },
		tasks: [{ taskId: 'cgt-0' }, { taskId: 'cgt-1' }],
	});
	expect(await pageOf({ items })).toMatchObject({ count: 3, total: undefined });
});

describe('where the page size is honored', () => {
	test.each([
		['a full page', 1, 100, 207, true],
		['a full page in the middle', 2, 100, 207, true],
		['the last page', 3, 7, 207, false],
		['a last page that is full', 2, 100, 200, false],
		['the only page', 1, 7, 7, false],
		['an empty list', 1, 0, 0, false],
		['a page behind the last, whose tasks were deleted meanwhile', 4, 0, 207, false],
		['an empty page, whatever the total', 1, 0, 7, false],
		['a full page of a host whose total may be that of the page', 1, 100, 100, true],
		['a full page with more tasks before it than the total', 3, 100, 150, true],
	])('%s: page %i with %i of %i', async (_, pageNumber, count, total, hasMore) => {
		expect((await pageOf({ items: entries(count), total }, pageNumber)).hasMore).toBe(hasMore);
	});
});

describe('where the host caps the page size', () => {
	test.each([
		['the first page', 1, 3, 6, true],
		['the last page', 2, 3, 6, false],
		['a page in the middle', 2, 50, 120, true],
		['a page behind the last of the size that was asked for', 4, 3, 250, true],
	])('%s: page %i with %i of %i', async (_, pageNumber, count, total, hasMore) => {
		expect((await pageOf({ items: entries(count), total }, pageNumber)).hasMore).toBe(hasMore);
	});
});

test.each([
	[100, true],
	[99, false],
	[0, false],
])('without a total, a page of %i of 100 has more: %s', async (count, hasMore) => {
	expect((await pageOf({ items: entries(count) })).hasMore).toBe(hasMore);
});

test('lists begin a second after one another, whoever asks for them, and also when one is repeated', async () => {
	const clock = new FakeClock();
	const askedAtMs: number[] = [];
	const api = createTaskApi(
		async () => {
			askedAtMs.push(clock.monotonicMs());
			if (askedAtMs.length === 1) throw unavailable();
			return { body: { items: [] }, httpStatus: 200, requestId: undefined, answeredAtMs: 5 };
		},
		clock,
		connection,
	);
	void api.listTasks({ pageNumber: 1, pageSize: 100 });
	void api.pollTasks(['cgt-1'], 9_000);
	void api.listTasks({ pageNumber: 1, pageSize: 100 });
	await clock.advance(60_000);
	expect(askedAtMs).toEqual([0, 1_000, 2_000, 3_000]);
});

describe('whose task an answer is', () => {
	/** The calls of a run that are answered with these bodies in turn; the last one is repeated. */
	function answered(...bodies: object[]) {
		const clock = new FakeClock();
		const send = async () => {
			const body = (bodies.length > 1 ? bodies.shift() : bodies[0]) ?? {};
			return { body, httpStatus: 200, requestId: undefined, answeredAtMs: 5 };
		};
		const taskIds = new TaskIds();
		const api = createTaskApi(send, clock, connection, taskIds);
		const afterStop = createTaskApi(send, clock, connection, taskIds);
		const request = { model: 'm', media: [], wireFields: {}, extraBody: {} };
		const create = async () => await api.createTask(request as unknown as CreateRequest);
		return { clock, api, afterStop, create };
	}
	const taskWith = (members: object) => ({ status: 'running', ...members });

	test('a create that is answered with the task of another create has an unknown outcome', async () => {
		const { create } = answered({ id: 'cgt-1' }, { id: 'cgt-1' }, { id: 'cgt-2' });
		expect(await create()).toBe('cgt-1');
		const repeated = { kind: 'answerUnreadable', outcomeUnknown: true };
		await expect(create()).rejects.toMatchObject(repeated);
		expect(await create()).toBe('cgt-2');
	});

	test('a create that is answered with a task that is asked for has an unknown outcome', async () => {
		const { api, create } = answered({ items: [] }, taskWith({ id: 'up-2' }), { id: 'cgt-1' });
		await api.pollTasks(['cgt-1'], 9_000);
		await api.pollTask('cgt-2', 9_000);
		await expect(create()).rejects.toMatchObject({ outcomeUnknown: true });
	});

	test('a task may have another ID at a gateway', async () => {
		const { api } = answered(taskWith({ id: 'up-1' }), taskWith({ id: 'up-2' }));
		expect(await api.pollTask('cgt-1', 9_000)).toMatchObject({ taskId: 'cgt-1' });
		expect(await api.pollTask('cgt-1', 9_000)).toMatchObject({ taskId: 'cgt-1' });
	});

	test('an answer with the ID of the request in either member is that of its task', async () => {
		const body = taskWith({ id: 'up-1', task_id: 'cgt-1' });
		const { api } = answered(body, taskWith({ id: 'cgt-1', task_id: 'up-1' }), body);
		for (let times = 0; times < 3; times++) {
			expect(await api.pollTask('cgt-1', 9_000)).toMatchObject({ taskId: 'cgt-1' });
		}
	});

	test('a task that another item has is no answer, also after a stop', async () => {
		const { clock, api, afterStop, create } = answered({ id: 'cgt-1' }, taskWith({ id: 'cgt-1' }));
		await create();
		const foreign = { kind: 'answerUnreadable', taskId: 'cgt-2', outcomeUnknown: false };
		await expect(api.pollTask('cgt-2', 9_000)).rejects.toMatchObject(foreign);
		await expect(afterStop.pollTask('cgt-2', 9_000)).rejects.toMatchObject(foreign);
		const read = endingOf(clock, api.readTask('cgt-2'));
		await clock.advance(600_000);
		expect(read.failure).toMatchObject(foreign);
	});

	test('another ID is no answer once the task was answered with its own', async () => {
		const { api } = answered(
			taskWith({ id: 'cgt-1' }),
			taskWith({ id: 'cgt-9' }),
			taskWith({}),
			taskWith({ id: 'cgt-1' }),
		);
		await api.pollTask('cgt-1', 9_000);
		await expect(api.pollTask('cgt-1', 9_000)).rejects.toMatchObject({ kind: 'answerUnreadable' });
		expect(await api.pollTask('cgt-1', 9_000)).toMatchObject({ status: 'running' });
		expect(await api.pollTask('cgt-1', 9_000)).toMatchObject({ status: 'running' });
	});
});
