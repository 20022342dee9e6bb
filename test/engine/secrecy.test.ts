import { startSimulator, type Interceptor } from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { quickCreate, setUp } from './setup';

const restoreTime = speedUpTime(40);
afterAll(restoreTime);

const apiKey = 'sk-a1b2c3-never-to-be-seen';
const setup = setUp({ apiKey, now: () => Date.now() });
const rows = ['A', 'B', 'C'].map((prompt) => ({ json: { prompt } }));

const on =
	(call: RegExp, interception: Exclude<ReturnType<Interceptor>, Promise<unknown>>): Interceptor =>
	({ method, path }) =>
		call.test(`${method} ${path}`) ? interception : undefined;
const first =
	(...interceptors: readonly Interceptor[]): Interceptor =>
	async (request) => {
		for (const interceptor of interceptors) {
			const interception = await interceptor(request);
			if (interception !== undefined) return interception;
		}
		return undefined;
	};
const create = /^POST .*\/tasks$/;
const list = /^GET .*\/tasks$/;
const read = /^GET .*\/tasks\//;
const download = /^GET \/tos/;

test.each<[string, Interceptor]>([
	['success', () => undefined],
	['a refusal', on(create, { status: 403, body: { error: { code: 'AccessDenied' } } })],
	[
		'a refusal that quotes the key',
		on(create, {
			status: 401,
			body: { error: { code: 'token_invalid', message: `Wrong key ${apiKey}` } },
		}),
	],
	['a server fault', on(create, { status: 500, body: `Oops ${apiKey}` })],
	['a lost answer', on(create, { after: 'reset' })],
	[
		'a lost answer and a list that quotes the key',
		first(
			on(create, { after: 'reset' }),
			on(list, { status: 400, body: { error: { message: `Bad request by ${apiKey}` } } }),
		),
	],
	['a redirect', on(create, { status: 307, headers: { location: 'http://127.0.0.1:9/' } })],
	[
		'a list that quotes the key',
		on(list, { status: 400, body: { error: { message: `Bad request by ${apiKey}` } } }),
	],
	['a look that quotes the key', on(read, { status: 400, body: `Not for ${apiKey}` })],
	[
		'a task that quotes the key',
		on(read, {
			status: 200,
			body: { id: 'cgt-1', status: 'failed', error: { code: 'X', message: `For ${apiKey}` } },
		}),
	],
	['a download that is refused', on(download, { status: 403, body: 'Expired' })],
])('the key is in no item, error, log line or output after %s', async (_name, interceptor) => {
	const printed: string[] = [];
	const spies = [process.stdout, process.stderr].map((stream) =>
		jest.spyOn(stream, 'write').mockImplementation((text) => {
			printed.push(String(text));
			return true;
		}),
	);
	const remove = setup.simulator.intercept(interceptor);
	try {
		for (const settings of [{}, { onError: 'continueErrorOutput' as const }]) {
			const execution = await setup.runVideo(
				{ ...quickCreate, prompt: '={{ $json.prompt }}', simplify: false },
				{ items: rows, settings },
			);
			expect(JSON.stringify(execution.run)).not.toContain(apiKey);
		}
	} finally {
		remove();
		for (const spy of spies) spy.mockRestore();
	}
	expect(JSON.stringify(setup.logs)).not.toContain(apiKey);
	expect(printed.join('')).not.toContain(apiKey);
	const withKey = setup.simulator.requests.filter((request) =>
		JSON.stringify([request.url, request.headers, request.body]).includes(apiKey),
	);
	expect(withKey.length).toBeGreaterThan(0);
	// The videos are fetched without it.
	for (const { path, url } of withKey) {
		expect(path).toMatch(/^\/byteplus\/api\/v3\/contents\/generations\/tasks/);
		expect(url).not.toContain(apiKey);
	}
});

test.each([
	['a create', create],
	['a list', list],
	['a look', read],
	['a download', download],
])('%s that is redirected to another host does not send the key there', async (_name, call) => {
	const elsewhere = await startSimulator();
	const location = `${elsewhere.origin}/v1/models`;
	const remove = setup.simulator.intercept(on(call, { status: 302, headers: { location } }));
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}' },
		{ items: rows, settings: { onError: 'continueErrorOutput' } },
	);
	remove();
	await elsewhere.close();
	expect(JSON.stringify(elsewhere.requests)).not.toContain(apiKey);
	// A signed URL may redirect. Calls that carry the key never follow redirects.
	expect(elsewhere.requests.length > 0).toBe(call === download);
	expect(JSON.stringify(execution.run)).not.toContain(apiKey);
	expect(JSON.stringify(setup.logs)).not.toContain(apiKey);
});
