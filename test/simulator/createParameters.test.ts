import { request as httpRequest } from 'node:http';
import { errorBody, textRequest, useSimulator } from './testSimulator';

const setup = useSimulator();

const model = {
	v25: 'dreamina-seedance-2-5-260628',
	v20: 'dreamina-seedance-2-0-260128',
	v20Fast: 'dreamina-seedance-2-0-fast-260128',
	v20Mini: 'dreamina-seedance-2-0-mini-260615',
	v15: 'seedance-1-5-pro-251215',
	v10: 'seedance-1-0-pro-250528',
	v10Fast: 'seedance-1-0-pro-fast-251015',
} as const;

type Row = readonly [
	title: string,
	fields: Record<string, unknown>,
	param: string,
	expectation: string,
];

const ratios = '16:9, 4:3, 1:1, 3:4, 9:16, 21:9';

const invalid: readonly Row[] = [
	['a duration as text', { duration: '5' }, 'duration', 'an integer'],
	['a fractional duration', { duration: 5.5 }, 'duration', 'an integer'],
	['a null', { ratio: null }, 'ratio', 'a string'],
	['a seed as text', { seed: '1' }, 'seed', 'an integer'],
	['a boolean as text', { watermark: 'false' }, 'watermark', 'a boolean'],
	['a boolean as number', { generate_audio: 1 }, 'generate_audio', 'a boolean'],
	['content as text', { content: 'A cat' }, 'content', 'an array'],
	['tools as an object', { tools: {} }, 'tools', 'an array'],
	['2.0 below 4 s', { duration: 3 }, 'duration', 'an integer from 4 to 15, or -1'],
	['2.0 above 15 s', { duration: 16 }, 'duration', 'an integer from 4 to 15, or -1'],
	['0 s', { duration: 0 }, 'duration', 'an integer from 4 to 15, or -1'],
	['-2 s', { duration: -2 }, 'duration', 'an integer from 4 to 15, or -1'],
	[
		'2.5 above 30 s',
		{ model: model.v25, duration: 31 },
		'duration',
		'an integer from 4 to 30, or -1',
	],
	[
		'1.5 above 12 s',
		{ model: model.v15, duration: 13 },
		'duration',
		'an integer from 4 to 12, or -1',
	],
	['1.0 below 2 s', { model: model.v10, duration: 1 }, 'duration', 'an integer from 2 to 12'],
	['-1 on 1.0', { model: model.v10, duration: -1 }, 'duration', 'an integer from 2 to 12'],
	[
		'1.0 fast above 12 s',
		{ model: model.v10Fast, duration: 13 },
		'duration',
		'an integer from 2 to 12',
	],
	['4k', { resolution: '4k' }, 'resolution', 'one of 480p, 720p, 1080p'],
	['2k', { model: model.v25, resolution: '2k' }, 'resolution', 'one of 480p, 720p, 1080p'],
	[
		'1080p on fast',
		{ model: model.v20Fast, resolution: '1080p' },
		'resolution',
		'one of 480p, 720p',
	],
	[
		'1080p on mini',
		{ model: model.v20Mini, resolution: '1080p' },
		'resolution',
		'one of 480p, 720p',
	],
	['an unknown ratio', { ratio: '9:21' }, 'ratio', `one of ${ratios}, adaptive`],
	[
		'adaptive text-to-video on 1.0',
		{ model: model.v10, ratio: 'adaptive' },
		'ratio',
		`one of ${ratios} for text-to-video`,
	],
	...[25, 28, 30, 58, 290, 293].map((frames): Row => [
		`${frames} frames`,
		{ model: model.v10, frames },
		'frames',
		'an integer of the form 25 + 4n from 29 to 289',
	]),
	['a seed below -1', { seed: -2 }, 'seed', 'an integer from -1 to 4294967295'],
	['a seed above 32 bits', { seed: 2 ** 32 }, 'seed', 'an integer from -1 to 4294967295'],
	['a priority above 9', { priority: 10 }, 'priority', 'an integer from 0 to 9'],
	['a priority below 0', { priority: -1 }, 'priority', 'an integer from 0 to 9'],
	[
		'an early expiry',
		{ execution_expires_after: 3599 },
		'execution_expires_after',
		'an integer from 3600 to 259200',
	],
	[
		'a late expiry',
		{ execution_expires_after: 259201 },
		'execution_expires_after',
		'an integer from 3600 to 259200',
	],
	[
		'a long safety identifier',
		{ safety_identifier: 'x'.repeat(65) },
		'safety_identifier',
		'at most 64 characters',
	],
	[
		'an ftp callback',
		{ callback_url: 'ftp://example.com' },
		'callback_url',
		'an http: or https: URL',
	],
	['a bare callback', { callback_url: 'example.com' }, 'callback_url', 'an http: or https: URL'],
	[
		'the flex tier',
		{ model: model.v10, service_tier: 'flex' },
		'service_tier',
		'default, as offline inference is not available',
	],
	[
		'web search',
		{ tools: [{ type: 'web_search' }] },
		'tools',
		'no tool, as web_search is not available here',
	],
	[
		'a draft above 480p',
		{ model: model.v15, draft: true, resolution: '720p' },
		'resolution',
		'480p for a draft',
	],
	[
		'the last frame of a draft',
		{ model: model.v25, draft: true, return_last_frame: true },
		'return_last_frame',
		'false for a draft',
	],
	[
		'an unknown output format',
		{ model: model.v25, output_format: 'webm' },
		'output_format',
		'one of mp4, mov',
	],
	[
		'an unknown task type',
		{ model: model.v25, omni_reference_task_type: 'remix' },
		'omni_reference_task_type',
		'one of auto, reference, edit, extend',
	],
	[
		'an unknown marker',
		{ content: [{ type: 'text', text: '[simulate:explode]' }] },
		'content',
		'every [simulate:…] marker to be one of the documented ones',
	],
];

it.each(invalid)('refuses %s', async (_, fields, param, expectation) => {
	const { status, data } = await setup.tasks.post('', textRequest(fields));
	expect(data).toEqual(
		errorBody(
			'InvalidParameter',
			`The parameter \`${param}\` is not valid: expected ${expectation}.`,
			param,
		),
	);
	expect(status).toBe(400);
	expect(setup.simulator.tasks).toEqual([]);
});

const unsupported: ReadonlyArray<readonly [family: keyof typeof model, fields: object]> = [
	['v20', { frames: 57 }],
	['v20', { draft: false }],
	['v20', { camera_fixed: false }],
	['v20', { service_tier: 'default' }],
	['v20', { output_format: 'mp4' }],
	['v20', { omni_reference_task_type: 'auto' }],
	['v20Fast', { camera_fixed: true }],
	['v20Mini', { frames: 29 }],
	['v25', { frames: 57 }],
	['v25', { camera_fixed: true }],
	['v15', { priority: 0 }],
	['v15', { frames: 57 }],
	['v15', { tools: [] }],
	['v10', { generate_audio: false }],
	['v10', { draft: true }],
	['v10', { priority: 1 }],
	['v10Fast', { generate_audio: true }],
];

it.each(unsupported)('refuses on %s what the model does not take: %j', async (family, fields) => {
	const [param = ''] = Object.keys(fields);
	const { status, data } = await setup.tasks.post(
		'',
		textRequest({ model: model[family], ...fields }),
	);
	expect(data).toEqual(
		errorBody(
			'InvalidParameter.UnsupportedParameter',
			`The parameter \`${param}\` is not supported by model ${model[family]}.`,
			param,
		),
	);
	expect(status).toBe(400);
});

it('refuses a field that the API does not have', async () => {
	const { data } = await setup.tasks.post('', textRequest({ fps: 24 }));
	expect(data).toEqual(
		errorBody(
			'InvalidParameter.UnsupportedParameter',
			'The parameter `fps` is not supported by this API.',
			'fps',
		),
	);
});

it.each(['model', 'content'])('refuses a request without %s', async (param) => {
	const { data } = await setup.tasks.post('', textRequest({ [param]: undefined }));
	expect(data).toEqual(
		errorBody('MissingParameter', `The parameter \`${param}\` is required.`, param),
	);
});

it.each([
	'seedance-2-0',
	'doubao-seedance-2-0-260128',
	'seedance-1-0-lite-t2v-250428',
	'ep-',
	'toString',
])('does not know the model %s', async (unknown) => {
	const { status, data } = await setup.tasks.post('', textRequest({ model: unknown }));
	expect(data).toEqual(
		errorBody(
			'InvalidEndpointOrModel.NotFound',
			'The model or endpoint does not exist or you do not have access to it.',
			'model',
			'NotFound',
		),
	);
	expect(status).toBe(404);
});

it.each(['{"model":', '[]', '"text"', ''])('refuses the body %j', async (body) => {
	const { status, data } = await setup.tasks.post('', body, {
		headers: { 'Content-Type': 'application/json' },
		transformRequest: (text: unknown) => text,
	});
	expect(data).toEqual(errorBody('InvalidParameter', 'The request body is not a JSON object.'));
	expect(status).toBe(400);
});

it('refuses a body above 64 MB', async () => {
	const { origin, apiKey } = setup.simulator;
	const status = await new Promise((resolve, reject) => {
		const request = httpRequest(`${origin}/byteplus/api/v3/contents/generations/tasks`, {
			method: 'POST',
			headers: { Authorization: apiKey, 'Content-Length': 64 * 1024 * 1024 + 1 },
		});
		request.on('response', (response) => {
			resolve(response.statusCode);
			request.destroy();
		});
		request.on('error', reject);
		request.flushHeaders();
	});
	expect(status).toBe(413);
});

it.each([
	['v20', { duration: -1, seed: 0, priority: 0, generate_audio: false, watermark: false }],
	['v20', { duration: 15, resolution: '1080p', ratio: '21:9', seed: 4294967295, priority: 9 }],
	['v20', { execution_expires_after: 3600, safety_identifier: 'x'.repeat(64), tools: [] }],
	['v20', { callback_url: 'http://127.0.0.1:5678/webhook', return_last_frame: true, seed: -1 }],
	['v20Fast', { duration: 4, resolution: '720p', ratio: 'adaptive' }],
	['v20Mini', { resolution: '480p' }],
	['v25', { duration: 30, resolution: '1080p', output_format: 'mov', seed: 7, priority: 3 }],
	['v25', { draft: true, omni_reference_task_type: 'auto', tools: [] }],
	['v15', { duration: 12, draft: true, camera_fixed: false, service_tier: 'default' }],
	['v15', { duration: -1, generate_audio: false, ratio: 'adaptive' }],
	['v10', { frames: 29, duration: 2, camera_fixed: true, service_tier: 'default' }],
	['v10Fast', { frames: 289, ratio: '9:16', resolution: '1080p' }],
] as const)('takes on %s: %j', async (family, fields) => {
	const { data } = await setup.tasks.post('', textRequest({ model: model[family], ...fields }));
	const echo = 'safety_identifier' in fields ? { safety_identifier: fields.safety_identifier } : {};
	expect(data).toEqual({
		id: expect.stringMatching(/^cgt-20261121080000-[0-9a-z]{5}$/),
		...echo,
	});
});

it('accepts an endpoint ID without the rules of a model', async () => {
	const fields = { model: 'ep-20260101-abcde', duration: 60, camera_fixed: true, frames: 30 };
	expect((await setup.tasks.post('', textRequest(fields))).status).toBe(200);
});
