import { errorBody, useSimulator } from './testSimulator';

const setup = useSimulator({ provider: 'bytePlus' });

const forText = 'seedance-1-0-lite-t2v-250428';
const forImages = 'seedance-1-0-lite-i2v-250428';
const text = { type: 'text', text: 'A cat' };
const image = (role?: string) => ({
	type: 'image_url',
	image_url: { url: 'asset://XXXX' },
	...(role === undefined ? {} : { role }),
});
const references = (count: number) => Array.from({ length: count }, () => image('reference_image'));

it.each<readonly [title: string, body: Record<string, unknown>]>([
	[
		'text',
		{ model: forText, content: [text], frames: 57, camera_fixed: true, resolution: '1080p' },
	],
	['a first frame', { model: forImages, content: [text, image()], duration: 12 }],
	['both frames', { model: forImages, content: [image('first_frame'), image('last_frame')] }],
	['one reference image', { model: forImages, content: [text, ...references(1)] }],
	['four reference images', { model: forImages, content: [text, ...references(4)] }],
])('accepts %s', async (_, body) => {
	const { data } = await setup.tasks.post('', body);
	expect(data).toEqual({ id: expect.stringMatching(/^cgt-/) });
});

it('renders in 720p by default', async () => {
	const { data } = await setup.tasks.post('', { model: forText, content: [text] });
	setup.pass(10_000);
	expect((await setup.tasks.get(data.id)).data).toMatchObject({ resolution: '720p' });
});

it.each<
	readonly [title: string, body: Record<string, unknown>, param: string, expectation: string]
>([
	[
		'an image for the text model',
		{ model: forText, content: [text, image()] },
		'content[1].type',
		'text, as this model takes nothing else',
	],
	[
		'the image model without an image',
		{ model: forImages, content: [text] },
		'content',
		'an image for this model',
	],
	[
		'five reference images',
		{ model: forImages, content: references(5) },
		'content',
		'at most 4 items with role reference_image',
	],
	[
		'a fixed camera along with reference images',
		{ model: forImages, content: references(1), camera_fixed: true },
		'camera_fixed',
		'no value along with reference images',
	],
	[
		'a chosen duration',
		{ model: forText, content: [text], duration: -1 },
		'duration',
		'an integer from 2 to 12',
	],
])('refuses %s', async (_, body, param, expectation) => {
	const { status, data } = await setup.tasks.post('', body);
	expect(data).toEqual(
		errorBody(
			'InvalidParameter',
			`The parameter \`${param}\` is not valid: expected ${expectation}.`,
			param,
		),
	);
	expect(status).toBe(400);
});
