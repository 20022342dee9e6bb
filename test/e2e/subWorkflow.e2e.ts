import { outputOf } from '../n8n/execution';
import type { Instance } from '../n8n/instance';
import { credentialType } from '../n8n/seed';
import { videoNodeName } from '../n8n/videoWebhook';
import { manualTriggerType, seedanceVideoType, type Workflow } from '../n8n/workflow';
import { setUpN8n } from './setup';

const instance = setUpN8n();
const executionTimeoutMs = 60_000;
/** A little longer than the poll loop doubts a refusal, so that the first try fails and the second does not. */
const refusedMs = 12_000;
const prompt = 'A lighthouse in the storm';

const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });

/** A sub-workflow that makes one video. */
function child({ seeded }: Instance, options: Readonly<Record<string, string>>): Workflow {
	const { id, name } = seeded.credential;
	return {
		name: 'One video',
		nodes: [
			{
				id: 'called',
				name: 'Called',
				type: 'n8n-nodes-base.executeWorkflowTrigger',
				typeVersion: 1.1,
				position: [0, 0],
				parameters: { inputSource: 'passthrough' },
			},
			{
				id: 'video',
				name: videoNodeName,
				type: seedanceVideoType,
				typeVersion: 1,
				position: [240, 0],
				parameters: {
					operation: 'create',
					model: 'seedance-2-0',
					prompt,
					waitOptions: { pollInterval: 1 },
					options,
				},
				credentials: { [credentialType]: { id, name } },
			},
		],
		connections: { Called: to(videoNodeName) },
	};
}

/** A workflow that calls the sub-workflow, a second time if it fails. */
function parent(childId: string): Workflow {
	return {
		name: 'Calls another workflow',
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: manualTriggerType,
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'call',
				name: 'Call',
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				position: [240, 0],
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 100,
				parameters: {
					workflowId: { __rl: true, mode: 'id', value: childId },
					mode: 'once',
					options: { waitForSubWorkflow: true },
				},
			},
		],
		connections: { Start: to('Call') },
	};
}

// Each try of the parent is an execution of its own in the sub-workflow, and n8n does not tell it of the others.
test.each([
	['without a key, the second try creates another video', {}, 2],
	[
		'with an Idempotency Key, the second try has the video of the first',
		{ idempotencyKey: 'lighthouse' },
		1,
	],
])('Retry On Fail around a sub-workflow: %s', async (_, options, expected) => {
	const { client, simulator } = instance();
	const before = simulator.tasks.length;
	let refusedUntilMs: number | undefined;
	const remove = simulator.intercept(({ method, path }) => {
		if (method !== 'GET' || !/tasks\/cgt/.test(path)) return undefined;
		refusedUntilMs ??= Date.now() + refusedMs;
		return Date.now() < refusedUntilMs
			? { status: 401, body: { error: { code: 'AuthenticationError', message: 'No' } } }
			: undefined;
	});
	const called = await client.createWorkflow(child(instance(), options));
	// n8n 2 calls published workflows alone.
	await client.activate(called).catch(() => undefined);
	const workflow = await client.createWorkflow(parent(called.id));
	const id = await client.runWorkflow(workflow, 'Start');
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	remove();
	expect(execution.status).toBe('success');
	const created = simulator.tasks.slice(before);
	expect(created).toHaveLength(expected);
	expect(outputOf(execution, 'Call').map(({ json }) => json['taskId'])).toEqual([
		created.at(-1)?.id,
	]);
});
