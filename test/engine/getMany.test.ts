import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { videoNode } from './workflows';

/** The pages of a list are a second apart. */
const restoreTime = speedUpTime(40);
afterAll(restoreTime);
const setup = setUp();

async function returnAll() {
	const execution = await setup.runVideo({ operation: 'getAll', returnAll: true });
	return { items: execution.items(videoNode) };
}

test('Return All reads the pages to the end', async () => {
	const pages = new Map<string, string[]>();
	const remove = setup.simulator.intercept(({ method, query }) => {
		if (method !== 'GET') return undefined;
		const number = Number(query.get('page_num'));
		const page = Array.from({ length: number < 3 ? 100 : 7 }, (_unused, index) => ({
			id: `cgt-${number}-${index}`,
			status: 'succeeded',
		}));
		pages.set(
			String(number),
			page.map(({ id }) => id),
		);
		return { status: 200, body: { total: 207, items: page } };
	});
	const all = await returnAll();
	remove();
	expect(all.items.map(({ json }) => json['taskId'])).toEqual([...pages.values()].flat());
	expect(setup.calls()).toHaveLength(3);
});

test.each([
	['of its own size', 6, 3, 2],
	['whose last one looks like that of the usual size', 120, 20, 6],
	['of another size, the last not full', 50, 20, 3],
])('a host with pages %s is read to the end', async (_, total, pageSize, requests) => {
	const tasks = Array.from({ length: total }, (_unused, index) => ({
		id: index,
		status: 'queued',
	}));
	const remove = setup.simulator.intercept(({ method, query }) => {
		if (method !== 'GET') return undefined;
		const end = Number(query.get('page_num')) * pageSize;
		return { status: 200, body: { total, items: tasks.slice(end - pageSize, end) } };
	});
	const { items } = await returnAll();
	remove();
	expect(items.map(({ json }) => json['taskId'])).toEqual(tasks.map(({ id }) => String(id)));
	expect(setup.calls()).toHaveLength(requests);
});

test('a host that has only one page ends when it repeats itself', async () => {
	const items = [{ id: 'cgt-1', status: 'queued' }];
	const remove = setup.simulator.intercept(() => ({ status: 200, body: { total: 1_000, items } }));
	const all = await returnAll();
	remove();
	expect(all.items.map(({ json }) => json['taskId'])).toEqual(['cgt-1']);
	expect(setup.calls()).toHaveLength(2);
});
