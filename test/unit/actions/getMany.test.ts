import type { ItemOutput } from '../../../nodes/Seedance/actions/operation';
import type { Session } from '../../../nodes/Seedance/actions/session';
import { getManyOperation, listAll } from '../../../nodes/Seedance/actions/video/getMany.operation';
import type { TaskPage } from '../../../nodes/Seedance/n8n/taskApi';
import type { Page } from '../../../nodes/Seedance/seedance/wire/official';
import { connect } from '../../../nodes/Seedance/panel/credential';
import { endingOf, FakeClock } from '../fakeClock';
import { taskApiOf, taskOf } from '../given';

/** A provider whose pages have these ids; `count` and `total` are what it says of them. */
function listRun(
	pageOf: (page: Page) => { ids: readonly string[]; count?: number; total?: number | undefined },
) {
	const clock = new FakeClock();
	const listedAtMs: number[] = [];
	const api = taskApiOf({
		async listTasks(page): Promise<TaskPage> {
			listedAtMs.push(clock.monotonicMs());
			const { ids, count = ids.length, total } = pageOf(page);
			const tasks = ids.map((id) => taskOf(id, 'running'));
			const hasMore = count >= page.pageSize;
			return { tasks, count, total, hasMore, answeredAtMs: undefined };
		},
	});
	const list = (limit = Infinity, taskIds: readonly string[] = []) =>
		endingOf(clock, listAll(api, limit, { taskIds }));
	return { clock, list, listedAtMs };
}

const idsOf = (first: number, count: number) =>
	Array.from({ length: count }, (_, index) => `t${first + index}`);
const aFewMinutesMs = 300_000;

test('every page is asked for, and each task is told once', async () => {
	// What is created in the meantime shifts the pages.
	const { clock, list, listedAtMs } = listRun(({ pageNumber }) => ({
		ids: idsOf((pageNumber - 1) * 90, pageNumber < 4 ? 100 : 7),
		total: 307,
	}));
	const ending = list();
	await clock.advance(aFewMinutesMs);
	expect(ending.value?.map(({ taskId }) => taskId)).toEqual(idsOf(0, 280));
	expect(listedAtMs).toHaveLength(4);
});

test.each([
	['that ignores the number of the page', { ids: idsOf(0, 100), total: 1_000_000 }, 2],
	['that ignores it and does not count', { ids: idsOf(0, 100) }, 2],
	['whose entries cannot be read', { ids: [], count: 100, total: 1_000_000 }, 1],
	['whose entries cannot be read and are not counted', { ids: [], count: 100 }, 1],
	['that counts more than there is', { ids: [], total: 1_000_000 }, 1],
])('a host %s is not asked for ever', async (_name, page, requests) => {
	const { clock, list, listedAtMs } = listRun(() => page);
	const ending = list();
	await clock.advance(aFewMinutesMs);
	expect(ending.value?.map(({ taskId }) => taskId)).toEqual(page.ids);
	expect(listedAtMs).toHaveLength(requests);
});

test('a host that always has new tasks is asked for as many pages as are documented', async () => {
	const { clock, list, listedAtMs } = listRun(({ pageNumber }) => ({
		ids: idsOf(pageNumber * 100, 100),
	}));
	const ending = list();
	await clock.advance(600_000);
	expect(listedAtMs).toHaveLength(500);
	expect(ending.value).toHaveLength(50_000);
});

test('the ids of a filter are asked for a hundred at a time, until there are enough', async () => {
	const { clock, list, listedAtMs } = listRun(() => ({ ids: idsOf(listedAtMs.length * 50, 50) }));
	const ending = list(100, idsOf(0, 350));
	await clock.advance(aFewMinutesMs);
	expect(ending.value).toHaveLength(100);
	expect(listedAtMs).toHaveLength(2);
});

test('items that list the same tasks do not make them all again', async () => {
	const listed = idsOf(0, 500);
	const session = {
		...{ connection: connect({ apiKey: 'k' }), breathe: async () => {} },
		api: taskApiOf({
			async listTasks({ pageNumber, pageSize }): Promise<TaskPage> {
				const ids = listed.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
				const counts = { count: ids.length, total: listed.length };
				const tasks = ids.map((id) => taskOf(id, 'running'));
				return { tasks, ...counts, hasMore: true, answeredAtMs: undefined };
			},
		}),
	} as unknown as Session;
	const items = await getManyOperation.open({
		session,
		itemIndexes: [0, 1, 2],
		parameterOf: (itemIndex) => (name) =>
			({ returnAll: true, filters: {}, simplify: itemIndex > 0 })[name],
		onFailure: (_itemIndex, error) => {
			throw error;
		},
	});
	const outputs: ItemOutput[][] = await Promise.all(items.map(async (item) => await item.run()));
	expect(outputs.flat().length).toBeLessThan(listed.length + 3);
	const returned = getManyOperation.eachOnce(outputs);
	expect(returned.map((ofItem) => ofItem.length)).toEqual([500, 0, 0]);
	expect(returned.flat().map(({ json }) => json['taskId'])).toEqual(listed);
	expect(getManyOperation.hints(outputs.flat())).toHaveLength(1);
	expect(getManyOperation.hints(outputs[0] ?? [])).toEqual([]);
});
