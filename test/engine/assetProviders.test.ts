import type { IDataObject } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { startSimulator, type ProviderName, type Simulator } from '../simulator/simulator';
import { startEngine } from './engine';
import { itemsWithFiles, mp4, png, wav, type TestFile } from './files';
import { quickCreate, setUp } from './setup';
import { readExample, videoNode, videoWorkflow } from './workflows';

const setup = setUp();
const photo: TestFile = { bytes: png, fileName: 'photo.png', mimeType: 'image/png' };
const started: Simulator[] = [];

afterEach(async () => {
	await Promise.all(started.splice(0).map(async (simulator) => await simulator.close()));
});

async function start(provider: ProviderName, options: object = {}) {
	const simulator = await startSimulator({ provider, renderMs: 100, ...options });
	started.push(simulator);
	const credential = {
		provider,
		baseUrl: simulator.origin,
		apiKey: simulator.apiKey,
		accessKeyId: simulator.accessKeyId,
		secretAccessKey: simulator.secretAccessKey,
	};
	const run = async (
		type: 'seedanceAsset' | 'seedanceVideo',
		parameters: IDataObject,
		files: Record<string, TestFile> = {},
	) => {
		const execution = await setup.engine.run({
			workflow: videoWorkflow(parameters, { type: `n8n-nodes-seedance.${type}` }),
			credentials: { seedanceApi: credential },
			items: itemsWithFiles([files]),
		});
		return { items: execution.items(videoNode), error: execution.error };
	};
	return { simulator, run };
}

test.each(['powerTokens', 'apiYi', 'bytePlus', 'volcengine'] as const)(
	'%s: a form’s PNG becomes a first frame, and the video comes back',
	async (provider) => {
		const { simulator, run } = await start(provider, { strictAssets: provider === 'powerTokens' });
		const { items, error } = await run(
			'seedanceVideo',
			{ ...quickCreate, mode: 'firstFrame', firstFrame: 'Photo' },
			{ Photo: photo },
		);
		expect(error).toBeUndefined();
		expect(items[0]).toMatchObject({
			json: { status: 'succeeded' },
			binary: { data: { mimeType: 'video/mp4' } },
		});
		const create = simulator.requests.find(({ path }) => path.endsWith('/tasks'));
		const asset = simulator.uploads.at(-1)?.assetId;
		expect(create?.body).toMatchObject({
			content: [
				{ type: 'text' },
				{
					type: 'image_url',
					image_url: {
						url:
							provider === 'powerTokens'
								? `asset://${asset}`
								: `data:image/png;base64,${png.toString('base64')}`,
					},
				},
			],
		});
	},
);

test('audio goes along as a data: URL, video is refused with the way out', async () => {
	const { simulator, run } = await start('bytePlus');
	const sound = { bytes: wav(3), fileName: 'a.wav' };
	const reference = (type: string, value: string) => ({ type, source: 'binary', value });
	const parameters = { ...quickCreate, mode: 'reference', waitForCompletion: false };
	await run(
		'seedanceVideo',
		{
			...parameters,
			references: { reference: [reference('audio', 'a'), reference('image', 'i')] },
		},
		{ a: sound, i: photo },
	);
	expect(JSON.stringify(simulator.requests[0]?.body)).toContain(
		`data:audio/wav;base64,${sound.bytes.toString('base64')}`,
	);
	const { error } = await run(
		'seedanceVideo',
		{ ...parameters, references: { reference: [reference('video', 'v')] } },
		{ v: { bytes: mp4, fileName: 'v.mp4' } },
	);
	expect(error).toMatchObject({
		message: expect.stringContaining('References number 1 (video) is a file, '),
		context: { code: 'invalidInput' },
	});
	expect(simulator.requests).toHaveLength(1);
});

test.each(['bytePlus', 'volcengine'] as const)(
	'%s: the signed asset library adds, reads, lists and deletes',
	async (provider) => {
		const { simulator, run } = await start(provider, { assetMs: 500 });
		const parameters = {
			operation: 'upload',
			source: 'url',
			url: 'https://example.com/product.png',
			waitOptions: { pollInterval: 1 },
		};
		const { items, error } = await run('seedanceAsset', parameters);
		expect(error).toBeUndefined();
		const assetId = String(items[0]?.json['assetId']);
		expect(items[0]?.json).toEqual({
			assetId,
			assetUri: `asset://${assetId}`,
			status: 'ready',
			fileName: 'product.png',
		});
		expect(simulator.requests.map(({ query }) => query.get('Action'))).toEqual([
			'ListAssetGroups',
			'CreateAssetGroup',
			'CreateAsset',
			'GetAsset',
			'GetAsset',
		]);
		// Neither key leaves the machine but in the signature.
		expect(JSON.stringify(simulator.requests.map(({ headers }) => headers))).not.toContain(
			simulator.apiKey,
		);

		simulator.requests.length = 0;
		await run('seedanceAsset', {
			...parameters,
			url: 'https://example.com/2.mp4',
			waitForAsset: false,
		});
		expect(simulator.requests.map(({ query }) => query.get('Action'))).toEqual([
			'ListAssetGroups',
			'CreateAsset',
		]);
		const list = await run('seedanceAsset', { operation: 'getAll', returnAll: true });
		expect(list.items.map(({ json }) => json['fileName']).sort()).toEqual(['2.mp4', 'product.png']);
		expect(
			(await run('seedanceAsset', { operation: 'delete', id: assetId })).items[0]?.json,
		).toEqual({
			assetId,
			deleted: true,
		});
		expect((await run('seedanceAsset', { operation: 'get', id: assetId })).error).toMatchObject({
			context: { code: expect.stringMatching(/^NotFound/) },
		});
	},
);

test('an error inside HTTP 200, an asset that fails and a wrong signature are errors', async () => {
	const { run, simulator } = await start('volcengine');
	const upload = { operation: 'upload', source: 'url', waitOptions: { pollInterval: 1 } };
	expect(
		(
			await run('seedanceAsset', {
				...upload,
				url: 'https://example.com/a.png',
				options: { groupId: 'group-unknown' },
			})
		).error,
	).toMatchObject({ context: { code: expect.stringMatching(/^NotFound/) } });
	expect(
		(
			await run('seedanceAsset', {
				...upload,
				url: 'https://example.com/simulate-asset-failed.png',
			})
		).error,
	).toMatchObject({
		description: expect.stringContaining('FaceMismatch'),
		context: { code: 'FaceMismatch' },
	});
	const execution = await setup.engine.run({
		workflow: videoWorkflow({ operation: 'getAll' }, { type: 'n8n-nodes-seedance.seedanceAsset' }),
		credentials: {
			seedanceApi: {
				provider: 'volcengine',
				baseUrl: simulator.origin,
				apiKey: simulator.apiKey,
				accessKeyId: simulator.accessKeyId,
				secretAccessKey: 'not-the-secret',
			},
		},
	});
	expect(execution.error).toMatchObject({
		description: expect.stringContaining('SignatureDoesNotMatch'),
		context: { code: 'SignatureDoesNotMatch' },
	});
	expect(JSON.stringify(execution.run)).not.toContain('not-the-secret');
});

test('missing asset library keys are reported before any request is sent', async () => {
	const { simulator } = await start('bytePlus');
	const execution = await setup.engine.run({
		workflow: videoWorkflow(
			{ operation: 'upload', source: 'url', url: 'https://example.com/a.png' },
			{ type: 'n8n-nodes-seedance.seedanceAsset' },
		),
		credentials: {
			seedanceApi: { provider: 'bytePlus', baseUrl: simulator.origin, apiKey: simulator.apiKey },
		},
	});
	expect(execution.error).toMatchObject({
		message: expect.stringContaining('Access Key ID and Secret Access Key '),
		context: { code: 'assetAccessKeyMissing' },
	});
	expect(simulator.requests).toEqual([]);
});

test('the example asset-to-video runs as it is, its image coming from a file', async () => {
	const { simulator } = await start('powerTokens', { strictAssets: true });
	const example = readExample('asset-to-video');
	const nodes = example.nodes.map((node) =>
		node.name === 'Get the image' ? { ...node, type: 'n8n-nodes-base.noOp', typeVersion: 1 } : node,
	);
	const execution = await setup.engine.run({
		workflow: { ...example, nodes },
		credentials: { seedanceApi: { baseUrl: simulator.origin, apiKey: simulator.apiKey } },
		items: itemsWithFiles([{ data: photo }]),
	});
	expect(execution.error).toBeUndefined();
	expect(execution.items('Seedance Video')[0]).toMatchObject({
		json: { status: 'succeeded' },
		binary: { data: { mimeType: 'video/mp4' } },
	});
});

test('an asset of another kind is refused by the provider, in its words, and nothing is created', async () => {
	const { simulator, run } = await start('powerTokens', { strictAssets: true });
	const uploaded = await run(
		'seedanceAsset',
		{ operation: 'upload', waitOptions: { pollInterval: 1 } },
		{ data: { bytes: mp4, fileName: 'clip.mp4' } },
	);
	const { error } = await run('seedanceVideo', {
		...quickCreate,
		mode: 'firstFrame',
		firstFrameSource: 'asset',
		firstFrame: String(uploaded.items[0]?.json['assetUri']),
	});
	expect(error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		context: { itemIndex: 0, code: expect.stringMatching(/^InvalidParameter/), httpStatus: 400 },
	});
	expect(simulator.tasks).toEqual([]);
});

test('a large video arrives byte for byte', async () => {
	const { simulator, run } = await start('powerTokens', { videoBytes: 30_000_000 });
	const { items } = await run('seedanceVideo', quickCreate);
	const binary = items[0]?.binary?.['data'];
	const bytes = binary && (await setup.engine.readBinary(binary));
	const taskId = String(items[0]?.json['taskId']);
	expect(bytes?.length).toBe(30_000_000);
	expect(
		createHash('sha256')
			.update(bytes ?? '')
			.digest('hex'),
	).toBe(await simulator.sha256OfVideo(taskId));
});

test('with binary data kept in memory, files upload and videos download as well', async () => {
	const { simulator } = await start('powerTokens', { strictAssets: true });
	const engine = await startEngine('default');
	const execution = await engine.run({
		workflow: videoWorkflow({ ...quickCreate, mode: 'firstFrame', firstFrame: 'Photo' }),
		credentials: { seedanceApi: { baseUrl: simulator.origin, apiKey: simulator.apiKey } },
		items: itemsWithFiles([{ Photo: photo }]),
		// Under an ID of the other engine, it would continue that execution.
		executionId: 'in memory',
	});
	await startEngine('filesystem');
	expect(execution.error).toBeUndefined();
	const binary = execution.items(videoNode)[0]?.binary?.['data'];
	expect(binary?.id).toBeUndefined();
	expect(Buffer.from(String(binary?.data), 'base64').subarray(4, 8).toString()).toBe('ftyp');
	expect(simulator.uploads.at(-1)?.sha256).toBe(createHash('sha256').update(png).digest('hex'));
});
