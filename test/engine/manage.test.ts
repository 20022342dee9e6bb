import { quickCreate, setUp, unmarked } from './setup';
import { videoNode } from './workflows';

const setup = setUp({ concurrency: 1, renderMs: 60_000 });

/** Creates tasks without waiting. Returns their IDs, oldest first. */
async function create(...prompts: string[]): Promise<string[]> {
	const before = setup.simulator.tasks.length;
	for (const prompt of prompts) {
		await setup.runVideo({ ...quickCreate, prompt, waitForCompletion: false });
	}
	setup.simulator.requests.length = 0;
	return setup.simulator.tasks.slice(before).map(({ id }) => id);
}

async function run(operation: string, parameters: object) {
	const execution = await setup.runVideo({ operation, ...parameters });
	return { items: execution.items(videoNode), error: execution.error };
}

test('Cancel: a queued task is cancelled, a running one is refused, a finished one never deleted', async () => {
	const [done, running, queued] = await create('[simulate:render 1ms]', 'slow', 'later');

	expect(await run('cancel', { taskId: queued })).toEqual({
		items: [{ json: { taskId: queued, status: 'cancelled' }, pairedItem: { item: 0 } }],
		error: undefined,
	});
	expect(setup.calls()).toEqual(['GET /tasks/<id>', 'DELETE /tasks/<id>', 'GET /tasks/<id>']);
	// A second cancel succeeds: the task is already cancelled.
	expect((await run('cancel', { taskId: queued })).items[0]?.json).toEqual({
		taskId: queued,
		status: 'cancelled',
	});

	setup.simulator.requests.length = 0;
	expect((await run('cancel', { taskId: running })).error).toMatchObject({
		description: expect.stringContaining(`Task: ${running}.`),
		context: { code: 'runningTaskNotCancellable', taskId: running },
	});
	expect((await run('cancel', { taskId: done })).error).toMatchObject({
		message: expect.stringContaining('succeeded'),
		description: expect.stringContaining(`Task: ${done}.`),
		context: { code: 'taskNotCancellable', taskId: done },
	});
	expect(setup.calls()).toEqual(['GET /tasks/<id>', 'GET /tasks/<id>']);
});

test('Cancel: a task that started between the poll and the call stays, and the message says so', async () => {
	const [, queued] = await create('slow', 'later');
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'DELETE'
			? {
					status: 409,
					body: '{"error":{"code":"InvalidAction.RunningTaskDeletion","message":"Running"}}',
				}
			: undefined,
	);
	const { error } = await run('cancel', { taskId: queued });
	remove();
	expect(error).toMatchObject({
		description: expect.stringContaining('InvalidAction.RunningTaskDeletion: Running'),
		context: { code: 'InvalidAction.RunningTaskDeletion', httpStatus: 409, taskId: queued },
	});
});

test('Delete: a finished record goes, others are refused with what to do', async () => {
	// The task of an earlier test still renders, so a quick one would stay queued. A task that fails at create time does not.
	const [queued] = await create('later');
	expect((await run('delete', { taskId: queued })).error).toMatchObject({
		message: expect.stringContaining('queued'),
		description: expect.stringContaining(`Task: ${queued}.`),
		context: { code: 'taskNotDeletable', taskId: queued },
	});
	const finished = setup.simulator.tasks.find(({ status }) => status === 'succeeded')?.id;
	expect((await run('delete', { taskId: finished })).items).toEqual([
		{ json: { taskId: finished, deleted: true }, pairedItem: { item: 0 } },
	]);
	expect((await run('get', { taskId: finished })).error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		context: { itemIndex: 0, httpStatus: 404, taskId: finished },
	});
	const running = setup.simulator.tasks.find(({ status }) => status === 'running')?.id;
	expect((await run('delete', { taskId: running })).error).toMatchObject({
		message: expect.stringContaining('running'),
		context: { code: 'taskNotDeletable', taskId: running },
	});
	expect(setup.requests('DELETE', /tasks/)).toHaveLength(1);
});

test('Get Many: newest first, up to the limit, simplified or whole', async () => {
	const ids = await create('one', 'two', 'three');
	const { items } = await run('getAll', { limit: 2 });
	expect(items.map(({ json, pairedItem }) => [json['taskId'], pairedItem])).toEqual([
		[ids[2], { item: 0 }],
		[ids[1], { item: 0 }],
	]);
	expect(items[0]?.json).toEqual({
		taskId: ids[2],
		status: 'queued',
		model: 'doubao-seedance-2-0-260128',
		createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
	});
	expect(Object.keys(items[0]?.json ?? {})[3]).toBe('createdAt');
	const [whole] = (await run('getAll', { limit: 1, simplify: false })).items;
	expect(whole?.json).toMatchObject({ id: ids[2], taskId: ids[2], created_at: expect.any(Number) });
	expect(whole?.json).not.toHaveProperty('createdAt');
});

test('Get Many: filters, with ids repeated', async () => {
	const ids = await create(...Array.from({ length: 5 }, (_unused, index) => `row ${index}`));
	const chosen = ids.slice(1, 3);
	const { items } = await run('getAll', {
		returnAll: true,
		filters: { taskIds: ` ${chosen.join(', ')} `, status: 'queued', model: 'seedance-2-0' },
	});
	expect(items.map(({ json }) => json['taskId'])).toEqual([...chosen].reverse());
	expect(
		setup.simulator.requests.map(({ url }) => decodeURIComponent(url.split('?')[1] ?? '')),
	).toEqual([
		`page_num=1&page_size=100&filter.status=queued&filter.model=dreamina-seedance-2-0-260128&filter.task_ids=${chosen[0]}&filter.task_ids=${chosen[1]}`,
	]);
});

test.each<[object, string]>([
	[{ limit: 0 }, 'Limit is 0.'],
	[{ filters: { status: 'expired' } }, 'Status is "expired".'],
	[{ filters: { serviceTier: 'bogus' } }, 'Service Tier is "bogus".'],
	[{ filters: { taskIds: 'cgt-1 a/b' } }, 'Task IDs has "a/b"'],
	[{ filters: { model: '={{ ({ a: 1 }) }}' } }, 'Model is {"a":1}.'],
	[{ limit: '={{ true }}' }, 'Limit is true.'],
])('Get Many: %j is named before anything is sent', async (parameters, given) => {
	const { error } = await run('getAll', parameters);
	expect(error).toMatchObject({
		message: expect.stringContaining(`${given}`),
		context: { code: 'invalidInput' },
	});
	expect(setup.calls()).toEqual([]);
});

test('the task picker: newest first, with status and time, page by page, found by what is typed', async () => {
	const ids = await create('one', 'two');
	const { origin, apiKey } = setup.simulator;
	const credentials = { seedanceApi: { baseUrl: origin, apiKey } };
	const { results } = await setup.engine.search({ method: 'searchTasks', credentials });
	expect(results.slice(0, 2)).toEqual(
		[...ids].reverse().map((id) => ({
			value: id,
			name: expect.stringMatching(
				new RegExp(
					`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC · doubao-seedance-2-0-260128 · queued · ${id}$`,
				),
			),
		})),
	);
	const found = await setup.engine.search({
		method: 'searchTasks',
		credentials,
		filter: String(ids[0]).toUpperCase(),
	});
	expect(found.results.map(({ value }) => value)).toEqual([ids[0]]);

	const remove = setup.simulator.intercept(({ query }) => ({
		status: 200,
		body: { total: 51, items: [{ id: `cgt-page-${query.get('page_num')}`, status: 'queued' }] },
	}));
	const first = await setup.engine.search({ method: 'searchTasks', credentials });
	const second = await setup.engine.search({
		method: 'searchTasks',
		credentials,
		paginationToken: String(first.paginationToken),
	});
	remove();
	expect(first).toMatchObject({ results: [{ value: 'cgt-page-1' }], paginationToken: '2' });
	expect(second).toEqual({ results: [{ value: 'cgt-page-2', name: 'queued · cgt-page-2' }] });

	await expect(
		setup.engine.search({
			method: 'searchTasks',
			credentials: { seedanceApi: { baseUrl: origin, apiKey: 'wrong' } },
		}),
	).rejects.toMatchObject({ context: { code: 'AuthenticationError', httpStatus: 401 } });
});

test('the task picker offers queued tasks to Cancel and finished ones to Delete, on further pages too', async () => {
	const { origin, apiKey } = setup.simulator;
	const credentials = { seedanceApi: { baseUrl: origin, apiKey } };
	const statuses = ['running', 'running', 'queued', 'succeeded', 'failed'];
	const remove = setup.simulator.intercept(({ query }) => {
		const page = Number(query.get('page_num'));
		const status = statuses[page - 1];
		const items = status === undefined ? [] : [{ id: `cgt-${page}`, status }];
		return { status: 200, body: { total: 50 * statuses.length, items } };
	});
	const search = async (operation: string, filter?: string, paginationToken?: string) => {
		const options = { credentials, parameters: { operation }, filter, paginationToken };
		const found = await setup.engine.search({ method: 'searchTasks', ...options });
		return [found.results.map(({ value }) => value), found.paginationToken];
	};
	expect(await search('cancel')).toEqual([['cgt-3'], '4']);
	expect(await search('cancel', undefined, '4')).toEqual([[], undefined]);
	expect(await search('delete')).toEqual([[], '4']);
	expect(await search('delete', undefined, '4')).toEqual([['cgt-4'], '5']);
	expect(await search('get', 'CGT-2')).toEqual([['cgt-2'], '3']);
	expect(await search('get', 'nothing')).toEqual([[], '4']);
	remove();
});

test('Dry Run: the request and its tokens, and nothing is sent', async () => {
	const { items } = await run('create', {
		prompt: 'A kitten',
		mode: 'firstFrame',
		firstFrameSource: 'url',
		firstFrame: `data:image/png;base64,${'A'.repeat(400)}`,
		options: { dryRun: true, seed: 0 },
	});
	const shown = items.map(({ json, ...item }) => ({
		...item,
		json: { ...json, request: unmarked(json['request']) },
	}));
	expect(shown).toEqual([
		{
			json: {
				request: {
					model: 'dreamina-seedance-2-0-260128',
					content: [
						{ type: 'text', text: 'A kitten' },
						{
							type: 'image_url',
							image_url: { url: 'data:image/png;base64,AAAAAAAAAAAAAAAAAA… (422 characters)' },
						},
					],
					generate_audio: true,
					resolution: '720p',
					ratio: 'adaptive',
					duration: 5,
					seed: 0,
				},
				model: 'dreamina-seedance-2-0-260128',
				estimatedTokens: 109_587,
				estimateIncludes: { outputSeconds: 5 },
				valid: true,
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(setup.calls()).toEqual([]);
});

test('the draft picker offers the finished drafts of the chosen model', async () => {
	const { origin, apiKey } = setup.simulator;
	const credentials = { seedanceApi: { baseUrl: origin, apiKey } };
	const draft = { status: 'succeeded', draft: true };
	const items = [
		{ ...draft, id: 'cgt-pro', model: 'doubao-seedance-1-5-pro-251215' },
		{ ...draft, id: 'cgt-25', model: 'dreamina-seedance-2-5-260628' },
		{ ...draft, id: 'cgt-unknown' },
		{ ...draft, id: 'cgt-running', model: 'doubao-seedance-1-5-pro-251215', status: 'running' },
		{ id: 'cgt-video', model: 'doubao-seedance-1-5-pro-251215', status: 'succeeded' },
	];
	const remove = setup.simulator.intercept(() => ({ status: 200, body: { total: 5, items } }));
	const search = async (model: string) => {
		const options = { credentials, parameters: { operation: 'create', model } };
		const { results } = await setup.engine.search({ method: 'searchDrafts', ...options });
		return results.map(({ value }) => value);
	};
	expect(await search('seedance-1-5-pro')).toEqual(['cgt-pro', 'cgt-unknown']);
	expect(await search('seedance-2-5')).toEqual(['cgt-25', 'cgt-unknown']);
	expect(await search('custom')).toEqual(['cgt-pro', 'cgt-25', 'cgt-unknown']);
	remove();
});
