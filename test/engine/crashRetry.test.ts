import type { IDataObject, INode } from 'n8n-workflow';
import type { SimulatedTask } from '../simulator/simulator';
import type { Execution, RunOptions, WorkflowJson } from './engine';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { rowsWorkflow, videoNode } from './workflows';

/**
 * An execution that was killed, as n8n begins it again: from the trigger, with an empty store of the node.
 * Here the first execution runs to its end, which is the latest moment of a kill: a node behind it may be the one that n8n died in. `npm run test:crash` kills a real n8n earlier.
 */
const restoreTime = speedUpTime(40);
afterAll(restoreTime);

const setup = setUp({ concurrency: 100, renderMs: 5_000, now: () => Date.now() });
const create = { operation: 'create', prompt: '={{ $json.prompt }}', downloadVideo: false };
const rows = (...prompts: string[]) => prompts.map((prompt) => ({ prompt }));

async function run(workflow: WorkflowJson, options: Partial<RunOptions> = {}) {
	const before = setup.simulator.tasks.length;
	const execution = await setup.runVideo({}, { workflow, ...options });
	return { execution, created: setup.simulator.tasks.slice(before) };
}

const idsOf = (execution: Execution, node = videoNode) =>
	execution.items(node).map(({ json }) => json['taskId']);
const idOf = (tasks: readonly SimulatedTask[], wanted: string) =>
	tasks.find(({ prompt }) => prompt === wanted)?.id;

test('Retry: every row gets its task, and nothing is created', async () => {
	const workflow = rowsWorkflow(rows('A', 'B', 'C'), create);
	const first = await run(workflow);
	const second = await run(workflow, { mode: 'retry' });
	expect(second.created).toEqual([]);
	expect(idsOf(second.execution)).toEqual(['A', 'B', 'C'].map((row) => idOf(first.created, row)));
});

test('Retry of a Retry that was killed as well', async () => {
	const workflow = rowsWorkflow(rows('A', 'B'), create);
	const first = await run(workflow);
	// One row more: the first Retry creates it, the second finds all three.
	const more = rowsWorkflow(rows('A', 'B', 'C'), create);
	const second = await run(more, { mode: 'retry' });
	const third = await run(more, { mode: 'retry' });
	expect([first, second, third].map(({ created }) => created.length)).toEqual([2, 1, 0]);
	expect(idsOf(third.execution)).toEqual(idsOf(second.execution));
});

test('rows in another order, with equal rows and one that is gone', async () => {
	const first = await run(rowsWorkflow(rows('A', 'B', 'A', 'C'), create));
	const second = await run(rowsWorkflow(rows('C', 'A', 'A'), create), { mode: 'retry' });
	expect(second.created).toEqual([]);
	const [c, ...others] = idsOf(second.execution);
	expect(c).toBe(idOf(first.created, 'C'));
	expect(others.sort()).toEqual(
		first.created.flatMap(({ id, prompt }) => (prompt === 'A' ? [id] : [])).sort(),
	);
});

test('an expression that resolves to another value each time', async () => {
	const prompt = '={{ $json.prompt }} at {{ $now.toMillis() }} {{ Math.random() }}';
	const workflow = rowsWorkflow(rows('A', 'B'), { ...create, prompt });
	const first = await run(workflow);
	const second = await run(workflow, { mode: 'retry' });
	expect(first.created).toHaveLength(2);
	expect(second.created).toEqual([]);
	expect(idsOf(second.execution)).toEqual(first.created.map(({ id }) => id));
});

test('such rows that are equal, and have moved', async () => {
	const prompt = '={{ $json.prompt }} at {{ $now.toMillis() }} {{ Math.random() }}';
	const first = await run(rowsWorkflow(rows('A', 'B', 'A', 'C'), { ...create, prompt }));
	expect(first.created).toHaveLength(4);
	const moved = rowsWorkflow(rows('C', 'A', 'A'), { ...create, prompt });
	const second = await run(moved, { mode: 'retry' });
	expect(second.created).toEqual([]);
	expect(new Set(idsOf(second.execution)).size).toBe(3);
});

test('an input that was edited where another expression changes by itself is a new task', async () => {
	const prompt = '={{ $json.prompt }} {{ Math.random() }}';
	await run(rowsWorkflow(rows('A'), { ...create, prompt }));
	const second = await run(rowsWorkflow(rows('B'), { ...create, prompt }), { mode: 'retry' });
	expect(second.created).toHaveLength(1);
});

test('when n8n’s database fails in a Retry, nothing is sent', async () => {
	const workflow = rowsWorkflow(rows('A', 'B'), create, { onError: 'continueErrorOutput' });
	await run(workflow);
	setup.engine.processedData.failure = new Error('SQLITE_BUSY');
	const second = await run(workflow, { mode: 'retry' });
	setup.engine.processedData.failure = undefined;
	expect(second.created).toEqual([]);
	expect(second.execution.items(videoNode, 1).map(({ json }) => json['error'])).toEqual([
		expect.objectContaining({ code: 'ledgerUnreadable' }),
		expect.objectContaining({ code: 'ledgerUnreadable' }),
	]);
	const third = await run(workflow, { mode: 'retry' });
	expect(third.created).toEqual([]);
	expect(idsOf(third.execution)).toHaveLength(2);
});

test('one failure of n8n’s database is repeated, and nothing is forgotten', async () => {
	const workflow = rowsWorkflow(rows('A', 'B', 'C'), create);
	setup.engine.processedData.failOnce(4);
	const first = await run(workflow);
	expect(first.created).toHaveLength(3);
	expect((await run(workflow, { mode: 'retry' })).created).toEqual([]);
});

test.each([
	['in the node', rows('A', 'B'), { prompt: '={{ $json.prompt }}, in color' }, 2],
	['in one row', rows('A', 'B, in color'), {}, 1],
])('a prompt that was edited %s is a new task', async (_, edited, parameters, expected) => {
	await run(rowsWorkflow(rows('A', 'B'), create));
	const second = await run(rowsWorkflow(edited, { ...create, ...parameters }), { mode: 'retry' });
	expect(second.created).toHaveLength(expected);
});

test('what only the node does with the task may be edited', async () => {
	const prompt = '={{ $json.prompt }} {{ Math.random() }}';
	await run(rowsWorkflow(rows('A'), { ...create, prompt }));
	const options = { onUnknownOutcome: 'createAgain', callbackUrl: 'https://example.com/1' };
	const waitOptions = { pollInterval: 2 };
	const edited = rowsWorkflow(rows('A'), { ...create, prompt, options, waitOptions });
	expect((await run(edited, { mode: 'retry' })).created).toEqual([]);
});

test('n8n 1 begins the execution of a dead worker anew, under the same ID', async () => {
	const workflow = rowsWorkflow(rows('A', 'B'), create);
	const first = await run(workflow, { executionId: '9001' });
	const second = await run(workflow, { executionId: '9001' });
	expect(second.created).toEqual([]);
	expect(idsOf(second.execution)).toEqual(first.created.map(({ id }) => id));
});

test('a fresh execution with the same rows never adopts, and Retry of it finds its own tasks', async () => {
	const workflow = rowsWorkflow(rows('A', 'B'), create);
	await run(workflow);
	const second = await run(workflow);
	expect(second.created).toHaveLength(2);
	const third = await run(workflow, { mode: 'retry' });
	expect(third.created).toEqual([]);
	expect(idsOf(third.execution)).toEqual(second.created.map(({ id }) => id));
});

test('Retry of an execution that began with something else finds that one, whatever ran since', async () => {
	const workflow = rowsWorkflow(rows('A'), create);
	const items = (body: string) => [{ json: { body } }];
	const first = await run(workflow, { items: items('first') });
	const other = await run(workflow, { items: items('other') });
	const retries = [
		await run(workflow, { items: items('first'), mode: 'retry' }),
		await run(workflow, { items: items('other'), mode: 'retry' }),
	];
	expect(retries.map(({ created }) => created.length)).toEqual([0, 0]);
	expect(retries.map(({ execution }) => idsOf(execution))).toEqual([
		[first.created[0]?.id],
		[other.created[0]?.id],
	]);
});

test('Retry of an execution that created nothing creates', async () => {
	const workflow = rowsWorkflow(rows('A'), create);
	const items = [{ json: { body: 'nothing was created' } }];
	expect((await run(workflow, { items, mode: 'retry' })).created).toHaveLength(1);
});

test('two nodes with the same request: each finds its own task', async () => {
	const workflow = withSecondNode(rowsWorkflow(rows('A'), create), create);
	const first = await run(workflow);
	const second = await run(workflow, { mode: 'retry' });
	expect(first.created).toHaveLength(2);
	expect(second.created).toEqual([]);
	for (const node of [videoNode, 'Second']) {
		expect(idsOf(second.execution, node)).toEqual(idsOf(first.execution, node));
	}
});

test('a loop: equal requests of its runs stay tasks of their own', async () => {
	const workflow = asLoop(rowsWorkflow(rows('A', 'A', 'B'), create));
	const first = await run(workflow);
	expect(first.created).toHaveLength(3);
	const second = await run(workflow, { mode: 'retry' });
	expect(second.created).toEqual([]);
	const runs = ({ run: { data } }: Execution) =>
		(data.resultData.runData[videoNode] ?? []).map(
			(one) => one.data?.['main']?.[0]?.[0]?.json['taskId'],
		);
	expect(runs(second.execution)).toEqual(runs(first.execution));
});

test('a task that was cancelled before it could be charged is created anew', async () => {
	const queued = rows('[simulate:queue 600s] A');
	const workflow = rowsWorkflow(queued, { ...create, waitForCompletion: false });
	const first = await run(workflow);
	const [task] = first.created;
	const { origin, apiKey, officialBasePath } = setup.simulator;
	await fetch(`${origin}${officialBasePath}/contents/generations/tasks/${task?.id}`, {
		method: 'DELETE',
		headers: { authorization: `Bearer ${apiKey}` },
	});
	expect(setup.simulator.tasks.at(-1)?.status).toBe('cancelled');
	const second = await run(workflow, { mode: 'retry' });
	expect(second.created).toHaveLength(1);
});

test('without n8n’s database the node works as before, and says so at debug', async () => {
	setup.engine.processedData.failure = new Error('The workflow was never saved');
	const first = await run(rowsWorkflow(rows('A'), create));
	setup.engine.processedData.failure = undefined;
	expect(first.created).toHaveLength(1);
	expect(setup.logs).toContainEqual(
		expect.objectContaining({
			level: 'debug',
			message: expect.stringContaining('The workflow was never saved'),
		}),
	);
});

test('nothing to recover: no list request', async () => {
	await run(rowsWorkflow(rows('A', 'B'), { ...create, waitForCompletion: false }));
	expect(setup.requests('GET', /tasks$/)).toEqual([]);
});

test('a Retry that finds every task asks for the list once', async () => {
	const parameters = { ...create, waitForCompletion: false };
	const workflow = rowsWorkflow(rows('A', 'B', 'C'), parameters);
	await run(workflow);
	const before = setup.requests('GET', /tasks$/).length;
	await run(workflow, { mode: 'retry' });
	expect(setup.requests('GET', /tasks$/)).toHaveLength(before + 1);
});

function withSecondNode(workflow: WorkflowJson, parameters: IDataObject): WorkflowJson {
	const first = workflow.nodes.find(({ name }) => name === videoNode);
	const second = { ...first, id: 'Second', name: 'Second', parameters } as INode;
	return {
		...workflow,
		nodes: [...workflow.nodes, second],
		connections: {
			...workflow.connections,
			Rows: {
				main: [
					[
						{ node: videoNode, type: 'main', index: 0 },
						{ node: 'Second', type: 'main', index: 0 },
					],
				],
			},
		},
	};
}

/** Rows → Each → Seedance Video → Each: one item in each run of the node. */
function asLoop(workflow: WorkflowJson): WorkflowJson {
	const each: INode = {
		id: 'Each',
		name: 'Each',
		type: 'test.each',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	return {
		...workflow,
		nodes: [...workflow.nodes, each],
		connections: {
			Start: { main: [to('Rows')] },
			Rows: { main: [to('Each')] },
			Each: { main: [[], to(videoNode)] },
			[videoNode]: { main: [to('Each')] },
		},
	};
}
