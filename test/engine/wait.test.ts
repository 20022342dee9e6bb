import { quickCreate, setUp } from './setup';
import { videoNode } from './workflows';

const setup = setUp({ renderMs: 2_500 });
const waitMs = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

/** A wait of three polls, about 1.2 s. */
const shortWait = { pollInterval: 1, maxWait: 0.02 };

test('polls once per interval, and never after the task has finished', async () => {
	const execution = await setup.runVideo(quickCreate);
	expect(execution.items(videoNode)[0]?.json['status']).toBe('succeeded');
	const look = 'GET /tasks/<id>';
	expect(setup.calls()).toEqual(['POST /tasks', look, look, look, 'GET /tos/<id>.mp4']);
	const looks = setup.requests('GET', /tasks/).map(({ at }) => at);
	const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
	for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(990);
	await waitMs(1_500);
	expect(setup.calls()).toHaveLength(5);
});

test('a stopped execution polls at most once more, and its log has the task ID', async () => {
	let stoppedAtMs = 0;
	const execution = await setup.runVideo(quickCreate, {
		onStart: ({ stop }) =>
			setTimeout(() => {
				stoppedAtMs = Date.now();
				stop();
			}, 700),
	});
	expect(execution.status).toBe('canceled');
	expect(Date.now() - stoppedAtMs).toBeLessThan(500);
	const before = setup.calls().length;
	await waitMs(2_500);
	expect(setup.calls().length - before).toBeLessThanOrEqual(1);
	expect(setup.logs.map(({ message }) => message).join()).toMatch(
		new RegExp(
			`Seedance task ${setup.simulator.tasks.at(-1)?.id} was created, item 1 of execution \\d+`,
		),
	);
});

test('Retry On Fail runs a stopped node again, which must not pay again', async () => {
	let stop = () => {};
	const remove = setup.simulator.intercept(({ method }) => {
		if (method === 'POST') setTimeout(stop, 200);
		return undefined;
	});
	await setup.runVideo(quickCreate, {
		settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
		onStart: (execution) => (stop = () => execution.stop()),
	});
	await waitMs(1_500);
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
});

test('a create in flight outlives the stop, so that its ID reaches the log', async () => {
	let stop = () => {};
	const remove = setup.simulator.intercept(({ method }) => {
		if (method !== 'POST') return undefined;
		setTimeout(stop, 100);
		return { delayMs: 800 };
	});
	const execution = await setup.runVideo(quickCreate, {
		onStart: (run) => (stop = () => run.stop()),
	});
	expect(execution.status).toBe('canceled');
	await waitMs(1_500);
	remove();
	expect(setup.calls()).toEqual(['POST /tasks']);
	expect(setup.simulator.requests[0]).toMatchObject({ status: 200, aborted: false });
	const logged = setup.logs.flatMap(({ metadata }) => metadata['taskId'] ?? []);
	expect(logged).toEqual([setup.simulator.tasks.at(-1)?.id]);
});

test('a wait that times out returns the task, and Get fetches the video later', async () => {
	const startedAtMs = Date.now();
	const execution = await setup.runVideo({ ...quickCreate, waitOptions: shortWait });
	expect(Date.now() - startedAtMs).toBeLessThan(3_000);
	// One after the poll interval and one at the end of the wait; a slow machine makes one of them.
	expect(setup.calls().length).toBeLessThanOrEqual(3);
	const taskId = setup.simulator.tasks.at(-1)?.id;
	expect(execution.items(videoNode)).toEqual([
		{
			json: {
				taskId,
				status: 'running',
				model: 'doubao-seedance-2-0-260128',
				prompt: quickCreate.prompt,
				createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
				timedOut: true,
			},
			pairedItem: { item: 0 },
		},
	]);

	const later = await setup.runVideo(
		{
			operation: 'get',
			taskId: '={{ $json.taskId }}',
			waitForCompletion: true,
			waitOptions: { pollInterval: 1 },
			downloadVideo: true,
			binaryPropertyName: 'clip',
		},
		{ items: execution.items(videoNode).map(({ json }) => ({ json })) },
	);
	const [item] = later.items(videoNode);
	expect(item?.json).toMatchObject({ taskId, status: 'succeeded' });
	expect(Object.keys(item?.binary ?? {})).toEqual(['clip']);
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
});

test('Get reads once without waiting, from the task picker too', async () => {
	await setup.runVideo({ ...quickCreate, waitForCompletion: false });
	const taskId = setup.simulator.tasks.at(-1)?.id;
	setup.simulator.requests.length = 0;
	const execution = await setup.runVideo({
		operation: 'get',
		taskId: { __rl: true, mode: 'list', value: taskId },
	});
	expect(execution.items(videoNode)).toEqual([
		{
			json: {
				...{ taskId, status: 'running', model: 'doubao-seedance-2-0-260128' },
				createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(setup.calls()).toEqual(['GET /tasks/<id>']);
});

test('a wait that runs out can be an error, which has the task ID', async () => {
	const execution = await setup.runVideo({
		...quickCreate,
		waitOptions: { ...shortWait, onTimeout: 'error' },
	});
	const taskId = setup.simulator.tasks.at(-1)?.id;
	expect(execution.error).toMatchObject({
		name: 'NodeOperationError',
		message: expect.stringMatching(/^.*running.* 0\.02 /),
		description: expect.stringContaining(`Task: ${taskId}.`),
		context: { itemIndex: 0, taskId, code: 'waitTimedOut' },
	});
});

test('transient poll failures do not end the wait', async () => {
	const answers = [
		'reset' as const,
		{ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
		{ status: 429, headers: { 'retry-after': '1' }, body: '{}' },
		{ status: 404, body: '{"error":{"message":"Task not found"}}' },
		{ status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"cut o' },
		{ status: 401, body: '{"error":{"code":"AuthenticationError","message":"Not now"}}' },
	];
	const remove = setup.simulator.intercept(({ method, path }) =>
		method === 'GET' && path.includes('/tasks/') ? answers.shift() : undefined,
	);
	const execution = await setup.runVideo(quickCreate);
	remove();
	expect(answers).toEqual([]);
	expect(execution.items(videoNode)[0]?.json['status']).toBe('succeeded');
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
});

test('a wait that never saw its task still returns the ID', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'GET' ? 'reset' : undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate, waitOptions: shortWait });
	remove();
	expect(execution.items(videoNode)[0]?.json).toEqual({
		taskId: setup.simulator.tasks.at(-1)?.id,
		status: 'unknown',
		prompt: quickCreate.prompt,
		timedOut: true,
	});
});

test('a key that is refused during the wait ends it, with the task ID', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'GET'
			? { status: 401, body: '{"error":{"code":"AuthenticationError","message":"Key revoked"}}' }
			: undefined,
	);
	const execution = await setup.runVideo(quickCreate);
	remove();
	// Refusals of some seconds may be a mistake of a gateway. The interval is 1 s.
	expect(setup.calls()).toEqual(['POST /tasks', ...Array(11).fill('GET /tasks/<id>')]);
	expect(execution.error).toMatchObject({
		name: 'NodeApiError',
		message: expect.not.stringMatching(/\bitem \d/i),
		httpCode: '401',
		context: {
			itemIndex: 0,
			taskId: setup.simulator.tasks.at(-1)?.id,
			code: 'AuthenticationError',
		},
	});
});
