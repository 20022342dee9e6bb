import { gzipSync } from 'node:zlib';
import type { CannedAnswer, Interception } from '../simulator/faults';
import { speedUpTime } from './fastTime';
import { quickCreate, setUp, withoutMarker } from './setup';
import { videoNode } from './workflows';

/**
 * Every answer to a create that a provider or gateway was seen to send, or could send.
 * With Retry On Fail, a create that may have been accepted is sent only once. It is sent again only if it was certainly refused.
 */
const fasterBy = 40;
const restoreTime = speedUpTime(fasterBy);
afterAll(restoreTime);

const setup = setUp({ now: () => Date.now() });
/** Milliseconds of real time after which the node has given up a create. */
const tooLateMs = 130_000 / fasterBy;
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
const encoded = (encoding: string, body: Buffer): CannedAnswer => ({
	status: 200,
	body,
	headers: { 'content-type': 'application/json', 'content-encoding': encoding },
});
const created = '{"id":"cgt-20261121000000-abcde"}';

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
	['200 with an id that is null', json(200, { id: null })],
	['200 with an id that is a path', json(200, { id: '../tasks' })],
	['200 with an id of 200 characters', json(200, { id: 'x'.repeat(200) })],
	['200 with a task that has no id', json(200, { status: 'queued', model: 'seedance-2-0' })],
	[
		'200 with an id in an unknown place',
		json(200, { code: 0, message: 'success', data: { taskId: 'cgt-1' } }),
	],
	['200 with a text as its data', json(200, { code: 0, data: 'cgt-1' })],
	['200 with a list', json(200, { total: 1, items: [{ id: 'cgt-1' }] })],
	['200 with a number', text(200, '42', 'application/json')],
	['200 with JSON in JSON', json(200, JSON.stringify(created))],
	['200 with two JSON texts', text(200, created + created, 'application/json')],
	['200 with JSON behind a prefix', text(200, `)]}',\n${created}`, 'application/json')],
	['200 with an event stream', text(200, `data: ${created}\n\n`, 'text/event-stream')],
	['200 with HTML', text(200, '<html>Login</html>')],
	['200 with JSON cut off', text(200, '{"id":"cgt-2026', 'application/json')],
	['200 nested 10,000 deep', text(200, nested(10_000), 'application/json')],
	['200 with broken UTF-8', { status: 200, body: Buffer.from([0xff, 0xfe, 0x00]) }],
	['200 in UTF-16', { status: 200, body: Buffer.from(created, 'utf16le') }],
	['200 with gzip that is none', json(200, { id: 'x' }, { 'content-encoding': 'gzip' })],
	['200 with gzip that is cut off', encoded('gzip', gzipSync(created).subarray(0, 20))],
	['200 with gzip in gzip', encoded('gzip', gzipSync(gzipSync(created)))],
	['200 with deflate that is none', encoded('deflate', Buffer.from(created))],
	['200 with Brotli that is none', encoded('br', Buffer.from(created))],
	['200 in an unknown encoding', encoded('x-rot13', Buffer.from('{"vq":"pt'))],
	['201 without an id', json(201, { status: 'queued' })],
	['201 with a location alone', json(201, {}, { location: '/tasks/cgt-1' })],
	['202 without an id', json(202, {})],
	['203 without an id', json(203, {})],
	['204', { status: 204 }],
	['206 with a part of an answer', text(206, created.slice(5), 'application/json')],
	['300', json(300, {})],
	['301', json(301, {}, { location: 'https://example.com/' })],
	['302', json(302, {}, { location: 'https://example.com/' })],
	['302 without a location', { status: 302 }],
	['302 to a login page', text(302, '<html>Log in</html>')],
	['303', json(303, {}, { location: 'https://example.com/' })],
	['304', { status: 304 }],
	['307', json(307, {}, { location: 'https://example.com/' })],
	['308', json(308, {}, { location: 'https://example.com/' })],
	['308 to itself', json(308, {}, { location: '/byteplus/api/v3/contents/generations/tasks' })],
	['406', json(406, {})],
	['408', json(408, error('RequestTimeout'))],
	['409', json(409, error('Conflict'))],
	['410', json(410, {})],
	['418', json(418, {})],
	['421', json(421, {})],
	['423', json(423, {})],
	['424', json(424, {})],
	['425', json(425, error('TooEarly'))],
	['429 without a body', { status: 429 }],
	['429 without a known code', json(429, error('too_many'))],
	['429 with a number as its code', json(429, { code: 429, message: 'slow down' })],
	['429 with a pause and no code', json(429, {}, { 'retry-after': '1' })],
	['429 as HTML', text(429, '<html>429</html>')],
	['429 with a text that speaks of credit', json(429, error('x', 'insufficient quota'))],
	['431', json(431, {})],
	['444', json(444, {})],
	['451', json(451, {})],
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
	['503 until a date', json(503, {}, { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' })],
	['503 with a pause that is none', json(503, {}, { 'retry-after': 'soon' })],
	['503 with a text of a missing model', json(503, error('x', '无模型权限'))],
	['504', text(504, '<html>Gateway time-out</html>')],
	['504 that comes slowly', { ...text(504, '<html>Gateway time-out</html>'), delayMs: 500 }],
	['504 that comes too late', { ...text(504, ''), delayMs: tooLateMs }],
	['520', text(520, '<html>Cloudflare</html>')],
	['524', text(524, '<html>Cloudflare</html>')],
	['529', json(529, error('overloaded_error'))],
	['599', json(599, {})],
	['a reset before the answer', { after: 'reset' }],
	['no answer', { after: 'hang' }],
	['an answer that breaks off before its body', { truncateAfterBytes: 0 }],
	['an answer that breaks off', { truncateAfterBytes: 3 }],
	['an answer that breaks off in the id', { truncateAfterBytes: 12 }],
	['a create that is processed too late', { delayMs: tooLateMs }],
];

/** The same, but the provider has certainly not seen the request; the node cannot know. */
const neverAccepted: ReadonlyArray<readonly [string, Interception]> = [
	['a reset before acceptance', 'reset'],
	['silence before acceptance', 'hang'],
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

test('the table has 77 answers that leave the outcome unknown, or more', () => {
	expect(new Set(mayBeAccepted.map(([name]) => name)).size).toBe(mayBeAccepted.length);
	expect(mayBeAccepted.length).toBeGreaterThanOrEqual(77);
	expect(certainlyRefused).toHaveLength(13);
});

test.each([...mayBeAccepted, ...neverAccepted])(
	'%s: sent once, and without a marker the outcome is unknown',
	async (_, answer) => {
		const remove = setup.simulator.intercept(({ method }) =>
			method === 'POST' ? answer : undefined,
		);
		const execution = await setup.runVideo({ ...quickCreate, ...withoutMarker }, { settings });
		remove();
		expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
		expect(execution.error).toMatchObject({ context: { outcomeUnknown: true } });
	},
);

/**
 * The answer, but from a provider that has accepted the create.
 * Left out is what no client can know: a task that was accepted although the answer is a documented refusal, such as a 429 with a throttling code.
 */
function afterAcceptance(answer: Interception): Interception {
	return typeof answer === 'object' && 'status' in answer ? { after: answer } : answer;
}

test.each(mayBeAccepted)('%s after acceptance: its one task is found', async (_, answer) => {
	const before = setup.simulator.tasks.length;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? afterAcceptance(answer) : undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate }, { settings });
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
	const tasks = setup.simulator.tasks.slice(before);
	expect(tasks.map(({ status }) => status)).toEqual(['succeeded']);
	expect(execution.items(videoNode)).toMatchObject([
		{
			json: { taskId: tasks[0]?.id, status: 'succeeded' },
			binary: { data: { mimeType: 'video/mp4' } },
		},
	]);
});

test.each(certainlyRefused)('%s: certainly refused, so every try sends it', async (_, answer) => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? answer : undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate }, { settings });
	remove();
	expect(setup.requests('POST', /tasks$/)).toHaveLength(3);
	expect(execution.error).toMatchObject({ context: { code: expect.any(String) } });
	expect(execution.error?.['context']).not.toHaveProperty('outcomeUnknown');
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
	expect(execution.items(videoNode)[0]?.json['taskId']).toBe('cgt-1');
});
