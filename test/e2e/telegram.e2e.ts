import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Credential } from '../n8n/client';
import { outputOf, type Execution } from '../n8n/execution';
import { projectFolder } from '../n8n/packageTarball';
import { workflowSchema, type StoredWorkflow } from '../n8n/workflow';
import { importWorkflow, readExample, reasonOf, testModeCredential, videoNode } from './examples';
import { sha256 } from './hash';
import { withoutMarkers } from './marker';
import { setUpOutside } from './outsideHosts';
import { setUpN8n } from './setup';
import { Telegram } from './telegram';

const telegram = new Telegram();
const outside = setUpOutside([telegram]);
const instance = setUpN8n(() => ({ environment: outside().environment }));

const chatId = 4_711;
const strangerId = 815;
const photoNode = 'A photo from your chat?';
const defaultPrompt = 'The product turns slowly in soft studio light, the camera moves in';
const started = {
	chat_id: chatId,
	text: 'I am making your ad. This takes 1 to 15 minutes.',
	parse_mode: 'HTML',
	disable_web_page_preview: true,
};
const patienceMs = 90_000;

let bot: Credential;
let workflow: StoredWorkflow;
let image: Buffer;
let executionCount = 0;

beforeAll(async () => {
	image = await readFile(join(projectFolder, 'test', 'simulator', 'media', 'lastFrame.png'));
	bot = await instance().client.createCredential(
		'Telegram account',
		'telegramApi',
		telegram.credentialData,
	);
});
beforeEach(() => {
	instance().simulator.requests.length = 0;
	telegram.messages.length = 0;
	telegram.videos.length = 0;
});

/** Enters the ID of a chat where the sticky note says, and publishes the workflow with it. */
async function publishFor(id: string, credentials: readonly Credential[] = []): Promise<void> {
	const { client } = instance();
	if (telegram.webhook !== undefined) await client.deactivate(workflow);
	const empty = '"rightValue":""';
	const example = JSON.stringify(await readExample('telegram-ad'));
	expect(example.split(empty)).toHaveLength(2);
	const filledIn = example.replace(empty, `"rightValue":"${id}"`);
	workflow = await importWorkflow(instance(), workflowSchema.parse(JSON.parse(filledIn)), [
		bot,
		...credentials,
	]);
	executionCount = 0;
	await client.activate(workflow);
	await until(() => telegram.webhook !== undefined, 'the bot has a webhook');
}

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
	const deadlineMs = Date.now() + patienceMs;
	while (!(await isTrue())) {
		if (Date.now() > deadlineMs) throw new Error(`It takes too long until ${what}`);
		await delay(250);
	}
}

/** The execution that the last delivery has started, once it has ended. */
async function nextExecution(): Promise<Execution> {
	const { client } = instance();
	executionCount += 1;
	const list = async () => await client.listExecutions(workflow.id);
	await until(async () => (await list()).length >= executionCount, 'an execution starts');
	const [newest] = await list();
	const execution = await client.waitForExecution(newest?.id ?? '', patienceMs);
	expect({ status: execution.status, error: execution.data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});
	expect(outside().unexpected).toEqual([]);
	return execution;
}

/** A photo as Telegram describes it: three sizes, of which the middle ones have other bytes. */
function photoOf(name: string): { bytes: Buffer; photo: object[] } {
	// Readers ignore what follows a PNG's end, so each photo can have its own bytes.
	const bytesOf = (size: string) => Buffer.concat([image, Buffer.from(`${name} ${size}`)]);
	const sizes = ['small', 'medium', 'large'];
	const photo = sizes.map((size, index) => ({
		file_id: telegram.addFile(`${name}.png`, bytesOf(size)),
		width: 90 * 3 ** index,
		height: 160 * 3 ** index,
	}));
	return { bytes: bytesOf('large'), photo };
}

function creates() {
	return instance().simulator.requests.filter(
		({ method, path }) => method === 'POST' && path.endsWith('/tasks'),
	);
}

/** The whole body of the create of an ad, apart from its marker. */
function adOf(prompt: string, file: Buffer) {
	const upload = instance().simulator.uploads.find((each) => each.sha256 === sha256(file));
	expect(upload).toBeDefined();
	return {
		model: 'dreamina-seedance-2-0-260128',
		content: [
			{ type: 'text', text: prompt },
			{ type: 'image_url', image_url: { url: `asset://${upload?.assetId}` } },
		],
		generate_audio: true,
		resolution: '720p',
		ratio: '9:16',
		duration: 5,
	};
}

/** Compares the videos in the chat with the task of the provider, byte for byte. */
async function expectVideos(taskIds: readonly string[]): Promise<void> {
	const { simulator } = instance();
	expect(
		telegram.videos.map(({ bytes, ...video }) => ({ ...video, sha256: sha256(bytes) })),
	).toEqual(
		await Promise.all(
			taskIds.map(async (taskId) => ({
				fields: {
					chat_id: String(chatId),
					caption: 'Your ad is ready.',
					disable_notification: 'false',
				},
				fileName: `${taskId}.mp4`,
				mimeType: 'video/mp4',
				sha256: await simulator.sha256OfVideo(taskId),
			})),
		),
	);
}

test('before the ID of the chat is entered, the bot answers with it and makes nothing', async () => {
	await publishFor('');
	const { photo } = photoOf('early');
	await telegram.write(chatId, { photo, caption: 'A mug' });
	const execution = await nextExecution();
	expect(outputOf(execution, photoNode, 1)).toHaveLength(1);
	expect(telegram.messages).toEqual([
		{
			chat_id: chatId,
			text: expect.stringContaining(`This chat has the ID ${chatId}.`),
			parse_mode: 'HTML',
			disable_web_page_preview: true,
		},
	]);
	expect(instance().simulator.requests).toEqual([]);
});

describe('with the ID of the chat', () => {
	beforeAll(async () => {
		await publishFor(String(chatId));
	});

	test('a photo with a caption becomes a vertical ad in the chat; the same update again makes no second one', async () => {
		const { simulator } = instance();
		const { bytes, photo } = photoOf('mug');
		const update = await telegram.write(chatId, { photo, caption: 'Steam rises from the mug' });
		const execution = await nextExecution();
		expect(withoutMarkers(creates())).toEqual([adOf('Steam rises from the mug', bytes)]);
		const taskId = String(simulator.tasks.at(-1)?.id);
		expect(outputOf(execution, videoNode)[0]?.json).toMatchObject({ taskId, duration: 5 });
		expect(telegram.messages).toEqual([started]);
		await expectVideos([taskId]);

		await telegram.deliver(update);
		await nextExecution();
		expect(creates()).toHaveLength(1);
		await expectVideos([taskId, taskId]);
	});

	test('a picture that is sent as a file and without a caption becomes an ad with the prompt of the node', async () => {
		const bytes = Buffer.concat([image, Buffer.from('as a file')]);
		const file_id = telegram.addFile('lamp.png', bytes);
		await telegram.write(chatId, {
			document: { file_id, file_name: 'lamp.png', mime_type: 'image/png' },
		});
		await nextExecution();
		expect(withoutMarkers(creates())).toEqual([adOf(defaultPrompt, bytes)]);
		await expectVideos([String(instance().simulator.tasks.at(-1)?.id)]);
	});

	test.each([
		['a text', () => ({ text: 'Hello <bot> & friends' })],
		[
			'a PDF',
			() => ({
				document: {
					file_id: telegram.addFile('list.pdf', Buffer.from('%PDF-1.4\n')),
					file_name: 'list.pdf',
					mime_type: 'application/pdf',
				},
			}),
		],
	])('%s makes nothing, and the bot says what to send', async (_, message) => {
		await telegram.write(chatId, message());
		const execution = await nextExecution();
		expect(outputOf(execution, photoNode)).toEqual([]);
		expect(telegram.messages).toEqual([
			expect.objectContaining({
				chat_id: chatId,
				text: expect.stringContaining('Please send an upright photo'),
			}),
		]);
		expect(telegram.videos).toEqual([]);
		expect(instance().simulator.requests).toEqual([]);
	});

	test('a photo of a stranger makes nothing', async () => {
		await telegram.write(strangerId, { ...photoOf('stranger'), caption: 'A mug' });
		await nextExecution();
		expect(telegram.messages).toEqual([expect.objectContaining({ chat_id: strangerId })]);
		expect(instance().simulator.requests).toEqual([]);
	});

	test('the chat gets the reason of an ad that fails', async () => {
		const marker = '[simulate:failed OutputVideoSensitiveContentDetected]';
		const { bytes, photo } = photoOf('brand');
		await telegram.write(chatId, { photo, caption: `A famous brand ${marker}` });
		const execution = await nextExecution();
		expect(withoutMarkers(creates())).toEqual([adOf(`A famous brand ${marker}`, bytes)]);
		const [failed] = outputOf(execution, videoNode, 1);
		const reason = reasonOf(failed);
		expect(telegram.messages).toEqual([
			started,
			{
				...started,
				text: `There is no ad of this photo. ${reason}`
					.replaceAll('&', '&amp;')
					.replaceAll('<', '&lt;'),
			},
		]);
		expect(telegram.videos).toEqual([]);
	});
});

test('in Test Mode, a photo becomes a test clip in the chat', async () => {
	await publishFor(String(chatId), [await testModeCredential(instance())]);
	await telegram.write(chatId, { photo: photoOf('free').photo, caption: 'A mug' });
	await nextExecution();
	expect(telegram.messages).toEqual([started]);
	expect(telegram.videos.map(({ bytes }) => bytes.toString('latin1', 4, 8))).toEqual(['ftyp']);
	expect(instance().simulator.requests).toEqual([]);
});
