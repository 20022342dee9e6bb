import { NodeHelpers } from 'n8n-workflow';
import { startSimulator, type Simulator } from '../simulator/simulator';
import { SeedanceAsset } from '../../nodes/Seedance/SeedanceAsset.node';
import { SeedanceVideo } from '../../nodes/Seedance/SeedanceVideo.node';
import { quickCreate, setUp } from './setup';
import { videoNode, videoWorkflow } from './workflows';

const setup = setUp();
const assetNode = { type: 'n8n-nodes-seedance.seedanceAsset' };

describe('the items of Seedance Asset share one library', () => {
	let bytePlus: Simulator;
	let inFlight = 0;
	let maxInFlight = 0;
	beforeAll(async () => {
		bytePlus = await startSimulator({
			provider: 'bytePlus',
			assetMs: 500,
			onRequestEnd: () => inFlight--,
		});
		bytePlus.intercept(() => {
			inFlight++;
			maxInFlight = Math.max(maxInFlight, inFlight);
			return { delayMs: 15 };
		});
	});
	afterAll(async () => {
		await bytePlus.close();
	});

	const credential = () => ({
		provider: 'bytePlus',
		baseUrl: bytePlus.origin,
		apiKey: bytePlus.apiKey,
		accessKeyId: bytePlus.accessKeyId,
		secretAccessKey: bytePlus.secretAccessKey,
	});

	test('20 uploads by URL use one group and at most 8 requests in flight', async () => {
		maxInFlight = 0;
		const execution = await setup.engine.run({
			workflow: videoWorkflow(
				{
					operation: 'upload',
					source: 'url',
					url: '={{ $json.url }}',
					waitOptions: { pollInterval: 1 },
				},
				assetNode,
			),
			items: Array.from({ length: 20 }, (_, index) => ({
				json: { url: `https://example.com/${index}.png` },
			})),
			credentials: { seedanceApi: credential() },
		});
		expect(execution.error).toBeUndefined();
		const actions = bytePlus.requests.map(({ query }) => String(query.get('Action')));
		const count = (action: string) => actions.filter((one) => one === action).length;
		expect({
			ListAssetGroups: count('ListAssetGroups'),
			CreateAssetGroup: count('CreateAssetGroup'),
			CreateAsset: count('CreateAsset'),
		}).toEqual({ ListAssetGroups: 1, CreateAssetGroup: 1, CreateAsset: 20 });
		expect(maxInFlight).toBeLessThanOrEqual(8);
		expect(execution.items(videoNode).map(({ json }) => json['fileName'])).toEqual(
			Array.from({ length: 20 }, (_, index) => `${index}.png`),
		);
	});

	test('"true" from a sheet turns Wait for Asset on', async () => {
		const execution = await setup.engine.run({
			workflow: videoWorkflow(
				{
					operation: 'upload',
					source: 'url',
					url: 'https://example.com/sheet.png',
					waitForAsset: '={{ $json.wait }}',
					waitOptions: { pollInterval: 1 },
				},
				assetNode,
			),
			items: [{ json: { wait: 'TRUE' } }, { json: { wait: 'false' } }],
			credentials: { seedanceApi: credential() },
		});
		expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual([
			'ready',
			'processing',
		]);
	});
});

test.each([
	[{ waitForCompletion: '={{ "yes" }}' }, 'Wait for Completion'],
	[{ downloadVideo: '={{ 1 }}' }, 'Download Video'],
	[{ simplify: '={{ "on" }}' }, 'Simplify'],
])('a switch that is neither on nor off is refused by its label: %j', async (parameters, label) => {
	const execution = await setup.runVideo({ ...quickCreate, ...parameters });
	expect(execution.error).toMatchObject({
		message: expect.stringContaining(`${label} is `),
		context: { code: 'invalidInput' },
	});
	expect(setup.simulator.requests).toHaveLength(0);
});

test('with Wait for Completion off, a task that a retry resumes is returned as it is by then', async () => {
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}', waitForCompletion: false },
		{
			items: ['[simulate:input-refused] A', 'B'].map((prompt) => ({ json: { prompt } })),
			settings: {
				...{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1_500 },
				onError: 'continueErrorOutput',
			},
		},
	);
	const [finished] = execution.items(videoNode);
	// The refused item is sent in each try, the other one once.
	expect(setup.requests('POST', /tasks$/)).toHaveLength(3);
	expect(finished?.json['status']).toBe('succeeded');
});

test('an error of n8n has the error that was thrown first as its cause, with its stack', async () => {
	const execution = await setup.engine.run({
		workflow: videoWorkflow({ ...quickCreate }),
		credentials: {
			seedanceApi: { provider: 'custom', baseUrl: 'http://127.0.0.1:9', apiKey: 'key-1' },
		},
	});
	expect(execution.error).toMatchObject({ context: { code: 'ECONNREFUSED' } });
	const { cause } = execution.error as { cause?: Error };
	expect(cause).toBeInstanceOf(Error);
	expect(cause?.stack).toMatch(/ECONNREFUSED|httpRequest/);
});

test.each([
	{ type: new SeedanceVideo(), operation: 'create', description: 'Create video in Seedance Video' },
	{ type: new SeedanceVideo(), operation: 'get', description: 'Get video in Seedance Video' },
	{
		type: new SeedanceVideo(),
		operation: 'getAll',
		description: 'Get many videos in Seedance Video',
	},
	{ type: new SeedanceVideo(), operation: 'cancel', description: 'Cancel video in Seedance Video' },
	{ type: new SeedanceVideo(), operation: 'delete', description: 'Delete video in Seedance Video' },
	{ type: new SeedanceAsset(), operation: 'upload', description: 'Upload asset in Seedance Asset' },
	{
		type: new SeedanceAsset(),
		operation: 'getAll',
		description: 'Get many assets in Seedance Asset',
	},
])(
	'n8n describes a tool by the action of its operation: $description',
	({ type, operation, description }) => {
		const { properties } = type.description;
		const resource = properties.find(({ name }) => name === 'resource')?.default ?? null;
		const node = {
			...{
				id: '1',
				name: 'Tool',
				type: 'tool',
				typeVersion: 1,
				position: [0, 0] as [number, number],
			},
			parameters: { resource, operation },
		};
		expect(NodeHelpers.getToolDescriptionForNode(node as never, type as never)).toBe(description);
	},
);
