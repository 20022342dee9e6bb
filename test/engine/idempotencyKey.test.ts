import type { IDataObject } from 'n8n-workflow';
import type { Execution, RunOptions } from './engine';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { errorNode, rowsWorkflow, videoNode } from './workflows';

const restoreTime = speedUpTime(40);
afterAll(restoreTime);

const setup = setUp({ concurrency: 100, renderMs: 5_000, now: () => Date.now() });
const create = { operation: 'create', prompt: '={{ $json.prompt }}', downloadVideo: false };
const options = { idempotencyKey: '={{ $json.key }}' };
const settings = { onError: 'continueErrorOutput' } as const;

async function run(
	rows: readonly IDataObject[],
	more: { readonly parameters?: IDataObject } & Partial<RunOptions> = {},
) {
	const { parameters, ...rest } = more;
	const before = setup.simulator.tasks.length;
	const workflow = rowsWorkflow(rows, { ...create, options, ...parameters }, settings);
	const execution = await setup.runVideo({}, { workflow, ...rest });
	return { execution, created: setup.simulator.tasks.slice(before) };
}

const idsOf = (execution: Execution) =>
	execution.items(videoNode).map(({ json }) => json['taskId']);
const errorsOf = (execution: Execution) =>
	execution.items(videoNode, 1).map(({ json }) => json['error']);

test('a later execution with the same key fetches the same video', async () => {
	const first = await run([{ key: 'k1', prompt: 'A' }]);
	const second = await run([{ key: 'k1', prompt: 'A' }]);
	expect(first.created).toHaveLength(1);
	expect(second.created).toEqual([]);
	expect(second.execution.items(videoNode)[0]?.json).toEqual(
		first.execution.items(videoNode)[0]?.json,
	);
});

test('a running task is waited for', async () => {
	const parameters = { waitForCompletion: false };
	const first = await run([{ key: 'k2', prompt: 'A' }], { parameters });
	const second = await run([{ key: 'k2', prompt: 'A' }]);
	expect(second.created).toEqual([]);
	expect(second.execution.items(videoNode)[0]?.json).toMatchObject({
		taskId: first.created[0]?.id,
		status: 'succeeded',
	});
});

test('another key is another video, although the request is the same', async () => {
	const first = await run([{ key: 'k3', prompt: 'A' }]);
	const second = await run([{ key: 'k4', prompt: 'A' }]);
	expect([first.created.length, second.created.length]).toEqual([1, 1]);
});

test('a key with another request is refused, and so it stays', async () => {
	await run([{ key: 'k5', prompt: 'A' }]);
	for (let time = 0; time < 2; time++) {
		const { execution, created } = await run([{ key: 'k5', prompt: 'B' }]);
		expect(created).toEqual([]);
		expect(errorsOf(execution)).toEqual([
			expect.objectContaining({
				code: 'idempotencyKeyReused',
				message: expect.stringContaining('k5'),
			}),
		]);
	}
	const again = await run([{ key: 'k5', prompt: 'A' }]);
	expect([again.created, idsOf(again.execution).length]).toEqual([[], 1]);
});

test('two items with the same key share one task', async () => {
	const { execution, created } = await run([
		{ key: 'k6', prompt: 'A' },
		{ key: 'k6', prompt: 'A' },
	]);
	expect(created).toHaveLength(1);
	expect(idsOf(execution)).toEqual([created[0]?.id, created[0]?.id]);
});

describe('two items with the same key and different requests', () => {
	const rowsWith = (otherKey: string) => [
		{ key: 'k7', prompt: 'A' },
		{ key: otherKey, prompt: 'C' },
		{ key: 'k7', prompt: 'B' },
	];
	const reused = expect.objectContaining({
		code: 'idempotencyKeyReused',
		message: expect.stringContaining(`Idempotency Key "k7" is the same for items 1, 3,`),
	});

	test('are refused, and an item with another key is delivered', async () => {
		const { execution, created } = await run(rowsWith('k7-other'));
		expect(errorsOf(execution)).toEqual([reused, reused]);
		expect(created).toMatchObject([{ prompt: 'C' }]);
		expect(idsOf(execution)).toEqual([created[0]?.id]);
	});

	test('end the node before anything is sent, unless it continues on fail', async () => {
		const before = setup.simulator.tasks.length;
		const workflow = rowsWorkflow(rowsWith('k7-third'), { ...create, options });
		const { error } = await setup.runVideo({}, { workflow });
		expect(error).toMatchObject({ context: { code: 'idempotencyKeyReused' } });
		expect(setup.simulator.tasks).toHaveLength(before);
	});

	test('do not count in the token budget', async () => {
		const parameters = { options: { ...options, tokenBudget: 120_000 } };
		const { execution, created } = await run(rowsWith('k7-fourth'), { parameters });
		expect(errorsOf(execution)).toEqual([reused, reused]);
		expect(created).toMatchObject([{ prompt: 'C' }]);
	});
});

test('a task that failed is not the video: the next execution creates it again', async () => {
	const prompt = '[simulate:failed InternalServiceError] A';
	const first = await run([{ key: 'k8', prompt }]);
	const second = await run([{ key: 'k8', prompt }]);
	const third = await run([{ key: 'k8', prompt }]);
	expect([first, second, third].map(({ created }) => created.length)).toEqual([1, 1, 1]);
});

test('a key that was refused by the provider is free', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? { status: 400, body: { error: { code: 'InvalidParameter' } } } : undefined,
	);
	await run([{ key: 'k9', prompt: 'A' }]);
	remove();
	expect((await run([{ key: 'k9', prompt: 'B' }])).created).toHaveLength(1);
});

test('an answer that was lost: the next execution with the key finds the task', async () => {
	const parameters = { options: { ...options, recoveryMarker: 'none' } };
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? { after: 'reset' } : undefined,
	);
	const first = await run([{ key: 'k10', prompt: 'A' }], { parameters });
	remove();
	expect(errorsOf(first.execution)).toEqual([expect.objectContaining({ outcomeUnknown: true })]);
	const second = await run([{ key: 'k10', prompt: 'A' }], { parameters });
	expect(second.created).toEqual([]);
	// Without a marker nothing tells which task it is; the candidates are named.
	expect(errorsOf(second.execution)).toEqual([
		expect.objectContaining({
			outcomeUnknown: true,
			candidates: expect.arrayContaining([first.created[0]?.id]),
		}),
	]);
});

test('Retry of an execution with a key', async () => {
	const first = await run([{ key: 'k11', prompt: 'A' }]);
	const second = await run([{ key: 'k11', prompt: 'A' }], { mode: 'retry' });
	expect(second.created).toEqual([]);
	expect(idsOf(second.execution)).toEqual(idsOf(first.execution));
});

test('without n8n’s database a key cannot be kept, so nothing is sent', async () => {
	setup.engine.processedData.failure = new Error('The workflow was never saved');
	const { execution, created } = await run([{ key: 'k12', prompt: 'A' }]);
	setup.engine.processedData.failure = undefined;
	expect(created).toEqual([]);
	expect(errorsOf(execution)).toEqual([expect.objectContaining({ code: 'ledgerUnavailable' })]);
});

test('a number is a key, and it is the same as its text', async () => {
	await run([{ key: 13, prompt: 'A' }]);
	expect((await run([{ key: '13', prompt: 'A' }])).created).toEqual([]);
});

test('a key and a generation are two things', async () => {
	const parameters = { options: { ...options, createAgainAfterFailure: 1 } };
	const failing = '[simulate:failed InternalServiceError] A';
	const rows = [
		{ key: 'k14', prompt: failing },
		{ key: '1 k14', prompt: 'B' },
	];
	const { execution, created } = await run(rows, { parameters });
	const other = created.find(({ prompt }) => prompt === 'B');
	expect(created).toHaveLength(3);
	expect(idsOf(execution)).toEqual([other?.id]);
});

test('a key whose first task failed and whose record is gone still has its second', async () => {
	const parameters = { options: { ...options, createAgainAfterFailure: 1 } };
	const failing = '[simulate:failed InternalServiceError] k15';
	const rows = [{ key: 'k15', prompt: failing }];
	const first = await run(rows, { parameters });
	expect(first.created).toHaveLength(2);
	// The list no longer has the first.
	const gone = first.created[0]?.id ?? '';
	const remove = setup.simulator.intercept(({ method, path }) =>
		method === 'GET' && path.endsWith(gone) ? { status: 404, body: {} } : undefined,
	);
	const { origin, apiKey, officialBasePath } = setup.simulator;
	await fetch(`${origin}${officialBasePath}/contents/generations/tasks/${gone}`, {
		method: 'DELETE',
		headers: { authorization: `Bearer ${apiKey}` },
	});
	const second = await run(rows, { parameters, mode: 'retry' });
	remove();
	// Both have failed, so a task of the third generation is created.
	expect(second.created).toHaveLength(1);
});

describe('Create Again After a Failure', () => {
	const prompt = '[simulate:failed InternalServiceError] A';

	test.each([0, 2])('%s times, then the item fails with the last task', async (times) => {
		const parameters = { options: { createAgainAfterFailure: times } };
		const { execution, created } = await run([{ prompt }], { parameters });
		expect(created).toHaveLength(times + 1);
		expect(errorsOf(execution)).toEqual([
			expect.objectContaining({ code: 'InternalServiceError', taskId: created.at(-1)?.id }),
		]);
	});

	test.each(['succeeded', 'running'])(
		'not while the next answer says that the task is %s',
		async (next) => {
			const parameters = { options: { createAgainAfterFailure: 3 } };
			const error = { code: 'InternalServiceError', message: 'Oops' };
			const answers: object[] = [{ status: 'failed', error }];
			if (next === 'running') answers.push({ status: 'running' });
			const remove = setup.simulator.intercept(({ method, path }) => {
				const body = method === 'GET' && /[/]tasks[/]./.test(path) ? answers.shift() : undefined;
				return body && { status: 200, body };
			});
			const { execution, created } = await run([{ prompt: 'A' }], { parameters });
			remove();
			expect(answers).toEqual([]);
			expect(created).toHaveLength(1);
			expect(execution.items(videoNode)[0]?.json).toMatchObject({ taskId: created[0]?.id });
		},
	);

	test('never after moderation', async () => {
		const parameters = { options: { createAgainAfterFailure: 3 } };
		const moderated = '[simulate:failed OutputVideoSensitiveContentDetected] A';
		expect((await run([{ prompt: moderated }], { parameters })).created).toHaveLength(1);
	});

	test('equal rows: each is created again for itself', async () => {
		const parameters = { options: { createAgainAfterFailure: 1 } };
		const { execution, created } = await run([{ prompt }, { prompt }, { prompt }], { parameters });
		expect(created).toHaveLength(6);
		const failed = errorsOf(execution).map((error) => (error as IDataObject)['taskId']);
		expect(new Set(failed).size).toBe(3);
	});

	test('Retry after a crash goes on with the last generation', async () => {
		const parameters = { options: { createAgainAfterFailure: 2 } };
		const first = await run([{ prompt }], { parameters });
		const second = await run([{ prompt }], { parameters, mode: 'retry' });
		expect(second.created).toEqual([]);
		expect(errorsOf(second.execution)).toEqual([
			expect.objectContaining({ taskId: first.created.at(-1)?.id }),
		]);
	});

	test('Retry On Fail does not begin to count anew', async () => {
		const parameters = { ...create, options: { createAgainAfterFailure: 1 } };
		const before = setup.simulator.tasks.length;
		const retries = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
		const workflow = rowsWorkflow([{ prompt }], parameters, retries);
		const execution = await setup.runVideo({}, { workflow });
		expect(execution.items(errorNode)).toEqual([]);
		expect(setup.simulator.tasks.slice(before)).toHaveLength(2);
	});
});

test('hundreds of items with one key each name fifty of them', async () => {
	const rows = Array.from({ length: 300 }, (_, row) => ({ key: 'k-many', prompt: `Row ${row}` }));
	const { execution, created } = await run(rows);
	expect(created).toEqual([]);
	const errors = errorsOf(execution);
	expect(errors).toHaveLength(300);
	for (const error of errors) {
		const { code, message } = error as { readonly code: string; readonly message: string };
		expect(code).toBe('idempotencyKeyReused');
		expect(message.match(/\d+(?=, | and )/g)).toHaveLength(50);
		expect(message).toContain('250 more');
	}
});
