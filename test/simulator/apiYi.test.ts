import axios, { type AxiosRequestConfig } from 'axios';
import { requestId, textRequest, useSimulator } from './testSimulator';

const request = textRequest({ model: 'doubao-seedance-2-0-260128' });

describe('a key with the group', () => {
	const setup = useSimulator({ provider: 'apiYi' });
	const call = async (path: string, acceptEncoding: string, config: AxiosRequestConfig = {}) =>
		await axios.request({
			url: `${setup.simulator.origin}${path}`,
			headers: {
				Authorization: `Bearer ${setup.simulator.apiKey}`,
				'Accept-Encoding': acceptEncoding,
			},
			decompress: false,
			validateStatus: () => true,
			...config,
		});
	const tasksPath = '/seedance/api/v3/contents/generations/tasks';

	it.each([
		['the list', tasksPath, {}, 200],
		['a create', tasksPath, { method: 'POST', data: request }, 200],
		['an unknown task', `${tasksPath}/cgt-1`, {}, 404],
		['a missing key', tasksPath, { headers: { 'Accept-Encoding': 'gzip' } }, 401],
		['an unknown path', '/seedance/api/v3/elsewhere', {}, 404],
		['a path that cannot be decoded', '/seedance/api/v3/%zz', {}, 400],
	])('labels as gzip what is none: %s', async (_, path, config, status) => {
		const answer = await call(path, 'gzip, deflate', config);
		expect(answer.status).toBe(status);
		expect(answer.headers['content-encoding']).toBe('gzip');
		expect(typeof answer.data).toBe('object');
	});

	it('is not to be decoded by a client that believes the label', async () => {
		await expect(call(tasksPath, 'gzip', { decompress: true })).rejects.toThrow(
			'incorrect header check',
		);
	});

	it('labels canned answers too, unless they have a label', async () => {
		const remove = setup.simulator.intercept(() => ({ status: 429, body: { error: {} } }));
		expect((await call(tasksPath, 'gzip')).headers['content-encoding']).toBe('gzip');
		expect((await call(tasksPath, 'identity')).headers).not.toHaveProperty('content-encoding');
		remove();
		const headers = { 'content-encoding': 'identity' };
		const removeLabelled = setup.simulator.intercept(() => ({ status: 200, headers, body: {} }));
		expect((await call(tasksPath, 'gzip')).headers['content-encoding']).toBe('identity');
		removeLabelled();
		setup.simulator.intercept(() => ({ after: { status: 429, body: { error: {} } } }));
		expect((await call(tasksPath, 'gzip')).headers['content-encoding']).toBe('gzip');
		setup.simulator.intercept(() => ({ after: { status: 200, headers, body: {} } }));
		expect((await call(tasksPath, 'gzip')).headers['content-encoding']).toBe('identity');
		setup.simulator.intercept(() => ({ after: { status: 502, body: '<html>' } }));
		expect((await call(tasksPath, 'gzip')).headers).not.toHaveProperty('content-encoding');
	});

	it('labels nothing for a client that asks for identity', async () => {
		for (const path of [tasksPath, `${tasksPath}/cgt-1`]) {
			expect((await call(path, 'Identity')).headers).not.toHaveProperty('content-encoding');
		}
	});

	it('labels neither files nor answers without a body', async () => {
		const { data } = await call(tasksPath, 'identity', { method: 'POST', data: request });
		setup.pass(10_000);
		const task = await call(`${tasksPath}/${data.id}`, 'identity');
		const url = new URL(task.data.content.video_url);
		const file = await call(url.pathname + url.search, 'gzip', {
			headers: { 'Accept-Encoding': 'gzip' },
		});
		const deleted = await call(`${tasksPath}/${data.id}`, 'gzip', { method: 'DELETE' });
		for (const answer of [file, deleted]) {
			expect(answer.status).toBe(200);
			expect(answer.headers).not.toHaveProperty('content-encoding');
		}
	});
});

describe('a key without the group', () => {
	const setup = useSimulator({ provider: 'apiYi', apiYiGroups: [] });

	it('may read, but not create', async () => {
		const { status, data } = await setup.tasks.post('', request);
		expect(data).toEqual({
			error: {
				message: `no available channel for this model Request id: ${requestId}`,
				type: 'server_error',
				code: 'model_not_found',
			},
		});
		expect(status).toBe(503);
		expect((await setup.tasks.get('')).data).toEqual({ total: 0, items: [] });
	});
});

describe('a key with one of the two groups', () => {
	const setup = useSimulator({ provider: 'apiYi', apiYiGroups: ['SeeDance2'] });

	it('may create with the models of that group', async () => {
		const statusOf = async (model: string) =>
			(await setup.tasks.post('', textRequest({ model }))).status;
		expect(await statusOf('doubao-seedance-2-0-mini-260615')).toBe(200);
		expect(await statusOf('doubao-seedance-2-5-260628')).toBe(503);
	});
});

describe('another provider', () => {
	const setup = useSimulator({ provider: 'volcengine', apiYiGroups: [] });

	it('knows neither the group nor the label', async () => {
		const answer = await setup.tasks.post('', request, { headers: { 'Accept-Encoding': 'gzip' } });
		expect(answer.status).toBe(200);
		expect(answer.headers).not.toHaveProperty('content-encoding');
	});
});
