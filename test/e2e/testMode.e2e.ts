import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Credential } from '../n8n/client';
import { outputOf, type Execution, type ExecutionItem } from '../n8n/execution';
import { projectFolder } from '../n8n/packageTarball';
import { credentialType } from '../n8n/seed';
import { manualTriggerType, nodeOfType } from '../n8n/workflow';
import { startChatModel } from './chatModel';
import { bytesOf, importWorkflow, itemsOfAllRuns, readExample, videoNode } from './examples';
import { GoogleAccount } from './googleAccount';
import { GoogleDrive } from './googleDrive';
import { GoogleSheets } from './googleSheets';
import { setUpOutside, type OutsideHost } from './outsideHosts';
import { setUpN8n } from './setup';
import { Slack } from './slack';

/** Every example with the credential of Test Mode chosen. Google, Slack, the chat model and the host of an image have their stand-ins; nothing else is answered. */

const executionTimeoutMs = 120_000;
const photoFolder = 'folder-of-photos';
const channelId = 'C0123456789';
const sheetHeader = ['prompt', 'seconds', 'status', 'video_url', 'task_id', 'problem'];

const account = new GoogleAccount();
const drive = new GoogleDrive(account);
const slack = new Slack();
const sheet = new GoogleSheets(account, 'Videos', [
	sheetHeader,
	['A clip', 5],
	['A clip [test: refused output]', 5],
	['A clip [test: no credit]', 5],
]);
let image: Buffer = Buffer.alloc(0);
const imageHost: OutsideHost = {
	hostnames: ['example.com'],
	answer: () => ({ status: 200, headers: { 'content-type': 'image/png' }, body: image }),
};
const outside = setUpOutside([account, drive, slack, sheet, imageHost]);
const instance = setUpN8n(() => ({ environment: outside().environment }));

let testMode: Credential;

beforeAll(async () => {
	image = await readFile(join(projectFolder, 'test', 'simulator', 'media', 'lastFrame.png'));
	testMode = await instance().client.createCredential('Test Mode', credentialType, {
		provider: 'testMode',
	});
});
afterEach(() => {
	expect(outside().unexpected).toEqual([]);
	expect(instance().simulator.requests).toEqual([]);
});

async function run(
	name: string,
	filledIn: Parameters<typeof readExample>[1] = {},
	credentials: readonly Credential[] = [],
): Promise<Execution> {
	const { client } = instance();
	const example = await readExample(name, filledIn);
	const workflow = await importWorkflow(instance(), example, [testMode, ...credentials]);
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	expect({ status: execution.status, error: execution.data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});
	return execution;
}

async function oAuth(name: string, type: string): Promise<Credential> {
	const { client } = instance();
	const credential = await client.createCredential(name, type, account.credentialData);
	await client.connectOAuth2(credential, (url) => account.consent(url));
	return credential;
}

const isDone = (item: ExecutionItem | undefined) =>
	expect(item?.json).toMatchObject({ status: 'succeeded', testMode: true });

async function isClip(execution: Execution, node: string): Promise<void> {
	const bytes = await bytesOf(instance(), execution, node);
	expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
}

test('prompt-to-video', async () => {
	const execution = await run('prompt-to-video');
	isDone(outputOf(execution, videoNode)[0]);
	await isClip(execution, videoNode);
});

test('asset-to-video', async () => {
	const execution = await run('asset-to-video');
	expect(outputOf(execution, 'Seedance Asset')[0]?.json).toMatchObject({ status: 'ready' });
	await isClip(execution, videoNode);
});

test('multi-shot-story', async () => {
	const execution = await run('multi-shot-story');
	const clips = outputOf(execution, 'Each clip');
	clips.forEach(isDone);
	expect(clips.map(({ json, binary }) => [json['shot'], binary?.['data']?.fileName])).toEqual([
		[1, 'fox-01.mp4'],
		[2, 'fox-02.mp4'],
		[3, 'fox-03.mp4'],
	]);
	expect(new Set(clips.map(({ json }) => json['taskId'])).size).toBe(3);
});

test('create-now', async () => {
	const { client, n8n } = instance();
	const example = await readExample('create-now');
	const workflow = await importWorkflow(instance(), example, [testMode]);
	await client.activate(workflow);
	const webhookId = workflow.nodes.find(({ name }) => name === 'On form submission')?.['webhookId'];
	const url = `${n8n.origin}/form/${String(webhookId)}`;
	const deadlineMs = Date.now() + executionTimeoutMs;
	while (!(await fetch(url)).ok && Date.now() < deadlineMs) await delay(500);
	const body = new FormData();
	body.append('field-0', 'A clip');
	expect((await fetch(url, { method: 'POST', body })).ok).toBe(true);
	let listed = await client.listExecutions(workflow.id);
	while (listed.length === 0 && Date.now() < deadlineMs) {
		await delay(500);
		listed = await client.listExecutions(workflow.id);
	}
	const execution = await client.waitForExecution(String(listed[0]?.id), executionTimeoutMs);
	await client.deactivate(workflow);
	expect(outputOf(execution, videoNode)[0]?.json).toMatchObject({
		...{ status: 'queued', testMode: true },
	});
});

test('deliver-finished-videos: an event every minute', async () => {
	const { client } = instance();
	const before = slack.posts.length;
	const googleDrive = await client.createCredential(
		...(['Drive of the trigger', 'googleDriveOAuth2Api', account.credentialData] as const),
	);
	await client.connectOAuth2(googleDrive, (url) => account.consent(url));
	const slackAccount = await client.createCredential('Slack of the trigger', 'slackApi', {
		accessToken: slack.accessToken,
	});
	const example = await readExample('deliver-finished-videos', {
		'Keep the video': { folderId: { __rl: true, mode: 'id', value: 'folder-of-videos' } },
		'Post the video': { options: { channelId, title: '={{ $json.taskId }}' } },
		'Post the problem': { channelId: { __rl: true, mode: 'id', value: channelId } },
	});
	const workflow = await importWorkflow(instance(), example, [testMode, googleDrive, slackAccount]);
	await client.activate(workflow);
	const deadlineMs = Date.now() + 240_000;
	while (slack.posts.length < before + 2 && Date.now() < deadlineMs) await delay(1_000);
	await client.deactivate(workflow);
	expect(slack.messages.length).toBeGreaterThanOrEqual(1);
	for (const { text } of slack.messages)
		expect(text).toMatch(/^No video of task test_\S+ \(failed\)\. .{20}/);
	const titles = slack.posts.slice(before).map(({ title }) => title);
	expect(titles.length).toBeGreaterThanOrEqual(2);
	expect(new Set(titles).size).toBe(titles.length);
	expect(titles.every((title) => title.startsWith('test_'))).toBe(true);
});

test('callback-with-wait: nobody calls, and the limit of the Wait node ends it', async () => {
	const execution = await run('callback-with-wait', {
		'Wait for a callback': { resumeAmount: 12, resumeUnit: 'seconds' },
	});
	isDone(itemsOfAllRuns(execution, 'Get the task').at(-1));
	await isClip(execution, 'Your next step');
});

test('sheet-batch', async () => {
	const documentId = { __rl: true, mode: 'id', value: sheet.spreadsheetId };
	await run(
		'sheet-batch',
		{
			'Rows without a status': { documentId },
			'Write the result': { documentId },
			'Write the problem': { documentId },
		},
		[await oAuth('Google Sheets account', 'googleSheetsOAuth2Api')],
	);
	const [, ...rows] = sheet.cells;
	expect(rows.map(([, , status]) => status)).toEqual(['succeeded', 'failed', 'failed']);
	expect(rows.map(([, , , videoUrl = '']) => videoUrl)).toEqual([
		expect.stringMatching(/^https:\/\/test-mode\.invalid\/test_.*\.mp4$/),
		'',
		'',
	]);
});

test('drive-photos-to-slack', async () => {
	drive.add({ name: 'mug.png', mimeType: 'image/png', parents: [photoFolder], bytes: image });
	const { client } = instance();
	const { accessToken } = slack;
	const before = slack.posts.length;
	await run(
		'drive-photos-to-slack',
		{
			'Photos in the folder': {
				filter: { folderId: { __rl: true, mode: 'id', value: photoFolder } },
			},
			'Keep the clip': { folderId: { __rl: true, mode: 'id', value: 'folder-of-clips' } },
			'Post the clip': { options: { channelId } },
			'Post the problem': { channelId: { __rl: true, mode: 'id', value: channelId } },
		},
		[
			await oAuth('Google Drive account', 'googleDriveOAuth2Api'),
			await client.createCredential('Slack account', 'slackApi', { accessToken }),
		],
	);
	const posts = slack.posts.slice(before).map(({ bytes }) => bytes.toString('latin1', 4, 8));
	expect(posts).toEqual(['ftyp']);
	expect(drive.files.at(-1)).toMatchObject({ name: 'mug.png.mp4', mimeType: 'video/mp4' });
});

test('agent-tool', async () => {
	const model = await startChatModel({ prompt: 'A boat', ratio: '9:16', duration: 4 }, 'Here.');
	try {
		const openAi = await instance().client.createCredential('OpenAI', 'openAiApi', {
			...{ apiKey: 'a-key-of-a-chat-model', url: model.baseUrl, header: false },
		});
		const execution = await run('agent-tool', {}, [openAi]);
		expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: 'Here.' }]);
		const message = model.requests.at(-1)?.messages.at(-1);
		expect(JSON.parse(String(message?.content))).toMatchObject([
			{ status: 'succeeded', ratio: '9:16', testMode: true },
		]);
	} finally {
		await model.close();
	}
});

test('form-to-video', async () => {
	const { client, n8n } = instance();
	const example = await readExample('form-to-video');
	const workflow = await importWorkflow(instance(), example, [testMode]);
	await client.activate(workflow);
	const node = workflow.nodes.find(({ name }) => name === 'On form submission');
	const url = `${n8n.origin}/form/${String(node?.['webhookId'])}`;
	const deadlineMs = Date.now() + executionTimeoutMs;
	while (!(await fetch(url)).ok && Date.now() < deadlineMs) await delay(250);
	const form = new FormData();
	form.append('field-0', 'The clouds begin to move');
	form.append('field-1', new Blob([new Uint8Array(image)], { type: 'image/png' }), 'clouds.png');
	const answer = await fetch(url, { method: 'POST', body: form });
	const { formWaitingUrl } = (await answer.json()) as { formWaitingUrl: string };
	const statusUrl = new URL(formWaitingUrl);
	statusUrl.pathname += '/n8n-execution-status';
	while ((await (await fetch(statusUrl)).text()) === 'running') {
		if (Date.now() > deadlineMs) throw new Error('The form does not end');
		await delay(250);
	}
	expect(await (await fetch(formWaitingUrl)).text()).toContain('Your video is ready');
	await fetch(formWaitingUrl, { method: 'POST' });
	const [newest] = await client.listExecutions(workflow.id);
	const execution = await client.waitForExecution(newest?.id ?? '', executionTimeoutMs);
	isDone(outputOf(execution, videoNode)[0]);
	await isClip(execution, 'Show the video');
	await client.deactivate(workflow);
});
