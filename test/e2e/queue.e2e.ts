import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { outputOf, type Execution } from '../n8n/execution';
import { startQueue, type Queue, type QueueWorker } from '../n8n/queue';
import { waitUntil } from '../n8n/readiness';
import { createVideoWebhook, videoNodeName, type VideoWebhook } from '../n8n/videoWebhook';
import type { SimulatedTask } from '../simulator/simulator';
import { sha256 } from './hash';
import { line } from './setup';

interface Setting {
	name: string;
	environment: Readonly<Record<string, string>>;
	/** What n8n does with the executions of a worker that is gone. */
	abandoned: 'begun anew' | 'ended';
}

const neverBegunAnew: Setting = {
	name: 'QUEUE_WORKER_MAX_STALLED_COUNT=0',
	environment: { QUEUE_WORKER_MAX_STALLED_COUNT: '0' },
	abandoned: 'ended',
};
// n8n 2 no longer has this setting and behaves as n8n 1 does with 0.
const settings: Readonly<Record<typeof line, readonly Setting[]>> = {
	1: [{ name: 'as n8n comes', environment: {}, abandoned: 'begun anew' }, neverBegunAnew],
	2: [{ name: 'as n8n comes', environment: {}, abandoned: 'ended' }],
};

// n8n notices a dead worker after 60 to 90 s by default.
const quickToNotice = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '3000',
};
const startTimeoutMs = 15 * 60_000;
const executionsTimeoutMs = 120_000;
const binaryIdBegins = { 1: 'filesystem-v2:', 2: 'database:' }[line];

function promptOf(execution: Execution): string {
	const [item] = outputOf(execution, 'Webhook');
	return (item?.json['body'] as { prompt: string }).prompt;
}

function tasksNamedBy(worker: QueueWorker): string[] {
	return worker.lines.flatMap(
		(text) => /Seedance task (\S+) (?:was created|existed already), item 1/.exec(text)?.[1] ?? [],
	);
}

function idsOf(tasks: readonly SimulatedTask[]): string[] {
	return tasks.map(({ id }) => id);
}

describe.each(settings[line])('a queue with two workers, $name', ({ environment, abandoned }) => {
	const controller = new AbortController();
	let folder = '';
	let queue: Queue;
	let webhook: VideoWebhook;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'seedance-e2e-'));
		queue = await startQueue({
			line,
			folder,
			workerCount: 2,
			renderMs: 2_000,
			environment: { ...quickToNotice, ...environment },
			onProgress: () => {},
			signal: controller.signal,
		});
		webhook = await createVideoWebhook(queue.instance);
	}, startTimeoutMs);
	afterAll(async () => {
		await queue?.close();
		await rm(folder, { recursive: true, force: true });
	}, 60_000);

	/** Compares the video of an execution with its task's byte for byte. Returns the ID of the task. */
	async function deliveredTaskId(execution: Execution): Promise<string> {
		const { client, simulator } = queue.instance;
		const [item] = outputOf(execution, videoNodeName);
		const [field, binary] = Object.entries(item?.binary ?? {})[0] ?? [];
		if (field !== 'data' || binary === undefined) throw new Error(`No video in ${execution.id}`);
		expect(binary.id).toMatch(new RegExp(`^${binaryIdBegins}`));
		const taskId = String(item?.json['taskId']);
		// The main process reads what a worker stored.
		expect(sha256(await client.readBinary(binary))).toBe(await simulator.sha256OfVideo(taskId));
		return taskId;
	}

	test('forty executions are shared out, and each gets its own video byte for byte', async () => {
		const { simulator } = queue.instance;
		const prompts = Array.from({ length: 40 }, (_, number) => `Video ${number}`);
		await Promise.all(prompts.map(async (prompt) => await webhook.call(prompt)));
		const executions = await webhook.waitForExecutions(40, executionsTimeoutMs);

		expect(executions.map(({ status, mode }) => `${mode} ${status}`)).toEqual(
			prompts.map(() => 'webhook success'),
		);
		const shares = queue.workers.map((worker) => worker.startedExecutionIds());
		for (const share of shares) expect(share.length).toBeGreaterThanOrEqual(5);
		expect(shares.flat().sort()).toEqual(executions.map(({ id }) => id).sort());

		const results: Array<{ prompt: string; taskId: string }> = [];
		for (const execution of executions) {
			results.push({ prompt: promptOf(execution), taskId: await deliveredTaskId(execution) });
		}
		const byPrompt = (first: { prompt: string }, second: { prompt: string }) =>
			first.prompt.localeCompare(second.prompt);
		expect(results.toSorted(byPrompt)).toEqual(
			simulator.tasks.map(({ id, prompt }) => ({ prompt, taskId: id })).sort(byPrompt),
		);
		expect(results.map(({ prompt }) => prompt).sort()).toEqual([...prompts].sort());
	});

	test('after a worker is killed during a wait, every task is named and nothing is charged twice', async () => {
		const { simulator } = queue.instance;
		const [killed, survivor] = queue.workers;
		if (killed === undefined || survivor === undefined) throw new Error('There are two workers');
		const before = new Set(idsOf(simulator.tasks));
		const newTasks = () => simulator.tasks.filter(({ id }) => !before.has(id));
		const newIdsNamedBy = (worker: QueueWorker) =>
			tasksNamedBy(worker).filter((id) => !before.has(id));
		simulator.requests.length = 0;

		const prompts = Array.from(
			{ length: 8 },
			(_, number) => `Slow ${number} [simulate:render 20s]`,
		);
		await Promise.all(prompts.map(async (prompt) => await webhook.call(prompt)));
		const allWait = async () =>
			newIdsNamedBy(killed).length + newIdsNamedBy(survivor).length === prompts.length;
		expect(await waitUntil(allWait, 15_000, controller.signal)).toBe(true);
		const abandonedIds = newIdsNamedBy(killed);
		const otherIds = newIdsNamedBy(survivor);
		expect(abandonedIds.length).toBeGreaterThan(0);
		expect(abandonedIds.length).toBeLessThan(prompts.length);
		expect(newTasks().map(({ status }) => status)).toEqual(prompts.map(() => 'running'));
		await killed.kill();

		const executions = (
			await webhook.waitForExecutions(before.size + prompts.length, executionsTimeoutMs)
		).slice(before.size);
		const begunByKilled = new Set(killed.startedExecutionIds());
		const victims = executions.filter(({ id }) => begunByKilled.has(id));
		const others = executions.filter(({ id }) => !begunByKilled.has(id));
		expect(victims).toHaveLength(abandonedIds.length);

		const creates = simulator.requests.filter(
			({ method, path }) => method === 'POST' && path.endsWith('/tasks'),
		);
		expect(creates).toHaveLength(prompts.length);
		expect(newTasks()).toHaveLength(prompts.length);
		// Where n8n has no word of the tasks of a worker that is gone, its log has.
		expect(newIdsNamedBy(killed)).toEqual(abandonedIds);
		const isBegunAnew = abandoned === 'begun anew';
		expect(newIdsNamedBy(survivor).sort()).toEqual(
			[...otherIds, ...(isBegunAnew ? abandonedIds : [])].sort(),
		);
		for (const execution of isBegunAnew ? executions : others) {
			const tasks = newTasks().filter(({ prompt }) => prompt === promptOf(execution));
			expect(execution.status).toBe('success');
			expect(outputOf(execution, videoNodeName)).toHaveLength(1);
			expect([await deliveredTaskId(execution)]).toEqual(idsOf(tasks));
			expect(survivor.startedExecutionIds()).toContain(execution.id);
		}
		if (isBegunAnew) return;
		for (const { status, data } of victims) {
			expect(status).toBe('error');
			expect(data?.resultData.runData).toEqual({});
			expect(data?.resultData.error?.message).toMatch(
				/^This execution failed to be processed too many times and will no longer retry/,
			);
		}
	});
});
