import type { IDataObject } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { itemsWithFiles, mp4, png, wav, type TestFile } from './files';
import { quickCreate, setUp } from './setup';
import { videoNode } from './workflows';

const setup = setUp();

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const photo: TestFile = { bytes: png, fileName: 'photo.png', mimeType: 'image/png' };

async function runAsset(parameters: IDataObject, files: Record<string, TestFile>[] = [{}]) {
	const execution = await setup.runVideo(
		{ operation: 'upload', waitOptions: { pollInterval: 1 }, ...parameters },
		{
			items: itemsWithFiles(files),
			settings: { type: 'n8n-nodes-seedance.seedanceAsset' },
		},
	);
	return { items: execution.items(videoNode), error: execution.error };
}

async function runVideo(parameters: IDataObject, files: Record<string, TestFile>[]) {
	const execution = await setup.runVideo(
		{ ...quickCreate, ...parameters },
		{ items: itemsWithFiles(files) },
	);
	return { items: execution.items(videoNode), error: execution.error };
}

test('a file goes to the library as it is, and comes back as an asset', async () => {
	const { items, error } = await runAsset({ options: { groupId: 'group-1' } }, [{ data: photo }]);
	expect(error).toBeUndefined();
	const upload = setup.simulator.uploads.at(-1);
	expect(items).toEqual([
		{
			json: {
				assetId: upload?.assetId,
				assetUri: `asset://${upload?.assetId}`,
				status: 'ready',
				uploadTaskId: upload?.taskId,
				fileName: 'photo.png',
				mimeType: 'image/png',
				fileSize: png.length,
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(upload).toMatchObject({
		fileName: 'photo.png',
		contentType: 'image/png',
		groupId: 'group-1',
		bytes: png.length,
		sha256: sha256(png),
	});
	const [post, look] = setup.simulator.requests;
	expect(post?.headers['authorization']).toBe(`Bearer ${setup.simulator.apiKey}`);
	expect(Number(post?.headers['content-length'])).toBeGreaterThan(png.length);
	expect(look?.path).toBe('/v1/asset/jobs/get-asset-id');
	expect(look?.headers['authorization']).toBeUndefined();
});

test.each([
	['a path', '../../etc/passwd.png', 'passwd.png'],
	['a Windows path', 'C:\\secret\\a.png', 'a.png'],
	['quotes and line breaks', 'a"b\r\nX-Evil: 1\r\n\r\n.png', 'a_b__X-Evil_ 1____.png'],
	['unicode', 'Käse 猫 🐈.png', 'Käse 猫 🐈.png'],
	['300 characters', `${'x'.repeat(300)}.png`, `${'x'.repeat(36)}.png`],
	['no name', '', 'image.png'],
	['a lying extension', 'movie.mp4', 'movie.png'],
])('file names: %s', async (_what, fileName, sent) => {
	const { items, error } = await runAsset({}, [{ data: { ...photo, fileName } }]);
	expect(error).toBeUndefined();
	expect(items[0]?.json['fileName']).toBe(sent);
	const upload = setup.simulator.uploads.at(-1);
	expect(upload).toMatchObject({ fileName: sent, sha256: sha256(png) });
	expect([...(upload?.fileName ?? '')].length).toBeLessThanOrEqual(40);
});

test('a file of many chunks arrives byte for byte', async () => {
	const bytes = Buffer.concat([mp4, Buffer.alloc(5_000_001, 7)]);
	await runAsset({}, [{ data: { bytes, fileName: 'long.mp4' } }]);
	expect(setup.simulator.uploads.at(-1)).toMatchObject({
		bytes: bytes.length,
		sha256: sha256(bytes),
		contentType: 'video/mp4',
	});
});

test('a wait that times out returns the upload task, and Get can resume it', async () => {
	const { items } = await runAsset({ waitOptions: { pollInterval: 1, maxWait: 0.02 } }, [
		{ data: { ...photo, fileName: '[simulate-asset-slow].png' } },
	]);
	const upload = setup.simulator.uploads.at(-1);
	expect(items[0]?.json).toEqual({
		status: 'processing',
		uploadTaskId: upload?.taskId,
		fileName: '[simulate-asset-slow].png',
		mimeType: 'image/png',
		fileSize: png.length,
		timedOut: true,
	});
	const later = await runAsset({ operation: 'get', id: String(upload?.taskId) });
	expect(later.items[0]?.json).toEqual({ status: 'processing', uploadTaskId: upload?.taskId });
});

test('a stopped execution requests its asset at most one more time', async () => {
	const execution = await setup.runVideo(
		{ operation: 'upload', waitOptions: { pollInterval: 1 } },
		{
			items: itemsWithFiles([{ data: { ...photo, fileName: '[simulate-asset-slow].png' } }]),
			settings: { type: 'n8n-nodes-seedance.seedanceAsset' },
			onStart: ({ stop }) => setTimeout(stop, 500),
		},
	);
	expect(execution.status).toBe('canceled');
	const before = setup.simulator.requests.length;
	await new Promise((resolve) => setTimeout(resolve, 2_500));
	expect(setup.simulator.requests.length - before).toBeLessThanOrEqual(1);
});

test("a file that the library rejects is an error, with the upload task's ID", async () => {
	const { error } = await runAsset({}, [
		{ data: { ...photo, fileName: '[simulate-asset-failed].png' } },
	]);
	expect(error).toMatchObject({
		description: expect.stringMatching(/500: Unsupported file type\. Task: task_\d+\.$/),
		context: { code: '500', taskId: setup.simulator.uploads.at(-1)?.taskId },
	});
});

test.each<[string, IDataObject, Record<string, TestFile>, given: string]>([
	['no such field', {}, { photo }, '"data"'],
	['no file at all', {}, {}, '"data"'],
	['an empty file', {}, { data: { bytes: Buffer.alloc(0), fileName: 'a.png' } }, 'an empty file'],
	[
		'a text file with the name of an image',
		{},
		{ data: { bytes: Buffer.from('hello'), fileName: 'a.png', mimeType: 'image/png' } },
		'not a supported file format',
	],
	['another kind than wanted', { assetType: 'video' }, { data: photo }, 'image/png'],
	[
		'an image of 31 MB',
		{},
		{ data: { bytes: Buffer.concat([png, Buffer.alloc(31 * 1024 * 1024)]), fileName: 'a.png' } },
		'31.0 MB',
	],
	['audio of 16 seconds', {}, { data: { bytes: wav(16), fileName: 'a.wav' } }, '16.0 seconds'],
])('%s is named, and nothing is uploaded', async (_what, parameters, files, given) => {
	const { error } = await runAsset(parameters, [files]);
	expect(error).toMatchObject({
		message: expect.stringContaining(`Input Data Field Name is ${given}`),
		context: { code: 'invalidInput' },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test.each([
	['getAll', {}, 'assetListNotSupported'],
	['delete', { id: 'asset-1' }, 'assetDeleteNotSupported'],
	['upload', { source: 'url', url: 'https://example.com/a.png' }, 'assetUrlNotSupported'],
])('%s is not available at PowerTokens: %j, %s', async (operation, parameters, code) => {
	const { error } = await runAsset({ operation, ...parameters });
	expect(error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		context: { itemIndex: 0, code },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test('a PNG from a form becomes a first frame without an upload', async () => {
	const { items, error } = await runVideo(
		{ mode: 'firstFrame', firstFrame: 'Photo', returnLastFrame: true },
		[{ Photo: photo }],
	);
	expect(error).toBeUndefined();
	const upload = setup.simulator.uploads.at(-1);
	expect(setup.requests('POST', /tasks$/)[0]?.body).toMatchObject({
		content: [
			{ type: 'text', text: quickCreate.prompt },
			{ type: 'image_url', image_url: { url: `asset://${upload?.assetId}` } },
		],
	});
	expect(items[0]?.binary?.['data']).toMatchObject({ mimeType: 'video/mp4' });
});

test('files, assets and URLs mix, and a file that is used twice is uploaded once', async () => {
	const before = setup.simulator.uploads.length;
	const { error } = await runVideo(
		{
			mode: 'reference',
			waitForCompletion: false,
			references: {
				reference: [
					{ type: 'image', source: 'binary', value: 'one' },
					{ type: 'video', source: 'binary', value: 'clip' },
					{ type: 'image', source: 'url', value: 'https://example.com/2.png' },
					{ type: 'image', source: 'binary', value: 'one' },
					{ type: 'audio', source: 'asset', value: 'asset-9' },
				],
			},
		},
		[{ one: photo, clip: { bytes: mp4, fileName: 'clip.mp4' } }],
	);
	expect(error).toBeUndefined();
	const [first, second, ...others] = setup.simulator.uploads.slice(before);
	expect(others).toEqual([]);
	const assetOf = (name: string) =>
		`asset://${[first, second].find((upload) => upload?.fileName === name)?.assetId}`;
	const image = (url: string) => ({
		type: 'image_url',
		image_url: { url },
		role: 'reference_image',
	});
	expect(setup.requests('POST', /tasks$/)[0]?.body).toMatchObject({
		content: [
			{ type: 'text', text: quickCreate.prompt },
			image(assetOf('photo.png')),
			image('https://example.com/2.png'),
			image(assetOf('photo.png')),
			{ type: 'video_url', video_url: { url: assetOf('clip.mp4') }, role: 'reference_video' },
			{ type: 'audio_url', audio_url: { url: 'asset://asset-9' }, role: 'reference_audio' },
		],
	});
});

test('one bad file among several items: nothing is uploaded and nothing created', async () => {
	const { error } = await runVideo({ mode: 'firstFrame' }, [
		{ data: photo },
		{ data: { bytes: Buffer.from('no image'), fileName: 'b.png' } },
	]);
	expect(error).toMatchObject({
		message: expect.stringContaining('First Frame Input Data Field Name '),
		context: { itemIndex: 1, code: 'invalidInput' },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test('an ID that the library does not know is an error', async () => {
	const { items, error } = await runAsset({ operation: 'get', id: 'task_unknown' });
	expect(items).toEqual([]);
	expect(error).toMatchObject({
		description: expect.stringContaining('Task: task_unknown.'),
		context: { itemIndex: 0, code: '404', taskId: 'task_unknown' },
	});
});
