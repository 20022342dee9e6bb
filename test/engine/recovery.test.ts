import type { Interception, RecordedRequest } from '../simulator/simulator';
import type { RunOptions } from './engine';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { rowsWorkflow, videoNode } from './workflows';

const restoreTime = speedUpTime(40);
afterAll(restoreTime);

const setup = setUp({ concurrency: 100, renderMs: 20_000, now: () => Date.now() });
const create = { operation: 'create', prompt: '={{ $json.prompt }}' };
const rows = (...prompts: string[]) => prompts.map((prompt) => ({ prompt }));

/** Runs the node; the interceptor decides about each create. */
async function run(
	prompts: readonly string[],
	onCreate: (request: RecordedRequest, index: number) => Interception = () => undefined,
	options: Partial<RunOptions> & { readonly parameters?: object; readonly settings?: object } = {},
) {
	let creates = 0;
	const remove = setup.simulator.intercept((request) =>
		request.method === 'POST' ? onCreate(request, creates++) : undefined,
	);
	const before = setup.simulator.tasks.length;
	const { parameters, settings, ...rest } = options;
	const execution = await setup.runVideo(
		{},
		{
			workflow: rowsWorkflow(rows(...prompts), { ...create, ...parameters }, settings),
			...rest,
		},
	);
	remove();
	return { execution, created: setup.simulator.tasks.slice(before) };
}

test.each([
	['reset', { after: 'reset' }],
	['502 as HTML', { after: { status: 502, body: '<html>Bad gateway</html>' } }],
	['a success without an id', { after: { status: 200, body: {} } }],
	['an answer that breaks off', { truncateAfterBytes: 3 }],
] as ReadonlyArray<readonly [string, Interception]>)(
	'%s after acceptance: the task is found, and nothing is created again',
	async (_, answer) => {
		const { execution, created } = await run(['A'], () => answer);
		expect(created).toHaveLength(1);
		expect(execution.items(videoNode).map(({ json }) => json['taskId'])).toEqual([created[0]?.id]);
	},
);

test('lost before acceptance: the outcome stays unknown, and nothing is created', async () => {
	const { execution, created } = await run(['A'], () => 'reset');
	expect(created).toHaveLength(0);
	expect(execution.error).toMatchObject({ context: { outcomeUnknown: true } });
});

test('lost before acceptance, with Create Again: created once', async () => {
	const options = { onUnknownOutcome: 'createAgain' };
	const { execution, created } = await run(
		['A'],
		(_, index) => (index === 0 ? 'reset' : undefined),
		{ parameters: { options } },
	);
	expect(created).toHaveLength(1);
	expect(execution.items(videoNode).map(({ json }) => json['taskId'])).toEqual([created[0]?.id]);
});

test.each([
	['an error', { items: [], error: { code: 'InternalServiceError', message: 'Oops' } }],
	['an error without a code', { items: [], error: { message: 'db down' } }],
	['an error as text', { items: [], error: 'db down' }],
	['the code of an error', { code: 500, msg: 'db error', data: [] }],
	['that it did not succeed', { success: false, data: [] }],
	['that there are tasks', { items: [], total: '37' }],
	['that more follow', { items: [], total: 0, has_more: true }],
	['no number of tasks', { items: [] }],
])('an empty list that has %s does not say that a task is not there', async (_name, body) => {
	const remove = setup.simulator.intercept(({ method, path }) =>
		method === 'GET' && path.endsWith('/tasks') ? { status: 200, body } : undefined,
	);
	const parameters = { options: { onUnknownOutcome: 'createAgain' } };
	const { execution, created } = await run(['A'], () => ({ after: 'reset' }), { parameters });
	remove();
	expect(created).toHaveLength(1);
	expect(execution.error).toMatchObject({ context: { outcomeUnknown: true } });
});

test('Retry after a crash finds every task, in any order', async () => {
	const first = await run(['A', 'B', 'C', 'A']);
	expect(first.created).toHaveLength(4);
	const again = await run(['A', 'C', 'A', 'B'], undefined, { mode: 'retry' });
	expect(again.created).toEqual([]);
	const idsOf = (prompt: string) =>
		first.created.filter((task) => task.prompt === prompt).map(({ id }) => id);
	const ids = again.execution.items(videoNode).map(({ json }) => json['taskId']);
	expect([ids[0], ids[2]].sort()).toEqual(idsOf('A').sort());
	expect([ids[1], ids[3]]).toEqual([...idsOf('C'), ...idsOf('B')]);
});

test('a fresh execution makes new videos', async () => {
	expect((await run(['A'])).created).toHaveLength(1);
	expect((await run(['A'])).created).toHaveLength(1);
});

test('a way out: 20 rows, one lost before acceptance; Retry with Create Again delivers all of them', async () => {
	const prompts = Array.from({ length: 20 }, (_, row) => `Row ${row}`);
	const isLost = ({ body }: RecordedRequest) => JSON.stringify(body).includes('Row 3"');
	const first = await run(prompts, (request) => (isLost(request) ? 'reset' : undefined));
	expect(first.execution.error).toMatchObject({ context: { outcomeUnknown: true } });
	expect(first.created.length).toBeGreaterThan(4);

	const { origin, apiKey } = setup.simulator;
	const retry = async (options: object) =>
		await setup.engine.retry(first.execution, {
			workflow: rowsWorkflow(rows(...prompts), { ...create, options }),
			credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		});
	// The node searches again, and creates nothing for the row.
	const stopped = await retry({});
	expect(stopped.error).toMatchObject({ context: { outcomeUnknown: true } });
	const delivered = await retry({ onUnknownOutcome: 'createAgain' });
	expect(delivered.items(videoNode).map(({ json }) => json['status'])).toEqual(
		prompts.map(() => 'succeeded'),
	);
	const tasks = setup.simulator.tasks.filter(({ prompt }) => prompts.includes(prompt));
	expect(tasks.map(({ prompt }) => prompt).sort()).toEqual([...prompts].sort());
});

test('a task that is found only in the next try: Retry On Fail creates nothing', async () => {
	const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
	let lists = 0;
	const remove = setup.simulator.intercept(({ method, path }) =>
		method === 'GET' && path.endsWith('/tasks') && lists++ < 9
			? { status: 200, body: { total: 0, items: [] } }
			: undefined,
	);
	const { execution, created } = await run(['Late'], () => ({ after: 'reset' }), { settings });
	remove();
	expect(created).toHaveLength(1);
	expect(execution.items(videoNode).map(({ json }) => json['taskId'])).toEqual([created[0]?.id]);
});

test('a create in flight at a Stop: its task is in the log at warn', async () => {
	let stop = () => {};
	const stopped = run(
		['Stopped'],
		() => {
			stop();
			return { delayMs: 200 };
		},
		{ onStart: (execution) => (stop = () => execution.stop()) },
	);
	await stopped;
	const isLogged = () => setup.logs.some(({ level }) => level === 'warn');
	while (!isLogged()) await new Promise((resolve) => setTimeout(resolve, 1_000));
	const task = setup.simulator.tasks.find(({ prompt }) => prompt === 'Stopped');
	expect(setup.logs).toContainEqual({
		level: 'warn',
		message: expect.stringContaining(task?.id ?? 'no task'),
		metadata: expect.objectContaining({ taskId: task?.id, itemIndex: 0 }),
	});
});
