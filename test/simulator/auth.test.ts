import axios from 'axios';
import { errorBody, requestId, textRequest, useSimulator } from './testSimulator';

const setup = useSimulator({ apiKey: 'a-secret' });

const refusal = errorBody(
	'AuthenticationError',
	'The API key is missing or not valid.',
	'',
	'Unauthorized',
);

const call = async (method: string, path: string, authorization?: string) =>
	await axios.request({
		method,
		url: `${setup.simulator.origin}/byteplus/api/v3/contents/generations/tasks${path}`,
		headers: authorization === undefined ? {} : { Authorization: authorization },
		...(method === 'POST' ? { data: textRequest() } : {}),
		validateStatus: () => true,
	});

it.each(['a-secret', 'Bearer a-secret'])('accepts the key as %s', async (authorization) => {
	expect((await call('GET', '', authorization)).data).toEqual({ total: 0, items: [] });
	expect((await call('POST', '', authorization)).status).toBe(200);
});

it.each([
	['no key', undefined],
	['another key', 'another'],
	['another bearer key', 'Bearer another'],
	['the key under another scheme', 'Basic a-secret'],
])('refuses %s on every task call', async (_, authorization) => {
	for (const [method, path] of [
		['POST', ''],
		['GET', ''],
		['GET', '/cgt-1'],
		['DELETE', '/cgt-1'],
	] as const) {
		const answer = await call(method, path, authorization);
		expect({ status: answer.status, data: answer.data }).toEqual({ status: 401, data: refusal });
	}
	expect(setup.simulator.tasks).toEqual([]);
});

it('adds a request ID to every answer', async () => {
	for (const path of ['', '/unknown', '/%zz']) {
		const answer = await call('GET', path, 'a-secret');
		expect(answer.headers['x-request-id']).toBe(requestId);
	}
});

it('answers an unknown path as Ark does', async () => {
	const answer = await axios.get(`${setup.simulator.origin}/elsewhere`, {
		validateStatus: () => true,
	});
	expect(answer.status).toBe(404);
	expect(answer.data).toEqual(
		errorBody('NotFound', 'The path or the method is not known.', '', 'NotFound'),
	);
});
