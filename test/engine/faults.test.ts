import type { CannedAnswer } from '../simulator/simulator';
import { startSimulator } from '../simulator/simulator';
import { quickCreate, setUp, withoutMarker } from './setup';
import { videoNode } from './workflows';

const setup = setUp();

/** Not marked: what is found again is tested in recovery.test.ts. */
const create = { ...quickCreate, ...withoutMarker };

test('a create whose answer is lost is sent once, and the item says that the outcome is unknown', async () => {
	const before = setup.simulator.tasks.length;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? { after: 'reset' } : undefined,
	);
	const execution = await setup.runVideo(create);
	remove();
	expect(setup.simulator.tasks).toHaveLength(before + 1);
	expect(setup.calls()).toEqual(['POST /tasks']);
	expect(execution.error).toMatchObject({
		name: 'NodeOperationError',
		message: expect.stringMatching(new RegExp(`^.*127\\.0\\.0\\.1:${setup.simulator.port}`)),
		context: { code: 'ECONNRESET', outcomeUnknown: true },
	});
});

test.each<[string, CannedAnswer, code: string, said: string]>([
	[
		'500',
		{ status: 500, body: '{"error":{"code":"InternalServiceError","message":"Oops"}}' },
		'InternalServiceError',
		'InternalServiceError: Oops',
	],
	['502 as HTML', { status: 502, body: '<html>Bad gateway</html>' }, 'unexpectedStatus', ''],
	['success that cannot be read', { status: 200, body: '{"id":"cgt-2' }, 'answerUnreadable', ''],
	['success without an id', { status: 200, body: '{}' }, 'answerUnreadable', ': {}'],
])('a create answered by a %s is sent once', async (_name, answer, code, said) => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? { ...answer, headers: { 'content-type': 'application/json' } } : undefined,
	);
	const execution = await setup.runVideo(create);
	remove();
	expect(execution.error).toMatchObject({
		context: { code, outcomeUnknown: true, requestId: expect.stringMatching(/^\w+$/) },
	});
	const { requestId } = execution.error?.['context'] as { requestId: string };
	expect(execution.error?.['description']).toContain(said);
	expect(execution.error?.['description']).toContain(requestId);
	expect(setup.calls()).toEqual(['POST /tasks']);
});

test('a create that was throttled is sent again, after the pause that the provider asks for', async () => {
	const answers: CannedAnswer[] = [
		{
			status: 429,
			headers: { 'retry-after': '2' },
			body: '{"error":{"code":"RateLimitExceeded.EndpointRPMExceeded","message":"Slow down"}}',
		},
		{ status: 429, body: '{"error":{"code":"ServerOverloaded","message":"Busy"}}' },
	];
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' ? answers.shift() : undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate, waitForCompletion: false });
	remove();
	expect(execution.items(videoNode)[0]?.json['status']).toBe('queued');
	const [first, second, third] = setup.requests('POST', /tasks$/).map(({ at }) => at);
	expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(1_990);
	expect(Number(third) - Number(second)).toBeGreaterThanOrEqual(990);
});

/** The provider refuses every create with this code. */
function refuseCreates(code: string) {
	return setup.simulator.intercept(({ method }) =>
		method === 'POST'
			? { status: 429, body: JSON.stringify({ error: { code, message: '120 tasks queued' } }) }
			: undefined,
	);
}

test.each<[what: string, code: string, changes: object]>([
	['over a cap that was set for the account', 'SetLimitExceeded', {}],
	['at its limit of tasks, without a wait', 'QuotaExceeded', { waitForCompletion: false }],
])('a create %s is not sent again', async (_what, code, changes) => {
	const remove = refuseCreates(code);
	const execution = await setup.runVideo({ ...quickCreate, ...changes });
	remove();
	expect(setup.calls()).toEqual(['POST /tasks']);
	expect(execution.error).toMatchObject({
		name: 'NodeApiError',
		description: expect.stringContaining(`${code}: 120 tasks queued`),
		httpCode: '429',
		context: { code, httpStatus: 429, requestId: expect.any(String) },
	});
});

test("a create at the account's limit of tasks is sent again until Maximum Wait is over", async () => {
	const remove = refuseCreates('QuotaExceeded');
	const execution = await setup.runVideo({ ...quickCreate, waitOptions: { maxWait: 0.1 } });
	remove();
	const [first = NaN, ...others] = setup.requests('POST', /tasks$/).map(({ at }) => at);
	expect(others.length).toBeGreaterThanOrEqual(2);
	expect(Number(others.at(-1)) - first).toBeLessThan(8_000);
	expect(execution.error).toMatchObject({
		...{ name: 'NodeApiError', httpCode: '429', context: { code: 'QuotaExceeded' } },
	});
});

test("a create at the account's limit of tasks is made as soon as others have finished", async () => {
	const remove = refuseCreates('QuotaExceeded');
	setTimeout(remove, 2_000);
	const execution = await setup.runVideo(quickCreate);
	expect(execution.items(videoNode)[0]?.json['status']).toBe('succeeded');
	expect(setup.requests('POST', /tasks$/).length).toBeGreaterThanOrEqual(2);
});

test("a refused key is reported with the provider's code and request ID", async () => {
	const { origin } = setup.simulator;
	const execution = await setup.runVideo(quickCreate, {
		credentials: { seedanceApi: { baseUrl: origin, apiKey: 'wrong-key' } },
	});
	expect(setup.calls()).toEqual(['POST /tasks']);
	expect(execution.error).toMatchObject({
		name: 'NodeApiError',
		description: expect.stringContaining('AuthenticationError: '),
		httpCode: '401',
		context: { code: 'AuthenticationError', httpStatus: 401, requestId: expect.any(String) },
	});
	expect(JSON.stringify(execution.run)).not.toContain('wrong-key');
});

test('an unreachable provider: nothing can have been created, and the message says where to check', async () => {
	const execution = await setup.runVideo(quickCreate, {
		credentials: { seedanceApi: { baseUrl: 'http://127.0.0.1:9', apiKey: 'k' } },
	});
	expect(execution.error).toMatchObject({
		message: expect.stringContaining('127.0.0.1:9 '),
		context: { code: 'ECONNREFUSED' },
	});
	expect(execution.error?.['context']).not.toHaveProperty('outcomeUnknown');
});

test('the key does not follow a redirect to another host', async () => {
	const elsewhere = await startSimulator();
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST'
			? { status: 302, headers: { location: `${elsewhere.origin}/steal` }, body: '' }
			: undefined,
	);
	const execution = await setup.runVideo(create);
	remove();
	expect(execution.error).toMatchObject({ context: { httpStatus: 302, outcomeUnknown: true } });
	expect(elsewhere.requests).toEqual([]);
	await elsewhere.close();
});

test('a download that breaks off is started again, and its bytes are complete', async () => {
	let broken = 0;
	const remove = setup.simulator.intercept(({ path }) =>
		path.endsWith('.mp4') && broken++ < 2 ? { truncateAfterBytes: 1000 } : undefined,
	);
	const execution = await setup.runVideo(quickCreate);
	remove();
	const binary = execution.items(videoNode)[0]?.binary?.['data'];
	const bytes = binary && (await setup.engine.readBinary(binary));
	const served = await fetch(String(execution.items(videoNode)[0]?.json['videoUrl']));
	expect(bytes?.equals(Buffer.from(await served.arrayBuffer()))).toBe(true);
	expect(setup.requests('GET', /\.mp4$/)).toHaveLength(4);
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
});

test('a video that cannot be downloaded still returns the task ID and the URL', async () => {
	const remove = setup.simulator.intercept(({ path }) =>
		path.endsWith('.mp4') ? { status: 403, body: 'expired' } : undefined,
	);
	const execution = await setup.runVideo(quickCreate);
	remove();
	const [item] = execution.items(videoNode);
	expect(item?.json).toMatchObject({
		taskId: setup.simulator.tasks.at(-1)?.id,
		status: 'succeeded',
		videoUrl: expect.stringContaining('.mp4?X-Tos-'),
		downloadFailure: expect.stringContaining('HTTP status 403'),
	});
	expect(item?.binary).toEqual({});
	// Three times more, each with the URL of a fresh read.
	expect(setup.requests('GET', /\.mp4$/)).toHaveLength(4);
});

test.each([
	['[simulate:failed OutputVideoSensitiveContentDetected]', 'OutputVideoSensitiveContentDetected'],
	['[simulate:expired]', 'taskExpired'],
	['[simulate:no-url]', 'videoUrlMissing'],
])('a task that ends without a video is an error with its ID: %s', async (marker, code) => {
	const execution = await setup.runVideo({ ...quickCreate, prompt: `A clip ${marker}` });
	const taskId = setup.simulator.tasks.at(-1)?.id;
	expect(execution.error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		description: expect.stringContaining(`Task: ${taskId}.`),
		context: { itemIndex: 0, taskId, code },
	});
});

test('a failed task can be a separate item', async () => {
	const execution = await setup.runVideo({
		...quickCreate,
		prompt: 'A clip [simulate:failed OutputVideoSensitiveContentDetected]',
		options: { onFailedTask: 'returnTask' },
	});
	expect(execution.items(videoNode)).toEqual([
		{
			json: {
				taskId: setup.simulator.tasks.at(-1)?.id,
				status: 'failed',
				model: 'doubao-seedance-2-0-260128',
				prompt: 'A clip [simulate:failed OutputVideoSensitiveContentDetected]',
				createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
				failureCode: 'OutputVideoSensitiveContentDetected',
				failureMessage: expect.any(String),
			},
			pairedItem: { item: 0 },
		},
	]);
});

test('items run together, come out in input order, and one that fails leaves the others', async () => {
	const items = ['slow [simulate:render 2s]', '[simulate:failed X.Unheard]', 'quick'].map(
		(prompt) => ({ json: { prompt } }),
	);
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}' },
		{ items, settings: { onError: 'continueErrorOutput' } },
	);
	expect(execution.items(videoNode).map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 2 },
	]);
	const [failed] = execution.items(videoNode, 1);
	expect(failed).toEqual({
		json: {
			prompt: '[simulate:failed X.Unheard]',
			error: {
				message: expect.not.stringMatching(/\bitem \d/i),
				description: expect.stringMatching(/X\.Unheard: .* Task: cgt-[\w-]+\.$/),
				code: 'X.Unheard',
				taskId: expect.stringMatching(/^cgt-/),
			},
		},
		pairedItem: { item: 1 },
	});
});

test('when one item fails the node, the others end, and its error names every other task', async () => {
	const items = ['slow [simulate:render 3s]', '[simulate:failed X.Unheard]'].map((prompt) => ({
		json: { prompt },
	}));
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}' },
		{ items },
	);
	const [slow, failed] = setup.simulator.tasks.slice(-2);
	expect(slow?.status).toBe('succeeded');
	expect(execution.error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		description: expect.stringMatching(
			new RegExp(`: ${slow?.id} \\(item 1\\)\\. .* Task: ${failed?.id}\\.$`),
		),
		context: { itemIndex: 1, taskId: failed?.id, code: 'X.Unheard' },
	});
});
