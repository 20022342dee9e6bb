import { useSimulator } from './testSimulator';

const setup = useSimulator({ listLagMs: 3000 });

const list = async (query = '') => {
	const { data } = await setup.tasks.get('', { params: new URLSearchParams(query) });
	return { total: data.total, ids: data.items.map(({ id }: { id: string }) => id) };
};

it('lists a task only some time after its creation', async () => {
	const first = await setup.create('A cat');
	setup.pass(2999);
	const second = await setup.create('A dog');
	expect(await list()).toEqual({ total: 0, ids: [] });
	setup.pass(1);
	expect(await list()).toEqual({ total: 1, ids: [first] });
	setup.pass(2999);
	expect(await list()).toEqual({ total: 2, ids: [second, first] });
});

it('does not find it by a filter either', async () => {
	const id = await setup.create('A cat');
	const query = `filter.task_ids=${id}&filter.status=running`;
	expect(await list(query)).toEqual({ total: 0, ids: [] });
	setup.pass(3000);
	expect(await list(query)).toEqual({ total: 1, ids: [id] });
});

it('gets and cancels at once what it does not list yet', async () => {
	const id = await setup.create('A cat [simulate:queue 60s]');
	expect((await setup.tasks.get(id)).data).toMatchObject({ id, status: 'queued' });
	expect((await setup.tasks.delete(id)).status).toBe(200);
	expect((await setup.tasks.get(id)).data).toMatchObject({ id, status: 'cancelled' });
	expect(await list()).toEqual({ total: 0, ids: [] });
	setup.pass(3000);
	expect(await list()).toEqual({ total: 1, ids: [id] });
});
