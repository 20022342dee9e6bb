import { readCredential } from '../../../nodes/Seedance/panel/credential';
import { providers } from '../../../nodes/Seedance/seedance/providers';

const tasksUrlOf = (credential: Record<string, unknown>) =>
	readCredential({ apiKey: 'k', ...credential }).value?.tasksUrl;

test.each([
	[{}, 'https://api.powertokens.ai/byteplus/api/v3/contents/generations/tasks'],
	[
		{ baseUrl: 'https://gateway.example.com' },
		'https://gateway.example.com/byteplus/api/v3/contents/generations/tasks',
	],
	[
		{ baseUrl: ' https://gateway.example.com/ai/ ' },
		'https://gateway.example.com/ai/byteplus/api/v3/contents/generations/tasks',
	],
	[
		{ baseUrl: 'https://gateway.example.com/byteplus/api/v3/' },
		'https://gateway.example.com/byteplus/api/v3/contents/generations/tasks',
	],
	[
		{ provider: 'custom', baseUrl: 'https://ark.cn-beijing.volces.com/api/plan/v3' },
		'https://ark.cn-beijing.volces.com/api/plan/v3/contents/generations/tasks',
	],
	[
		{ provider: 'custom', baseUrl: 'https://ark.example.com/api/v3' },
		'https://ark.example.com/api/v3/contents/generations/tasks',
	],
	[
		{ provider: 'custom', baseUrl: 'https://ark.example.com/api/v3/contents/generations/tasks' },
		'https://ark.example.com/api/v3/contents/generations/tasks',
	],
])('%j leads to %s', (credential, url) => {
	expect(tasksUrlOf(credential)).toBe(url);
});

test.each([
	'http://localhost:3199',
	'http://127.0.0.1:3199',
	'http://[::1]:3199',
	'http://10.1.2.3',
	'http://192.168.0.4',
	'http://172.16.0.1',
])('%s may go unencrypted', (baseUrl) => {
	expect(tasksUrlOf({ baseUrl })).toContain(baseUrl);
});

test.each([
	['http://example.com', 'baseUrlNotEncrypted', { host: 'example.com' }],
	['http://172.32.0.1', 'baseUrlNotEncrypted', { host: '172.32.0.1' }],
	['http://169.254.169.254', 'baseUrlNotEncrypted', { host: '169.254.169.254' }],
	['http://10.evil.example', 'baseUrlNotEncrypted', { host: '10.evil.example' }],
	['http://127.0.0.1.example.com', 'baseUrlNotEncrypted', { host: '127.0.0.1.example.com' }],
	['http://ai', 'baseUrlNotEncrypted', { host: 'ai' }],
	['http://gpu.local', 'baseUrlNotEncrypted', { host: 'gpu.local' }],
	['http://ai.internal', 'baseUrlNotEncrypted', { host: 'ai.internal' }],
	['http://[fd00:ec2::254]', 'baseUrlNotEncrypted', { host: '[fd00:ec2::254]' }],
	['http://[2001:db8::1]', 'baseUrlNotEncrypted', { host: '[2001:db8::1]' }],
	['ftp://localhost', 'baseUrlScheme', { given: 'ftp:' }],
	['https://user:secret@example.com', 'baseUrlExtraParts', {}],
	['https://example.com?key=secret', 'baseUrlExtraParts', {}],
	['javascript:alert(1)', 'baseUrlScheme', { given: 'javascript:' }],
	['api powertokens', 'baseUrlInvalid', { given: 'api powertokens' }],
])('the base URL %s is refused: %s', (baseUrl, code, values) => {
	expect(readCredential({ apiKey: 'k', baseUrl }).issues).toEqual([
		{ parameter: 'baseUrl', code, values },
	]);
});

test.each([
	[{ apiKey: '' }, 'apiKey', 'apiKeyMissing', { provider: 'PowerTokens' }],
	[{ apiKey: 'a b' }, 'apiKey', 'apiKeyInvalid', {}],
	[
		{ authorizationFormat: 'basic' },
		'authorizationFormat',
		'authorizationFormatUnknown',
		{ given: 'basic' },
	],
	[{ provider: 'acme' }, 'provider', 'providerUnknown', { given: 'acme' }],
	[{ provider: 'custom' }, 'baseUrl', 'baseUrlMissing', { path: '/contents/generations/tasks' }],
	[{ provider: 'custom', apiStyle: 'openAi' }, 'baseUrl', 'baseUrlMissing', { path: '/videos' }],
])('%j is refused: %s %s', (credential, parameter, code, values) => {
	expect(readCredential({ apiKey: 'k', ...credential }).issues).toEqual([
		{ parameter, code, values: expect.objectContaining(values) },
	]);
});

test('no provider leads to the region eu-west-1, which sells no Seedance model', () => {
	expect(JSON.stringify(providers)).not.toMatch(/eu-west/);
});

test('a message about the base URL never shows a secret in it', () => {
	for (const baseUrl of ['https://user:secret@example.com', 'https://example.com?key=secret']) {
		expect(JSON.stringify(readCredential({ apiKey: 'k', baseUrl }))).not.toContain('secret');
	}
});

test.each([
	[{ apiKey: 'sk-1' }, 'Bearer sk-1'],
	[{ apiKey: ' sk-1\n' }, 'Bearer sk-1'],
	[{ apiKey: 'Bearer sk-1' }, 'Bearer sk-1'],
	[{ apiKey: 'sk-1', authorizationFormat: 'raw' }, 'sk-1'],
	[{ apiKey: 'Bearer sk-1', authorizationFormat: 'raw' }, 'sk-1'],
])('%j is sent as %s', (credential, authorization) => {
	expect(readCredential(credential).value?.authorization).toBe(authorization);
});

test.each(['provider', 'apiStyle', 'apiKey', 'authorizationFormat', 'baseUrl'])(
	'an expression as %s that yields nothing is refused: the default may be another host',
	(name) => {
		for (const credential of [
			{ apiKey: 'k', [name]: undefined },
			{ apiKey: 'k', [name]: null },
		]) {
			expect(readCredential({ apiKey: 'k' }).issues).toBeUndefined();
			expect(readCredential(credential).issues).toEqual([
				{ parameter: name, code: 'credentialNotText', values: {} },
			]);
		}
	},
);

test('what is no credential is not taken for one without fields', () => {
	const empty = readCredential({}).issues;
	expect(readCredential(undefined).issues).not.toEqual(empty);
});

test('a credential with fields of another type names each of them', () => {
	expect(readCredential({ apiKey: 7, baseUrl: [] }).issues).toEqual([
		{ parameter: 'apiKey', code: 'credentialNotText', values: {} },
		{ parameter: 'baseUrl', code: 'credentialNotText', values: {} },
	]);
});

test('Test Mode needs nothing, and what another provider has left behind does not count', () => {
	const left = { apiKey: 'k e y', baseUrl: 'no URL', authorizationFormat: 'x', apiStyle: 'openAi' };
	for (const fields of [{}, left]) {
		const { value } = readCredential({ provider: 'testMode', ...fields });
		expect(value).toMatchObject({
			wire: { style: 'official' },
			tasksUrl: 'https://test-mode.invalid/contents/generations/tasks',
			...{ authorization: '', secrets: [] },
			assets: { kind: 'powerTokens', ark: { kind: 'ark' } },
		});
		expect(new URL(value?.keyCheckUrl ?? '').protocol).toBe('data:');
	}
});
