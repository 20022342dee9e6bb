import type { LogLine } from './engine';
import { startSimulator, type Simulator } from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { errorNode, videoNode, videoWorkflow } from './workflows';

const restoreTime = speedUpTime(20);
afterAll(restoreTime);

const renderMs = 60_000;
const slow = { renderMs, now: () => Date.now() };
const setup = setUp({ ...slow, concurrency: 10, mostUnfinished: 10 });

/** Its price is known. */
let bytePlus: Simulator;
beforeAll(async () => {
	bytePlus = await startSimulator({ ...slow, provider: 'bytePlus', renderMs: 300 });
});
afterAll(async () => {
	await bytePlus.close();
});

const rows = (count: number) =>
	Array.from({ length: count }, (_, row) => ({ json: { prompt: `Row ${row}` } }));
const create = { operation: 'create', prompt: '={{ $json.prompt }}', ratio: '16:9', duration: 5 };

/** Lines of the node that have this in their metadata. */
const linesWith = (member: string, level?: LogLine['level']) =>
	setup.logs.filter(
		({ metadata, level: its }) => metadata[member] !== undefined && its === (level ?? its),
	);
const infoLines = () => setup.logs.filter(({ level }) => level === 'info');
const sumOf = (numbers: readonly unknown[]) =>
	numbers.reduce<number>((sum, one) => sum + Number(one), 0);

/** Everything of the last run that names a task or an item also names its item and execution; the console prints only the text. */
function expectPlaces(): void {
	for (const { message, metadata } of setup.logs) {
		const { executionId, itemIndex, tasks } = metadata;
		expect(metadata).toMatchObject({ nodeName: videoNode, workflowId: 'engine' });
		expect(message).toContain(`execution ${String(executionId)}`);
		const named = message.match(/\bcgt-[\w-]+/g) ?? [];
		if (tasks !== undefined) {
			const listed = tasks as Array<{ readonly taskId: string; readonly itemIndex: number }>;
			expect(named).toEqual(listed.map(({ taskId }) => taskId));
			for (const one of listed)
				expect(message).toContain(`${one.taskId} (item ${one.itemIndex + 1})`);
		} else if (itemIndex !== undefined || named.length > 0) {
			expect(message).toContain(
				`, item ${Number(itemIndex) + 1} of execution ${String(executionId)}`,
			);
		}
	}
}

/** What the line at the end says: the only one about the whole run. */
function summary() {
	const lines = linesWith('end');
	expect(lines.map(({ level }) => level)).toEqual(['info']);
	expect(lines[0]).toBe(infoLines().at(-1));
	return lines[0]?.metadata as unknown as {
		readonly end: string;
		readonly created: number;
		readonly resumed: number;
		readonly tokens: unknown;
		readonly costs: unknown;
		readonly counts: { readonly items: number; readonly ended: Record<string, number> };
	};
}

test('a batch of 50: the task of each create at once, and then one line for changes of the counts', async () => {
	const startedAtMs = Date.now();
	let atFirstAnswer = '';
	const remove = setup.simulator.intercept(({ method }) => {
		// A list or a read comes after the answer of the first create.
		if (method === 'GET' && atFirstAnswer === '') atFirstAnswer = JSON.stringify(infoLines());
		return undefined;
	});
	const execution = await setup.runVideo(create, { items: rows(50) });
	remove();
	const tookMs = Date.now() - startedAtMs;
	expectPlaces();

	const idOfItem = execution.items(videoNode).map(({ json }) => json['taskId']);
	const created = linesWith('taskId', 'info').map(({ metadata }) => metadata);
	expect(created).toHaveLength(50);
	for (const { itemIndex, taskId } of created) expect(taskId).toBe(idOfItem[Number(itemIndex)]);
	expect(atFirstAnswer).toContain(created[0]?.['taskId']);

	const counts = linesWith('counts').filter(({ metadata }) => metadata['end'] === undefined);
	expect(counts.length).toBeGreaterThan(3);
	// At most one in ten seconds.
	expect(counts.length).toBeLessThanOrEqual(Math.ceil(tookMs / 10_000));
	expect(new Set(counts.map(({ message }) => message)).size).toBe(counts.length);
	for (const { message, level } of counts) {
		expect(level).toBe('info');
		const [said = ''] = /: .* \(of 50\)/.exec(message) ?? [];
		expect(sumOf(said.match(/\d+(?= [a-z])/g) ?? [])).toBe(50);
	}
	expect(infoLines()).toHaveLength(50 + counts.length + 1);
	expect(linesWith('status').map(({ level }) => level)).toEqual(
		linesWith('status').map(() => 'debug'),
	);
	expect(summary()).toMatchObject({
		...{ end: 'ended', created: 50, resumed: 0 },
		counts: { items: 50, ended: { delivered: 50, failed: 0 } },
	});
});

test('a run of one item has a line for each status', async () => {
	await setup.runVideo(create, { items: rows(1) });
	expectPlaces();
	const id = setup.simulator.tasks.at(-1)?.id;
	expect(infoLines().map(({ metadata }) => [metadata['taskId'], metadata['status']])).toEqual([
		[id, undefined],
		[id, 'running'],
		[id, 'succeeded'],
		[undefined, undefined],
	]);
	expect(summary()).toMatchObject({ end: 'ended', created: 1, counts: { items: 1 } });
});

test('the sum of a run agrees with its items: one resumed, one created, one failed, with a budget', async () => {
	const { origin, apiKey } = bytePlus;
	const credentials = { seedanceApi: { provider: 'bytePlus', baseUrl: origin, apiKey } };
	const parameters = { ...create, options: { maxConcurrency: 1, costBudget: 10 } };
	const items = ['A', 'B', '[simulate:failed OutputVideoSensitiveContentDetected] C'].map(
		(prompt) => ({ json: { prompt } }),
	);
	const remove = bytePlus.intercept(async ({ method, body }) => {
		if (method !== 'POST' || !JSON.stringify(body).includes('"B"')) return undefined;
		// Until A is delivered: after the failure its file is left.
		await new Promise((resolve) => setTimeout(resolve, 60_000));
		return { status: 400, body: { error: { code: 'InvalidParameter', message: 'No' } } };
	});
	const first = await setup.runVideo(parameters, { items, credentials });
	remove();
	expect(first.status).toBe('error');
	expectPlaces();
	expect(summary()).toMatchObject({
		...{ end: 'failed', created: 1, resumed: 0 },
		counts: { items: 3, ended: { delivered: 1, failed: 1, notCreated: 1 } },
	});

	setup.logs.length = 0;
	const second = await setup.engine.retry(first, {
		workflow: videoWorkflow(parameters, { onError: 'continueErrorOutput' }),
		...{ credentials, items, onLog: (line) => setup.logs.push(line) },
	});
	expectPlaces();
	const delivered = second.items(videoNode).map(({ json }) => json);
	expect(delivered).toHaveLength(2);
	expect(second.items(errorNode)).toHaveLength(1);
	const amount = sumOf(delivered.map(({ cost }) => cost));
	expect(amount).toBeGreaterThan(0);
	expect(summary()).toMatchObject({
		...{ end: 'ended', created: 2, resumed: 1 },
		counts: { items: 3, ended: { delivered: 2, failed: 1, notCreated: 0 } },
		tokens: { sum: sumOf(delivered.map(({ totalTokens }) => totalTokens)), videos: 2 },
		costs: [{ sum: { amount: expect.closeTo(amount, 6), currency: 'USD' }, videos: 2 }],
	});
	const resumed = linesWith('taskId', 'debug').map(({ metadata }) => metadata);
	expect(resumed[0]).toMatchObject({ taskId: delivered[0]?.['taskId'], itemIndex: 0 });
});

test('whole tasks have tokens, and no cost is made up', async () => {
	const execution = await setup.runVideo({ ...create, simplify: false }, { items: rows(2) });
	const tokens = execution
		.items(videoNode)
		.map(({ json }) => (json['usage'] as { readonly total_tokens: number }).total_tokens);
	expect(summary()).toMatchObject({ tokens: { sum: sumOf(tokens), videos: 2 }, costs: [] });
});

test('tasks that continue after their wait are counted as such', async () => {
	await setup.runVideo({ ...create, waitForCompletion: false }, { items: rows(2) });
	expectPlaces();
	expect(summary()).toMatchObject({ created: 2, counts: { ended: { continuing: 2 } } });
});

test('a dry run has nothing to sum up', async () => {
	await setup.runVideo({ ...create, options: { dryRun: true } }, { items: rows(2) });
	expect(infoLines()).toEqual([]);
});

test.each([false, true])(
	'a stop names every task that continues, and every video that is in no item; Cancel on Stop: %s',
	async (cancelOnStop) => {
		const simulator = await startSimulator({ ...slow, concurrency: 3, mostUnfinished: 6 });
		const { origin, apiKey } = simulator;
		const execution = await setup.runVideo(
			{ ...create, waitOptions: { cancelOnStop } },
			{
				items: rows(20),
				credentials: { seedanceApi: { baseUrl: origin, apiKey } },
				onStart: ({ stop }) => setTimeout(stop, 1.6 * renderMs),
			},
		);
		expect(execution.status).toBe('canceled');
		while (linesWith('end').length === 0) {
			await new Promise((resolve) => setTimeout(resolve, 1_000));
		}
		await simulator.close();
		expectPlaces();
		const idsThatWere = (...statuses: readonly string[]) =>
			simulator.tasks
				.filter(({ status }) => statuses.includes(status))
				.map(({ id }) => id)
				.sort();
		const warned = linesWith('tasks', 'warn').map(({ metadata: { tasks } }) =>
			(tasks as Array<{ readonly taskId: string }>).map(({ taskId }) => taskId).sort(),
		);
		const left = linesWith('taskId', 'warn').map(({ metadata }) => metadata['taskId']);
		const finished = idsThatWere('succeeded');
		const continuing = idsThatWere('queued', 'running');
		expect(finished.length).toBeGreaterThan(0);
		expect(continuing.length).toBeGreaterThan(0);
		expect(warned).toEqual(cancelOnStop ? [finished] : [continuing, finished]);
		expect(left.sort()).toEqual(cancelOnStop ? continuing : []);
		const ended = { delivered: finished.length, cancelled: idsThatWere('cancelled').length };
		expect(ended.cancelled > 0).toBe(cancelOnStop);
		expect(summary()).toMatchObject({
			...{ end: 'stopped', created: simulator.tasks.length },
			counts: { ended: { ...ended, continuing: continuing.length, failed: 0 } },
		});
	},
);
