import { withNamedMedia } from '../../../nodes/Seedance/actions/video/mediaFiles';
import { readConnection } from '../../../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../../../nodes/Seedance/panel/createRequest';

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

function read(
	parameters: object,
	credential: object = { provider: 'custom', baseUrl: 'https://h' },
) {
	const connection = readConnection({ apiKey: 'k', ...credential });
	if (connection.value === undefined) throw new Error(JSON.stringify(connection.problems));
	const request = readCreateRequest({ ...defaults, ...parameters }, connection.value);
	return {
		body: request.value && connection.value.wire.createBody(withNamedMedia(request.value)),
		problems: request.problems?.map(({ parameter, text }) => `${parameter} ${text}`),
	};
}

describe('what is refused', () => {
	test.each<[object, string]>([
		[{ prompt: 7 }, 'prompt is 7. Enter text.'],
		[
			{ mode: 'video' },
			'mode is "video". Choose Text to Video, First Frame, First and Last Frame, Reference or Final From Draft.',
		],
		[{ ...firstFrame, firstFrame: '' }, 'firstFrame is empty. Enter the URL of the image.'],
		[
			{ ...firstFrame, firstFrameSource: 'asset', firstFrame: 'a b' },
			'firstFrame is "a b", which is not an asset id. Enter one, with or without asset://.',
		],
		[
			{ ...firstFrame, firstFrame: 'http://example.com/i.png' },
			'firstFrame is "http://example.com/i.png". Enter an https: URL, a data: URL or an asset.',
		],
		[
			{ ...firstFrame, firstFrame: 'data:image/PNG;base64,AAAA' },
			'firstFrame is "data:image/PNG;base64,AAAA". A data: URL for this field begins with data:image/<format>;base64, in lower case.',
		],
		[
			{ ...bothFrames, lastFrame: '' },
			'lastFrame is empty. Enter the id of an asset, such as "asset-20260519184021-abcde".',
		],
		[
			{ ...bothFrames, model: 'seedance-1-0-pro-fast' },
			'mode is First and Last Frame, which Seedance 1.0 Pro Fast does not take. Choose another mode, or Seedance 2.5, Seedance 2.0, Seedance 2.0 Fast, Seedance 2.0 Mini, Seedance 1.5 Pro, Seedance 1.0 Pro or Seedance 1.0 Lite as the model.',
		],
		[references(), 'references is empty. Add an image, a video or an audio file.'],
		[
			references(image, { ...video, source: 'url', value: 'data:video/mp4;base64,AAAA' }),
			'references number 2 (video) is a data: URL, which is not taken for video. Enter an https: URL or an asset.',
		],
		[
			references(...times(10, image)),
			'references holds 10 images, and Seedance 2.0 takes at most 9.',
		],
		[
			references(...times(4, video)),
			'references holds 4 videos, and Seedance 2.0 takes at most 3.',
		],
		[
			references(image, ...times(4, audio)),
			'references holds 4 audios, and Seedance 2.0 takes at most 3.',
		],
		[
			references(audio),
			'references holds audio alone, and Seedance 2.0 takes audio only together with an image or a video. Add one of them.',
		],
		[
			{ ...references(image), model: 'seedance-1-5-pro' },
			'mode is Reference, which Seedance 1.5 Pro does not take. Choose another mode, or Seedance 2.5, Seedance 2.0, Seedance 2.0 Fast, Seedance 2.0 Mini or Seedance 1.0 Lite as the model.',
		],
		[
			{ mode: 'draftTask', model: 'seedance-2-5' },
			'draftTaskId is empty. Enter the id of a task that was created with Draft on, not older than 7 days.',
		],
		[
			{ mode: 'draftTask', draftTaskId: 'cgt-1' },
			'mode is Final From Draft, which Seedance 2.0 does not take. Choose Seedance 2.5 or Seedance 1.5 Pro as the model.',
		],
		[{ options: { seed: -2 } }, 'options.seed is -2. Enter a whole number from -1 to 4294967295.'],
		[
			{ options: { seed: 4294967296 } },
			'options.seed is 4294967296. Enter a whole number from -1 to 4294967295.',
		],
		[{ options: { priority: 10 } }, 'options.priority is 10. Enter a whole number from 0 to 9.'],
		[
			{ options: { executionExpiresAfter: 3599 } },
			'options.executionExpiresAfter is 3599. Enter 3600 to 259200 seconds.',
		],
		[
			{ options: { safetyIdentifier: 'x'.repeat(65) } },
			`options.safetyIdentifier is "${'x'.repeat(65)}". Enter at most 64 characters.`,
		],
		[
			{ options: { callbackUrl: 'n8n.example.com' } },
			'options.callbackUrl is "n8n.example.com". Enter an http: or https: URL.',
		],
		[
			{ options: { extraBody: '[1]' } },
			'options.extraBody is "[1]". Enter a JSON object such as {"name": "value"}.',
		],
		[
			{ options: { extraBody: '{' } },
			'options.extraBody is "{". Enter a JSON object such as {"name": "value"}.',
		],
		[{ options: { watermark: 'maybe' } }, 'options.watermark is "maybe". Turn it on or off.'],
		[
			{ model: 'seedance-1-0-pro', options: { frames: 58 } },
			'options.frames is 58. Enter 29 to 289 in steps of four: 29, 33, 37 … 289. 57 frames are 2.375 seconds.',
		],
		[
			{ options: { frames: 57 } },
			'options.frames is set, but Seedance 2.0 does not take it. Remove it, or choose Seedance 1.0 Pro, Seedance 1.0 Pro Fast or Seedance 1.0 Lite as the model.',
		],
		[
			{ options: { draft: false } },
			'options.draft is set, but Seedance 2.0 does not take it. Remove it, or choose Seedance 2.5 or Seedance 1.5 Pro as the model.',
		],
		[
			{ options: { cameraFixed: true } },
			'options.cameraFixed is set, but Seedance 2.0 does not take it. Remove it, or choose Seedance 1.5 Pro, Seedance 1.0 Pro, Seedance 1.0 Pro Fast or Seedance 1.0 Lite as the model.',
		],
		[
			{ model: 'seedance-2-5', options: { webSearch: true } },
			'options.webSearch is set, but Seedance 2.5 does not take it. Remove it, or choose Seedance 2.0, Seedance 2.0 Fast or Seedance 2.0 Mini as the model.',
		],
		[
			{ ...firstFrame, options: { webSearch: true } },
			'options.webSearch is on, which works with text alone. Turn it off, or choose the mode Text to Video.',
		],
		[
			{ model: 'seedance-1-5-pro', options: { draft: true } },
			'resolution is 720p, and a draft is always 480p. Choose 480p or Model Default.',
		],
		[
			{
				model: 'seedance-1-5-pro',
				resolution: '480p',
				options: { draft: true, returnLastFrame: true },
			},
			'options.returnLastFrame is on, but a draft has no last frame to return. Turn it off.',
		],
		[
			{
				model: 'seedance-1-5-pro',
				resolution: '480p',
				options: { draft: true, serviceTier: 'flex' },
			},
			'options.serviceTier is Flex, which is not available for drafts. Choose Default, or remove it.',
		],
		[
			{ model: 'ep-1', options: { serviceTier: 'flex', priority: 0 } },
			'options.priority is set, but tasks of the service tier Flex have no priority. Remove one of them.',
		],
		[
			{ ...firstFrame, model: 'seedance-2-5', ratio: '16:9' },
			"ratio is 16:9, but here Seedance 2.5 follows the input's own ratio. Choose Adaptive.",
		],
		[
			{ model: 'seedance-2-5', options: { taskType: 'edit' } },
			'options.taskType is Edit, which needs the mode Reference.',
		],
		[
			{ ...references(image), model: 'seedance-2-5', duration: -1, options: { taskType: 'edit' } },
			'options.taskType is Edit, which needs a reference video. Add one to References.',
		],
		[
			{ ...references(video), model: 'seedance-2-5', options: { taskType: 'edit' } },
			'duration is 5, but an edit keeps the length of its video. Enter -1.',
		],
		[
			{ ...references(image), model: 'seedance-1-0-lite', options: { cameraFixed: true } },
			'options.cameraFixed is set, which does not work with reference images. Remove it.',
		],
	])('%j', (parameters, problem) => {
		expect(read(parameters).problems).toContain(problem);
	});

	test('everything that is wrong with an item, at once', () => {
		expect(
			read({
				prompt: '',
				duration: 99,
				ratio: 7,
				resolution: '2k',
				options: { seed: 'x', priority: 10 },
			}).problems,
		).toEqual([
			'resolution is "2k". Choose 480p, 720p, 1080p or 4k, or leave it to the model.',
			'ratio is 7. Choose adaptive, 16:9, 4:3, 1:1, 3:4, 9:16 or 21:9.',
			'options.seed is "x". Enter a whole number from -1 to 4294967295.',
			'options.priority is 10. Enter a whole number from 0 to 9.',
			'prompt is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
			'duration is 99. Seedance 2.0 takes 4 to 15 seconds, or -1 to let the model choose.',
		]);
	});

	test.each<[object, object, string]>([
		[
			{ provider: 'powerTokens' },
			{ resolution: '4k' },
			'resolution is 4k, which PowerTokens does not offer. Choose 480p, 720p or 1080p.',
		],
		[
			{ provider: 'powerTokens' },
			{ model: 'seedance-1-0-pro', options: { serviceTier: 'flex' } },
			'options.serviceTier is Flex, which PowerTokens does not offer. Choose Default, or remove it.',
		],
		[
			{ provider: 'bytePlus' },
			{ options: { webSearch: true } },
			'options.webSearch is on, which BytePlus ModelArk (Asia Pacific) does not offer. Turn it off.',
		],
		[
			{ provider: 'apiYi' },
			{ model: 'seedance-2-5' },
			'model is Seedance 2.5, which APIYI does not offer. Choose Seedance 2.0 or Seedance 2.0 Fast.',
		],
		[
			{ provider: 'apiYi' },
			{ model: 'ep-20260101-abcde' },
			'model is "ep-20260101-abcde", but APIYI takes plain model ids only here, such as "doubao-seedance-2-0-260128".',
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ resolution: '1080p' },
			'resolution is 1080p, which the OpenAI-style interface does not make from text alone. Choose 480p or 720p, or set API Style to Official in the credential.',
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ options: { priority: 1 } },
			'options.priority is not available with the OpenAI-style interface for this model. Change it, or set API Style to Official in the credential for PowerTokens.',
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ ...bothFrames, model: 'seedance-1-0-pro' },
			'mode is not available with the OpenAI-style interface for this model. Change it, or set API Style to Official in the credential for PowerTokens.',
		],
		[
			{ provider: 'powerTokens', apiStyle: 'openAi' },
			{ ...firstFrame, model: 'seedance-1-0-pro', prompt: '' },
			'prompt is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
		],
	])('at %j: %j', (credential, parameters, problem) => {
		expect(read(parameters, credential).problems).toEqual([problem]);
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

	test('frames carry their roles, references go by kind in the user’s order', () => {
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

	test('the final of a draft takes nothing from hidden fields', () => {
		expect(
			read({ mode: 'draftTask', model: 'seedance-2-5', draftTaskId: 'cgt-1', resolution: '1080p' })
				.body,
		).toEqual({
			model: 'dreamina-seedance-2-5-260628',
			content: [{ type: 'draft_task', draft_task: { id: 'cgt-1' } }],
			resolution: '1080p',
		});
	});

	test('with an image, Seedance 1.0 Lite is its image-to-video model', () => {
		expect(read({ ...firstFrame, model: 'seedance-1-0-lite' }).body?.['model']).toBe(
			'seedance-1-0-lite-i2v-250428',
		);
		expect(read({ model: 'seedance-1-0-lite' }).body?.['model']).toBe(
			'seedance-1-0-lite-t2v-250428',
		);
	});

	test('for an id that the matrix does not know, only what holds for every model is refused', () => {
		const wild = {
			model: 'ep-1',
			duration: 99,
			resolution: '4k',
			options: { frames: 29, draft: false },
		};
		expect(read(wild).problems).toBeUndefined();
		expect(read({ ...references(...times(60, audio)), model: 'ep-1' }).problems).toBeUndefined();
		expect(read({ ...wild, options: { seed: -2 } }).problems).toHaveLength(1);
	});
});
