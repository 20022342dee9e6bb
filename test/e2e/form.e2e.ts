import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { openPage } from '../n8n/editor';
import { outputOf, type Execution } from '../n8n/execution';
import { projectFolder } from '../n8n/packageTarball';
import type { StoredWorkflow } from '../n8n/workflow';
import { bytesOf, importWorkflow, readExample, videoNode } from './examples';
import { sha256 } from './hash';
import { withoutMarkers } from './marker';
import { setUpN8n } from './setup';

const instance = setUpN8n();
const formNode = 'On form submission';
const lastPage = 'Show the video';
const executionTimeoutMs = 60_000;
const liveTimeoutMs = 20_000;
const pollMs = 250;

let workflow: StoredWorkflow;
let image: Buffer;

beforeAll(async () => {
	image = await readFile(join(projectFolder, 'test', 'simulator', 'media', 'lastFrame.png'));
	workflow = await importWorkflow(instance(), await readExample('form-to-video'));
	await instance().client.activate(workflow);
	await whenLive();
});
beforeEach(() => {
	instance().simulator.requests.length = 0;
});

function formUrl(): string {
	const node = workflow.nodes.find(({ name }) => name === formNode);
	return `${instance().n8n.origin}/form/${String(node?.['webhookId'])}`;
}

/** n8n answers the activation before the form has its address. */
async function whenLive(): Promise<void> {
	const deadlineMs = Date.now() + liveTimeoutMs;
	while (!(await fetch(formUrl())).ok) {
		if (Date.now() > deadlineMs) throw new Error('The form is not there');
		await delay(pollMs);
	}
}

/** Bytes that no other test submits, in the format of the image: readers ignore what follows a PNG's end. */
function imageOf(test: string): Buffer {
	return Buffer.concat([image, Buffer.from(test)]);
}

/** Resolves with the address of the last page once the execution waits there, as the form's own script does. */
async function whenWaiting(formWaitingUrl: string): Promise<void> {
	const statusUrl = new URL(formWaitingUrl);
	statusUrl.pathname += '/n8n-execution-status';
	const deadlineMs = Date.now() + executionTimeoutMs;
	for (;;) {
		const status = await (await fetch(statusUrl)).text();
		if (status === 'form-waiting') return;
		if (status !== 'running' || Date.now() > deadlineMs) throw new Error(`It is ${status}`);
		await delay(pollMs);
	}
}

async function lastExecution(): Promise<Execution> {
	const { client } = instance();
	const [newest] = await client.listExecutions(workflow.id);
	return await client.waitForExecution(newest?.id ?? '', executionTimeoutMs);
}

/** Compares what was submitted with what the provider got, and what the provider made with what the next node has. */
async function expectVideoOf(execution: Execution, file: Buffer, prompt: string): Promise<void> {
	const { simulator } = instance();
	expect(execution).toMatchObject({ status: 'success', mode: 'webhook' });

	const upload = simulator.uploads.at(-1);
	expect({ sha256: upload?.sha256, bytes: upload?.bytes, type: upload?.contentType }).toEqual({
		sha256: sha256(file),
		bytes: file.length,
		type: 'image/png',
	});
	const creates = simulator.requests.filter(
		({ method, path }) => method === 'POST' && path.endsWith('/tasks'),
	);
	expect(withoutMarkers(creates)).toEqual([
		{
			model: 'dreamina-seedance-2-0-260128',
			content: [
				{ type: 'text', text: prompt },
				{
					type: 'image_url',
					image_url: { url: `asset://${upload?.assetId}` },
				},
			],
			generate_audio: true,
			resolution: '720p',
			ratio: 'adaptive',
			duration: 5,
		},
	]);

	const [task] = simulator.tasks.slice(-1);
	const [item] = outputOf(execution, lastPage);
	expect(item?.json).toEqual(outputOf(execution, videoNode)[0]?.json);
	expect(item?.json).toMatchObject({ taskId: task?.id, status: 'succeeded' });
	expect(item?.binary).toEqual({
		data: expect.objectContaining({ fileName: `${task?.id}.mp4`, mimeType: 'video/mp4' }),
	});
	const video = await bytesOf(instance(), execution, lastPage);
	expect(sha256(video)).toBe(await simulator.sha256OfVideo(String(task?.id)));
}

test('a submitted image becomes the first frame, and the next node has the video', async () => {
	const file = imageOf('multipart');
	const form = new FormData();
	form.append('field-0', 'The clouds begin to move');
	form.append('field-1', new Blob([file], { type: 'image/png' }), 'clouds.png');
	const answer = await fetch(formUrl(), { method: 'POST', body: form });
	const { formWaitingUrl } = (await answer.json()) as { formWaitingUrl: string };
	await whenWaiting(formWaitingUrl);

	const page = await (await fetch(formWaitingUrl)).text();
	expect(page).toContain('Your video is ready');
	await fetch(formWaitingUrl, { method: 'POST' });
	await expectVideoOf(await lastExecution(), file, 'The clouds begin to move');
});

test('a person fills the form in and sees the video on its last page', async () => {
	const file = imageOf('browser');
	const opened = await openPage({ width: 1000, height: 900, deviceScaleFactor: 1 });
	try {
		const { page } = opened;
		await page.goto(formUrl());
		await page.getByLabel('Prompt').fill('The leaves fall');
		await page
			.locator('input[type="file"]')
			.setInputFiles({ name: 'leaves.png', mimeType: 'image/png', buffer: file });
		await page.locator('#submit-btn').click();
		await page.getByText('Your video is ready').waitFor();
		const player = page.locator('video');
		await player.waitFor();
		// Metadata is there only when the browser has fetched the file and recognized it as a video.
		await page.waitForFunction('document.querySelector("video").readyState === 4');
		const shown = await page.locator('video source').getAttribute('src');
		await expectVideoOf(await lastExecution(), file, 'The leaves fall');
		const [item] = outputOf(await lastExecution(), videoNode);
		expect(shown).toBe(item?.json['videoUrl']);
	} finally {
		await opened.close();
	}
});
