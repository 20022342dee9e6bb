import { help, readConformanceOptions, withoutKey } from './options';

const key = { SEEDANCE_API_KEY: 'a1b2c3d4-e5f6' };

test('everything that can be given', () => {
	const options = readConformanceOptions(
		[
			'--yes-this-costs-money',
			'--strict',
			...['--style', 'openAi', '--record', 'folder', '--max-wait-minutes', '2.5'],
		],
		{
			SEEDANCE_API_KEY: ` Bearer ${key.SEEDANCE_API_KEY} `,
			SEEDANCE_PROVIDER: 'custom',
			SEEDANCE_BASE_URL: 'https://gateway.example/v1',
			SEEDANCE_AUTHORIZATION_FORMAT: 'raw',
			SEEDANCE_MODEL: 'ep-1',
		},
	);
	expect(options).toMatchObject({
		connection: {
			tasksUrl: 'https://gateway.example/v1/videos',
			authorization: key.SEEDANCE_API_KEY,
		},
		apiKey: key.SEEDANCE_API_KEY,
		model: 'ep-1',
		mayCost: true,
		strict: true,
		recordFolder: 'folder',
		maxWaitMinutes: 2.5,
	});
});

test('what holds when nothing is given', () => {
	expect(readConformanceOptions([], key)).toMatchObject({
		connection: {
			tasksUrl: 'https://api.powertokens.ai/byteplus/api/v3/contents/generations/tasks',
			authorization: `Bearer ${key.SEEDANCE_API_KEY}`,
		},
		model: undefined,
		mayCost: false,
		strict: false,
		recordFolder: undefined,
		maxWaitMinutes: 30,
	});
});

test('without a key, and with --help, there is a text', () => {
	expect(readConformanceOptions(['--yes-this-costs-money'], {})).toEqual({ show: withoutKey });
	expect(readConformanceOptions([], { SEEDANCE_API_KEY: ' ' })).toEqual({ show: withoutKey });
	expect(readConformanceOptions(['--help'], key)).toEqual({ show: help });
});

test.each<[string, string[], Record<string, string>, RegExp]>([
	['an option that is none', ['--yes'], key, /^Unknown option '--yes'/],
	['a key as an argument', ['a1b2c3d4-e5f6'], key, /^Unexpected argument '<key>'/],
	['a style', ['--style', 'x'], key, /^--style is "x"; it takes official or openAi$/],
	[
		'a style that the provider does not speak',
		['--style', 'openAi'],
		{ ...key, SEEDANCE_PROVIDER: 'apiYi' },
		/^--style is openAi, which APIYI does not speak$/,
	],
	['no wait', ['--max-wait-minutes', '0'], key, /^--max-wait-minutes is "0"; it takes a number/],
	['a wait of a word', ['--max-wait-minutes', 'x'], key, /^--max-wait-minutes is "x"/],
	[
		'a provider',
		[],
		{ ...key, SEEDANCE_PROVIDER: 'powertokens' },
		/^SEEDANCE_PROVIDER is "powertokens", which is none of: powerTokens, apiYi/,
	],
	['a short key', [], { SEEDANCE_API_KEY: 'k1' }, /^SEEDANCE_API_KEY has fewer than 8 characters/],
	['a key in two', [], { SEEDANCE_API_KEY: 'abcdef ghijkl' }, /^SEEDANCE_API_KEY has a space/],
	[
		'an authorization format',
		[],
		{ ...key, SEEDANCE_AUTHORIZATION_FORMAT: 'basic' },
		/^SEEDANCE_AUTHORIZATION_FORMAT is "basic"; it takes bearer or raw$/,
	],
	[
		'a base URL without encryption',
		[],
		{ ...key, SEEDANCE_BASE_URL: 'http://api.example' },
		/^SEEDANCE_BASE_URL would send the API key unencrypted/,
	],
	['custom without a model', [], { ...key, SEEDANCE_PROVIDER: 'custom' }, /^SEEDANCE_MODEL is not/],
	[
		'custom without a base URL',
		[],
		{ ...key, SEEDANCE_PROVIDER: 'custom', SEEDANCE_MODEL: 'm' },
		/^SEEDANCE_BASE_URL is empty/,
	],
])('%s is refused in one line', (_name, commandLine, environment, message) => {
	const read = () => readConformanceOptions(commandLine, environment);
	expect(read).toThrow(message);
	expect(read).not.toThrow(/\n/);
});
