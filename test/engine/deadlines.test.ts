import { speedUpTime } from './fastTime';
import { quickCreate, setUp, withoutMarker } from './setup';
import { videoNode } from './workflows';

/** The simulator's delays are in real time, which counts so many times. */
const factor = 25;
const restoreTime = speedUpTime(factor);
afterAll(restoreTime);
const setup = setUp({ now: () => Date.now(), renderMs: 10_000, concurrency: 200 });

/** A byte every three seconds, as a host does that never ends its answer. */
const drip = { dripEveryMs: 3_000 / factor };
const rows = (count: number) =>
	Array.from({ length: count }, (_, row) => ({ json: { prompt: `Row ${row}` } }));

test('a create whose answer drips ends after two minutes, outcome unknown, and the other items are returned', async () => {
	const remove = setup.simulator.intercept(({ method, body }) =>
		method === 'POST' && JSON.stringify(body).includes('Row 0') ? drip : undefined,
	);
	const startedAtMs = Date.now();
	const execution = await setup.runVideo(
		{ ...quickCreate, ...withoutMarker, prompt: '={{ $json.prompt }}' },
		{ items: rows(3), settings: { onError: 'continueErrorOutput' } },
	);
	remove();
	expect(Date.now() - startedAtMs).toBeLessThan(240_000);
	expect(execution.items(videoNode, 1).map(({ json }) => json['error'])).toEqual([
		expect.objectContaining({ code: 'answerTimedOut', outcomeUnknown: true }),
	]);
	expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual([
		'succeeded',
		'succeeded',
	]);
	expect(setup.requests('POST', /tasks$/)).toHaveLength(3);
});

test('a create that is answered after its time is logged with its task', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST'
			? { after: { status: 200, body: { id: 'cgt-late' }, delayMs: 150_000 / factor } }
			: undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate, ...withoutMarker });
	expect(execution.error).toMatchObject({ context: { outcomeUnknown: true } });
	await new Promise((resolve) => setTimeout(resolve, 60_000));
	remove();
	expect(setup.logs).toContainEqual(
		expect.objectContaining({
			level: 'warn',
			message: expect.stringMatching(/cgt-late, item 1 of execution \d+$/),
			metadata: expect.objectContaining({ taskId: 'cgt-late', itemIndex: 0 }),
		}),
	);
});

test('a stop ends a list that drips at once, and a create that drips within two minutes', async () => {
	const remove = setup.simulator.intercept(({ method, body }) =>
		method === 'GET' || JSON.stringify(body).includes('Row 1') ? drip : undefined,
	);
	let stoppedAtMs = 0;
	const run = (count: number) =>
		setup.runVideo(
			{ ...quickCreate, ...withoutMarker, prompt: '={{ $json.prompt }}' },
			{
				items: rows(count),
				onStart: ({ stop }) =>
					void setTimeout(() => {
						stoppedAtMs = Date.now();
						stop();
					}, 20_000),
			},
		);
	await run(1);
	expect(Date.now() - stoppedAtMs).toBeLessThan(10_000);
	await run(2);
	remove();
	expect(Date.now() - stoppedAtMs).toBeLessThan(130_000);
});

test('lists and reads that drip block the others for half a minute at most', async () => {
	let left = 9;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'GET' && left-- > 0 ? drip : undefined,
	);
	const startedAtMs = Date.now();
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}', downloadVideo: false },
		{ items: rows(20) },
	);
	remove();
	expect(left).toBeLessThan(0);
	expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual(
		rows(20).map(() => 'succeeded'),
	);
	expect(Date.now() - startedAtMs).toBeLessThan(300_000);
});
