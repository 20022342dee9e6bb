import { startSimulator, type Simulator } from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { videoNode } from './workflows';

const restoreTime = speedUpTime(40);
afterAll(restoreTime);
const setup = setUp();
const simulators: Simulator[] = [];
afterAll(async () => {
	await Promise.all(simulators.map(async (simulator) => await simulator.close()));
});

const rows = (count: number) =>
	Array.from({ length: count }, (_, row) => ({ json: { prompt: `Row ${row}` } }));
const create = { operation: 'create', prompt: '={{ $json.prompt }}' };

async function provider(renderMs = 60_000) {
	const simulator = await startSimulator({ renderMs, concurrency: 500, now: () => Date.now() });
	simulators.push(simulator);
	const { origin, apiKey } = simulator;
	return { simulator, credentials: { seedanceApi: { baseUrl: origin, apiKey } } };
}

test('ten creates a minute, and nothing to wait for: all rows are created in their time', async () => {
	const { simulator, credentials } = await provider();
	const taken: number[] = [];
	simulator.intercept(({ method, at }) => {
		if (method !== 'POST') return undefined;
		if (taken.filter((takenAt) => takenAt > at - 60_000).length < 10) {
			taken.push(at);
			return undefined;
		}
		return {
			status: 429,
			body: { error: { code: 'ModelAccountRpmRateLimitExceeded', message: 'Slower' } },
		};
	});
	const execution = await setup.runVideo(
		{ ...create, waitForCompletion: false },
		{ items: rows(35), credentials },
	);
	expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual(
		rows(35).map(() => 'queued'),
	);
	expect(simulator.tasks.map(({ prompt }) => prompt).sort()).toEqual(
		rows(35)
			.map(({ json }) => json.prompt)
			.sort(),
	);
});

test('polls that hang and queue do not delay the end of a wait', async () => {
	const { simulator, credentials } = await provider(600_000);
	simulator.intercept(({ method, path }) => {
		if (method !== 'GET') return undefined;
		return path.endsWith('/tasks') ? { status: 404, body: {} } : 'hang';
	});
	const execution = await setup.runVideo(
		{ ...create, waitOptions: { maxWait: 1 } },
		{ items: rows(60), credentials },
	);
	expect(execution.items(videoNode).map(({ json }) => json['timedOut'])).toEqual(
		rows(60).map(() => true),
	);
	// One minute, plus five seconds for requests in flight. Without its own limit it would be four minutes.
	const lastCreatedAtMs = Math.max(...simulator.tasks.map(({ createdMs }) => createdMs));
	expect(Date.now() - lastCreatedAtMs).toBeLessThan(130_000);
});

test('a poll that gets a Retry-After of half an hour is repeated after two minutes', async () => {
	const { simulator, credentials } = await provider();
	let busy = 1;
	simulator.intercept(({ method, path }) =>
		method === 'GET' && path.includes('/tasks') && busy-- > 0
			? { status: 503, headers: { 'retry-after': '1800' }, body: 'Busy' }
			: undefined,
	);
	const startedAtMs = Date.now();
	const execution = await setup.runVideo(create, { items: rows(3), credentials });
	expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual(
		rows(3).map(() => 'succeeded'),
	);
	const tookMs = Date.now() - startedAtMs;
	expect(tookMs).toBeGreaterThan(100_000);
	expect(tookMs).toBeLessThan(240_000);
});

test('after a provider throttles or is down for a while, the node polls with lists again', async () => {
	const { simulator, credentials } = await provider();
	let answers = 8;
	simulator.intercept(({ method, path }) => {
		if (method !== 'GET' || !path.includes('/tasks') || answers-- <= 0) return undefined;
		return answers % 2 === 0 ? { status: 429, body: {} } : 'reset';
	});
	await setup.runVideo(
		{ ...create, waitOptions: { pollInterval: 2 } },
		{ items: rows(20), credentials },
	);
	const lists = simulator.requests.filter(
		({ method, path, status }) => method === 'GET' && path.endsWith('/tasks') && status === 200,
	);
	expect(lists.length).toBeGreaterThan(3);
});

test('a DELETE that gets a Retry-After of hours fails at once', async () => {
	const { simulator, credentials } = await provider();
	await setup.runVideo(
		{ ...create, prompt: '[simulate:queue 60m] A', waitForCompletion: false },
		{ credentials },
	);
	simulator.intercept(({ method }) =>
		method === 'DELETE' ? { status: 429, headers: { 'retry-after': '7200' }, body: {} } : undefined,
	);
	const startedAtMs = Date.now();
	const execution = await setup.runVideo(
		{ operation: 'cancel', taskId: simulator.tasks[0]?.id },
		{ credentials },
	);
	expect(execution.status).toBe('error');
	expect(Date.now() - startedAtMs).toBeLessThan(30_000);
});
