import { readCredential } from '../../../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../../../nodes/Seedance/panel/createRequest';
import type { MediaInput } from '../../../nodes/Seedance/seedance/media';
import { estimateTokens } from '../../../nodes/Seedance/seedance/tokens';

/** The length that the name of a file says: `4.mp4` has 4 s. */
function secondsOf(media: MediaInput): number | undefined {
	const [, seconds] = /^([\d.]+)\.mp4$/.exec('field' in media ? media.field : '') ?? [];
	return seconds === undefined ? undefined : Number(seconds);
}

function estimate(parameters: object, provider = 'powerTokens') {
	const connection = readCredential({ apiKey: 'k', provider }).value;
	const defaults = {
		model: 'seedance-2-0',
		prompt: 'x',
		resolution: '720p',
		ratio: '16:9',
		duration: 5,
	};
	const request = connection && readCreateRequest({ ...defaults, ...parameters }, connection);
	if (request?.value === undefined) throw new Error(JSON.stringify(request?.issues));
	return estimateTokens(request.value.request, secondsOf);
}

const tokens = (frames: number, width = 1280, height = 720) =>
	Math.ceil((frames * width * height) / 1024);

const references = (...entries: ReadonlyArray<readonly [type: string, value: string]>) => ({
	mode: 'reference',
	references: {
		reference: entries.map(([type, value]) => ({
			...{ type, value },
			source: value.startsWith('https:') ? 'url' : value.startsWith('asset') ? 'asset' : 'binary',
		})),
	},
});

/** Source: the answers that PowerTokens and APIYI document as recorded (108,900); measured (87,300 and 173,700). */
describe('the recorded samples', () => {
	test.each<[number, object]>([
		[87_300, { duration: 4 }],
		[108_900, {}],
		[108_900, { model: 'seedance-2-0-fast' }],
		[173_700, { duration: 4, ...references(['video', '4.mp4']) }],
	])('%i tokens', (billed, parameters) => {
		expect(estimate(parameters)?.tokens).toBe(billed);
		const adaptive = estimate({ ...parameters, ratio: 'adaptive' })?.tokens ?? 0;
		expect(adaptive).toBeGreaterThanOrEqual(billed);
		expect(adaptive).toBeLessThan(billed * 1.01);
	});
});

test.each<[object, number]>([
	[{ duration: 10 }, tokens(241)],
	[{ duration: -1 }, tokens(361)],
	[{ resolution: '' }, 108_900],
	[{ resolution: '1080p', ratio: '9:16' }, tokens(121, 1080, 1920)],
	[{ model: 'seedance-1-0-pro', resolution: '' }, tokens(121, 1920, 1088)],
	[{ model: 'seedance-1-0-pro', options: { frames: 57 } }, tokens(57, 1248, 704)],
	// The output follows the first frame.
	[{ mode: 'firstFrame', firstFrame: 'data' }, tokens(121, 1112, 834)],
	[{ model: 'seedance-1-0-pro', mode: 'firstFrame', firstFrame: 'data' }, tokens(121, 1248, 704)],
	// Seedance 2.5 chooses the length where none is sent.
	[{ model: 'seedance-2-5', duration: undefined }, tokens(721)],
	[{ duration: undefined }, tokens(121)],
])('%j', (parameters, expected) => {
	expect(estimate(parameters)?.tokens).toBe(expected);
});

describe('a draft of Seedance 1.5 Pro', () => {
	const draft = { model: 'seedance-1-5-pro', resolution: '', options: { draft: true } };

	test.each<[object, number]>([
		[{ generateAudio: true }, 0.6],
		[{}, 0.6],
		[{ generateAudio: false }, 0.7],
	])('%j counts %d', (parameters, factor) => {
		const whole = (121 * 864 * 496) / 1024;
		expect(estimate({ ...draft, ...parameters })?.tokens).toBe(Math.ceil(whole * factor));
	});

	test('is the only one that counts less', () => {
		const other = { ...draft, model: 'seedance-2-5' };
		expect(estimate(other)?.tokens).toBe(tokens(121, 864, 496));
	});
});

describe('input videos', () => {
	const unknown = ['inputVideoSeconds'];

	test.each<[string, object, number, readonly string[]]>([
		['known: their sum', references(['video', '4.mp4'], ['video', '6.5.mp4']), 10.5, []],
		['shorter than the output: the output', references(['video', '2.mp4']), 5, []],
		['longer than the model accepts: as they are', references(['video', '40.mp4']), 40, []],
		['a URL: the longest', references(['video', 'https://h/4.mp4']), 15.2, unknown],
		['an asset: the longest', references(['video', 'asset-1']), 15.2, unknown],
		['a file that does not tell: the longest', references(['video', 'data']), 15.2, unknown],
		[
			'one of them unknown: the longest',
			references(['video', '4.mp4'], ['video', 'data']),
			15.2,
			unknown,
		],
		[
			'Seedance 2.5: its longest',
			{ model: 'seedance-2-5', ...references(['video', 'asset-1']) },
			...([30.2, unknown] as const),
		],
	])('%s', (_name, parameters, inputVideoSeconds, atMaximum) => {
		expect(estimate(parameters)).toEqual({
			tokens: tokens(Math.ceil(24 * (5 + inputVideoSeconds)) + 1),
			...{ outputSeconds: 5, inputVideoSeconds, atMaximum },
		});
	});

	test('images and audio do not count', () => {
		const media = references(['image', '4.mp4'], ['audio', '4.mp4']);
		expect(estimate(media)).toEqual(estimate({}));
	});

	test('with a length that the model chooses, both count as the longest', () => {
		expect(estimate({ duration: -1, ...references(['video', 'data']) })).toEqual({
			tokens: tokens(Math.ceil(24 * (15 + 15.2)) + 1),
			...{ outputSeconds: 15, inputVideoSeconds: 15.2 },
			atMaximum: ['outputSeconds', 'inputVideoSeconds'],
		});
	});
});

const replaced = [
	...['model', 'content', 'media', 'duration', 'seconds', 'frames', 'resolution', 'size', 'ratio'],
	...['draft', 'generate_audio', 'service_tier'],
];

test.each<[string, object]>([
	['volcengine', { resolution: '4k' }],
	['powerTokens', { model: 'ep-1' }],
	['powerTokens', { mode: 'draftTask', draftTaskId: 'cgt-1', model: 'seedance-2-5' }],
	...replaced.map((member): [string, object] => [
		'powerTokens',
		{ options: { extraBody: { [member]: 1 } } },
	]),
])('no estimate: %s %j', (provider, parameters) => {
	expect(estimate(parameters, provider)).toBeUndefined();
});

test('an extra body that decides nothing leaves the estimate', () => {
	expect(estimate({ options: { extraBody: { seed: 1 } } })).toEqual(estimate({}));
});

test.each([
	['seedance-1-5-pro', 'A cat --rs 1080p', false],
	['seedance-1-0-pro', '--dur 12 A cat', false],
	['seedance-1-0-pro', 'A cat --a well-known one', true],
	['seedance-2-0', 'A cat --dur 12', true],
])('%s with the prompt %s: an estimate is %s', (model, prompt, isKnown) => {
	expect(estimate({ model, prompt }) !== undefined).toBe(isKnown);
});
