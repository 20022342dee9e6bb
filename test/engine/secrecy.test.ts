import type { Interception } from '../simulator/simulator';
import { quickCreate, setUp } from './setup';

const apiKey = 'sk-a1b2c3-never-to-be-seen';
const setup = setUp({ apiKey });

test.each<[string, Interception]>([
	['success', undefined],
	['a refusal', { status: 403, body: '{"error":{"code":"AccessDenied","message":"No"}}' }],
	[
		'a refusal that quotes the key',
		{ status: 401, body: { error: { code: 'token_invalid', message: `Wrong key ${apiKey}` } } },
	],
	['a server fault', { status: 500, body: 'Oops' }],
	['a lost answer', { after: 'reset' }],
	['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:9/' }, body: '' }],
])('the key is in no item, error or log line after %s', async (_name, interception) => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? interception : undefined,
	);
	const execution = await setup.runVideo(quickCreate);
	remove();
	expect(JSON.stringify(execution.run)).not.toContain(apiKey);
	expect(JSON.stringify(setup.logs)).not.toContain(apiKey);
	const withKey = setup.simulator.requests.filter((request) =>
		JSON.stringify([request.url, request.headers, request.body]).includes(apiKey),
	);
	expect(withKey.length).toBeGreaterThan(0);
	for (const { path, url } of withKey) {
		expect(path).toMatch(/^\/byteplus\/api\/v3\/contents\/generations\/tasks/);
		expect(url).not.toContain(apiKey);
	}
});
