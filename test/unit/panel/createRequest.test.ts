import { withNamedMedia } from '../../../nodes/Seedance/actions/video/requestFiles';
import { readCredential } from '../../../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../../../nodes/Seedance/panel/createRequest';
import type { IssueCode } from '../../../nodes/Seedance/panel/issues';

/** The panel's defaults, as n8n stores them. */
const defaults = {
	model: 'seedance-2-0',
	mode: 'textToVideo',
	prompt: 'A kitten',
	resolution: '720p',
	ratio: 'adaptive',
	duration: 5,
	generateAudio: true,
	options: {},
};

const image = { type: 'image', source: 'url', value: 'https://example.com/i.png' };
const video = { type: 'video', source: 'asset', value: 'asset-1' };
const audio = { type: 'audio', source: 'url', value: 'https://example.com/a.mp3' };
const references = (...reference: object[]) => ({ mode: 'reference', references: { reference } });
const times = (count: number, reference: object) => Array.from({ length: count }, () => reference);
const firstFrame = { mode: 'firstFrame', firstFrameSource: 'url', firstFrame: image.value };
const bothFrames = {
	...firstFrame,
	mode: 'firstLastFrame',
	lastFrameSource: 'asset',
	lastFrame: 'asset://asset-2',
};

const bothFields = {
	mode: 'firstLastFrame',
	firstFrameSource: 'binary',
	lastFrameSource: 'binary',
};

function read(
	parameters: object,
	credential: object = { provider: 'custom', baseUrl: 'https://h' },
	waits?: boolean,
) {
	const connection = readCredential({ apiKey: 'k', ...credential });
	if (connection.value === undefined) throw new Error(JSON.stringify(connection.issues));
	const request = readCreateRequest({ ...defaults, ...parameters }, connection.value, waits);
	return {
		body: request.value && connection.value.wire.createBody(withNamedMedia(request.value.request)),
		issues: request.issues,
	};
}

type Refused = [parameters: object, parameter: string, code: IssueCode, values?: object];

const all20 = ['Seedance 2.0', 'Seedance 2.0 Fast', 'Seedance 2.0 Mini'];
const all10 = ['Seedance 1.0 Pro', 'Seedance 1.0 Pro Fast', 'Seedance 1.0 Lite'];

describe('what is refused', () => {
	test.each<Refused>([
		[{ prompt: 7 }, 'prompt', 'invalidValue', { given: 7 }],
		[{ prompt: 'A [object Object] runs' }, 'prompt', 'objectAsText'],
		[
			{ options: { safetyIdentifier: '[object Object]' } },
			'options.safetyIdentifier',
			'objectAsText',
		],
		...[
			...['ratio', 'duration', 'generateAudio', 'resolution', 'model'],
			...['options.seed', 'options.frames', 'options.draft'],
		].map((parameter): Refused => {
			const [name = '', entry] = parameter.split('.');
			const given = entry === undefined ? { [name]: null } : { [name]: { [entry]: undefined } };
			return [given, parameter, entry === undefined ? 'empty' : 'entryEmpty'];
		}),
		[{ mode: 'video' }, 'mode', 'invalidValue', { given: 'video' }],
		[{ ...firstFrame, firstFrame: '' }, 'firstFrame', 'mediaUrlMissing', { kind: 'image' }],
		[{ ...firstFrame, firstFrame: 7 }, 'firstFrame', 'notText', { given: 7 }],
		[
			{ ...firstFrame, firstFrameSource: 'binary', firstFrame: ' ' },
			'firstFrame',
			'mediaFieldMissing',
		],
		[
			{ ...firstFrame, firstFrameSource: 'asset', firstFrame: 'a b' },
			'firstFrame',
			'assetIdInvalid',
			{ given: 'a b' },
		],
		[
			{ ...firstFrame, firstFrame: 'http://example.com/i.png' },
			'firstFrame',
			'mediaUrlInvalid',
			{ given: 'http://example.com/i.png' },
		],
		[
			{ ...firstFrame, firstFrame: 'data:image/PNG;base64,AAAA' },
			'firstFrame',
			'dataUrlInvalid',
			{ given: 'data:image/PNG;base64,AAAA', kind: 'image' },
		],
		[{ ...bothFrames, lastFrame: '' }, 'lastFrame', 'assetIdMissing'],
		[
			{ ...bothFields, firstFrame: 'data ', lastFrame: 'data' },
			'lastFrame',
			'framesFromOneField',
			{ field: 'data' },
		],
		[
			{ ...bothFrames, model: 'seedance-1-0-pro-fast' },
			'mode',
			'modeNotSupported',
			{
				mode: 'First and Last Frame',
				model: 'Seedance 1.0 Pro Fast',
				models: [
					'Seedance 2.5',
					...all20,
					'Seedance 1.5 Pro',
					'Seedance 1.0 Pro',
					'Seedance 1.0 Lite',
				],
			},
		],
		[references(), 'references', 'referencesMissing'],
		[
			{ mode: 'reference', references: { reference: [{ type: 'text' }] } },
			'references',
			'referencesInvalid',
		],
		[
			references(image, { ...video, source: 'url', value: 'data:video/mp4;base64,AAAA' }),
			'references',
			'dataUrlNotForVideo',
		],
		[
			references(...times(10, image)),
			'references',
			'tooManyReferences',
			{ count: 10, kind: 'image', model: 'Seedance 2.0', max: 9 },
		],
		[
			references(...times(4, video)),
			'references',
			'tooManyReferences',
			{ count: 4, kind: 'video', model: 'Seedance 2.0', max: 3 },
		],
		[
			references(image, ...times(4, audio)),
			'references',
			'tooManyReferences',
			{ count: 4, kind: 'audio file', model: 'Seedance 2.0', max: 3 },
		],
		[references(audio), 'references', 'audioAlone', { model: 'Seedance 2.0' }],
		[
			{ ...references(image), model: 'seedance-1-5-pro' },
			'mode',
			'modeNotSupported',
			{
				mode: 'Reference',
				model: 'Seedance 1.5 Pro',
				models: ['Seedance 2.5', ...all20, 'Seedance 1.0 Lite'],
			},
		],
		[
			{ mode: 'draftTask', model: 'seedance-2-5' },
			'draftTaskId',
			'draftTaskInvalid',
			{ given: '' },
		],
		[
			{ mode: 'draftTask', draftTaskId: 'cgt-1' },
			'mode',
			'modeNotSupported',
			{
				mode: 'Final From Draft',
				model: 'Seedance 2.0',
				models: ['Seedance 2.5', 'Seedance 1.5 Pro'],
			},
		],
		[
			{ mode: 'draftTask', draftTaskId: 'cgt-1', model: 'seedance-2-5', options: { draft: true } },
			'options.draft',
			'draftOfDraft',
		],
		[{ options: { seed: -2 } }, 'options.seed', 'invalidValue', { given: -2 }],
		[{ options: { seed: 4294967296 } }, 'options.seed', 'invalidValue', { given: 4294967296 }],
		[{ options: { priority: 10 } }, 'options.priority', 'invalidValue', { given: 10 }],
		[
			{ options: { executionExpiresAfter: 3599 } },
			'options.executionExpiresAfter',
			'invalidValue',
			{ given: 3599 },
		],
		[
			{ options: { safetyIdentifier: 'x'.repeat(65) } },
			'options.safetyIdentifier',
			'invalidValue',
			{ given: 'x'.repeat(65) },
		],
		[
			{ options: { callbackUrl: 'n8n.example.com' } },
			'options.callbackUrl',
			'invalidValue',
			{ given: 'n8n.example.com' },
		],
		[{ options: { extraBody: '[1]' } }, 'options.extraBody', 'invalidValue', { given: '[1]' }],
		[{ options: { extraBody: '{' } }, 'options.extraBody', 'invalidValue', { given: '{' }],
		[{ options: { watermark: 'maybe' } }, 'options.watermark', 'invalidValue', { given: 'maybe' }],
		[
			{ model: 'seedance-1-0-pro', options: { frames: 58 } },
			'options.frames',
			'invalidValue',
			{ given: 58 },
		],
		[
			{ options: { frames: 57 } },
			'options.frames',
			'optionNotSupported',
			{ model: 'Seedance 2.0', models: all10 },
		],
		[
			{ options: { draft: false } },
			'options.draft',
			'optionNotSupported',
			{ model: 'Seedance 2.0', models: ['Seedance 2.5', 'Seedance 1.5 Pro'] },
		],
		[
			{ options: { cameraFixed: true } },
			'options.cameraFixed',
			'optionNotSupported',
			{ model: 'Seedance 2.0', models: ['Seedance 1.5 Pro', ...all10] },
		],
		[
			{ model: 'seedance-1-5-pro', options: { webSearch: true } },
			'options.webSearch',
			'optionNotSupported',
			{ model: 'Seedance 1.5 Pro', models: ['Seedance 2.5', ...all20] },
		],
		...['seed', 'taskType'].map((name): Refused => {
			const options = { [name]: name === 'seed' ? 7 : 'auto' };
			const final = { mode: 'draftTask', draftTaskId: 'cgt-1', model: 'seedance-2-5' };
			return [{ ...final, options }, `options.${name}`, 'notForFinal', { model: 'Seedance 2.5' }];
		}),
		[{ ...firstFrame, options: { webSearch: true } }, 'options.webSearch', 'webSearchNeedsText'],
		[
			{ model: 'seedance-1-5-pro', resolution: '1080p', options: { draft: true } },
			'resolution',
			'resolutionNotForDraft',
			{ given: '1080p' },
		],
		[
			{
				model: 'seedance-1-5-pro',
				resolution: '480p',
				options: { draft: true, returnLastFrame: true },
			},
			'options.returnLastFrame',
			'draftHasNoLastFrame',
		],
		[
			{
				model: 'seedance-1-5-pro',
				resolution: '480p',
				options: { draft: true, serviceTier: 'flex' },
			},
			'options.serviceTier',
			'draftNotInFlex',
		],
		[
			{ model: 'ep-1', options: { serviceTier: 'flex', priority: 0 } },
			'options.priority',
			'flexHasNoPriority',
		],
		[
			{ ...firstFrame, model: 'seedance-2-5', ratio: '16:9' },
			'ratio',
			'ratioFollowsInput',
			{ given: '16:9', model: 'Seedance 2.5' },
		],
		[
			{ model: 'seedance-2-5', options: { taskType: 'edit' } },
			'options.taskType',
			'taskTypeNeedsReference',
			{ given: 'Edit' },
		],
		[
			{ ...references(image), model: 'seedance-2-5', duration: -1, options: { taskType: 'edit' } },
			'options.taskType',
			'taskTypeNeedsVideo',
			{ given: 'Edit' },
		],
		[
			{ ...references(video), model: 'seedance-2-5', options: { taskType: 'edit' } },
			'duration',
			'durationNotForEdit',
			{ given: 5 },
		],
		[
			{ ...references(image), model: 'seedance-1-0-lite', options: { cameraFixed: true } },
			'options.cameraFixed',
			'cameraFixedWithReferences',
		],
	])('%j: %s %s', (parameters, parameter, code, values = {}) => {
		expect(read(parameters).issues).toContainEqual(
			expect.objectContaining({ parameter, code, values: expect.objectContaining(values) }),
		);
	});

	test('an issue says which entry of References it is about', () => {
		const given = { ...video, source: 'url', value: 'data:video/mp4;base64,AAAA' };
		expect(read(references(image, given)).issues).toEqual([
			{
				parameter: 'references',
				code: 'dataUrlNotForVideo',
				values: {},
				entry: 'number 2 (video)',
			},
		]);
	});

	test('everything that is wrong with an item, at once', () => {
		expect(
			read({
				prompt: '',
				duration: 99,
				ratio: 7,
				resolution: '2k',
				options: { seed: 'x', priority: 10 },
			}).issues?.map(({ parameter, code, values }) => [parameter, code, values['given']]),
		).toEqual([
			['resolution', 'invalidValue', '2k'],
			['ratio', 'invalidValue', 7],
			['options.priority', 'invalidValue', 10],
			['options.seed', 'invalidValue', 'x'],
			['prompt', 'promptMissing', undefined],
			['duration', 'durationNotSupported', 99],
		]);
	});

	test('the length that a model accepts is in the issue', () => {
		expect(read({ duration: 99 }).issues?.[0]?.values).toEqual({
			given: 99,
			model: 'Seedance 2.0',
			minSeconds: 4,
			maxSeconds: 15,
			automatic: true,
		});
	});

	test.each<[credential: object, ...Refused]>([
		[
			{ provider: 'powerTokens' },
			{ resolution: '4k' },
			'resolution',
			'resolutionNotOffered',
			{ given: '4k', provider: 'PowerTokens', allowed: ['480p', '720p', '1080p'] },
		],
		[
			{ provider: 'powerTokens' },
			{ model: 'seedance-1-0-pro', options: { serviceTier: 'flex' } },
			'options.serviceTier',
			'flexNotOffered',
			{ provider: 'PowerTokens' },
		],
		[
			{ provider: 'bytePlus' },
			{ options: { webSearch: true } },
			'options.webSearch',
			'webSearchNotOffered',
			{ provider: 'BytePlus ModelArk (Asia Pacific)' },
		],
		[
			{ provider: 'apiYi' },
			{ model: 'seedance-1-0-pro' },
			'model',
			'modelNotOffered',
			{ model: 'Seedance 1.0 Pro', provider: 'APIYI', models: ['Seedance 2.5', ...all20] },
		],
		[
			{ provider: 'bytePlus' },
			{ model: 'seedance-1-5-pro' },
			'model',
			'modelShutDown',
			{
				model: 'Seedance 1.5 Pro',
				provider: 'BytePlus ModelArk (Asia Pacific)',
				models: ['Seedance 2.5', ...all20, ...all10],
				day: '2026-11-11',
			},
		],
		[
			{ provider: 'apiYi' },
			{ model: 'ep-20260101-abcde' },
			'model',
			'endpointIdNotAccepted',
			{
				given: 'ep-20260101-abcde',
				provider: 'APIYI',
				example: 'doubao-seedance-2-0-260128',
			},
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ resolution: '1080p' },
			'resolution',
			'resolutionNotInInterface',
			{ given: '1080p', allowed: ['480p', '720p'] },
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ options: { priority: 1 } },
			'options.priority',
			'notInInterface',
			{ provider: 'PowerTokens' },
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ ...bothFrames, model: 'seedance-1-0-pro' },
			'mode',
			'notInInterface',
			{ provider: 'PowerTokens' },
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ ...firstFrame, model: 'seedance-1-0-pro', prompt: '' },
			'prompt',
			'promptMissing',
			{},
		],
	])('at %j: %j', (credential, parameters, parameter, code, values) => {
		expect(read(parameters, credential).issues).toEqual([{ parameter, code, values }]);
	});
});

describe('recovery', () => {
	const identifier = { recoveryMarker: 'safetyIdentifier' };
	const taken = (field: string) => ({
		parameter: 'options.recoveryMarker',
		code: 'markerIsTaken',
		values: { field },
	});

	test.each([
		[{ ...identifier, safetyIdentifier: 'user-1' }, 'the option Safety Identifier'],
		[{ ...identifier, extraBody: { safety_identifier: 'user-1' } }, 'Extra Body'],
		[{ ...identifier, extraBody: { safety_identifier: null } }, 'Extra Body'],
	])('a marker in a field that something else sets is refused: %j', (options, field) => {
		expect(read({ options }).issues).toEqual([taken(field)]);
	});

	test.each([
		{ ...identifier, safetyIdentifier: '', extraBody: { execution_expires_after: 3600 } },
		{ recoveryMarker: 'expiry', safetyIdentifier: 'user-1' },
		{ recoveryMarker: 'none', extraBody: { safety_identifier: 'user-1' } },
		{ safetyIdentifier: 'user-1' },
	])('a marker in another field is not: %j', (options) => {
		expect(read({ options }).issues).toBeUndefined();
	});

	test('a marker in a field that the interface does not have is refused', () => {
		const openAi = { provider: 'powerTokens', apiStyle: 'openAi' };
		const flat = { model: 'seedance-1-0-pro', duration: 5, options: identifier };
		expect(read(flat, openAi).issues).toEqual([
			{
				parameter: 'options.recoveryMarker',
				code: 'notInInterface',
				values: { provider: 'PowerTokens' },
			},
		]);
		expect(read({ options: identifier }, openAi).issues).toBeUndefined();
	});

	test('to create again after a failure, the node must wait', () => {
		const again = (createAgainAfterFailure: unknown, waits?: boolean) =>
			read({ options: { createAgainAfterFailure } }, undefined, waits).issues;
		expect(again('2', false)).toEqual([
			{
				parameter: 'options.createAgainAfterFailure',
				code: 'createAgainNeedsWait',
				values: { given: 2 },
			},
		]);
		expect(again(2, true)).toBeUndefined();
		expect(again(2)).toBeUndefined();
		expect(again(0, false)).toBeUndefined();
		expect(read({}, undefined, false).issues).toBeUndefined();
	});

	test('an entry that protects money and yields nothing is refused beside everything else', () => {
		const options = { tokenBudget: undefined, idempotencyKey: null, dryRun: ' ', seed: '' };
		expect(
			read({ prompt: '', options }).issues?.map(({ parameter, code }) => [parameter, code]),
		).toEqual([
			['options.dryRun', 'entryEmpty'],
			['options.idempotencyKey', 'entryEmpty'],
			['options.tokenBudget', 'entryEmpty'],
			['prompt', 'promptMissing'],
		]);
	});

	test('nothing of it is sent', () => {
		const options = {
			idempotencyKey: 7,
			recoveryMarker: 'none',
			onUnknownOutcome: 'createAgain',
			createAgainAfterFailure: 1,
		};
		expect(read({ options }).body).toEqual(read({}).body);
	});
});

describe('what is sent', () => {
	const body = {
		model: 'dreamina-seedance-2-0-260128',
		content: [{ type: 'text', text: 'A kitten' }],
		generate_audio: true,
		resolution: '720p',
		ratio: 'adaptive',
		duration: 5,
	};

	test('false, 0 and -1 are values, and what is not set is not sent', () => {
		expect(
			read({
				duration: -1,
				generateAudio: false,
				options: { seed: 0, watermark: false, priority: 0, returnLastFrame: false },
			}).body,
		).toEqual({
			...body,
			duration: -1,
			generate_audio: false,
			seed: 0,
			watermark: false,
			priority: 0,
			return_last_frame: false,
		});
		expect(read({ resolution: '', options: { seed: -1 } }).body).toEqual({
			model: body.model,
			content: body.content,
			generate_audio: true,
			ratio: 'adaptive',
			duration: 5,
			seed: -1,
		});
	});

	test('text from sheets counts as numbers and switches, and an empty cell as not set', () => {
		expect(
			read({
				duration: '7',
				generateAudio: 'false',
				options: { seed: '', priority: '3', watermark: 'true' },
			}).body,
		).toEqual({ ...body, duration: 7, generate_audio: false, priority: 3, watermark: true });
	});

	test('a draft is 480p although the panel says 720p', () => {
		const draft = (model: string, resolution = '720p') =>
			read({ model, resolution, options: { draft: true } }).body?.['resolution'];
		expect(draft('seedance-1-5-pro')).toBe('480p');
		expect(draft('seedance-2-5', '480p')).toBe('480p');
		expect(draft('seedance-2-5', '')).toBeUndefined();
		expect(read({ model: 'seedance-2-5', options: { draft: false } }).body).toMatchObject({
			resolution: '720p',
		});
	});

	test.each([
		['Seedance 2.0', 'dreamina-seedance-2-0-260128'],
		[' seedance 2.0  FAST', 'dreamina-seedance-2-0-fast-260128'],
		['Seedance 1.5 Pro', 'seedance-1-5-pro-251215'],
	])('the label %j is the model %s', (model, id) => {
		expect(read({ model }).body?.['model']).toBe(id);
	});

	test('frames may come from two fields, and one address may be both: a loop', () => {
		const { value } = image;
		const twice = { ...bothFrames, lastFrameSource: 'url', lastFrame: value };
		expect(read(twice).issues).toBeUndefined();
		expect(read({ ...bothFields, firstFrame: 'a', lastFrame: 'b' }).issues).toBeUndefined();
	});

	test.each([
		[7, '7'],
		[' cgt-1 ', 'cgt-1'],
		[{ __rl: true, mode: 'id', value: 7 }, '7'],
		[{ __rl: true, mode: 'list', value: 'cgt-1' }, 'cgt-1'],
	])('the ID of a draft may be %j', (draftTaskId, id) => {
		const draft = { mode: 'draftTask', model: 'seedance-2-5', draftTaskId };
		expect(read(draft).body?.['content']).toEqual([{ type: 'draft_task', draft_task: { id } }]);
	});

	test('what the mode hides may yield nothing', () => {
		const hidden = { ratio: null, duration: null, generateAudio: null };
		const draft = { mode: 'draftTask', model: 'seedance-2-5', draftTaskId: 'cgt-1' };
		expect(read({ ...hidden, ...draft }).issues).toBeUndefined();
		const frames = { model: 'seedance-1-0-pro', duration: null, options: { frames: 57 } };
		expect(read(frames).issues).toBeUndefined();
	});

	test('every entry of Options', () => {
		const options = {
			callbackUrl: 'https://n8n.example.com/webhook/x',
			executionExpiresAfter: 3600,
			safetyIdentifier: 'user-1',
			extraBody: '{"new_member": {"a": 1}, "seed": 5}',
			seed: 4,
		};
		expect(read({ options }).body).toEqual({
			...body,
			callback_url: 'https://n8n.example.com/webhook/x',
			execution_expires_after: 3600,
			safety_identifier: 'user-1',
			seed: 5,
			new_member: { a: 1 },
		});
		expect(
			read({
				model: 'seedance-1-0-pro',
				options: { frames: 57, cameraFixed: true, serviceTier: 'flex' },
			}).body,
		).toEqual({
			model: 'seedance-1-0-pro-250528',
			content: body.content,
			resolution: '720p',
			frames: 57,
			camera_fixed: true,
			service_tier: 'flex',
		});
		expect(
			read({
				...references(video),
				model: 'seedance-2-5',
				duration: -1,
				options: { taskType: 'edit', outputFormat: 'mov' },
			}).body,
		).toEqual({
			...body,
			model: 'dreamina-seedance-2-5-260628',
			content: [
				...body.content,
				{ type: 'video_url', video_url: { url: 'asset://asset-1' }, role: 'reference_video' },
			],
			duration: -1,
			omni_reference_task_type: 'edit',
			output_format: 'mov',
		});
		expect(read({ options: { webSearch: true } }, { provider: 'volcengine' }).body).toEqual({
			...body,
			model: 'doubao-seedance-2-0-260128',
			tools: [{ type: 'web_search' }],
		});
	});

	test('frames carry their roles, references go by kind in the order of the user', () => {
		expect(read({ ...bothFrames, prompt: '' }).body?.['content']).toEqual([
			{ type: 'image_url', image_url: { url: image.value }, role: 'first_frame' },
			{ type: 'image_url', image_url: { url: 'asset://asset-2' }, role: 'last_frame' },
		]);
		const second = { ...image, value: 'https://example.com/2.png' };
		expect(read(references(audio, second, video, image)).body?.['content']).toEqual([
			{ type: 'text', text: 'A kitten' },
			{ type: 'image_url', image_url: { url: second.value }, role: 'reference_image' },
			{ type: 'image_url', image_url: { url: image.value }, role: 'reference_image' },
			{ type: 'video_url', video_url: { url: 'asset://asset-1' }, role: 'reference_video' },
			{ type: 'audio_url', audio_url: { url: audio.value }, role: 'reference_audio' },
		]);
	});

	test('the final of a draft uses nothing from hidden fields', () => {
		expect(
			read({ mode: 'draftTask', model: 'seedance-2-5', draftTaskId: 'cgt-1', resolution: '1080p' })
				.body,
		).toEqual({
			model: 'dreamina-seedance-2-5-260628',
			content: [{ type: 'draft_task', draft_task: { id: 'cgt-1' } }],
			resolution: '1080p',
		});
	});

	test('the final of a 1.5 Pro draft may have a seed of its own', () => {
		const final = { mode: 'draftTask', draftTaskId: 'cgt-1', model: 'seedance-1-5-pro' };
		expect(read({ ...final, options: { seed: 7 } }).body?.['seed']).toBe(7);
	});

	test.each([
		['apiYi', 'seedance-2-5', 'doubao-seedance-2-5-260628'],
		['apiYi', 'seedance-2-0-mini', 'doubao-seedance-2-0-mini-260615'],
		['powerTokens', 'seedance-1-5-pro', 'seedance-1-5-pro-251215'],
		['volcengine', 'seedance-1-5-pro', 'doubao-seedance-1-5-pro-251215'],
	])('%s sells %s as %s', (provider, model, id) => {
		expect(read({ model }, { provider }).body?.['model']).toBe(id);
	});

	test("the Agent Plan is a custom host, and its model's name is sent as it is", () => {
		const baseUrl = 'https://ark.cn-beijing.volces.com/api/plan/v3';
		const model = { model: 'custom', modelId: 'doubao-seedance-2.0' };
		expect(read(model, { provider: 'custom', baseUrl }).body?.['model']).toBe(model.modelId);
	});

	test('Seedance 2.5 searches the web', () => {
		const search = { model: 'seedance-2-5', options: { webSearch: true } };
		expect(read(search, { provider: 'volcengine' }).body?.['tools']).toEqual([
			{ type: 'web_search' },
		]);
	});

	test('with an image, Seedance 1.0 Lite is its image-to-video model', () => {
		expect(read({ ...firstFrame, model: 'seedance-1-0-lite' }).body?.['model']).toBe(
			'seedance-1-0-lite-i2v-250428',
		);
		expect(read({ model: 'seedance-1-0-lite' }).body?.['model']).toBe(
			'seedance-1-0-lite-t2v-250428',
		);
	});

	test('for an ID that the matrix does not know, only what holds for every model is refused', () => {
		const wild = {
			model: 'ep-1',
			duration: 99,
			resolution: '4k',
			options: { frames: 29, draft: false },
		};
		expect(read(wild).issues).toBeUndefined();
		expect(read({ ...references(...times(60, audio)), model: 'ep-1' }).issues).toBeUndefined();
		expect(read({ ...wild, options: { seed: -2 } }).issues).toHaveLength(1);
	});
});
