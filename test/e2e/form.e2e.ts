import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Page } from 'playwright-core';

import { openPage } from '../n8n/editor';
import { formUrlOf, showLargeClip, submitForm, whenFormIsLive } from '../n8n/form';
import { outputOf, type Execution } from '../n8n/execution';
import { projectFolder } from '../n8n/packageTarball';
import type { StoredWorkflow } from '../n8n/workflow';
import { bytesOf, importWorkflow, readExample, videoNode } from './examples';
import { sha256 } from './hash';
import { withoutMarkers } from './marker';
import { setUpN8n } from './setup';

const instance = setUpN8n();
const lastPage = 'Show the video';
const failedPage = 'Show what went wrong';
/** A desk and a phone, in pixels. */
const windows = [
	{ width: 1280, height: 800 },
	{ width: 390, height: 844 },
];
const executionTimeoutMs = 60_000;
const pollMs = 250;

let workflow: StoredWorkflow;
let image: Buffer;

beforeAll(async () => {
	image = await readFile(join(projectFolder, 'test', 'simulator', 'media', 'lastFrame.png'));
	workflow = await importWorkflow(instance(), await readExample('form-to-video'));
	await instance().client.activate(workflow);
	await whenFormIsLive(formUrl());
});
beforeEach(() => {
	instance().simulator.requests.length = 0;
});

const formUrl = () => formUrlOf(instance().n8n.origin, workflow);

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

/** Where an element is on its page, in pixels. */
async function boxOf(page: Page, selector: string) {
	const box = await page.locator(selector).boundingBox();
	if (box === null) throw new Error(`${selector} is not shown`);
	return { ...box, right: box.x + box.width, bottom: box.y + box.height };
}

/** Nothing is wider than the window, and the card is as wide as it can be there. */
async function expectCardToFit(page: Page, { width }: (typeof windows)[number]): Promise<void> {
	const card = await boxOf(page, '.card');
	expect(card.x).toBeGreaterThanOrEqual(8);
	expect(card.right).toBeLessThanOrEqual(width - 8);
	expect(card.width).toBeGreaterThan(Math.min(600, width - 48));
	expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
}

test.each([
	['wide', 1280, 720],
	['tall', 720, 1280],
] as const)(
	'a person fills the form in, and a %s video lies inside the card of the last page',
	async (shape, width, height) => {
		const file = imageOf(`browser ${shape}`);
		const prompt = `The leaves of a ${shape} tree fall`;
		const opened = await openPage({ width: 1000, height: 900, deviceScaleFactor: 1 });
		try {
			const { page } = opened;
			await submitForm(page, formUrl(), { prompt, image: file });
			const execution = await lastExecution();
			await expectVideoOf(execution, file, prompt);
			const shown = await showLargeClip(page, shape);
			expect(shown).toBe(outputOf(execution, videoNode)[0]?.json['videoUrl']);
			expect(
				await page.evaluate(
					'[document.querySelector("video").videoWidth, document.querySelector("video").videoHeight]',
				),
			).toEqual([width, height]);
			for (const window of windows) {
				await page.setViewportSize(window);
				await expectCardToFit(page, window);
				const [card, video] = [await boxOf(page, '.card'), await boxOf(page, 'video')];
				expect(video.x).toBeGreaterThanOrEqual(card.x);
				expect(video.right).toBeLessThanOrEqual(card.right);
				expect(video.y).toBeGreaterThanOrEqual(card.y);
				expect(video.bottom).toBeLessThanOrEqual(card.bottom);
				expect(video.bottom).toBeLessThanOrEqual(window.height);
				expect(video.width / video.height).toBeCloseTo(width / height, 1);
				expect(Math.max(video.width, video.height)).toBeGreaterThan(300);
			}
		} finally {
			await opened.close();
		}
	},
);

test.each([
	['the finished video is refused', '[simulate:failed OutputVideoSensitiveContentDetected]'],
	['the input is refused', '[simulate:input-refused]'],
	['the provider fails', '[simulate:failed InternalServiceError]'],
])('%s: the last page tells the reason, and has nothing to submit', async (name, marker) => {
	const file = imageOf(name);
	const opened = await openPage({ ...{ width: 1000, height: 900 }, deviceScaleFactor: 1 });
	try {
		const { page } = opened;
		await submitForm(page, formUrl(), { prompt: `The leaves fall ${marker}`, image: file });
		const execution = await lastExecution();
		expect(execution.status).toBe('success');
		expect(outputOf(execution, lastPage)).toEqual([]);
		const [item] = outputOf(execution, failedPage);
		expect(item?.json).toEqual(outputOf(execution, videoNode, 1)[0]?.json);
		const { message, code, taskId } = item?.json['error'] as Record<string, string>;
		const text = await page.locator('.card').innerText();
		expect(text).toContain(String(message).replace('[Item 0] ', ''));
		expect(text).not.toContain('[Item');
		expect(text).not.toContain('undefined');
		expect(text).toContain([code, taskId].filter((each) => each !== undefined).join(' '));
		expect(taskId).toBe(
			marker.includes('input') ? undefined : instance().simulator.tasks.at(-1)?.id,
		);
		expect(await page.locator('form, input, button, video').count()).toBe(0);
		for (const window of windows) {
			await page.setViewportSize(window);
			await expectCardToFit(page, window);
		}
	} finally {
		await opened.close();
	}
});
