import { errorBody, textRequest, useSimulator } from './testSimulator';

const setup = useSimulator();

const v20 = 'dreamina-seedance-2-0-260128';
const v25 = 'dreamina-seedance-2-5-260628';
const v15 = 'seedance-1-5-pro-251215';
const v10 = 'seedance-1-0-pro-250528';
const v10Fast = 'seedance-1-0-pro-fast-251015';

const text = (value: unknown = 'A cat') => ({ type: 'text', text: value });
const image = (role?: string, url: unknown = 'https://example.com/a.png') => ({
	type: 'image_url',
	image_url: { url },
	...(role === undefined ? {} : { role }),
});
const video = (url: unknown = 'https://example.com/a.mp4') => ({
	type: 'video_url',
	video_url: { url },
	role: 'reference_video',
});
const audio = (url: unknown = 'https://example.com/a.mp3') => ({
	type: 'audio_url',
	audio_url: { url },
	role: 'reference_audio',
});
const draftTask = (id = 'cgt-1') => ({ type: 'draft_task', draft_task: { id } });
const times = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);

const png = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const wav = `data:audio/wav;base64,${Buffer.from('wav').toString('base64')}`;
const imageForms = 'an https: URL, or asset://<id>, or data:image/<format>;base64,<data>';
const audioForms = 'an https: URL, or asset://<id>, or data:audio/<format>;base64,<data>';
const videoForms = 'an https: URL, or asset://<id>';
const imageUrl = 'content[0].image_url.url';

type Row = [
	title: string,
	content: readonly unknown[],
	param: string,
	expectation: string,
	model?: string,
];

const invalid: readonly Row[] = [
	['an item that is no object', ['A cat'], 'content[0]', 'an object'],
	[
		'an unknown type',
		[{ type: 'input_text', text: 'A cat' }],
		'content[0].type',
		'text, image_url, video_url, audio_url or draft_task',
	],
	['a text that is no text', [text(5)], 'content[0].text', 'a string'],
	[
		'an unknown image role',
		[image('middle_frame')],
		'content[0].role',
		'first_frame, last_frame, reference_image',
	],
	[
		'an image role on a video',
		[{ ...video(), role: 'reference_image' }],
		'content[0].role',
		'reference_video',
	],
	['two first frames', [image(), image()], 'content', 'one first frame at most'],
	[
		'a last frame alone',
		[image('last_frame')],
		'content[0].role',
		'a first frame along with a last frame',
	],
	[
		'a last frame beside an image without role',
		[image(), image('last_frame')],
		'content[0].role',
		'first_frame when there is a last frame',
	],
	[
		'two last frames',
		[image('first_frame'), image('last_frame'), image('last_frame')],
		'content',
		'one first frame and one last frame at most',
	],
	[
		'a last frame on 1.0 fast',
		[image('first_frame'), image('last_frame')],
		'content[1].role',
		'no last frame for this model',
		v10Fast,
	],
	[
		'a first frame beside a reference',
		[image('first_frame'), image('reference_image')],
		'content',
		'first and last frame not to be combined with references',
	],
	[
		'an image without role beside a reference video',
		[image(), video()],
		'content',
		'first and last frame not to be combined with references',
	],
	[
		'a reference image on 1.0',
		[image('reference_image')],
		'content[0].role',
		'no reference_image for this model',
		v10,
	],
	[
		'a reference video on 1.5',
		[video()],
		'content[0].role',
		'no reference_video for this model',
		v15,
	],
	[
		'ten reference images on 2.0',
		times(10, image('reference_image')),
		'content',
		'at most 9 items with role reference_image',
	],
	[
		'four reference videos on 2.0',
		times(4, video()),
		'content',
		'at most 3 items with role reference_video',
	],
	[
		'four reference audios on 2.0',
		[image('reference_image'), ...times(4, audio())],
		'content',
		'at most 3 items with role reference_audio',
	],
	[
		'31 reference images on 2.5',
		times(31, image('reference_image')),
		'content',
		'at most 30 items with role reference_image',
		v25,
	],
	['audio alone on 2.0', [text(), audio()], 'content', 'an image or a video along with the audio'],
	[
		'a draft beside a text',
		[draftTask(), text()],
		'content',
		'a draft_task to be the only item',
		v15,
	],
	['a draft on 2.0', [draftTask()], 'content[0].type', 'no draft_task for a model without drafts'],
	[
		'a draft that does not exist',
		[draftTask()],
		'content[0].draft_task.id',
		'the id of a draft that succeeded',
		v15,
	],
	[
		'a video as base64',
		[video('data:video/mp4;base64,AAAA')],
		'content[0].video_url.url',
		videoForms,
	],
	[
		'a video over http',
		[video('http://example.com/a.mp4')],
		'content[0].video_url.url',
		videoForms,
	],
	[
		'an empty audio URL',
		[image('reference_image'), audio('')],
		'content[1].audio_url.url',
		audioForms,
	],
	[
		'an image as audio',
		[image('reference_image'), audio(png)],
		'content[1].audio_url.url',
		audioForms,
	],
	['a URL that is no text', [image(undefined, 5)], imageUrl, 'a string'],
];

it.each(invalid)('refuses %s', async (_, content, param, expectation, model = v20) => {
	const { status, data } = await setup.tasks.post('', textRequest({ content, model }));
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

it.each<readonly [title: string, content: readonly unknown[], param: string]>([
	['no items', [], 'content'],
	['nothing but an empty text', [text(' ')], 'content.text'],
	['an item without type', [{ text: 'A cat' }], 'content[0].type'],
	['a text item without text', [{ type: 'text' }], 'content[0].text'],
	['an image item without image', [{ type: 'image_url' }], 'content[0].image_url'],
	['an image without URL', [{ type: 'image_url', image_url: {} }], 'content[0].image_url.url'],
	['a video without role', [{ ...video(), role: undefined }], 'content[0].role'],
	['an audio without role', [{ ...audio(), role: undefined }], 'content[0].role'],
	['a draft item without draft', [{ type: 'draft_task' }], 'content[0].draft_task'],
])('misses what is not there: %s', async (_, content, param) => {
	const { status, data } = await setup.tasks.post('', textRequest({ content }));
	expect(data).toEqual(
		errorBody('MissingParameter', `The parameter \`${param}\` is required.`, param),
	);
	expect(status).toBe(400);
});

it.each([
	['over http', 'http://example.com/a.png'],
	['without a scheme', 'example.com/a.png'],
	['without an asset id', 'asset://'],
	['of an unknown format', 'data:image/svg;base64,AAAA'],
	['with an upper-case format', 'data:image/PNG;base64,AAAA'],
	['that is not base64', 'data:image/png;base64,***'],
	['that is a sound', wav],
])('refuses an image %s', async (_, url) => {
	const { data } = await setup.tasks.post('', textRequest({ content: [image(undefined, url)] }));
	expect(data).toEqual(
		errorBody(
			'InvalidImageURL.InvalidFormat',
			`The parameter \`${imageUrl}\` is not valid: expected ${imageForms}.`,
			imageUrl,
		),
	);
});

it('refuses an image above 30 MB', async () => {
	const url = `data:image/png;base64,${'A'.repeat(40 * 1024 * 1024 + 4)}`;
	const { data } = await setup.tasks.post('', textRequest({ content: [image(undefined, url)] }));
	expect(data).toEqual(
		errorBody(
			'InvalidParameter',
			`The parameter \`${imageUrl}\` is not valid: expected at most 30 MB of image.`,
			imageUrl,
		),
	);
});

it('refuses an empty image URL with a separate code', async () => {
	const { data } = await setup.tasks.post('', textRequest({ content: [image(undefined, '')] }));
	expect(data).toEqual(errorBody('InvalidImageURL.EmptyURL', 'The image URL is empty.', imageUrl));
});

it.each<
	readonly [
		title: string,
		fields: Record<string, unknown>,
		kind: string,
		need: string,
		param: string,
	]
>([
	[
		'a first frame with a ratio',
		{ content: [image()], ratio: '16:9' },
		'Constraint',
		'needs the ratio adaptive',
		'ratio',
	],
	[
		'an edit with a ratio',
		{ content: [video()], omni_reference_task_type: 'edit', ratio: '1:1', duration: -1 },
		'Constraint',
		'needs the ratio adaptive',
		'ratio',
	],
	[
		'an edit with a duration',
		{ content: [video()], omni_reference_task_type: 'edit' },
		'Constraint',
		'needs the duration -1',
		'duration',
	],
	[
		'an extension with a ratio',
		{ content: [video()], omni_reference_task_type: 'extend', ratio: '1:1' },
		'Constraint',
		'needs the ratio adaptive',
		'ratio',
	],
	[
		'an edit without video',
		{ content: [image('reference_image')], omni_reference_task_type: 'edit' },
		'Mismatch',
		'needs a reference video',
		'omni_reference_task_type',
	],
	[
		'a reference type without references',
		{ omni_reference_task_type: 'reference' },
		'Mismatch',
		'needs references',
		'omni_reference_task_type',
	],
])('refuses on 2.5 %s', async (_, fields, kind, need, param) => {
	const { status, data } = await setup.tasks.post('', textRequest({ model: v25, ...fields }));
	expect(data).toEqual(
		errorBody(`InvalidParameter.TaskType${kind}`, `The task type of this request ${need}.`, param),
	);
	expect(status).toBe(400);
});

it.each<readonly [title: string, fields: Record<string, unknown>]>([
	['a first frame without role', { content: [text(), image()] }],
	['a first frame with a ratio on 2.0', { content: [text(), image()], ratio: '16:9' }],
	['a first frame without text', { content: [image('first_frame', 'asset://asset-1')] }],
	['an adaptive first frame on 1.0', { model: v10, content: [image()], ratio: 'adaptive' }],
	['both frames', { content: [text(), image('first_frame'), image('last_frame', png)] }],
	['both frames on 1.0', { model: v10, content: [image('first_frame'), image('last_frame')] }],
	[
		'all kinds of references',
		{
			content: [
				text(),
				...times(9, image('reference_image')),
				...times(3, video()),
				...times(3, audio(wav)),
			],
		},
	],
	[
		'50 references on 2.5',
		{
			model: v25,
			content: [
				...times(30, image('reference_image')),
				...times(10, video()),
				...times(10, audio()),
			],
		},
	],
	['audio alone on 2.5', { model: v25, content: [text(), audio()] }],
	[
		'an edit on 2.5',
		{
			model: v25,
			content: [text(), video()],
			omni_reference_task_type: 'edit',
			duration: -1,
			ratio: 'adaptive',
		},
	],
	[
		'an endpoint with many references',
		{ model: 'ep-1', content: times(60, image('reference_image')) },
	],
])('accepts %s', async (_, fields) => {
	const { data } = await setup.tasks.post('', textRequest(fields));
	expect(data).toEqual({ id: expect.stringMatching(/^cgt-/) });
});

it('creates the final video of a draft, in its shape', async () => {
	const draftId = await setup.create('A cat', {
		model: v15,
		draft: true,
		ratio: '9:16',
		duration: 7,
	});
	setup.pass(10_000);
	const { data } = await setup.tasks.post('', { model: v15, content: [draftTask(draftId)] });
	setup.pass(10_000);
	expect((await setup.tasks.get(data.id)).data).toMatchObject({
		draft: false,
		draft_task_id: draftId,
		resolution: '720p',
		ratio: '9:16',
		duration: 7,
	});
});
