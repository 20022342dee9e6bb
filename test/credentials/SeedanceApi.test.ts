import { SeedanceApi } from '../../credentials/SeedanceApi.credentials';
import { readCredential } from '../../nodes/Seedance/panel/credential';

const credential = new SeedanceApi();
const url = 'https://api.powertokens.ai/byteplus/api/v3/contents/generations/tasks';

test('the key goes into the header in the chosen form', async () => {
	await expect(
		credential.authenticate({ apiKey: 'k' }, { url, headers: { A: 'b' } }),
	).resolves.toEqual({
		url,
		headers: { A: 'b', Authorization: 'Bearer k' },
		// n8n would send the key along to wherever a redirect leads.
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
		followRedirect: false,
	});
	await expect(
		credential.authenticate(
			{ apiKey: 'k', authorizationFormat: 'raw' },
			{ baseURL: 'https://api.powertokens.ai', url: '/v1/models' },
		),
	).resolves.toMatchObject({ headers: { Authorization: 'k' } });
});

test.each([
	[{ apiKey: 'k' }, 'https://evil.example/'],
	[{ apiKey: 'k' }, 'http://api.powertokens.ai/'],
	[{ apiKey: 'k', baseUrl: 'https://gateway.example.com' }, url],
])('with %j the key is not sent to %s', async (data, target) => {
	await expect(credential.authenticate(data, { url: target })).rejects.toThrow(/is not sent to/);
});

test('an incomplete credential says which field', async () => {
	await expect(credential.authenticate({ apiKey: '' }, { url })).rejects.toThrow(/: API Key is /);
});

test('every field that a message can name is a field of the credential', () => {
	const labels = new Set(credential.properties.map(({ displayName }) => displayName));
	for (const label of ['Provider', 'API Key', 'Base URL', 'Authorization Format']) {
		expect(labels).toContain(label);
	}
});

test.each([
	{ provider: 'powerTokens', baseUrl: '' },
	{ provider: 'powerTokens', baseUrl: 'http://127.0.0.1:3199/' },
	{ provider: 'powerTokens', baseUrl: 'https://gateway.example.com/byteplus/api/v3/' },
	{ provider: 'apiYi', baseUrl: '', apiStyle: 'openAi' },
	{ provider: 'bytePlus', baseUrl: '' },
	{ provider: 'volcengine', baseUrl: '' },
	{ provider: 'custom', baseUrl: 'https://ark.example.com/api/v3' },
	{ provider: 'custom', baseUrl: 'https://ark.example.com/api/v3/contents/generations/tasks/' },
	{ provider: 'powerTokens', baseUrl: '', apiStyle: 'openAi' },
	{ provider: 'powerTokens', baseUrl: 'https://gateway.example.com/v1', apiStyle: 'openAi' },
	{ provider: 'custom', baseUrl: 'https://gateway.example.com/v1/', apiStyle: 'openAi' },
])('the credential test asks next to where the nodes ask: %j', async (data) => {
	const full = { apiKey: 'k', authorizationFormat: 'bearer', apiStyle: 'official', ...data };
	const { url } = credential.test.request;
	const sent = await credential.authenticate(full, { url: String(url) });
	const connection = readCredential(full).value;
	expect(sent).toEqual({
		url:
			connection?.wire.style === 'openAi'
				? connection.tasksUrl.replace(/\/videos$/, '/models')
				: `${connection?.tasksUrl}?page_num=1&page_size=1`,
		headers: { Authorization: 'Bearer k' },
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
		followRedirect: false,
	});
});

test('Test Mode shows no other field', () => {
	const shown = credential.properties.filter(({ displayOptions = {} }) => {
		const { show, hide } = displayOptions;
		const isShown = show?.['provider']?.includes('testMode') ?? true;
		return isShown && hide?.['provider']?.includes('testMode') !== true;
	});
	expect(shown.map(({ name }) => name)).toEqual(['provider']);
	const [provider] = credential.properties;
	expect(provider?.options?.[0]).toMatchObject({ value: 'testMode' });
	expect(provider?.default).toBe('powerTokens');
});
