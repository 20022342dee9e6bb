import type { IDataObject } from 'n8n-workflow';
import type { Execution, RunOptions } from './engine';
import { speedUpTime } from './fastTime';
import { quickCreate, setUp, withoutMarker } from './setup';
import { videoNode, videoWorkflow } from './workflows';

const restoreTime = speedUpTime(10);
afterAll(restoreTime);

const setup = setUp({ renderMs: 500 });

/** Without Continue On Fail, the node fails with its first item. */
const create = { ...quickCreate, prompt: '={{ $json.prompt }}' };
const rowsOf = (...prompts: string[]) => prompts.map((prompt) => ({ json: { prompt } }));
const refused = { status: 400, body: { error: { code: 'InvalidParameter', message: 'No' } } };
const downloads = () => setup.requests('GET', /^\/tos\//).length;
const creates = () => setup.requests('POST', /tasks$/);

let before = 0;
beforeEach(() => {
	before = setup.simulator.tasks.length;
});
const tasks = () => setup.simulator.tasks.slice(before);
const taskOf = (text: string) => tasks().find(({ prompt }) => prompt.includes(text));

/** Answers creates of this text. */
function answer(text: string, answered: Parameters<typeof setup.simulator.intercept>[0]) {
	return setup.simulator.intercept((request) =>
		request.method === 'POST' && JSON.stringify(request.body).includes(text)
			? answered(request)
			: undefined,
	);
}

async function retry(execution: Execution, parameters: IDataObject, items: RunOptions['items']) {
	const { origin, apiKey } = setup.simulator;
	return await setup.engine.retry(execution, {
		workflow: videoWorkflow(parameters),
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		...(items === undefined ? {} : { items }),
	});
}

test('a create whose answer is lost: the others end, and a retry fetches all videos and creates none', async () => {
	const rows = rowsOf('[simulate:render 5s] A', 'lost', '[simulate:render 5s] C');
	const remove = answer('lost', () => ({ after: 'reset' }));
	const first = await setup.runVideo({ ...create, ...withoutMarker }, { items: rows });
	remove();
	expect(first.error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		context: { itemIndex: 1, outcomeUnknown: true },
	});
	expect(tasks()).toHaveLength(3);
	for (const text of ['A', 'C']) {
		expect(String(first.error?.['description'])).toContain(taskOf(text)?.id);
		// The node has seen that it is finished.
		expect(taskOf(text)?.status).toBe('succeeded');
	}
	expect(downloads()).toBe(0);

	// The outcome stays unknown without a marker, so the user lets the node continue.
	const { origin, apiKey } = setup.simulator;
	const second = await setup.engine.retry(first, {
		workflow: videoWorkflow({ ...create, ...withoutMarker }, { onError: 'continueRegularOutput' }),
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		items: rows,
	});
	expect(second.items(videoNode).map(({ json, binary }) => [json['taskId'], !!binary])).toEqual([
		[taskOf('A')?.id, true],
		[undefined, false],
		[taskOf('C')?.id, true],
	]);
	expect(creates()).toHaveLength(3);
});

test('after a refusal nothing more is created, and what exists is waited for', async () => {
	const rows = rowsOf('[simulate:render 5s] A', 'bad', ...'CDEFGH');
	const parameters = { ...create, options: { maxConcurrency: 2 } };
	const remove = answer('bad', () => ({ ...refused, delayMs: 50 }));
	const first = await setup.runVideo(parameters, { items: rows });
	remove();
	expect(first.error).toMatchObject({ context: { itemIndex: 1, code: 'InvalidParameter' } });
	expect(creates()).toHaveLength(2);
	expect(tasks().map(({ status }) => status)).toEqual(['succeeded']);

	const second = await retry(first, parameters, rows);
	expect(second.items(videoNode)).toHaveLength(rows.length);
	expect(creates()).toHaveLength(2 + 1 + 6);
	expect(tasks()).toHaveLength(rows.length);
});

test('a create that is in flight gets its answer, and its task is waited for and named', async () => {
	const rows = rowsOf('bad', 'slow');
	const remove = answer('bad', () => ({ ...refused, delayMs: 20 }));
	const removeSlow = answer('slow', () => ({ delayMs: 200 }));
	const { error } = await setup.runVideo(create, { items: rows });
	remove();
	removeSlow();
	expect(error).toMatchObject({ context: { itemIndex: 0 } });
	expect(String(error?.['description'])).toContain(taskOf('slow')?.id);
	expect(taskOf('slow')?.status).toBe('succeeded');
});

test('the search for a lost task continues, and its task is waited for and named', async () => {
	const rows = rowsOf('bad', 'lost');
	const remove = answer('bad', () => ({ ...refused, delayMs: 200 }));
	const removeLost = answer('lost', () => ({ after: 'reset' }));
	const { error } = await setup.runVideo(create, { items: rows });
	remove();
	removeLost();
	expect(error).toMatchObject({ context: { itemIndex: 0, code: 'InvalidParameter' } });
	expect(String(error?.['description'])).toContain(taskOf('lost')?.id);
	expect(taskOf('lost')?.status).toBe('succeeded');
	expect(creates()).toHaveLength(2);
});

test('Retry On Fail: what the failing try has downloaded is not fetched again', async () => {
	const rows = rowsOf('[simulate:render 3s] A', 'bad', '[simulate:render 3s] C');
	const downloadsBefore: number[] = [];
	const remove = answer('bad', () => {
		downloadsBefore.push(downloads());
		return downloadsBefore.length === 1 ? refused : undefined;
	});
	const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
	const execution = await setup.runVideo(create, { items: rows, settings });
	remove();
	expect(execution.items(videoNode)).toHaveLength(3);
	expect(creates()).toHaveLength(4);
	expect(downloadsBefore).toEqual([0, 2]);
	expect(downloads()).toBe(3);
});

test('a stop ends the waits at once, and Cancel on Stop cancels what is queued', async () => {
	const rows = rowsOf('[simulate:queue 600s] A', 'bad', '[simulate:render 600s] C');
	const remove = answer('bad', () => ({ ...refused, delayMs: 50 }));
	const parameters = { ...create, waitOptions: { pollInterval: 1, cancelOnStop: true } };
	const startedAtMs = Date.now();
	const execution = await setup.runVideo(parameters, {
		items: rows,
		onStart: ({ stop }) => setTimeout(stop, 10_000),
	});
	remove();
	expect(Date.now() - startedAtMs).toBeLessThan(120_000);
	expect(execution.status).toBe('canceled');
	await new Promise((resolve) => setTimeout(resolve, 10_000));
	expect(taskOf('A')?.status).toBe('cancelled');
	expect(taskOf('C')?.status).toBe('running');
});

test.each([
	['the credential is invalid', 401, 'AuthenticationError'],
	['the credit is used up', 403, 'AccountOverdueError'],
])('when %s, only what is in flight already is sent', async (_, status, code) => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? { status, body: { error: { code, message: 'No' } } } : undefined,
	);
	const { error } = await setup.runVideo(create, { items: rowsOf(...'ABCDEFGHIJKLMNOPQRST') });
	remove();
	expect(error).toMatchObject({ context: { code } });
	expect(creates().length).toBeLessThanOrEqual(5);
});

test('Get creates nothing, so its other items end at once', async () => {
	await setup.runVideo(
		{ ...create, waitForCompletion: false },
		{ items: rowsOf('[simulate:render 600s] A') },
	);
	const taskIds = [taskOf('A')?.id, 'cgt-20261128000000-none0'];
	const startedAtMs = Date.now();
	const { error } = await setup.runVideo(
		{
			...{ operation: 'get', taskId: '={{ $json.taskId }}', waitForCompletion: true },
			...{ waitOptions: { pollInterval: 1 } },
		},
		{ items: taskIds.map((taskId) => ({ json: { taskId: String(taskId) } })) },
	);
	expect(error).toMatchObject({ context: { itemIndex: 1 } });
	expect(Date.now() - startedAtMs).toBeLessThan(300_000);
});
