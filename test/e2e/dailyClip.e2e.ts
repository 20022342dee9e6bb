import { setTimeout as delay } from 'node:timers/promises';

import { z } from 'zod';

import type { Credential } from '../n8n/client';
import { hasEnded, outputOf, type Execution } from '../n8n/execution';
import { nodeOfType, type StoredWorkflow, type Workflow } from '../n8n/workflow';
import { importWorkflow, readExample, reasonOf, testModeCredential, videoNode } from './examples';
import { sha256 } from './hash';
import { withoutMarkers } from './marker';
import { setUpOutside } from './outsideHosts';
import { setUpN8n } from './setup';
import { Slack } from './slack';

const scheduleType = 'n8n-nodes-base.scheduleTrigger';
const dayNode = 'Prompt of the day';
const channelId = 'C0123456789';
const patienceMs = 120_000;

const slack = new Slack();
const outside = setUpOutside([slack]);
const instance = setUpN8n(() => ({ environment: outside().environment }));

let slackAccount: Credential;

beforeAll(async () => {
	const { accessToken } = slack;
	slackAccount = await instance().client.createCredential('Slack account', 'slackApi', {
		accessToken,
	});
});
beforeEach(() => {
	instance().simulator.requests.length = 0;
	slack.posts.length = 0;
	slack.messages.length = 0;
});

interface Changes {
	/** Takes the place of the lines in Your prompts. */
	readonly prompts?: string;
	readonly rule?: object;
	readonly budget?: number;
	readonly credentials?: readonly Credential[];
}

/** The options that the example gives to a node. */
function optionsOf({ nodes }: Workflow, nodeName: string): object {
	const node = nodes.find(({ name }) => name === nodeName);
	return z.object({ options: z.object({}).passthrough() }).parse(node?.['parameters']).options;
}

/** Stores the example with the channel entered, and with what a person may change. */
async function importExample(changes: Changes = {}): Promise<StoredWorkflow> {
	const { prompts, rule, budget, credentials = [] } = changes;
	const example = await readExample('daily-clip');
	const assignment = { id: 'prompts', name: 'prompts', type: 'string', value: prompts };
	const filledIn = await readExample('daily-clip', {
		'Every day at 8': rule === undefined ? {} : { rule },
		'Your prompts': prompts === undefined ? {} : { assignments: { assignments: [assignment] } },
		[videoNode]:
			budget === undefined
				? {}
				: { options: { ...optionsOf(example, videoNode), costBudget: budget } },
		'Post the clip': { options: { ...optionsOf(example, 'Post the clip'), channelId } },
		'Post the reason': { channelId: { __rl: true, mode: 'id', value: channelId } },
	});
	return await importWorkflow(instance(), filledIn, [slackAccount, ...credentials]);
}

function checked(execution: Execution): Execution {
	expect({ status: execution.status, error: execution.data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});
	expect(outside().unexpected).toEqual([]);
	return execution;
}

async function execute(workflow: StoredWorkflow): Promise<Execution> {
	const { client } = instance();
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, scheduleType));
	return checked(await client.waitForExecution(id, patienceMs));
}

function createBodies(): object[] {
	return withoutMarkers(instance().simulator.requests.filter(({ method }) => method === 'POST'));
}

/** The day and the prompt that an execution has worked with. */
function dayOf(execution: Execution): { day: string; prompt: string } {
	const [item] = outputOf(execution, dayNode);
	return { day: String(item?.json['day']), prompt: String(item?.json['prompt']) };
}

/** The message that Slack gets for what the error output gives. */
function messageOf(execution: Execution): object {
	const reason = reasonOf(outputOf(execution, videoNode, 1)[0]);
	// n8n's node sends this setting of its own too, and Slack ignores it.
	const own = { includeLinkToWorkflow: false };
	return {
		...own,
		channel: channelId,
		text: `There is no clip of ${dayOf(execution).day}. ${reason}`,
	};
}

/** Compares the file in Slack with that of the task, byte for byte, as often as it is expected. */
async function expectPosts(execution: Execution, count: number): Promise<void> {
	const { simulator } = instance();
	const { day, prompt } = dayOf(execution);
	const taskId = String(simulator.tasks.at(-1)?.id);
	const post = {
		channelId,
		comment: `The clip of ${day}: ${prompt}`,
		title: day,
		fileName: `${taskId}.mp4`,
		sha256: await simulator.sha256OfVideo(taskId),
	};
	expect(slack.posts.map(({ bytes, ...each }) => ({ ...each, sha256: sha256(bytes) }))).toEqual(
		Array.from({ length: count }, () => post),
	);
}

test('the schedule makes one clip of the day, and each further start of that day gets the same', async () => {
	const { client } = instance();
	const workflow = await importExample({
		rule: { interval: [{ field: 'seconds', secondsInterval: 5 }] },
	});
	await client.activate(workflow);
	const deadlineMs = Date.now() + patienceMs;
	while (slack.posts.length < 3 && Date.now() < deadlineMs) await delay(250);
	await client.deactivate(workflow);
	const listed = await client.listExecutions(workflow.id);
	const executions = [];
	for (const { id } of listed) {
		executions.push(checked(await client.waitForExecution(id, patienceMs)));
	}
	expect(listed.length).toBeGreaterThanOrEqual(3);
	expect((await client.listExecutions(workflow.id)).every(hasEnded)).toBe(true);

	const [first] = executions;
	if (first === undefined) throw new Error('The schedule has started nothing');
	const { day, prompt } = dayOf(first);
	expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
	const lines = JSON.stringify(await readExample('daily-clip'));
	expect(lines).toContain(prompt);
	expect(createBodies()).toEqual([
		{
			model: 'dreamina-seedance-2-0-260128',
			content: [{ type: 'text', text: prompt }],
			generate_audio: true,
			resolution: '720p',
			ratio: '16:9',
			duration: 5,
		},
	]);
	expect(instance().simulator.tasks).toHaveLength(1);
	await expectPosts(first, listed.length);
	expect(slack.messages).toEqual([]);
});

test('a clip that may cost more than the budget is not made, and Slack gets the reason', async () => {
	const execution = await execute(await importExample({ budget: 0.76 }));
	expect(createBodies()).toEqual([]);
	expect(reasonOf(outputOf(execution, videoNode, 1)[0])).toContain('Cost Budget');
	expect(slack.messages).toEqual([messageOf(execution)]);
	expect(slack.posts).toEqual([]);
});

test('Slack gets the reason of a clip that fails; the next start of the day makes it again', async () => {
	const prompts = 'A logo [simulate:failed OutputVideoSensitiveContentDetected]\n\n';
	const workflow = await importExample({ prompts });
	const execution = await execute(workflow);
	expect(slack.messages).toEqual([messageOf(execution)]);
	expect(slack.posts).toEqual([]);

	await execute(workflow);
	expect(createBodies()).toHaveLength(2);
});

test('a prompt that changes after the clip of the day makes no second one, and Slack gets the reason', async () => {
	const workflow = await importExample({ prompts: '=A boat in execution {{ $execution.id }}' });
	await expectPosts(await execute(workflow), 1);
	const execution = await execute(workflow);
	expect(createBodies()).toHaveLength(1);
	expect(slack.posts).toHaveLength(1);
	expect(slack.messages).toEqual([messageOf(execution)]);
});

test('in Test Mode, the budget lets the free clip through', async () => {
	await execute(await importExample({ credentials: [await testModeCredential(instance())] }));
	expect(instance().simulator.requests).toEqual([]);
	expect(slack.posts.map(({ bytes }) => bytes.toString('latin1', 4, 8))).toEqual(['ftyp']);
});
