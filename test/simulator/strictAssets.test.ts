import { errorBody, openAiErrorBody, textRequest, useSimulator } from './testSimulator';
import { kindOfBytes } from './mediaSignatures';
import { sendOpenApi, sign, startDate } from './testOpenApi';

const text = { type: 'text', text: 'A cat' };
const item = (kind: 'image' | 'video' | 'audio', assetId: string) => ({
	type: `${kind}_url`,
	[`${kind}_url`]: { url: `asset://${assetId}` },
	role: `reference_${kind}`,
});
const refused = (expectation: string) => ({
	status: 400,
	data: errorBody(
		'InvalidParameter',
		`The parameter \`content\` is not valid: expected ${expectation}.`,
		'content',
	),
});
const latin1 = (content: string) => Buffer.from(content, 'latin1');
const files = {
	'png image': latin1('\x89PNG\r\n\x1a\n\0\0'),
	'jpeg image': latin1('\xff\xd8\xff\xe0'),
	'gif image': latin1('GIF87a'),
	'newer gif image': latin1('GIF89a'),
	'webp image': latin1('RIFF\x04\0\0\0WEBPVP8 '),
	'bmp image': latin1('BM\0\0'),
	'mp4 video': latin1('\0\0\0\x18ftypisom'),
	'mov video': latin1('\0\0\0\x14ftypqt  '),
	'wav audio': latin1('RIFF\x04\0\0\0WAVEfmt '),
	'id3 audio': latin1('ID3\x04\0'),
	'mp3 audio': latin1('\xff\xfb\x90\0'),
	'plain text': latin1('A text'),
	'unsynchronised text': latin1('\xff\x0b\x90\0'),
	'reserved layer text': latin1('\xff\xf9\x90\0'),
	'avi text': latin1('RIFF\x04\0\0\0AVI '),
	'empty text': latin1(''),
} as const;

it.each(Object.entries(files))('knows a %s by its first bytes', (name, bytes) => {
	const kind = name.split(' ').at(-1);
	expect(kindOfBytes(bytes)).toBe(kind === 'text' ? undefined : kind);
});

describe('at PowerTokens', () => {
	const setup = useSimulator({ strictAssets: true });

	const upload = async (name: string, bytes: Buffer): Promise<string> => {
		const form = new FormData();
		form.append('file', new Blob([bytes]), name);
		await fetch(`${setup.simulator.origin}/v1/asset/upload`, {
			method: 'POST',
			headers: { Authorization: setup.simulator.apiKey },
			body: form,
		});
		return setup.simulator.uploads.at(-1)?.assetId ?? 'none';
	};
	const create = async (...content: object[]) => {
		const { status, data } = await setup.tasks.post('', textRequest({ content }));
		return { status, data };
	};

	it('accepts uploaded assets, each for its kind', async () => {
		const image = await upload('a.png', files['png image']);
		const video = await upload('a.mp4', files['mp4 video']);
		const audio = await upload('a.wav', files['wav audio']);
		const plain = await upload('a.txt', files['plain text']);
		const accepted = await create(
			text,
			item('image', image),
			item('video', video),
			item('audio', audio),
		);
		expect(accepted.status).toBe(200);
		for (const [kind, wrong] of [
			['image', video],
			['image', plain],
			['video', audio],
			['audio', image],
		] as const) {
			expect(await create(text, item('image', image), item(kind, wrong))).toEqual(
				refused(`asset ${wrong} to be of type ${kind}`),
			);
		}
		expect(setup.simulator.tasks).toHaveLength(1);
	});

	it('refuses an asset that is unknown, processed or failed', async () => {
		await upload('[simulate-asset-failed].png', files['png image']);
		await upload('[simulate-asset-slow].png', files['png image']);
		expect(await create(text, item('image', 'XXXX'))).toEqual(refused('asset XXXX to be ready'));
		setup.pass(60_000);
		const slow = setup.simulator.uploads[1]?.assetId ?? '';
		expect((await create(text, item('image', slow))).status).toBe(200);
		setup.pass(-1);
		expect(await create(text, item('image', slow))).toEqual(refused(`asset ${slow} to be ready`));
	});

	it('still accepts media from elsewhere', async () => {
		const image_url = { url: 'https://example.com/cat.png' };
		expect((await create(text, { type: 'image_url', image_url })).status).toBe(200);
	});

	it('checks the assets of the OpenAI-style interface', async () => {
		const create = async (url: string) => {
			const { status, data } = await setup.openAi.post('/videos', {
				model: 'dreamina-seedance-2-0-260128',
				media: [text, { type: 'first_frame', url }],
			});
			return { status, data };
		};
		const image = await upload('a.png', files['png image']);
		expect((await create(`asset://${image}`)).status).toBe(200);
		expect(await create('asset://XXXX')).toEqual({
			status: 400,
			data: openAiErrorBody(
				'InvalidParameter',
				'The parameter `media` is not valid: expected asset XXXX to be ready.',
			),
		});
	});
});

describe('at BytePlus', () => {
	const setup = useSimulator({ provider: 'bytePlus', strictAssets: true });

	const call = async (action: string, body: Record<string, unknown>): Promise<string> => {
		const { origin, accessKeyId, secretAccessKey } = setup.simulator;
		const { data } = await sendOpenApi(
			origin,
			sign({
				query: `Action=${action}&Version=2024-01-01`,
				body: JSON.stringify(body),
				host: new URL(origin).host,
				date: startDate,
				region: 'ap-southeast-1',
				service: 'ark',
				accessKeyId,
				secretAccessKey,
			}),
		);
		return (data as { Result: { Id: string } }).Result.Id;
	};

	it('accepts the assets of the library, each for its kind', async () => {
		const GroupId = await call('CreateAssetGroup', { Name: 'Cats' });
		const url = 'https://example.com/cat';
		const image = await call('CreateAsset', { GroupId, URL: url, AssetType: 'Image' });
		const failed = await call('CreateAsset', {
			GroupId,
			URL: `${url}?simulate-asset-failed`,
			AssetType: 'Image',
		});
		const create = async (kind: 'image' | 'video', assetId: string) => {
			const content = [text, item(kind, assetId)];
			const { status, data } = await setup.tasks.post('', textRequest({ content }));
			return { status, data };
		};
		expect((await create('image', image)).status).toBe(200);
		expect(await create('video', image)).toEqual(refused(`asset ${image} to be of type video`));
		expect(await create('image', failed)).toEqual(refused(`asset ${failed} to be ready`));
		await call('DeleteAsset', { Id: image });
		expect(await create('image', image)).toEqual(refused(`asset ${image} to be ready`));
	});
});
