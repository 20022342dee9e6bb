import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded, outputOf, type Execution } from '../n8n/execution';
import { startQueue, type Queue } from '../n8n/queue';
import { credentialType } from '../n8n/seed';
import type { Line } from '../n8n/versions';
import { videoNodeName } from '../n8n/videoWebhook';
import { callWebhook, webhookNode } from '../n8n/webhook';
import {
	seedanceTriggerType,
	seedanceVideoType,
	type StoredWorkflow,
	type Workflow,
} from '../n8n/workflow';
import { printRow, requireAtMost, seconds } from './report';

const rowCount = 1_000;
/** The shortest that the documents name for a video. */
const renderMs = 60_000;
const timeoutMs = 900_000;
const triggerNode = 'Seedance Trigger';
const goals = { shareOfWaiting: 0.5 };

/** A thousand rows of a sheet in queue mode: in one execution that waits, and in one that only creates, with a trigger that delivers. */
export async function measureQueue(line: Line, signal: AbortSignal): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'seedance-trigger-'));
	const onProgress = (text: string) => process.stderr.write(`${text}\n`);
	const queue = await startQueue({ line, folder, workerCount: 1, renderMs, onProgress, signal });
	try {
		console.log(
			`\n${rowCount} rows of a sheet, renders of ${renderMs / 1000} s, 200 at a time, queue mode, n8n ${line}`,
		);
		printRow('', 'executions', 'worker s', 'longest s', 'videos');
		const waiting = await measureRows(queue, 'waits', true);
		const created = await measureRows(queue, 'creates', false);
		requireAtMost(
			'share of the worker-seconds of waiting',
			created / waiting,
			goals.shareOfWaiting,
		);
	} finally {
		await queue.close();
		await rm(folder, { recursive: true, force: true });
	}
}

async function measureRows(
	{ instance }: Queue,
	path: string,
	waitForCompletion: boolean,
): Promise<number> {
	const { client, n8n, simulator, seeded } = instance;
	const { id, name } = seeded.credential;
	const credentials = { [credentialType]: { id, name } };
	const rows = await client.createWorkflow(rowsWorkflow(path, waitForCompletion, credentials));
	await client.activate(rows);
	const workflows = [rows];
	if (!waitForCompletion) {
		const trigger = await client.createWorkflow(deliverWorkflow(credentials));
		await client.activate(trigger);
		workflows.push(trigger);
	}
	const before = simulator.tasks.length;
	const body = { rows: Array.from({ length: rowCount }, (_, row) => ({ prompt: `Row ${row}` })) };
	await callWebhook(n8n.origin, path, body);
	const deadlineMs = Date.now() + timeoutMs;
	const node = waitForCompletion ? videoNodeName : triggerNode;
	for (;;) {
		const executions = await executionsOf(instance, workflows);
		const videos = executions
			.flatMap((each) => outputOf(each, node))
			.filter(({ binary }) => binary?.['data'] !== undefined).length;
		if (videos >= rowCount) return report(path, executions, videos);
		if (Date.now() > deadlineMs) {
			throw new Error(`${videos} of ${simulator.tasks.length - before} videos are delivered`);
		}
		await delay(3_000);
	}
}

function report(path: string, executions: readonly Execution[], videos: number): number {
	const times = executions.map(
		({ startedAt, stoppedAt }) => Date.parse(stoppedAt ?? '') - Date.parse(startedAt ?? ''),
	);
	const workerMs = times.reduce((sum, ms) => sum + ms, 0);
	printRow(
		path === 'waits' ? 'waits in the node' : 'creates; the trigger delivers',
		...[String(executions.length), seconds(workerMs), seconds(Math.max(...times)), String(videos)],
	);
	return workerMs;
}

async function executionsOf(
	{ client }: Queue['instance'],
	workflows: readonly StoredWorkflow[],
): Promise<Execution[]> {
	const listed = (
		await Promise.all(workflows.map(async ({ id }) => await client.listExecutions(id)))
	).flat();
	const ended = listed.filter(hasEnded);
	return await Promise.all(ended.map(async ({ id }) => await client.readExecution(id)));
}

function rowsWorkflow(
	path: string,
	waitForCompletion: boolean,
	credentials: Record<string, { id: string; name: string }>,
): Workflow {
	const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	return {
		name: path,
		nodes: [
			webhookNode('Webhook', path),
			{
				...{ id: 'rows', name: 'Rows', type: 'n8n-nodes-base.splitOut', typeVersion: 1 },
				...{ position: [240, 0], parameters: { fieldToSplitOut: 'body.rows', options: {} } },
			},
			{
				...{ id: 'videos', name: videoNodeName, type: seedanceVideoType, typeVersion: 1 },
				...{ position: [480, 0], credentials },
				parameters: {
					...{ operation: 'create', model: 'seedance-2-0', prompt: '={{ $json.prompt }}' },
					waitForCompletion,
				},
			},
		],
		connections: { Webhook: to('Rows'), Rows: to(videoNodeName) },
	};
}

function deliverWorkflow(credentials: Record<string, { id: string; name: string }>): Workflow {
	return {
		name: 'deliver',
		nodes: [
			{
				...{ id: 'trigger', name: triggerNode, typeVersion: 1, position: [0, 0], credentials },
				type: seedanceTriggerType,
				parameters: {
					pollTimes: {
						item: [0, 10, 20, 30, 40, 50].map((second) => ({
							...{ mode: 'custom', cronExpression: `${second} * * * * *` },
						})),
					},
				},
			},
			{
				...{ id: 'done', name: 'Done', type: 'n8n-nodes-base.noOp', typeVersion: 1 },
				...{ position: [240, 0], parameters: {} },
			},
		],
		connections: { [triggerNode]: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
	};
}
