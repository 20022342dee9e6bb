import type { IDataObject } from 'n8n-workflow';
import { startSimulator, type Simulator } from '../simulator/simulator';
import { setUp } from './setup';
import { videoNode } from './workflows';

const setup = setUp();
let apiYi: Simulator;

beforeAll(async () => {
	apiYi = await startSimulator({ provider: 'apiYi' });
});
afterAll(async () => {
	await apiYi.close();
});

/** What an example omits, the panel sends all the same: these are its defaults, and the documents' own. */
const offered = { ratio: 'adaptive', duration: 5, generate_audio: true };

const asset = (type: 'image' | 'video' | 'audio') => ({ type, source: 'asset', value: 'XXXX' });
const url = (type: 'image' | 'video' | 'audio', value: string) => ({ type, source: 'url', value });
const frame = (name: 'firstFrame' | 'lastFrame') => ({
	[`${name}Source`]: 'asset',
	[name]: 'asset://XXXX',
});

const teaPrompt =
	'Use the first-person perspective composition of Video 1 throughout, and use Audio 1 as the background music throughout.';
const teaFolder = 'https://ark-project.tos-cn-beijing.volces.com';

interface Example {
	readonly document: string;
	readonly credential: IDataObject;
	readonly parameters: IDataObject;
	readonly body: unknown;
}

const powerTokens = { provider: 'powerTokens' };
const openAi = { provider: 'powerTokens', apiStyle: 'openAi' };

const examples: Example[] = [
	{
		document: 'PowerTokens quick start, official interface, image to video',
		credential: powerTokens,
		parameters: {
			mode: 'firstFrame',
			prompt: 'Camera slowly pushes in, girl smiles',
			...frame('firstFrame'),
			resolution: '',
			options: { watermark: false },
		},
		body: {
			model: 'dreamina-seedance-2-0-260128',
			content: [
				{ type: 'text', text: 'Camera slowly pushes in, girl smiles' },
				{ type: 'image_url', image_url: { url: 'asset://XXXX' } },
			],
			ratio: 'adaptive',
			duration: 5,
			generate_audio: true,
			watermark: false,
		},
	},
	{
		document: 'PowerTokens quick start, official interface, multimodal reference',
		credential: powerTokens,
		parameters: {
			mode: 'reference',
			prompt: 'Your prompt',
			references: { reference: [asset('image'), asset('video'), asset('audio')] },
			resolution: '',
			ratio: '16:9',
			duration: 10,
			options: { watermark: false },
		},
		body: {
			model: 'dreamina-seedance-2-0-260128',
			content: [
				{ type: 'text', text: 'Your prompt' },
				{ type: 'image_url', image_url: { url: 'asset://XXXX' }, role: 'reference_image' },
				{ type: 'video_url', video_url: { url: 'asset://XXXX' }, role: 'reference_video' },
				{ type: 'audio_url', audio_url: { url: 'asset://XXXX' }, role: 'reference_audio' },
			],
			ratio: '16:9',
			duration: 10,
			generate_audio: true,
			watermark: false,
		},
	},
	{
		document: 'PowerTokens quick start, OpenAI-style, text to video',
		credential: openAi,
		parameters: {
			prompt: 'A kitten running on a grassy field, bright sunshine, camera follows the motion',
			ratio: '16:9',
		},
		body: {
			model: 'dreamina-seedance-2-0-260128',
			media: [
				{
					type: 'text',
					text: 'A kitten running on a grassy field, bright sunshine, camera follows the motion',
				},
			],
			seconds: '5',
			size: '720p',
			ratio: '16:9',
			generate_audio: true,
		},
	},
	{
		document: 'PowerTokens quick start, OpenAI-style, image to video',
		credential: openAi,
		parameters: {
			mode: 'firstFrame',
			prompt: 'Camera slowly pushes in, girl smiles',
			...frame('firstFrame'),
		},
		body: {
			model: 'dreamina-seedance-2-0-260128',
			media: [
				{ type: 'text', text: 'Camera slowly pushes in, girl smiles' },
				{ type: 'first_frame', url: 'asset://XXXX' },
			],
			seconds: '5',
			size: '720p',
			ratio: 'adaptive',
			generate_audio: offered.generate_audio,
		},
	},
	{
		document: 'PowerTokens quick start, OpenAI-style, first and last frame',
		credential: openAi,
		parameters: {
			model: 'seedance-2-0-fast',
			mode: 'firstLastFrame',
			prompt: 'Smooth transition between the two frames',
			...frame('firstFrame'),
			...frame('lastFrame'),
		},
		body: {
			model: 'dreamina-seedance-2-0-fast-260128',
			media: [
				{ type: 'text', text: 'Smooth transition between the two frames' },
				{ type: 'first_frame', url: 'asset://XXXX' },
				{ type: 'last_frame', url: 'asset://XXXX' },
			],
			seconds: '5',
			size: '720p',
			ratio: 'adaptive',
			generate_audio: true,
		},
	},
	{
		document: 'PowerTokens quick start, OpenAI-style, multimodal reference',
		credential: openAi,
		parameters: {
			mode: 'reference',
			prompt: 'Supplementary description',
			references: { reference: [asset('image'), asset('video'), asset('audio')] },
			ratio: '16:9',
			duration: -1,
			generateAudio: false,
		},
		body: {
			model: 'dreamina-seedance-2-0-260128',
			media: [
				{ type: 'text', text: 'Supplementary description' },
				{ type: 'reference_image', url: 'asset://XXXX' },
				{ type: 'reference_video', url: 'asset://XXXX' },
				{ type: 'reference_audio', url: 'asset://XXXX' },
			],
			seconds: '-1',
			size: '720p',
			ratio: '16:9',
			generate_audio: false,
		},
	},
	{
		document: 'PowerTokens API reference, POST /v1/videos, Seedance 2.0',
		credential: openAi,
		parameters: {
			prompt: 'A small cat running on the grass, sunny day, camera following the movement',
			ratio: '16:9',
		},
		body: {
			model: 'dreamina-seedance-2-0-260128',
			media: [
				{
					type: 'text',
					text: 'A small cat running on the grass, sunny day, camera following the movement',
				},
			],
			seconds: '5',
			size: '720p',
			ratio: '16:9',
			generate_audio: true,
		},
	},
	{
		document: 'PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks',
		credential: powerTokens,
		parameters: {
			mode: 'reference',
			prompt: teaPrompt,
			references: {
				reference: [
					url('image', `${teaFolder}/doc_image/r2v_tea_pic1.jpg`),
					url('image', `${teaFolder}/doc_image/r2v_tea_pic2.jpg`),
					url('video', `${teaFolder}/doc_video/r2v_tea_video1.mp4`),
					url('audio', `${teaFolder}/doc_audio/r2v_tea_audio1.mp3`),
				],
			},
			resolution: '',
			ratio: '16:9',
			duration: 11,
			options: { watermark: false },
		},
		body: {
			model: 'dreamina-seedance-2-0-260128',
			content: [
				{ type: 'text', text: teaPrompt },
				{
					type: 'image_url',
					image_url: { url: `${teaFolder}/doc_image/r2v_tea_pic1.jpg` },
					role: 'reference_image',
				},
				{
					type: 'image_url',
					image_url: { url: `${teaFolder}/doc_image/r2v_tea_pic2.jpg` },
					role: 'reference_image',
				},
				{
					type: 'video_url',
					video_url: { url: `${teaFolder}/doc_video/r2v_tea_video1.mp4` },
					role: 'reference_video',
				},
				{
					type: 'audio_url',
					audio_url: { url: `${teaFolder}/doc_audio/r2v_tea_audio1.mp3` },
					role: 'reference_audio',
				},
			],
			generate_audio: true,
			ratio: '16:9',
			duration: 11,
			watermark: false,
		},
	},
	{
		document: 'PowerTokens API reference, POST /v1/videos, Seedance 1.x',
		credential: openAi,
		parameters: {
			model: 'seedance-1-5-pro',
			prompt: 'A kitten running on grass, sunny day, camera following',
			ratio: '16:9',
		},
		body: {
			model: 'seedance-1-5-pro-251215',
			prompt: 'A kitten running on grass, sunny day, camera following',
			seconds: '5',
			size: '720p',
			ratio: '16:9',
			generate_audio: true,
		},
	},
	{
		document: 'APIYI Seedance 2.0 reference, shortest',
		credential: { provider: 'apiYi' },
		parameters: {
			model: 'seedance-2-0-fast',
			prompt:
				'Drone shot flying over an autumn valley, golden forests and a winding river, cinematic',
			resolution: '',
		},
		body: {
			model: 'doubao-seedance-2-0-fast-260128',
			content: [
				{
					type: 'text',
					text: 'Drone shot flying over an autumn valley, golden forests and a winding river, cinematic',
				},
			],
			...offered,
		},
	},
	{
		document: 'APIYI Seedance 2.0 reference, with settings',
		credential: { provider: 'apiYi' },
		parameters: {
			model: 'seedance-2-0-fast',
			prompt:
				'Drone shot flying over an autumn valley, golden forests and a winding river, cinematic',
			ratio: '16:9',
			generateAudio: false,
		},
		body: {
			model: 'doubao-seedance-2-0-fast-260128',
			content: [
				{
					type: 'text',
					text: 'Drone shot flying over an autumn valley, golden forests and a winding river, cinematic',
				},
			],
			resolution: '720p',
			ratio: '16:9',
			duration: 5,
			generate_audio: false,
		},
	},
];

test.each(examples.map((example) => [example.document, example] as const))(
	'sends the example of: %s',
	async (_document, { credential, parameters: { options, ...parameters }, body }) => {
		const simulator = credential['provider'] === 'apiYi' ? apiYi : setup.simulator;
		simulator.requests.length = 0;
		const execution = await setup.runVideo(
			{
				operation: 'create',
				waitForCompletion: false,
				...parameters,
				// No document has a marker in its example.
				options: { recoveryMarker: 'none', ...Object(options) },
			},
			{
				credentials: {
					seedanceApi: {
						...(credential as Record<string, string>),
						baseUrl: simulator.origin,
						apiKey: simulator.apiKey,
					},
				},
			},
		);
		expect(execution.error).toBeUndefined();
		expect(execution.items(videoNode)[0]?.json['taskId']).toBe(simulator.tasks.at(-1)?.id);
		expect(simulator.requests.map((request) => request.body)).toEqual([body]);
		expect(simulator.requests[0]?.status).toBe(200);
	},
);

const videoUrl = 'https://ark-content-generation-cn-beijing.tos-cn-beijing.volces.com/xxx';

test.each([
	[
		'PowerTokens quick start, GET /v1/videos/{task_id}',
		openAi,
		{
			id: 'XXXX',
			model: 'doubao-seedance-2-0-260128',
			status: 'succeeded',
			content: { video_url: videoUrl },
			seed: 78674,
			resolution: '720p',
			ratio: '16:9',
			duration: 5,
			framespersecond: 24,
			generate_audio: true,
			usage: { completion_tokens: 108900, total_tokens: 108900 },
		},
		{ seed: 78674 },
	],
	[
		'PowerTokens API reference, retrieve a video generation task',
		powerTokens,
		{
			id: 'XXXX',
			model: 'doubao-seedance-2-0-260128',
			status: 'succeeded',
			content: { video_url: videoUrl },
			usage: { completion_tokens: 108900, total_tokens: 108900 },
			created_at: 1779348818,
			updated_at: 1779348874,
			seed: 78674,
			resolution: '720p',
			ratio: '16:9',
			duration: 5,
			framespersecond: 24,
			service_tier: 'default',
			execution_expires_after: 172800,
			generate_audio: true,
			draft: false,
			priority: 0,
		},
		{
			createdAt: '2026-05-21T07:33:38.000Z',
			videoUrlExpiresAt: '2026-05-22T07:34:34.000Z',
			seed: 78674,
		},
	],
	[
		'APIYI Seedance 2.0 reference, response format',
		{ provider: 'apiYi' },
		{
			id: 'XXXX',
			model: 'doubao-seedance-2-0-260128',
			status: 'succeeded',
			content: { video_url: videoUrl },
			usage: { completion_tokens: 108900, total_tokens: 108900 },
			created_at: 1780732857,
			updated_at: 1780732991,
			seed: 97151,
			resolution: '720p',
			ratio: '16:9',
			duration: 5,
			framespersecond: 24,
			generate_audio: true,
			draft: false,
		},
		{
			createdAt: '2026-06-06T08:00:57.000Z',
			videoUrlExpiresAt: '2026-06-07T08:03:11.000Z',
			seed: 97151,
		},
	],
])('reads the answer of: %s', async (_document, credential, body, expected) => {
	const simulator = credential.provider === 'apiYi' ? apiYi : setup.simulator;
	const remove = simulator.intercept(() => ({ status: 200, body }));
	const execution = await setup.runVideo(
		{ operation: 'get', taskId: 'XXXX' },
		{
			credentials: {
				seedanceApi: { ...credential, baseUrl: simulator.origin, apiKey: simulator.apiKey },
			},
		},
	);
	remove();
	expect(execution.items(videoNode)).toEqual([
		{
			json: {
				taskId: 'XXXX',
				status: 'succeeded',
				model: 'doubao-seedance-2-0-260128',
				videoUrl,
				resolution: '720p',
				ratio: '16:9',
				duration: 5,
				totalTokens: 108900,
				...expected,
			},
			pairedItem: { item: 0 },
		},
	]);
});

test('a task of the OpenAI-style interface is waited for and downloaded as any other', async () => {
	const { origin, apiKey } = setup.simulator;
	const credentials = { seedanceApi: { ...openAi, baseUrl: origin, apiKey } };
	for (const model of ['seedance-2-0', 'seedance-1-5-pro']) {
		const execution = await setup.runVideo(
			{ operation: 'create', model, prompt: 'A kitten', waitOptions: { pollInterval: 1 } },
			{ credentials },
		);
		expect(execution.items(videoNode)[0]).toMatchObject({
			json: { status: 'succeeded', taskId: setup.simulator.tasks.at(-1)?.id },
			binary: { data: { mimeType: 'video/mp4' } },
		});
	}
	expect(setup.requests('GET', /^\/v1\/videos\//).length).toBeGreaterThan(0);
});

test.each(['getAll', 'cancel', 'delete'])(
	'%s is not to be had there, and the message names the way out',
	async (operation) => {
		const { origin, apiKey } = setup.simulator;
		const execution = await setup.runVideo(
			{ operation, taskId: 'cgt-1' },
			{ credentials: { seedanceApi: { ...openAi, baseUrl: origin, apiKey } } },
		);
		expect(execution.error).toMatchObject({
			message: expect.not.stringMatching(/\bitem \d/i),
			description: expect.stringMatching(/^Set API Style to Official .*PowerTokens/),
			context: { itemIndex: 0, code: 'taskManagementNotSupported' },
		});
		expect(setup.calls()).toEqual([]);
	},
);
