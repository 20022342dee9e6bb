import { readConnection } from '../../../nodes/Seedance/panel/credential';

const tasksUrlOf = (credential: Record<string, unknown>) =>
	readConnection({ apiKey: 'k', ...credential }).value?.tasksUrl;

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
	'http://simulator:3199',
	'http://ai.internal',
	'http://10.1.2.3',
	'http://192.168.0.4',
	'http://172.16.0.1',
	'http://[fd00::1]',
])('%s may go unencrypted', (baseUrl) => {
	expect(tasksUrlOf({ baseUrl })).toContain(baseUrl);
});

test.each([
	'http://example.com',
	'http://172.32.0.1',
	'http://169.254.169.254',
	'http://10.evil.example',
	'http://127.0.0.1.example.com',
	'http://[2001:db8::1]',
	'ftp://localhost',
	'https://user:secret@example.com',
	'https://example.com?key=secret',
	'javascript:alert(1)',
])('%s is refused, and Base URL is named', (baseUrl) => {
	expect(
		readConnection({ apiKey: 'k', baseUrl }).problems?.map(({ parameter }) => parameter),
	).toEqual(['baseUrl']);
});

test('a message about the base URL never shows a secret in it', () => {
	for (const baseUrl of ['https://user:secret@example.com', 'https://example.com?key=secret']) {
		expect(JSON.stringify(readConnection({ apiKey: 'k', baseUrl }))).not.toContain('secret');
	}
});

test.each([
	[{ apiKey: 'sk-1' }, 'Bearer sk-1'],
	[{ apiKey: ' sk-1\n' }, 'Bearer sk-1'],
	[{ apiKey: 'Bearer sk-1' }, 'Bearer sk-1'],
	[{ apiKey: 'sk-1', authorizationFormat: 'raw' }, 'sk-1'],
	[{ apiKey: 'Bearer sk-1', authorizationFormat: 'raw' }, 'sk-1'],
])('%j is sent as %s', (credential, authorization) => {
	expect(readConnection(credential).value?.authorization).toBe(authorization);
});

test('a credential with fields of another type names each of them', () => {
	expect(readConnection({ apiKey: 7, baseUrl: [] }).problems).toEqual([
		{ parameter: 'apiKey', text: 'has to be text.' },
		{ parameter: 'baseUrl', text: 'has to be text.' },
	]);
});
