import type { CannedAnswer, Interception } from '../simulator/faults';
import { quickCreate, setUp } from './setup';

/**
 * Every answer to a create that a provider or gateway was seen to send, or could send.
 * With Retry On Fail, a create that may have been accepted is sent only once. It is sent again only if it was certainly refused.
 */
const setup = setUp();
const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };

const json = (
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): CannedAnswer => ({
	status,
	body,
	headers,
});
const error = (code: string, message = 'No') => ({ error: { code, message } });
const text = (status: number, body: string, type = 'text/html'): CannedAnswer => ({
	status,
	body,
	headers: { 'content-type': type },
});

function nested(depth: number): string {
	return '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
}

const mayBeAccepted: ReadonlyArray<readonly [string, Interception]> = [
	['200 with InternalServiceError', json(200, error('InternalServiceError'))],
	['200 with upstream_timeout', json(200, error('upstream_timeout'))],
	['200 with InvalidParameter', json(200, error('InvalidParameter'))],
	['200 with a throttling code', json(200, error('ServerOverloaded'))],
	['200 with {code:0, message:"success"}', json(200, { code: 0, message: 'success' })],
	['200 with ResponseMetadata.Error', json(200, { ResponseMetadata: { Error: { Code: 'X' } } })],
	['200 with an error text', json(200, { error: 'upstream timed out' })],
	['200 with {}', json(200, {})],
	['200 with null', json(200, null)],
	['200 with []', json(200, [])],
	['200 with true', text(200, 'true', 'application/json')],
	['200 with an empty body', text(200, '')],
	['200 with an empty id', json(200, { id: '' })],
	['200 with an id that is an object', json(200, { id: { id: 'x' } })],
	['200 with HTML', text(200, '<html>Login</html>')],
	['200 with JSON cut off', text(200, '{"id":"cgt-2026', 'application/json')],
	['200 nested 10,000 deep', text(200, nested(10_000), 'application/json')],
	['200 with broken UTF-8', { status: 200, body: Buffer.from([0xff, 0xfe, 0x00]) }],
	['200 with gzip that is none', json(200, { id: 'x' }, { 'content-encoding': 'gzip' })],
	['201 without an id', json(201, { status: 'queued' })],
	['202 without an id', json(202, {})],
	['204', { status: 204 }],
	['300', json(300, {})],
	['301', json(301, {}, { location: 'https://example.com/' })],
	['302', json(302, {}, { location: 'https://example.com/' })],
	['303', json(303, {}, { location: 'https://example.com/' })],
	['304', { status: 304 }],
	['307', json(307, {}, { location: 'https://example.com/' })],
	['308', json(308, {}, { location: 'https://example.com/' })],
	['408', json(408, error('RequestTimeout'))],
	['409', json(409, error('Conflict'))],
	['410', json(410, {})],
	['418', json(418, {})],
	['423', json(423, {})],
	['424', json(424, {})],
	['425', json(425, error('TooEarly'))],
	['429 without a body', { status: 429 }],
	['429 without a known code', json(429, error('too_many'))],
	['429 with a number as its code', json(429, { code: 429, message: 'slow down' })],
	['429 as HTML', text(429, '<html>429</html>')],
	['429 with a text that speaks of credit', json(429, error('x', 'insufficient quota'))],
	['444', json(444, {})],
	['460', json(460, {})],
	['499', json(499, error('ClientClosedRequest'))],
	['500', json(500, error('InternalServiceError'))],
	['500 as HTML', text(500, '<html>500</html>')],
	['500 with a throttling code', json(500, error('ServerOverloaded'))],
	[
		'500 with a text of a missing model',
		json(500, error('x', 'no available channel for this model')),
	],
	['500 with the code of a missing model', json(500, error('model_not_found'))],
	['501', json(501, {})],
	['502', text(502, '<html>Bad gateway</html>')],
	['502 with AuthenticationError', json(502, error('AuthenticationError'))],
	['503', json(503, error('ServiceUnavailable'), { 'retry-after': '0' })],
	['503 with a text of a missing model', json(503, error('x', '无模型权限'))],
	['504', text(504, '<html>Gateway time-out</html>')],
	['520', text(520, '<html>Cloudflare</html>')],
	['524', text(524, '<html>Cloudflare</html>')],
	['529', json(529, error('overloaded_error'))],
	['599', json(599, {})],
	['a reset before the answer', { after: 'reset' }],
	['an answer that breaks off', { truncateAfterBytes: 3 }],
];

const certainlyRefused: ReadonlyArray<readonly [string, CannedAnswer]> = [
	['400', json(400, error('InvalidParameter'))],
	['400 with an unknown code', json(400, error('X.Unheard'))],
	['400 with an empty body', { status: 400 }],
	['401', json(401, error('AuthenticationError'))],
	['402', json(402, {})],
	['403', json(403, error('AccessDenied'))],
	['404', json(404, error('ModelNotOpen'))],
	['405', json(405, {})],
	['413', text(413, '<html>Too large</html>')],
	['415', json(415, {})],
	['422', json(422, {})],
	['429 with no credit left', json(429, error('insufficient_quota'))],
	['503 with the code of a missing model', json(503, error('model_not_found'))],
];

test('the table has 74 answers', () => {
	expect(mayBeAccepted.length + certainlyRefused.length).toBe(74);
});

test.each(mayBeAccepted)('%s: sent once, and the outcome is unknown', async (_, answer) => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? answer : undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate }, { settings });
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
	expect(execution.error).toMatchObject({
		description: expect.stringContaining('The outcome is unknown'),
	});
});

test.each(certainlyRefused)('%s: certainly refused, so every try sends it', async (_, answer) => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? answer : undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate }, { settings });
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(3);
	expect(execution.error).toMatchObject({
		description: expect.not.stringContaining('The outcome is unknown'),
	});
});

test('the key in a number of the answer hides the number, not the task', async () => {
	const { origin } = setup.simulator;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? json(200, { id: 'cgt-1', number: 912_345_678 }) : undefined,
	);
	const execution = await setup.runVideo(
		{ ...quickCreate, waitForCompletion: false },
		{ credentials: { seedanceApi: { baseUrl: origin, apiKey: '12345678' } } },
	);
	remove();
	expect(execution.items('Seedance Video')[0]?.json['taskId']).toBe('cgt-1');
});
