import { createByteDance } from '@ai-sdk/bytedance';
import { withNamedMedia } from '../nodes/Seedance/actions/video/requestFiles';
import { readCredential } from '../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../nodes/Seedance/panel/createRequest';
import { startSimulator, type Simulator } from './simulator/simulator';

let simulator: Simulator;
beforeAll(async () => {
	simulator = await startSimulator({ provider: 'bytePlus', renderMs: 100 });
});
afterAll(async () => {
	await simulator.close();
});

const imageUrl = 'data:image/png;base64,iVBORw0KGgo=';
const assetUrl = 'asset://asset-1';

type GenerateOptions = Parameters<
	ReturnType<ReturnType<typeof createByteDance>['video']>['doGenerate']
>[0];

/** The request of Vercel's client for ByteDance as it arrives on the wire, and the resulting video. */
async function bodyOfIndependentClient(
	model: string,
	options: Partial<GenerateOptions>,
): Promise<{ body: unknown; bytes: Buffer }> {
	simulator.requests.length = 0;
	const client = createByteDance({
		apiKey: simulator.apiKey,
		baseURL: simulator.origin + simulator.officialBasePath,
	});
	const { videos } = await client.video(model).doGenerate({
		prompt: 'A kitten',
		n: 1,
		aspectRatio: undefined,
		resolution: undefined,
		duration: undefined,
		fps: undefined,
		seed: undefined,
		image: undefined,
		...options,
		providerOptions: {
			bytedance: { ...options.providerOptions?.['bytedance'], pollIntervalMs: 50 },
		},
	} as GenerateOptions);
	const [video] = videos;
	if (video?.type !== 'url') throw new Error('No video URL');
	const bytes = Buffer.from(await (await fetch(video.url)).arrayBuffer());
	const create = simulator.requests.find(({ method }) => method === 'POST');
	return { body: create?.body, bytes };
}

/** Our request for the same video, as it would arrive on the wire. */
function ourBody(parameters: object): unknown {
	const connection = readCredential({ provider: 'bytePlus', apiKey: 'k' }).value;
	const stored = { model: 'seedance-2-0', prompt: 'A kitten', resolution: '', ...parameters };
	const request = connection && readCreateRequest(stored, connection);
	if (request?.value === undefined) throw new Error(JSON.stringify(request?.issues));
	return JSON.parse(
		JSON.stringify(connection?.wire.createBody(withNamedMedia(request.value.request))),
	);
}

test.each<[string, string, Partial<GenerateOptions>, object]>([
	['a prompt alone', 'dreamina-seedance-2-0-260128', {}, {}],
	[
		'ratio, length, seed, resolution and switches',
		'dreamina-seedance-2-0-260128',
		{
			aspectRatio: '16:9',
			duration: 7,
			seed: 42,
			resolution: '1280x720',
			providerOptions: {
				bytedance: { watermark: false, generateAudio: false, returnLastFrame: true },
			},
		},
		{
			ratio: '16:9',
			duration: 7,
			resolution: '720p',
			generateAudio: false,
			options: { seed: 42, watermark: false, returnLastFrame: true },
		},
	],
	[
		'Seedance 1.0 with a fixed camera and the flex tier',
		'seedance-1-0-pro-250528',
		{ providerOptions: { bytedance: { cameraFixed: true, serviceTier: 'flex' } } },
		{ model: 'seedance-1-0-pro', options: { cameraFixed: true, serviceTier: 'flex' } },
	],
	[
		'a draft',
		'dreamina-seedance-2-5-260628',
		{ resolution: '864x496', providerOptions: { bytedance: { draft: true } } },
		{ model: 'seedance-2-5', resolution: '480p', options: { draft: true } },
	],
	[
		'a first frame',
		'dreamina-seedance-2-0-260128',
		{ image: { type: 'url', url: imageUrl } },
		{ mode: 'firstFrame', firstFrameSource: 'url', firstFrame: imageUrl },
	],
	[
		'a first and a last frame',
		'dreamina-seedance-2-0-260128',
		{
			image: { type: 'url', url: imageUrl },
			providerOptions: { bytedance: { lastFrameImage: assetUrl } },
		},
		{
			mode: 'firstLastFrame',
			firstFrameSource: 'url',
			firstFrame: imageUrl,
			lastFrameSource: 'asset',
			lastFrame: assetUrl,
		},
	],
	[
		'references',
		'dreamina-seedance-2-0-260128',
		{
			providerOptions: {
				bytedance: {
					referenceImages: [assetUrl, 'https://example.com/2.png'],
					referenceVideos: [assetUrl],
					referenceAudio: [assetUrl],
				},
			},
		},
		{
			mode: 'reference',
			references: {
				reference: [
					{ type: 'image', source: 'asset', value: assetUrl },
					{ type: 'image', source: 'url', value: 'https://example.com/2.png' },
					{ type: 'video', source: 'asset', value: assetUrl },
					{ type: 'audio', source: 'asset', value: assetUrl },
				],
			},
		},
	],
])(
	'%s: an independent client gets its video, and sends what we send',
	async (_name, model, options, parameters) => {
		const { body, bytes } = await bodyOfIndependentClient(model, options);
		expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');
		expect(body).toEqual(ourBody(parameters));
	},
);
