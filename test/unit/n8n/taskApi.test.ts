import { createTaskApi } from '../../../nodes/Seedance/n8n/taskApi';
import { connect } from '../../../nodes/Seedance/panel/credential';
import { FakeClock } from '../fakeClock';
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
