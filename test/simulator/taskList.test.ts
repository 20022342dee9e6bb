import { errorBody, startMs, useSimulator } from './testSimulator';

const setup = useSimulator({ concurrency: 1 });

const ask = async (query: string) =>
	await setup.tasks.get('', { params: new URLSearchParams(query) });
const list = async (query: string) => (await ask(query)).data;
const idsOf = (data: { items: ReadonlyArray<{ id: string }> }) => data.items.map(({ id }) => id);

const createThree = async () => [
	await setup.create('A [simulate:failed OutputVideoSensitiveContentDetected]'),
	await setup.create('B', { model: 'dreamina-seedance-2-0-fast-260128' }),
	await setup.create('C'),
];

it('lists the newest first, with failure_reason and without the shape', async () => {
	const [a, b, c] = await createThree();
	setup.pass(20_000);
	const common = {
		created_at: startMs / 1000,
		service_tier: 'default',
		execution_expires_after: 172800,
		generate_audio: true,
		draft: false,
		priority: 0,
	};
	expect(await list('')).toEqual({
		total: 3,
		items: [
			{
				...common,
				id: c,
				model: 'doubao-seedance-2-0-260128',
				status: 'running',
				updated_at: startMs / 1000 + 20,
			},
			{
				...common,
				id: b,
				model: 'doubao-seedance-2-0-fast-260128',
				status: 'succeeded',
				updated_at: startMs / 1000 + 20,
				content: { video_url: expect.stringContaining(`${b}.mp4?`) },
				usage: { completion_tokens: 108900, total_tokens: 108900 },
				seed: expect.any(Number),
				framespersecond: 24,
			},
			{
				...common,
				id: a,
				model: 'doubao-seedance-2-0-260128',
				status: 'failed',
				updated_at: startMs / 1000 + 10,
				failure_reason: {
					code: 'OutputVideoSensitiveContentDetected',
					message: 'The generated video was withheld by moderation. Request id: request-1',
				},
			},
		],
	});
});

it('filters by every documented filter', async () => {
	const [a = '', b = '', c = ''] = await createThree();
	setup.pass(20_000);
	const cancelled = await setup.create('D');
	await setup.tasks.delete(cancelled);
	const queued = await setup.create('E');
	for (const [query, ids] of [
		['filter.status=failed', [a]],
		['filter.status=succeeded', [b]],
		['filter.status=running', [c]],
		['filter.status=queued', [queued]],
		['filter.status=cancelled', [cancelled]],
		['filter.model=dreamina-seedance-2-0-fast-260128', [b]],
		['filter.model=seedance-2-0-fast', []],
		['filter.service_tier=flex', []],
		['filter.service_tier=default&filter.status=failed', [a]],
		[`filter.task_ids=${a}`, [a]],
		[`filter.task_ids=${a}&filter.task_ids=${c}`, [c, a]],
		[`filter.task_ids=${a}&filter.task_ids=${c}&filter.status=failed`, [a]],
		[`filter.task_ids=${a},${c}`, []],
		[`filter.task_ids[]=${a}`, []],
		[`filter.task_ids[0]=${a}&filter.task_ids[1]=${c}`, []],
		['filter.task_ids=', []],
	] as const) {
		const data = await list(query);
		expect([query, data.total, idsOf(data)]).toEqual([query, ids.length, ids]);
	}
});

it('pages through all that match', async () => {
	const ids: string[] = [];
	for (let count = 0; count < 12; count += 1) ids.unshift(await setup.create('A cat'));
	const all = await list('');
	expect([all.total, idsOf(all)]).toEqual([12, ids.slice(0, 10)]);
	const third = await list('page_num=3&page_size=5');
	expect([third.total, idsOf(third)]).toEqual([12, ids.slice(10)]);
	expect(await list('page_num=500&page_size=500')).toEqual({ total: 12, items: [] });
});

it.each([
	['page_num=0', 'page_num', 'an integer from 1 to 500'],
	['page_num=501', 'page_num', 'an integer from 1 to 500'],
	['page_num=two', 'page_num', 'an integer from 1 to 500'],
	['page_size=0', 'page_size', 'an integer from 1 to 500'],
	['page_size=501', 'page_size', 'an integer from 1 to 500'],
	['page_size=', 'page_size', 'an integer from 1 to 500'],
	['filter.status=done', 'filter.status', 'one of queued, running, cancelled, succeeded, failed'],
	['filter.service_tier=fast', 'filter.service_tier', 'one of default, flex'],
])('refuses %s', async (query, param, expectation) => {
	const { status, data } = await ask(query);
	expect(status).toBe(400);
	expect(data).toEqual(
		errorBody(
			'InvalidParameter',
			`The parameter \`${param}\` is not valid: expected ${expectation}.`,
			param,
		),
	);
});

it('treats a path with an empty ID as the list', async () => {
	const id = await setup.create('A cat');
	expect(idsOf((await setup.tasks.get('/')).data)).toEqual([id]);
});

it('lists the last seven days only', async () => {
	await setup.create('Old');
	setup.pass(24 * 60 * 60 * 1000);
	const recent = await setup.create('Recent');
	setup.pass(6 * 24 * 60 * 60 * 1000);
	expect(idsOf(await list(''))).toEqual([recent]);
});
