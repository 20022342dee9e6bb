import { openAiErrorBody, useSimulator } from './testSimulator';

const setup = useSimulator();

const v25 = 'dreamina-seedance-2-5-260628';
const v20 = 'dreamina-seedance-2-0-260128';
const v20Fast = 'dreamina-seedance-2-0-fast-260128';
const v15 = 'seedance-1-5-pro-251215';
const v10 = 'seedance-1-0-pro-250528';
const v10Fast = 'seedance-1-0-pro-fast-251015';

type Body = Record<string, unknown>;

const text = { type: 'text', text: 'A cat' };
const asset = (type: string) => ({ type, url: 'asset://XXXX' });
const withMedia = (fields: Body, ...items: readonly unknown[]): Body => ({
	model: v20,
	media: [text, ...items],
	...fields,
});
const withPrompt = (fields: Body): Body => ({ model: v15, prompt: 'A cat', ...fields });
const times = (count: number, type: string) => Array.from({ length: count }, () => asset(type));

it.each<readonly [title: string, body: Body, plan: Body]>([
	...['4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15'].map(
		(seconds) =>
			[
				`${seconds} s on 2.0`,
				withMedia({ seconds }),
				{ durationSeconds: Number(seconds) },
			] as const,
	),
	['a chosen duration on 2.0', withMedia({ seconds: '-1' }), { durationSeconds: 5 }],
	['30 s on 2.5', withMedia({ model: v25, seconds: '30' }), { durationSeconds: 30 }],
	['12 s on 1.5', withPrompt({ seconds: '12' }), { durationSeconds: 12 }],
	['2 s on 1.0', withPrompt({ model: v10, seconds: '2' }), { durationSeconds: 2 }],
	['480p text-to-video', withMedia({ size: '480p' }), { resolution: '480p' }],
	[
		'1080p with a first frame',
		withMedia({ size: '1080p' }, asset('first_frame')),
		{ resolution: '1080p' },
	],
	[
		'1080p with a reference',
		withMedia({ size: '1080p' }, asset('reference_video')),
		{ resolution: '1080p' },
	],
	[
		'1080p text-to-video on 1.0',
		withPrompt({ model: v10, size: '1080p' }),
		{ resolution: '1080p' },
	],
	['the default size of 1.0', withPrompt({ model: v10 }), { resolution: '1080p' }],
	['the default size of 1.5', withPrompt({}), { resolution: '720p' }],
	[
		'every field of 2.x',
		withMedia({
			seconds: '5',
			size: '720p',
			ratio: '21:9',
			seed: 0,
			watermark: false,
			generate_audio: false,
			return_last_frame: true,
			safety_identifier: 'x'.repeat(64),
		}),
		{ ratio: '21:9', seed: 0, generateAudio: false, returnLastFrame: true },
	],
	[
		'every field of 1.x',
		withPrompt({
			image: 'data:image/png;base64,AAAA',
			seconds: '5',
			size: '480p',
			ratio: '1:1',
			seed: 4294967295,
			camera_fixed: false,
			watermark: true,
			generate_audio: false,
			draft: true,
			return_last_frame: false,
		}),
		{ ratio: '1:1', seed: 4294967295, generateAudio: false, draft: true, resolution: '480p' },
	],
	[
		'both frames',
		withMedia({ model: v20Fast }, asset('first_frame'), asset('last_frame')),
		{ model: v20Fast },
	],
	[
		'all kinds of references',
		withMedia(
			{},
			...times(9, 'reference_image'),
			...times(3, 'reference_video'),
			...times(3, 'reference_audio'),
		),
		{ prompt: 'A cat' },
	],
	[
		'an image on 1.0 fast',
		withPrompt({ model: v10Fast, image: 'https://example.com/a.png', return_last_frame: true }),
		{ returnLastFrame: true },
	],
])('accepts %s', async (_, body, plan) => {
	const { status } = await setup.openAi.post('/videos', body);
	expect(setup.simulator.tasks).toMatchObject([plan]);
	expect(status).toBe(200);
});

it.each<readonly [title: string, body: Body, param: string, expectation: string]>([
	['seconds as a number', withMedia({ seconds: 5 }), 'seconds', 'a string'],
	['seconds with a unit', withMedia({ seconds: '5s' }), 'seconds', 'a whole number as a string'],
	['a leading zero', withMedia({ seconds: '05' }), 'seconds', 'a whole number as a string'],
	['3 s on 2.0', withMedia({ seconds: '3' }), 'seconds', 'an integer from 4 to 15, or -1'],
	['16 s on 2.0', withMedia({ seconds: '16' }), 'seconds', 'an integer from 4 to 15, or -1'],
	[
		'31 s on 2.5',
		withMedia({ model: v25, seconds: '31' }),
		'seconds',
		'an integer from 4 to 30, or -1',
	],
	['13 s on 1.5', withPrompt({ seconds: '13' }), 'seconds', 'an integer from 4 to 12, or -1'],
	[
		'a chosen duration on 1.0',
		withPrompt({ model: v10, seconds: '-1' }),
		'seconds',
		'an integer from 2 to 12',
	],
	[
		'1080p text-to-video on 2.0',
		withMedia({ size: '1080p' }),
		'size',
		'one of 480p, 720p for text-to-video',
	],
	[
		'1080p text-to-video on 2.5',
		withMedia({ model: v25, size: '1080p' }),
		'size',
		'one of 480p, 720p for text-to-video',
	],
	[
		'1080p on fast',
		withMedia({ model: v20Fast, size: '1080p' }, asset('first_frame')),
		'size',
		'one of 480p, 720p',
	],
	['4k', withMedia({ size: '4k' }, asset('first_frame')), 'size', 'one of 480p, 720p, 1080p'],
	['a pixel size', withPrompt({ size: '1280x720' }), 'size', 'one of 480p, 720p, 1080p'],
	['a draft above 480p', withPrompt({ draft: true, size: '720p' }), 'size', '480p for a draft'],
	['media as an object', { model: v20, media: {} }, 'media', 'an array'],
	['a media item that is no object', withMedia({}, 'A cat'), 'media[1]', 'an object'],
	[
		'the type of the official interface',
		withMedia({}, asset('image_url')),
		'media[1].type',
		'text, first_frame, last_frame, reference_image, reference_video, reference_audio',
	],
	[
		'a URL that is no text',
		withMedia({}, { type: 'first_frame', url: 5 }),
		'media[1].url',
		'a string',
	],
	[
		'a last frame alone',
		withMedia({}, asset('last_frame')),
		'media[1].type',
		'a first frame along with a last frame',
	],
	[
		'a frame beside a reference',
		withMedia({}, asset('first_frame'), asset('reference_image')),
		'media',
		'first and last frame not to be combined with references',
	],
	[
		'ten reference images',
		withMedia({}, ...times(10, 'reference_image')),
		'media',
		'at most 9 items with role reference_image',
	],
	[
		'audio alone',
		withMedia({}, asset('reference_audio')),
		'media',
		'an image or a video along with the audio',
	],
	[
		'an unknown marker',
		withPrompt({ prompt: '[simulate:x]' }),
		'prompt',
		'every [simulate:…] marker to be one of the documented ones',
	],
	['a prompt as a number', withPrompt({ prompt: 5 }), 'prompt', 'a string'],
	['a seed as text', withMedia({ seed: '1' }), 'seed', 'an integer'],
	['a model that is no text', { model: 5 }, 'model', 'a string'],
])('refuses %s', async (_, body, param, expectation) => {
	const { status, data } = await setup.openAi.post('/videos', body);
	expect(data).toEqual(
		openAiErrorBody(
			'InvalidParameter',
			`The parameter \`${param}\` is not valid: expected ${expectation}.`,
		),
	);
	expect(status).toBe(400);
	expect(setup.simulator.tasks).toEqual([]);
});

it('refuses an image that is neither URL nor base64', async () => {
	const { data } = await setup.openAi.post('/videos', withPrompt({ image: 'a.png' }));
	const forms = 'an https: URL, or asset://<id>, or data:image/<format>;base64,<data>';
	expect(data).toEqual(
		openAiErrorBody(
			'InvalidImageURL.InvalidFormat',
			`The parameter \`image\` is not valid: expected ${forms}.`,
		),
	);
});

it.each<readonly [param: string, body: Body]>([
	['model', { prompt: 'A cat' }],
	['media', { model: v20 }],
	['media', { model: v20, prompt: 'A cat' }],
	['prompt', { model: v15 }],
	['prompt', { model: v15, prompt: ' ' }],
	['media.text', { model: v20, media: [] }],
	['media.text', { model: v20, media: [asset('first_frame')] }],
	['media[0].type', { model: v20, media: [{ text: 'A cat' }] }],
	['media[0].text', { model: v20, media: [{ type: 'text' }] }],
	['media[1].url', withMedia({}, { type: 'first_frame' })],
])('misses %s', async (param, body) => {
	const { status, data } = await setup.openAi.post('/videos', body);
	expect(data).toEqual(
		openAiErrorBody('MissingParameter', `The parameter \`${param}\` is required.`),
	);
	expect(status).toBe(400);
});

const officialOnly: Body = {
	callback_url: 'https://example.com',
	priority: 0,
	tools: [],
	service_tier: 'default',
	execution_expires_after: 3600,
	frames: 57,
	content: [text],
	duration: 5,
	resolution: '720p',
	output_format: 'mp4',
	omni_reference_task_type: 'auto',
};

it.each<readonly [param: string, body: Body]>([
	...Object.entries(officialOnly).flatMap(([param, value]): Array<[string, Body]> => [
		[param, withMedia({ [param]: value })],
		[param, withPrompt({ [param]: value })],
	]),
	['prompt', withMedia({ prompt: 'A cat' })],
	['image', withMedia({ image: 'asset://XXXX' })],
	['camera_fixed', withMedia({ camera_fixed: false })],
	['draft', withMedia({ model: v25, draft: true })],
	['media', withPrompt({ media: [text] })],
	['safety_identifier', withPrompt({ safety_identifier: 'user-1' })],
])('has no field %s: %j', async (param, body) => {
	const { status, data } = await setup.openAi.post('/videos', body);
	expect(data).toEqual(
		openAiErrorBody(
			'InvalidParameter.UnsupportedParameter',
			`The parameter \`${param}\` is not supported by this API.`,
		),
	);
	expect(status).toBe(400);
});

it.each(['generate_audio', 'draft'])('refuses %s on 1.0', async (param) => {
	const { data } = await setup.openAi.post('/videos', withPrompt({ model: v10, [param]: false }));
	expect(data).toEqual(
		openAiErrorBody(
			'InvalidParameter.UnsupportedParameter',
			`The parameter \`${param}\` is not supported by model ${v10}.`,
		),
	);
});

it.each(['ep-1', 'doubao-seedance-2-0-260128', 'seedance-1-0-lite-t2v-250428'])(
	'does not know the model %s',
	async (model) => {
		const { status, data } = await setup.openAi.post('/videos', { model, prompt: 'A cat' });
		expect(data).toEqual(
			openAiErrorBody(
				'InvalidEndpointOrModel.NotFound',
				'The model or endpoint does not exist or you do not have access to it.',
			),
		);
		expect(status).toBe(404);
	},
);

it('refuses a body that is not a JSON object', async () => {
	const { status, data } = await setup.openAi.post('/videos', [text]);
	expect(data).toEqual(
		openAiErrorBody('InvalidParameter', 'The request body is not a JSON object.'),
	);
	expect(status).toBe(400);
});
