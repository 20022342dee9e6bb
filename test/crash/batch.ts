import { createHash } from 'node:crypto';

import { outputOf, type Execution, type ExecutionItem } from '../n8n/execution';
import type { Instance } from '../n8n/instance';
import { waitUntil } from '../n8n/readiness';
import { credentialType } from '../n8n/seed';
import { videoNodeName } from '../n8n/videoWebhook';
import { callWebhook, webhookNode } from '../n8n/webhook';
import { seedanceVideoType, type Workflow } from '../n8n/workflow';
import { reportPath } from './moments';
import type { Row } from './rows';
import { wrongShots } from './storyBodies';

const path = 'batch';
const listedTimeoutMs = 20_000;

/** What a batch gave. */
export interface Verdict {
	/** Items with the video of their own row, byte for byte. */
	readonly delivered: number;
	/** Items that failed: a person has to look what became of their tasks. */
	readonly needPerson: number;
	/** What the first of them says, or what is wrong with a shot of a story. */
	readonly firstError: string | undefined;
	/** Shots of stories whose create is not the one that it has to be. */
	readonly wrongShots: number;
}

/** A workflow that makes the videos of all rows that its webhook receives, and reports the end. */
function batchWorkflow({ seeded, simulator }: Instance): Workflow {
	const { id, name } = seeded.credential;
	const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	return {
		name: 'A batch by webhook',
		nodes: [
			webhookNode('Webhook', path),
			{
				id: 'rows',
				name: 'Rows',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				position: [240, 0],
				parameters: { fieldToSplitOut: 'body.rows', options: {} },
			},
			{
				id: 'videos',
				name: videoNodeName,
				type: seedanceVideoType,
				typeVersion: 1,
				position: [480, 0],
				// Then each item says for itself what became of it.
				onError: 'continueRegularOutput',
				parameters: {
					operation: 'create',
					model: 'seedance-2-0',
					mode: '={{ $json.story === undefined ? "textToVideo" : "continue" }}',
					story: '={{ $json.story }}',
					firstFrameSource: 'none',
					prompt: '={{ $json.prompt }}',
					ratio: '16:9',
					waitOptions: { pollInterval: 1 },
				},
				credentials: { [credentialType]: { id, name } },
			},
			{
				id: 'report',
				name: 'Report',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				position: [720, 0],
				executeOnce: true,
				parameters: { method: 'POST', url: simulator.origin + reportPath, options: {} },
			},
		],
		connections: { Webhook: to('Rows'), Rows: to(videoNodeName), [videoNodeName]: to('Report') },
	};
}

/** Starts one execution that makes the videos of all rows. Returns its id. */
export async function startBatch(
	instance: Instance,
	signal: AbortSignal,
	rows: readonly Row[],
): Promise<string> {
	const { client, n8n } = instance;
	const workflow = await client.createWorkflow(batchWorkflow(instance));
	await client.activate(workflow);
	await callWebhook(n8n.origin, path, { rows });
	let id: string | undefined;
	// n8n answers the call before it lists the execution.
	const isListed = async () => {
		id = (await client.listExecutions(workflow.id))[0]?.id;
		return id !== undefined;
	};
	await waitUntil(isListed, listedTimeoutMs, signal);
	if (id === undefined) throw new Error('The webhook started no execution');
	return id;
}

/** Compares the items of an execution with the rows and with what the provider has. */
export async function judge(
	instance: Instance,
	execution: Execution,
	rows: readonly Row[],
): Promise<Verdict> {
	const items = outputOf(execution, videoNodeName);
	const errors = items.flatMap(({ json: { error } }) => (error === undefined ? [] : [error]));
	const right = await Promise.all(
		rows.map(async ({ prompt }, row) => await isVideoOf(instance, prompt, items[row])),
	);
	const wrong = wrongShots(instance, rows);
	return {
		delivered: right.filter(Boolean).length,
		needPerson: errors.length,
		firstError: errors[0] === undefined ? wrong[0] : JSON.stringify(errors[0]),
		wrongShots: wrong.length,
	};
}

async function isVideoOf(
	{ client, simulator }: Instance,
	prompt: string,
	item: ExecutionItem | undefined,
): Promise<boolean> {
	const task = simulator.tasks.find(({ id }) => id === item?.json['taskId']);
	const video = item?.binary?.['data'];
	if (task?.prompt !== prompt || video === undefined) return false;
	const bytes = await client.readBinary(video);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	return sha256 === (await simulator.sha256OfVideo(task.id));
}
