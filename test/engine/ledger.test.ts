import { quickCreate, setUp, withoutMarker } from './setup';
import { videoNode } from './workflows';

const setup = setUp();
const retries = { retryOnFail: true, maxTries: 5, waitBetweenTries: 50 };

test('Retry On Fail with five tries: one create, however often later calls fail', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'GET'
			? { status: 401, body: { error: { code: 'AuthenticationError', message: 'No' } } }
			: undefined,
	);
	const execution = await setup.runVideo(quickCreate, { settings: retries });
	remove();
	expect(execution.status).toBe('error');
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
	// Each try asks for ten seconds before it believes the refusal. The interval is 1 s.
	expect(setup.requests('GET', /tasks\//)).toHaveLength(5 * 11);
});

test('a successful try resumes the tasks of the tries before it', async () => {
	let broken = 4;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'GET' && broken-- > 0 ? { status: 401, body: {} } : undefined,
	);
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}' },
		{ settings: retries, items: ['A', 'B', 'C'].map((prompt) => ({ json: { prompt } })) },
	);
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(3);
	const created = setup.simulator.tasks.slice(-3).map(({ id, prompt }) => [prompt, id]);
	expect(
		execution.items(videoNode).map(({ json, pairedItem }) => [json['taskId'], pairedItem]),
	).toEqual(
		['A', 'B', 'C'].map((wanted, item) => [
			created.find(([prompt]) => prompt === wanted)?.[1],
			{ item },
		]),
	);
});

test('n8n tries again when the first item of a continued run is an error: still no second create', async () => {
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}' },
		{
			settings: { ...retries, maxTries: 3, onError: 'continueErrorOutput' },
			items: ['[simulate:failed X.Unheard]', 'good'].map((prompt) => ({ json: { prompt } })),
		},
	);
	expect(setup.requests('POST', /tasks$/)).toHaveLength(2);
	expect(execution.items(videoNode)).toHaveLength(1);
	expect(execution.items(videoNode, 1)).toHaveLength(1);
	// The failed task was polled in each of the three tries.
	const failed = setup.simulator.tasks.find(({ prompt }) => prompt.includes('X.Unheard'));
	const looks = setup.requests('GET', new RegExp(`/tasks/${failed?.id}$`));
	expect(looks.length).toBeGreaterThanOrEqual(3);
});

test('a create whose answer was lost is not sent again by a later try', async () => {
	const before = setup.simulator.tasks.length;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? { after: 'reset' } : undefined,
	);
	const execution = await setup.runVideo(
		{ ...quickCreate, ...withoutMarker },
		{ settings: retries },
	);
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
	expect(setup.simulator.tasks).toHaveLength(before + 1);
	expect(execution.error).toMatchObject({
		context: { code: 'ECONNRESET', outcomeUnknown: true },
	});
});

test('a create that was certainly refused is sent again by the next try', async () => {
	let refused = 1;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' && refused-- > 0
			? { status: 400, body: { error: { code: 'InvalidParameter' } } }
			: undefined,
	);
	const execution = await setup.runVideo(quickCreate, { settings: retries });
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(2);
	expect(execution.items(videoNode)[0]?.json['status']).toBe('succeeded');
});

test('equal items are tasks of their own', async () => {
	await setup.runVideo(
		{ ...quickCreate, waitForCompletion: false },
		{ items: [{ json: {} }, { json: {} }] },
	);
	expect(setup.requests('POST', /tasks$/)).toHaveLength(2);
});

test('an expression whose value changes with each try does not cause a second charge', async () => {
	let broken = 4;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'GET' && broken-- > 0 ? { status: 401, body: {} } : undefined,
	);
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '=A cat at {{ $now.toMillis() }} and {{ Math.random() }}' },
		{ settings: { ...retries, maxTries: 4 } },
	);
	remove();
	expect(execution.items(videoNode)[0]?.json['status']).toBe('succeeded');
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
});

test('a successful answer in an unknown form may be a task, and is not requested again', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST'
			? { status: 200, body: { code: 0, message: 'success', data: { taskId: 'cgt-1' } } }
			: undefined,
	);
	const execution = await setup.runVideo(
		{ ...quickCreate, ...withoutMarker },
		{ settings: retries },
	);
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
	expect(execution.error).toMatchObject({
		description: expect.stringContaining('{"code":0'),
		context: { code: 'answerUnreadable', outcomeUnknown: true },
	});
});
