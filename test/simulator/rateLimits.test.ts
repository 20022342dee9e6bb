import { errorBody, openAiErrorBody, textRequest, useSimulator } from './testSimulator';

const refusal = (code: string, explanation: string) =>
	errorBody(code, explanation, '', 'TooManyRequests');
const countOf = (statuses: readonly number[], status: number) =>
	statuses.filter((one) => one === status).length;

/** The statuses of calls that are sent one after the other. */
async function statusesOf(
	times: number,
	call: (index: number) => Promise<{ status: number }>,
): Promise<number[]> {
	const statuses: number[] = [];
	for (let index = 0; index < times; index++) statuses.push((await call(index)).status);
	return statuses;
}

describe('an account with the documented rates', () => {
	const setup = useSimulator({ rateLimits: 'enterprise' });

	it('may list once in any second', async () => {
		const list = async () => await setup.tasks.get('');
		expect(await statusesOf(2, list)).toEqual([200, 429]);
		setup.pass(999);
		const refused = await list();
		expect([refused.status, refused.data]).toEqual([
			429,
			refusal('AccountRateLimitExceeded', 'The account may send at most 1 requests (list) in 1 s.'),
		]);
		setup.pass(1);
		expect(await statusesOf(2, list)).toEqual([200, 429]);
	});

	it('may get twenty tasks in any second, and what is refused does not count', async () => {
		const id = await setup.create('A cat');
		const get = async () => await setup.tasks.get(id);
		await statusesOf(10, get);
		setup.pass(500);
		expect(countOf(await statusesOf(30, get), 200)).toBe(10);
		setup.pass(500);
		expect(countOf(await statusesOf(30, get), 200)).toBe(10);
		expect((await get()).data.error.code).toBe('AccountRateLimitExceeded');
	});

	it('may delete twenty tasks in any second', async () => {
		const ids: string[] = [];
		for (let count = 0; count < 21; count++) ids.push(await setup.create('A cat'));
		setup.pass(100_000);
		const remove = async (index: number) => await setup.tasks.delete(ids[index] ?? '');
		const statuses = await statusesOf(21, remove);
		expect([countOf(statuses, 200), statuses.at(-1)]).toEqual([20, 429]);
		setup.pass(1_000);
		expect((await remove(20)).status).toBe(200);
	});

	it('may create 600 tasks in any minute', async () => {
		const create = async () => await setup.tasks.post('', textRequest());
		expect(countOf(await statusesOf(601, create), 200)).toBe(600);
		expect((await create()).data.error.code).toBe('ModelAccountRpmRateLimitExceeded');
		expect(setup.simulator.tasks).toHaveLength(600);
		setup.pass(60_000);
		expect((await create()).status).toBe(200);
	});

	it('has separate rates for its calls, and a wrong key uses none of them up', async () => {
		const wrong = { headers: { Authorization: 'wrong' } };
		expect((await setup.tasks.get('', wrong)).status).toBe(401);
		expect((await setup.tasks.get('')).status).toBe(200);
		const id = await setup.create('A cat');
		expect((await setup.tasks.get(id)).status).toBe(200);
	});

	it('has the same rates for both interfaces', async () => {
		const id = await setup.create('A cat');
		await statusesOf(20, async () => await setup.tasks.get(id));
		const refused = await setup.openAi.get(`/videos/${id}`);
		expect([refused.status, refused.data]).toEqual([
			429,
			openAiErrorBody(
				'AccountRateLimitExceeded',
				'The account may send at most 20 requests (get) in 1 s.',
			),
		]);
	});
});

describe('an account of an individual', () => {
	const setup = useSimulator({ rateLimits: 'individual' });

	it('may create 180 tasks in any minute', async () => {
		const create = async () => await setup.tasks.post('', textRequest());
		const refused = await statusesOf(181, create);
		expect([countOf(refused, 200), refused.at(-1)]).toEqual([180, 429]);
	});
});

describe('an account whose rates are not limited', () => {
	const setup = useSimulator();

	it('may list and get as often as it likes', async () => {
		const id = await setup.create('A cat');
		expect(countOf(await statusesOf(3, async () => await setup.tasks.get('')), 200)).toBe(3);
		expect(countOf(await statusesOf(30, async () => await setup.tasks.get(id)), 200)).toBe(30);
	});
});
