import type { SimulatedTask } from '../simulator/task';
import { startSimulator, type CannedAnswer } from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { quickCreate, setUp } from './setup';
import { errorNode, videoNode } from './workflows';

// Twenty times as fast: the files of a run share the cores, and this one measures a makespan.
const restoreTime = speedUpTime(20);
afterAll(restoreTime);

/** Ten tasks render at a time, and at most ten can be in flight. */
const slots = 10;
const renderMs = 60_000;
const setup = setUp({
	concurrency: slots,
	mostUnfinished: slots,
	renderMs,
	now: () => Date.now(),
});

const rows = (count: number) =>
	Array.from({ length: count }, (_, row) => ({ json: { prompt: `Row ${row}` } }));
const create = { operation: 'create', prompt: '={{ $json.prompt }}' };
const listCalls = () => setup.requests('GET', /tasks$/);
const created = (): readonly SimulatedTask[] => setup.simulator.tasks;

test('50 items over 10 slots: one create each, in input order, and few polls of each task', async () => {
	const before = created().length;
	const startedAtMs = Date.now();
	const execution = await setup.runVideo(create, { items: rows(50) });
	const makespanMs = Date.now() - startedAtMs;
	const tasks = created().slice(before);
	expect(tasks).toHaveLength(50);
	const idOf = new Map(tasks.map(({ prompt, id }) => [prompt, id]));
	expect(
		execution
			.items(videoNode)
			.map(({ json, binary, pairedItem }) => [
				json['taskId'],
				Object.keys(binary ?? {}),
				pairedItem,
			]),
	).toEqual(rows(50).map(({ json }, item) => [idOf.get(json.prompt), ['data'], { item }]));
	expect(mostAtOnce(tasks)).toBe(slots);
	// Five rounds. One task at a time would need fifty. The benchmark measures it more precisely, on a machine that does nothing else.
	expect(makespanMs).toBeLessThan(2 * 5 * renderMs);
	// Ten are in flight at a time, so each is read by its own call: up to twenty times a minute.
	const reads = setup.requests('GET', /tasks\//).map(({ path }) => path);
	expect(new Set(reads).size).toBe(50);
	expect(reads.length).toBeLessThan(20 * 50);
	expect(listCalls()).toEqual([]);
	// The limit is found by its refusals: the first burst, and then about one for each round of ten.
	const refused = setup.requests('POST', /tasks$/).filter(({ status }) => status === 429);
	expect(refused.length).toBeGreaterThan(0);
	expect(refused.length).toBeLessThanOrEqual(15);
	expect(setup.logs).toContainEqual({
		level: 'debug',
		message: expect.stringMatching(/^PowerTokens .*\b10\b/),
		metadata: expect.objectContaining({ maxTasks: 10 }),
	});
});

test('Max Concurrency stays below what the provider would accept', async () => {
	const before = created().length;
	await setup.runVideo({ ...create, options: { maxConcurrency: 3 } }, { items: rows(9) });
	const tasks = created().slice(before);
	expect(tasks).toHaveLength(9);
	expect(mostAtOnce(tasks)).toBe(3);
	expect(setup.requests('POST', /tasks$/)).toHaveLength(9);
});

test('a provider that accepts four creates in ten seconds gets no more, and no row is lost', async () => {
	const before = created().length;
	const taken: number[] = [];
	const remove = setup.simulator.intercept(({ method, at }) => {
		if (method !== 'POST') return undefined;
		if (taken.filter((takenAt) => takenAt > at - 10_000).length < 4) {
			taken.push(at);
			return undefined;
		}
		return {
			status: 429,
			headers: { 'retry-after': '4' },
			body: { error: { code: 'RateLimitExceeded.EndpointRPMExceeded', message: 'Slower' } },
		};
	});
	const execution = await setup.runVideo(create, { items: rows(12) });
	remove();
	expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual(
		rows(12).map(() => 'succeeded'),
	);
	expect(
		created()
			.slice(before)
			.map(({ prompt }) => prompt)
			.sort(),
	).toEqual(
		rows(12)
			.map(({ json }) => json.prompt)
			.sort(),
	);
	// After a refusal one create at a time asks whether there is room again.
	expect(setup.requests('POST', /tasks$/).length).toBeLessThanOrEqual(3 * 12);
});

test('one item that fails among 50 leaves 49 videos, and the error branch holds its item, id and pairing', async () => {
	const items = rows(50).map(({ json }, row) => ({
		json: row === 17 ? { prompt: '[simulate:failed OutputVideoSensitiveContentDetected]' } : json,
	}));
	const before = created().length;
	const execution = await setup.runVideo(create, {
		items,
		settings: { onError: 'continueErrorOutput' },
	});
	const tasks = created().slice(before);
	const failed = tasks.find(({ prompt }) => prompt.startsWith('[simulate:failed'));
	expect(tasks).toHaveLength(50);
	expect(execution.items(videoNode).map(({ pairedItem }) => pairedItem)).toEqual(
		items.map((_, item) => ({ item })).filter(({ item }) => item !== 17),
	);
	expect(execution.items(errorNode)).toEqual([
		{
			json: {
				prompt: '[simulate:failed OutputVideoSensitiveContentDetected]',
				error: {
					message: expect.not.stringMatching(/\bitem \d/i),
					description: expect.stringContaining(`Task: ${failed?.id}.`),
					code: 'OutputVideoSensitiveContentDetected',
					taskId: failed?.id,
				},
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(execution.items(videoNode, 1)[0]?.pairedItem).toEqual({ item: 17 });
});

test('without Continue On Fail, one refused row stops the rest before they are charged', async () => {
	const before = created().length;
	const remove = setup.simulator.intercept(({ method, body }) =>
		method === 'POST' && JSON.stringify(body).includes('Row 4')
			? { status: 400, body: { error: { code: 'InvalidParameter', message: 'No' } } }
			: undefined,
	);
	const execution = await setup.runVideo(create, { items: rows(50) });
	remove();
	expect(created().length - before).toBeLessThan(10);
	const ids = created()
		.slice(before)
		.map(({ id }) => id);
	expect(execution.error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		context: { itemIndex: 4, code: 'InvalidParameter' },
	});
	for (const id of ids) expect(String(execution.error?.['description'])).toContain(id);
});

test("a batch above the token budget does not start, and the message has each item's estimate", async () => {
	const execution = await setup.runVideo(
		{ ...create, ratio: '16:9', options: { tokenBudget: 200_000 } },
		{ items: rows(2) },
	);
	expect(setup.calls()).toEqual([]);
	expect(execution.error).toMatchObject({
		name: 'NodeOperationError',
		message: expect.stringMatching(/^Token Budget is 200,000, .*\b2 items .* 217,800 /),
		description: expect.stringContaining('item 1: 108,900, item 2: 108,900'),
		context: { itemIndex: 0, code: 'tokenBudgetExceeded' },
	});
	const continued = await setup.runVideo(
		{ ...create, options: { tokenBudget: 200_000 } },
		{ items: rows(2), settings: { onError: 'continueRegularOutput' } },
	);
	expect(setup.calls()).toEqual([]);
	expect(continued.items(videoNode).map(({ json }) => Object.keys(json))).toEqual([
		['error'],
		['error'],
	]);
});

test('a batch within the token budget runs, and one that cannot be estimated does not', async () => {
	const simulator = await startSimulator();
	const { origin, apiKey } = simulator;
	await setup.runVideo(
		{ ...create, ratio: '16:9', waitForCompletion: false, options: { tokenBudget: 217_800 } },
		{ items: rows(2), credentials: { seedanceApi: { baseUrl: origin, apiKey } } },
	);
	await simulator.close();
	expect(simulator.tasks).toHaveLength(2);
	const unknown = await setup.runVideo(
		{
			...create,
			model: 'custom',
			modelId: 'ep-20260101000000-abcde',
			options: { tokenBudget: 1_000_000 },
		},
		{ items: rows(1) },
	);
	expect(setup.calls()).toEqual([]);
	const refused = {
		message: expect.stringContaining('Token Budget is 1,000,000, '),
		context: { code: 'tokenBudgetNotEstimable' },
	};
	expect(unknown.error).toMatchObject(refused);
	const replaced = await setup.runVideo(
		{ ...create, options: { tokenBudget: 1_000_000, extraBody: '{"duration":15}' } },
		{ items: rows(1) },
	);
	expect(setup.calls()).toEqual([]);
	expect(replaced.error).toMatchObject(refused);
});

test.each<[string, CannedAnswer, number]>([
	['a refusal of the list', { status: 404, body: { error: { message: 'No such path' } } }, 1],
	[
		'a list of other tasks than were asked for',
		{ status: 200, body: { total: 1, items: [{ id: 'cgt-other', status: 'running' }] } },
		8,
	],
	// A task that is missing from the list is requested separately from then on. The others stay on the list.
	['an empty list', { status: 200, body: { total: 0, items: [] } }, 8],
	['a list that always fails', { status: 500, body: 'Oops' }, 6],
])('%s: each task is requested separately', async (_name, answer, mostListCalls) => {
	const simulator = await startSimulator({ concurrency: 20, renderMs, now: () => Date.now() });
	const { origin, apiKey, requests } = simulator;
	simulator.intercept(({ method, path }) =>
		method === 'GET' && path.endsWith('/tasks') ? answer : undefined,
	);
	const execution = await setup.runVideo(create, {
		items: rows(20),
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
	});
	await simulator.close();
	expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual(
		Array.from({ length: 20 }, () => 'succeeded'),
	);
	const looks = requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
	const lists = looks.filter((path) => path.endsWith('/tasks'));
	expect(lists.length).toBeGreaterThan(0);
	expect(lists.length).toBeLessThanOrEqual(mostListCalls);
	expect(looks.length).toBeGreaterThan(4 * 20);
});

test('a stopped batch sends at most one request more, and creates nothing more', async () => {
	const simulator = await startSimulator({
		concurrency: 3,
		mostUnfinished: 3,
		renderMs,
		now: () => Date.now(),
	});
	const { origin, apiKey, requests } = simulator;
	const execution = await setup.runVideo(create, {
		items: rows(20),
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		onStart: ({ stop }) => setTimeout(stop, 40_000),
	});
	const atStop = requests.length;
	expect(execution.status).toBe('canceled');
	await new Promise((resolve) => setTimeout(resolve, 3 * renderMs));
	expect(requests.length - atStop).toBeLessThanOrEqual(1);
	expect(simulator.tasks).toHaveLength(3);
	for (const { id } of simulator.tasks) {
		expect(setup.logs.map(({ metadata }) => metadata['taskId'])).toContain(id);
	}
	await simulator.close();
});

test('Cancel on Stop cancels what is queued, and says what runs on', async () => {
	const simulator = await startSimulator({
		concurrency: 2,
		renderMs: 10 * renderMs,
		now: () => Date.now(),
	});
	const { origin, apiKey } = simulator;
	const execution = await setup.runVideo(
		{ ...create, waitOptions: { cancelOnStop: true } },
		{
			items: rows(5),
			credentials: { seedanceApi: { baseUrl: origin, apiKey } },
			onStart: ({ stop }) => setTimeout(stop, 12_000),
		},
	);
	expect(execution.status).toBe('canceled');
	await new Promise((resolve) => setTimeout(resolve, 20_000));
	expect(simulator.tasks.map(({ status }) => status)).toEqual([
		'running',
		'running',
		'cancelled',
		'cancelled',
		'cancelled',
	]);
	const deleted = simulator.requests.filter(({ method }) => method === 'DELETE');
	expect(deleted).toHaveLength(3);
	const [running] = simulator.tasks;
	expect(setup.logs).toContainEqual(
		expect.objectContaining({
			level: 'warn',
			message: expect.stringMatching(`^Seedance task ${running?.id} was not cancelled, .*running$`),
		}),
	);
	await simulator.close();
});

test('quickCreate of the other tests is a batch of one: no list request', async () => {
	await setup.runVideo(quickCreate);
	expect(listCalls()).toHaveLength(0);
});

/** The highest number of these tasks that were in flight at the same moment. */
function mostAtOnce(tasks: readonly SimulatedTask[]): number {
	return Math.max(
		...tasks.map(
			({ createdMs }) =>
				tasks.filter(
					(other) => other.createdMs <= createdMs && (other.endedMs ?? Infinity) > createdMs,
				).length,
		),
	);
}
