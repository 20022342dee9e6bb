import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import { httpRequest } from 'n8n-core/dist/execution-engine/node-execution-context/utils/request-helper-functions';
import dns from 'node:dns';
import net from 'node:net';
import { SeedanceApi } from '../../credentials/SeedanceApi.credentials';
import { startEngine, type Engine, type Execution } from './engine';
import { speedUpTime } from './fastTime';
import { itemsWithFiles, mp4, png } from './files';
import { videoNode, videoWorkflow } from './workflows';

const credentials = { seedanceApi: { provider: 'testMode' } };

let engine: Engine;
let restoreTime: () => void;

/** Everything that would leave the process: connections and the look-up of names. */
const attempts: unknown[] = [];
const refuse = (...given: unknown[]): never => {
	attempts.push(given);
	throw new Error('No network');
};
const usualConnect = net.Socket.prototype.connect;
const usualLookup = dns.lookup;

beforeAll(async () => {
	engine = await startEngine();
	restoreTime = speedUpTime(40);
	net.Socket.prototype.connect = refuse;
	Object.assign(dns, { lookup: refuse });
});
afterEach(() => {
	expect(attempts).toEqual([]);
});
afterAll(() => {
	net.Socket.prototype.connect = usualConnect;
	Object.assign(dns, { lookup: usualLookup });
	restoreTime();
	engine.close();
});

async function runVideo(
	parameters: IDataObject,
	settings: Partial<INode> = {},
): Promise<Execution> {
	return await engine.run({ workflow: videoWorkflow(parameters, settings), credentials });
}

async function itemsOf(parameters: IDataObject): Promise<INodeExecutionData[]> {
	const execution = await runVideo(parameters);
	expect(execution.error).toBeUndefined();
	return execution.items(videoNode);
}

const create = { operation: 'create', prompt: 'A kitten runs across a meadow' } as const;
const now = { ...create, waitForCompletion: false };

async function createdId(parameters: IDataObject = now): Promise<string> {
	const [item] = await itemsOf(parameters);
	return String(item?.json['taskId']);
}

test('a credential without anything but the provider makes a clip with its last frame', async () => {
	const [item] = await itemsOf({ ...create, options: { returnLastFrame: true } });
	const { json = {} as IDataObject, binary = {} } = item ?? {};
	const taskId = String(json['taskId']);
	expect(json).toEqual({
		taskId: expect.stringMatching(/^test_[\w.-]{20,123}$/),
		status: 'succeeded',
		model: 'dreamina-seedance-2-0-260128',
		prompt: expect.any(String),
		createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
		videoUrl: `https://test-mode.invalid/${taskId}.mp4`,
		videoUrlExpiresAt: expect.any(String),
		lastFrameUrl: `https://test-mode.invalid/${taskId}.png`,
		...{
			resolution: '720p',
			ratio: '16:9',
			duration: 5,
			seed: expect.any(Number),
			totalTokens: 108_900,
		},
		testMode: true,
	});
	expect(binary['data']).toMatchObject({ mimeType: 'video/mp4', fileName: `${taskId}.mp4` });
	const [video, frame] = await Promise.all(
		['data', 'lastFrame'].map(async (field) => {
			const file = binary[field];
			return file === undefined ? Buffer.alloc(0) : await engine.readBinary(file);
		}),
	);
	expect(video?.subarray(4, 8).toString('latin1')).toBe('ftyp');
	expect(frame?.subarray(1, 4).toString('latin1')).toBe('PNG');
});

test('each ratio has the clip of the nearest shape', async () => {
	const sizes = new Map<string, number>();
	for (const ratio of ['16:9', '21:9', '9:16', '1:1', '4:3', '3:4']) {
		const [item] = await itemsOf({ ...create, ratio, options: { testDuration: 1 } });
		expect(item?.json['ratio']).toBe(ratio);
		const file = item?.binary?.['data'];
		if (file !== undefined) sizes.set(ratio, (await engine.readBinary(file)).length);
	}
	const [wide, , tall, square] = [...sizes.values()];
	expect(new Set([wide, tall, square]).size).toBe(3);
	expect(Object.fromEntries(sizes)).toEqual({
		...{ '16:9': wide, '21:9': wide, '9:16': tall },
		...{ '1:1': square, '4:3': square, '3:4': square },
	});
});

test('Test Duration decides when the task ends, and Get of another execution sees it as it is', async () => {
	const taskId = await createdId({ ...now, options: { testDuration: 60 } });
	const get = { operation: 'get', taskId, waitForCompletion: false };
	await new Promise((resolve) => setTimeout(resolve, 5_000));
	expect((await itemsOf(get))[0]?.json).toMatchObject({ taskId, status: 'running' });
	const waited = await itemsOf({ ...get, waitForCompletion: true, downloadVideo: true });
	expect(waited[0]).toMatchObject({
		json: { taskId, status: 'succeeded', testMode: true },
		binary: { data: { mimeType: 'video/mp4' } },
	});
});

test('Get Many shows every status, and Get reads each of these tasks', async () => {
	const listed = await itemsOf({ operation: 'getAll', returnAll: true });
	const statuses = ['cancelled', 'expired', 'failed', 'queued', 'running', 'succeeded'];
	expect([...new Set(listed.map(({ json }) => String(json['status'])))].sort()).toEqual(statuses);
	for (const { json } of listed) {
		expect(json['testMode']).toBe(true);
		const options = { onFailedTask: 'returnTask' };
		const [read] = await itemsOf({ operation: 'get', taskId: json['taskId'] as string, options });
		expect(read?.json).toMatchObject({ taskId: json['taskId'], status: json['status'] });
	}
	const filters = { status: 'failed' };
	const failed = await itemsOf({ operation: 'getAll', returnAll: true, filters });
	expect(new Set(failed.map(({ json }) => json['status']))).toEqual(new Set(['failed']));
});

test('Cancel and Delete do as at a provider', async () => {
	const queued = await createdId({ ...now, prompt: '[test: stays queued]' });
	expect((await itemsOf({ operation: 'cancel', taskId: queued }))[0]?.json).toEqual({
		...{ taskId: queued, status: 'cancelled', testMode: true },
	});
	const options = { onFailedTask: 'returnTask' };
	const [cancelled] = await itemsOf({ operation: 'get', taskId: queued, options });
	expect(cancelled?.json['status']).toBe('cancelled');

	const done = await createdId({ ...create, options: { testDuration: 1 } });
	expect((await runVideo({ operation: 'cancel', taskId: done })).error).toMatchObject({
		context: { code: 'taskNotCancellable' },
	});
	expect((await itemsOf({ operation: 'delete', taskId: done }))[0]?.json).toEqual({
		...{ taskId: done, deleted: true, testMode: true },
	});
	expect((await runVideo({ operation: 'get', taskId: done })).error).toMatchObject({
		context: { code: 'NotFound.Task' },
	});
});

test("the provider's own task says testMode too, a dry run as well, and the output says that nothing was charged", async () => {
	const execution = await runVideo({ ...create, simplify: false, options: { testDuration: 1 } });
	expect(execution.items(videoNode)[0]?.json).toMatchObject({
		...{ status: 'succeeded', testMode: true, usage: { total_tokens: 108_900 } },
	});
	const hints = execution.run.data.resultData.runData[videoNode]?.at(-1)?.hints ?? [];
	expect(
		hints.map(({ message }) => message).filter((one) => /nothing was charged/.test(one)),
	).toHaveLength(1);
	expect(hints.filter(({ message }) => message.length > 120)).toEqual([]);
	const [dry] = await itemsOf({
		...create,
		ratio: '16:9',
		options: { dryRun: true, testDuration: 3 },
	});
	expect(dry?.json).toMatchObject({
		...{ valid: true, estimatedTokens: 108_900, testMode: true },
		request: { test_duration: 3 },
	});
});

test('an Idempotency Key finds the task of an earlier execution again', async () => {
	const keyed = { ...now, options: { idempotencyKey: 'row 7' } };
	const first = await createdId(keyed);
	await expect(createdId(keyed)).resolves.toBe(first);
});

test('the picker lists the tasks', async () => {
	const { results } = await engine.search({ method: 'searchTasks', credentials });
	expect(results.length).toBeGreaterThan(5);
	expect(results.every(({ value }) => String(value).startsWith('test_'))).toBe(true);
});

test('Upload takes files and URLs, and Get, Get Many and Delete know the assets', async () => {
	const type = 'n8n-nodes-seedance.seedanceAsset';
	const run = async (parameters: IDataObject) => {
		const execution = await engine.run({
			...{ credentials, workflow: videoWorkflow(parameters, { type }) },
			items: itemsWithFiles([{ data: { bytes: mp4, fileName: 'a.mp4' } }]),
		});
		expect(execution.error).toBeUndefined();
		return execution.items(videoNode).map(({ json }) => json);
	};
	const [file] = await run({ operation: 'upload' });
	const [url] = await run({
		...{ operation: 'upload', source: 'url', url: 'https://example.com/b.png' },
	});
	for (const asset of [file, url]) {
		expect(asset).toMatchObject({ status: 'ready', testMode: true });
		const { assetId: id, assetUri } = asset ?? {};
		expect(assetUri).toBe(`asset://${id}`);
		expect(await run({ operation: 'get', id })).toMatchObject([{ assetId: id, status: 'ready' }]);
		expect(await run({ operation: 'getAll', returnAll: true })).toContainEqual(
			expect.objectContaining({ assetId: id, testMode: true }),
		);
		expect(await run({ operation: 'delete', id })).toEqual([
			{ assetId: id, deleted: true, testMode: true },
		]);
		expect(await run({ operation: 'getAll', returnAll: true })).not.toContainEqual(
			expect.objectContaining({ assetId: id }),
		);
	}
});

test('a file of the item becomes the first frame', async () => {
	const execution = await engine.run({
		credentials,
		workflow: videoWorkflow({ ...create, mode: 'firstFrame', firstFrame: 'photo' }),
		items: itemsWithFiles([{ photo: { bytes: png, fileName: 'a.png' } }]),
	});
	expect(execution.items(videoNode)[0]?.json).toMatchObject({ status: 'succeeded' });
});

test('words in brackets that the table does not have are refused with those that it has', async () => {
	const { error } = await runVideo({ ...now, prompt: 'A cat [test: refused txet]' });
	expect(error).toMatchObject({
		description: expect.stringContaining('[test: refused text]'),
		context: { code: 'InvalidParameter' },
	});
});

test('the test of the credential is answered without a connection', async () => {
	const credential = new SeedanceApi();
	const url = String(credential.test.request.url);
	const options = await credential.authenticate(credentials.seedanceApi, { url });
	await expect(httpRequest({ ...options, returnFullResponse: true })).resolves.toMatchObject({
		statusCode: 200,
	});
});

test('a connection is noticed here', () => {
	expect(() => net.connect(9, '127.0.0.1')).toThrow('No network');
	expect(attempts.splice(0)).toHaveLength(1);
});
