import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';

import type { Credential } from '../n8n/client';
import { hasEnded, outputOf, type Execution, type ExecutionItem } from '../n8n/execution';
import {
	closePanel,
	executeNode,
	openPanel,
	outputText,
	showCanvas,
	shownFields,
} from '../n8n/panel';
import { credentialDataFor, credentialType } from '../n8n/seed';
import { seedanceTriggerType, type StoredWorkflow, type Workflow } from '../n8n/workflow';
import { importWorkflow, readExample, videoNode } from './examples';
import type { RecordedRequest } from '../simulator/simulator';
import { GoogleAccount } from './googleAccount';
import { GoogleDrive } from './googleDrive';
import { sha256 } from './hash';
import { setUpOutside } from './outsideHosts';
import { line, setUpEditor, setUpN8n } from './setup';
import { Slack } from './slack';

const triggerNode = 'Seedance Trigger';
const videoFolder = 'folder-of-videos';
const channelId = 'C0123456789';
/** n8n refuses a schedule below a minute, but not twelve of a minute each. */
const everyFiveSeconds = {
	item: Array.from({ length: 12 }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${index * 5} * * * * *`,
	})),
};
const pollMs = 5_000;
const patienceMs = 120_000;

const account = new GoogleAccount();
const drive = new GoogleDrive(account);
const slack = new Slack();
const outside = setUpOutside([account, drive, slack]);
const instance = setUpN8n(() => ({
	environment: outside().environment,
	simulatorOptions: { concurrency: 300 },
}));

const editor = setUpEditor(instance);

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
	const deadlineMs = Date.now() + patienceMs;
	while (!(await isTrue())) {
		if (Date.now() > deadlineMs) throw new Error(`It takes too long until ${what}`);
		await delay(500);
	}
}

async function create(prompt: string): Promise<string> {
	const { origin, apiKey, officialBasePath } = instance().simulator;
	const url = `${origin}${officialBasePath}/contents/generations/tasks`;
	const content = [{ type: 'text', text: prompt }];
	const body = { model: 'dreamina-seedance-2-0-260128', content };
	const headers = { Authorization: `Bearer ${apiKey}` };
	return (await axios.post<{ id: string }>(url, body, { headers })).data.id;
}

/** The executions of a workflow that have ended, oldest first. */
async function executionsOf({ id }: StoredWorkflow): Promise<Execution[]> {
	const { client } = instance();
	const listed = await client.listExecutions(id);
	const executions = [];
	for (const one of listed.reverse()) {
		executions.push(await client.waitForExecution(one.id, patienceMs));
	}
	return executions;
}

/** What a workflow is started with, collected meanwhile: n8n lists the newest hundred executions. */
class Deliveries {
	readonly items: ExecutionItem[] = [];
	private readonly collected = new Set<string>();

	constructor(readonly workflow: StoredWorkflow) {}

	async collect(): Promise<void> {
		const { client } = instance();
		for (const listed of await client.listExecutions(this.workflow.id)) {
			if (this.collected.has(listed.id) || !hasEnded(listed)) continue;
			this.items.push(...outputOf(await client.readExecution(listed.id), triggerNode));
			this.collected.add(listed.id);
		}
	}

	missing(ids: readonly string[]): string[] {
		const delivered = new Set(idsOf(this.items));
		return ids.filter((id) => !delivered.has(id));
	}
}

const idsOf = (items: readonly ExecutionItem[]) => items.map(({ json }) => String(json['taskId']));

function triggerWorkflow(name: string): Workflow {
	return {
		name,
		nodes: [
			{
				...{ id: 'trigger', name: triggerNode, typeVersion: 1, position: [0, 0] },
				type: seedanceTriggerType,
				parameters: { pollTimes: everyFiveSeconds },
				credentials: { [credentialType]: { id: '', name: '' } },
			},
			{
				...{ id: 'done', name: 'Done', typeVersion: 1, position: [240, 0] },
				...{ type: 'n8n-nodes-base.noOp', parameters: {} },
			},
		],
		connections: { [triggerNode]: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
	};
}

test('create-now and deliver-finished-videos: the form answers at once, and each video arrives in Drive and in Slack once, and what failed is told', async () => {
	const { client, simulator, n8n } = instance();
	const googleDrive = await client.createCredential(
		...(['Google Drive account', 'googleDriveOAuth2Api', account.credentialData] as const),
	);
	await client.connectOAuth2(googleDrive, (url) => account.consent(url));
	const credentials: Credential[] = [
		googleDrive,
		await client.createCredential('Slack account', 'slackApi', { accessToken: slack.accessToken }),
	];
	const deliver = await importWorkflow(
		instance(),
		await readExample('deliver-finished-videos', {
			[triggerNode]: { pollTimes: everyFiveSeconds },
			'Keep the video': { folderId: { __rl: true, mode: 'id', value: videoFolder } },
			'Post the video': { options: { channelId, title: '={{ $json.taskId }}' } },
			'Post the problem': { channelId: { __rl: true, mode: 'id', value: channelId } },
		}),
		credentials,
	);
	const before = await create('Ended before the activation');
	await delay(2_500);
	await client.activate(deliver);

	const form = await importWorkflow(instance(), await readExample('create-now'));
	await client.activate(form);
	const webhookId = form.nodes.find(({ name }) => name === 'On form submission')?.['webhookId'];
	const url = `${n8n.origin}/form/${String(webhookId)}`;
	await until(async () => (await fetch(url)).ok, 'the form is there');
	const refused = 'A knife [simulate:input-refused]';
	const withheld = 'A brand [simulate:failed OutputVideoSensitiveContentDetected]';
	for (const prompt of ['A kite', 'A boat', withheld, refused]) {
		const body = new FormData();
		body.append('field-0', `${prompt} [simulate:render 8s]`);
		const startedMs = Date.now();
		const answer = await fetch(url, { method: 'POST', body });
		expect(answer.ok).toBe(true);
		expect(Date.now() - startedMs).toBeLessThan(8_000);
	}
	await until(() => slack.posts.length >= 2 && drive.files.length >= 2, 'both are delivered');
	await until(() => slack.messages.length >= 1, 'the failed task is told');
	await delay(2 * pollMs);
	await client.deactivate(deliver);
	await client.deactivate(form);

	const orders = await executionsOf(form);
	const all = orders.flatMap((each) => outputOf(each, videoNode));
	expect(all.map(({ json }) => json['status'])).toEqual(['queued', 'queued', 'queued']);
	const failedId = simulator.tasks.find(({ prompt }) => prompt.startsWith(withheld))?.id;
	const created = all.filter(({ json }) => json['taskId'] !== failedId);
	const ids = idsOf(created).sort();
	const [failed] = (await executionsOf(deliver))
		.flatMap((each) => outputOf(each, triggerNode))
		.filter(({ json }) => json['taskId'] === failedId);
	expect(failed?.json).toMatchObject({ failureCode: 'OutputVideoSensitiveContentDetected' });
	expect(slack.messages).toEqual([
		{
			channel: channelId,
			text: `No video of task ${failedId} (failed). ${String(failed?.json['failureMessage'])}`,
			// n8n sends its own option along.
			includeLinkToWorkflow: false,
		},
	]);
	const notOrdered = orders.filter(({ status }) => status === 'error');
	const [reason] = notOrdered.flatMap((each) => outputOf(each, videoNode, 1));
	const { message, code } = reason?.json['error'] as Record<string, string>;
	expect(code).toBe('InputTextSensitiveContentDetected');
	expect(notOrdered.map(({ data }) => data?.resultData)).toEqual([
		expect.objectContaining({
			lastNodeExecuted: 'What went wrong',
			error: expect.objectContaining({
				message: expect.stringContaining(String(message).replace(/^\[Item \d\] /, '')),
			}),
		}),
	]);
	expect(ids).not.toContain(before);
	const files = await Promise.all(
		ids.map(async (id) => ({ name: `${id}.mp4`, sha256: await simulator.sha256OfVideo(id) })),
	);
	const byName = (one: { name: string }, other: { name: string }) =>
		one.name < other.name ? -1 : 1;
	const kept = drive.files.map(({ name, bytes }) => ({ name, sha256: sha256(bytes) }));
	const posted = slack.posts.map(({ title, bytes }) => ({
		name: `${title}.mp4`,
		sha256: sha256(bytes),
	}));
	expect(kept.sort(byName)).toEqual(files);
	expect(posted.sort(byName)).toEqual(files);
	expect(outside().unexpected).toEqual([]);
});

test('Fetch test event gives the video that finished last', async () => {
	const { client } = instance();
	const taskId = await create('The newest');
	await delay(3_000);
	const workflow = await importWorkflow(instance(), triggerWorkflow('Test event'));
	const id = await client.runWorkflow(workflow, triggerNode);
	const execution = await client.waitForExecution(id, patienceMs);
	expect(execution.status).toBe('success');
	const items = outputOf(execution, triggerNode);
	expect(idsOf(items)).toEqual([taskId]);
	const binary = items[0]?.binary?.['data'];
	if (binary === undefined) throw new Error('The item has no file');
	expect(sha256(await client.readBinary(binary))).toBe(
		await instance().simulator.sha256OfVideo(taskId),
	);
});

test('a person sees the fields of the trigger and fetches a test event', async () => {
	const taskId = await create('Seen in the editor');
	await delay(3_000);
	const workflow = await importWorkflow(instance(), triggerWorkflow('Panel'));
	const { page } = editor();
	await showCanvas(page, instance().n8n.origin, workflow.id);
	const panel = await openPanel(page, triggerNode);
	const fields = await shownFields(page);
	const expected = ['Event', 'Download Video', 'Put Output File in Field', 'Simplify', 'Filters'];
	expect(fields.filter((field) => expected.includes(field))).toEqual(expected);
	expect(await executeNode(panel)).toBe('success');
	expect(await outputText(panel)).toContain(taskId);
	await closePanel(page);
});

test('the activation is refused where the interface has no list', async () => {
	const { client, simulator } = instance();
	const openAi = await client.createCredential('OpenAI-Style', credentialType, {
		...credentialDataFor(simulator),
		apiStyle: 'openAi',
	});
	const workflow = await importWorkflow(instance(), triggerWorkflow('No list'), [openAi]);
	const refusal = /OpenAI-Style interface cannot list/;
	const activating = client.activate(workflow);
	if (line === 1) return await expect(activating).rejects.toThrow(refusal);
	// n8n 2 answers before it polls, and shows the reason at the workflow.
	await activating;
	const { logFile } = instance().n8n;
	await until(async () => refusal.test(await readFile(logFile, 'utf8')), 'n8n has refused it');
	await client.deactivate(workflow);
});

test('200 tasks over 40 polls with lists that shift and fail, and n8n killed in a list and in a download: each of two workflows gets each once', async () => {
	const { client, simulator } = instance();
	simulator.requests.length = 0;
	const workflows: Deliveries[] = [];
	for (const name of ['One', 'Two']) {
		const workflow = await importWorkflow(instance(), triggerWorkflow(name));
		await client.activate(workflow);
		workflows.push(new Deliveries(workflow));
	}
	// n8n 2 answers before the trigger has begun, and what ends before is not delivered.
	const begins = ({ query }: RecordedRequest) => query.get('filter.status') === 'running';
	await until(() => simulator.requests.filter(begins).length >= 2, 'both have begun');
	await delay(3_000);
	let held: 'lists' | 'files' | undefined;
	let holding = 0;
	let calls = 0;
	const mend = simulator.intercept(({ method, path }) => {
		const isList = method === 'GET' && path.endsWith('/tasks');
		if ((held === 'lists' && isList) || (held === 'files' && path.startsWith('/tos/'))) {
			holding++;
			return 'hang';
		}
		return isList && ++calls % 5 === 0 ? { status: 503 } : undefined;
	});
	const killWhile = async (what: 'lists' | 'files') => {
		holding = 0;
		held = what;
		await until(() => holding > 0, `${what} are asked for`);
		// What was in flight before has ended.
		await delay(2_000);
		await instance().n8n.kill();
		held = undefined;
		await instance().restart();
	};
	const ids: string[] = [];
	for (let poll = 0; poll < 40; poll++) {
		for (let count = 0; count < 5; count++) {
			ids.push(await create(`A cat [simulate:render ${(ids.length * 7) % 60}s]`));
		}
		if (poll === 12) await killWhile('lists');
		else if (poll === 26) await killWhile('files');
		else await delay(pollMs);
		for (const deliveries of workflows) await deliveries.collect();
	}
	await delay(20_000);
	mend();
	for (let tries = 0; tries < 12; tries++) {
		for (const deliveries of workflows) await deliveries.collect();
		if (workflows.every((deliveries) => deliveries.missing(ids).length === 0)) break;
		await delay(pollMs);
	}
	await delay(2 * pollMs);
	for (const deliveries of workflows) {
		await deliveries.collect();
		await client.deactivate(deliveries.workflow);
		const { items } = deliveries;
		expect(deliveries.missing(ids)).toEqual([]);
		expect(idsOf(items).sort()).toEqual([...ids].sort());
		expect(items.filter(({ binary }) => binary?.['data'] === undefined)).toEqual([]);
	}
}, 900_000);
