import { quickCreate, setUp, withoutMarker } from './setup';
import { videoNode } from './workflows';

const setup = setUp();

/** Answers calls in order with these bodies, each with HTTP 200 unless it says otherwise. */
function answer(method: string, ...bodies: Array<unknown | { status: number }>): () => void {
	const answers = [...bodies];
	return setup.simulator.intercept((request) => {
		if (request.method !== method || answers.length === 0) return undefined;
		const body = answers.shift();
		const status =
			typeof body === 'object' && body !== null && 'status' in body ? body.status : 200;
		return typeof status === 'number' ? { status, body } : { status: 200, body };
	});
}

test.each([
	['a number', { id: 123456 }, '123456'],
	['a number of 19 digits', '{"id":1234567890123456789}', '1234567890123456789'],
	['text with blanks around it', { id: ' cgt-blank\n' }, 'cgt-blank'],
	['a gateway’s envelope', { code: 200, data: { task_id: 'task_1' } }, 'task_1'],
])('a create answered with its ID as %s keeps the ID', async (_what, body, taskId) => {
	const remove = answer('POST', body);
	const execution = await setup.runVideo({ ...quickCreate, waitForCompletion: false });
	remove();
	expect(execution.items(videoNode)[0]?.json['taskId']).toBe(taskId);
});

test("a create answered with 200 and an error may be a task, and is reported in the provider's words", async () => {
	const remove = answer('POST', { error: { code: 'InvalidParameter', message: 'ratio is bad' } });
	const execution = await setup.runVideo({ ...quickCreate, ...withoutMarker });
	remove();
	expect(execution.error).toMatchObject({
		description: expect.stringContaining('InvalidParameter: ratio is bad.'),
		context: { code: 'InvalidParameter', outcomeUnknown: true },
	});
});

test("the created ID stays the ID, whatever a gateway's answers call the task", async () => {
	const remove = setup.simulator.intercept(({ method, path }) => {
		if (method === 'POST') return { status: 200, body: { id: 'task_gateway1' } };
		return path.endsWith('/task_gateway1')
			? { status: 200, body: { id: 'cgt-upstream', status: 'running' } }
			: undefined;
	});
	const execution = await setup.runVideo({
		...quickCreate,
		waitOptions: { pollInterval: 1, maxWait: 0.01 },
	});
	remove();
	expect(execution.items(videoNode)[0]?.json).toEqual({
		taskId: 'task_gateway1',
		status: 'running',
		prompt: quickCreate.prompt,
		timedOut: true,
	});
});

test('a time that is none does not cost the video', async () => {
	const remove = setup.simulator.intercept(({ method, path }) =>
		method === 'GET' && path.includes('/tasks/')
			? {
					status: 200,
					body: {
						status: 'succeeded',
						content: { video_url: 'https://example.invalid/v.mp4?X-Tos-Expires=1e20' },
						updated_at: 1e18,
					},
				}
			: undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate, downloadVideo: false });
	remove();
	expect(execution.items(videoNode)[0]?.json).toEqual({
		taskId: setup.simulator.tasks.at(-1)?.id,
		status: 'succeeded',
		prompt: quickCreate.prompt,
		videoUrl: 'https://example.invalid/v.mp4?X-Tos-Expires=1e20',
	});
});

test('an error that arrives with HTTP 200 ends the wait, with the task ID', async () => {
	const gone = { error: { code: 'X.Gone', message: 'gone for good' } };
	// Refusals of some seconds may be a mistake of a gateway. The interval is 1 s.
	const remove = answer('GET', ...Array<typeof gone>(11).fill(gone));
	const execution = await setup.runVideo(quickCreate);
	remove();
	expect(execution.error).toMatchObject({
		description: expect.stringMatching(/X\.Gone: gone for good\. .*Task: cgt-/),
	});
});

test('Cancel polls before it repeats a call: a task that finished meanwhile is not deleted', async () => {
	await setup.runVideo({
		...quickCreate,
		prompt: 'A clip [simulate:queue 400ms] [simulate:render 1ms]',
		waitForCompletion: false,
	});
	const taskId = setup.simulator.tasks.at(-1)?.id;
	const remove = answer('DELETE', { status: 503 });
	const execution = await setup.runVideo({ operation: 'cancel', taskId });
	remove();
	expect(execution.error).toMatchObject({
		message: expect.stringContaining('succeeded'),
		context: { code: 'taskNotCancellable', taskId },
	});
	expect(setup.requests('DELETE', /./)).toHaveLength(1);
	expect(setup.simulator.tasks.at(-1)?.deletedMs).toBeUndefined();
});

test('Delete whose answer is lost has deleted', async () => {
	await setup.runVideo({ ...quickCreate, downloadVideo: false });
	const taskId = setup.simulator.tasks.at(-1)?.id;
	let lost = 0;
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'DELETE' && lost++ === 0 ? { after: 'reset' } : undefined,
	);
	const execution = await setup.runVideo({ operation: 'delete', taskId });
	remove();
	expect(execution.items(videoNode)[0]?.json).toEqual({ taskId, deleted: true });
});

test('a credential that cannot be used makes error items, not the input passed on', async () => {
	const execution = await setup.runVideo(quickCreate, {
		credentials: { seedanceApi: { apiKey: '' } },
		settings: { onError: 'continueErrorOutput' },
		items: [{ json: { a: 1 } }, { json: { a: 2 } }],
	});
	expect(execution.items(videoNode)).toEqual([]);
	expect(execution.items(videoNode, 1).map(({ json }) => json)).toEqual(
		[1, 2].map((a) => ({
			a,
			error: {
				message: expect.stringContaining('API Key is empty.'),
				description: expect.any(String),
				code: 'invalidCredential',
			},
		})),
	);
});

test('a create of another item whose answer was lost is named when the node fails', async () => {
	const remove = setup.simulator.intercept(({ method, body }) => {
		if (method !== 'POST') return undefined;
		const text = JSON.stringify(body);
		if (text.includes('bad')) {
			return { status: 400, body: { error: { code: 'InvalidParameter' } } };
		}
		return text.includes('lost') ? { status: 504, body: '', delayMs: 300 } : undefined;
	});
	const execution = await setup.runVideo(
		{ ...quickCreate, ...withoutMarker, prompt: '={{ $json.prompt }}' },
		{ items: ['bad', 'lost'].map((prompt) => ({ json: { prompt } })) },
	);
	remove();
	expect(execution.error).toMatchObject({
		description: expect.stringMatching(/outcome is also unknown for item 2\./),
		context: { itemIndex: 0, code: 'InvalidParameter' },
	});
	expect(setup.logs).toContainEqual({
		level: 'warn',
		message: expect.stringMatching(/outcome .* is unknown, item 2 of execution \d+: /),
		metadata: expect.objectContaining({ itemIndex: 1 }),
	});
});

test('switches that come as text mean what they say', async () => {
	const execution = await setup.runVideo({
		...quickCreate,
		waitForCompletion: '={{ "TRUE" }}',
		downloadVideo: '={{ "false" }}',
		simplify: '={{ "false" }}',
		generateAudio: '={{ "FALSE" }}',
	});
	const [item] = execution.items(videoNode);
	expect(item?.json).toMatchObject({ status: 'succeeded', created_at: expect.any(Number) });
	expect(item?.binary).toBeUndefined();
	expect(setup.requests('POST', /tasks$/)[0]?.body).toMatchObject({ generate_audio: false });
});

test('a video that was requested as MOV has a .mov file name', async () => {
	const execution = await setup.runVideo({
		...quickCreate,
		model: 'seedance-2-5',
		options: { outputFormat: 'mov' },
	});
	const [item] = execution.items(videoNode);
	expect(item?.binary?.['data']).toMatchObject({
		fileName: `${item?.json['taskId']}.mov`,
		mimeType: 'video/quicktime',
	});
});

test('the video does not go where the last frame goes', async () => {
	const execution = await setup.runVideo({ ...quickCreate, binaryPropertyName: 'lastFrame' });
	expect(execution.error).toMatchObject({
		message: expect.stringContaining('Put Output File in Field is "lastFrame"'),
		context: { code: 'invalidInput' },
	});
	expect(setup.calls()).toEqual([]);
});

test('a DELETE that is refused inside HTTP 200 deletes and cancels nothing', async () => {
	let answers = 0;
	const remove = setup.simulator.intercept(({ method }) => {
		if (method !== 'DELETE') return undefined;
		answers++;
		return {
			status: 200,
			body: { error: { code: 'InvalidAction.RunningTaskDeletion', message: 'It runs' } },
		};
	});
	const created = await setup.runVideo({
		...quickCreate,
		prompt: '[simulate:queue 1m]',
		waitForCompletion: false,
	});
	const taskId = String(created.items(videoNode)[0]?.json['taskId']);
	const execution = await setup.runVideo({ operation: 'cancel', taskId });
	remove();
	expect(answers).toBe(1);
	expect(execution.error).toMatchObject({
		context: { code: 'InvalidAction.RunningTaskDeletion', taskId },
	});
});

test('the key is hidden in a request ID too', async () => {
	const { apiKey } = setup.simulator;
	const remove = setup.simulator.intercept(() => ({
		status: 401,
		headers: { 'x-request-id': `req-${apiKey}` },
		body: {},
	}));
	const execution = await setup.runVideo(quickCreate);
	remove();
	expect(execution.error).toMatchObject({ context: { requestId: 'req-***' } });
	expect(JSON.stringify(execution.run)).not.toContain(`req-${apiKey}`);
});

test('a key with quotes and backslashes is hidden in every form and header', async () => {
	const apiKey = 'sk-"a1\\b2/c3+d4';
	const base64 = Buffer.from(`user:${apiKey}`).toString('base64');
	const said = [apiKey, JSON.stringify(apiKey), encodeURIComponent(apiKey), base64];
	const remove = setup.simulator.intercept(() => ({
		status: 401,
		headers: { 'x-request-id': `req-${base64}` },
		body: { error: { code: 'X.Key', message: said.join(' ') } },
	}));
	const { origin } = setup.simulator;
	const credentials = { seedanceApi: { baseUrl: origin, apiKey } };
	const execution = await setup.runVideo(quickCreate, { credentials });
	remove();
	expect(execution.error).toMatchObject({ context: { code: 'X.Key' } });
	const printed = JSON.stringify([execution.run, setup.logs]);
	const forms = [...said, JSON.stringify(apiKey).slice(1, -1), base64.slice(8, 24)];
	for (const form of forms) {
		expect(printed).not.toContain(form);
		expect(printed).not.toContain(JSON.stringify(form).slice(1, -1));
	}
});

test('the start of an answer that is not JSON is in the message, since it may have the ID', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST'
			? {
					status: 200,
					headers: { 'content-type': 'application/json' },
					body: '{"id":"cgt-cut-off","sta',
				}
			: undefined,
	);
	const execution = await setup.runVideo({ ...quickCreate, ...withoutMarker });
	remove();
	expect(execution.error).toMatchObject({
		description: expect.stringContaining('cgt-cut-off'),
		context: { code: 'answerUnreadable', outcomeUnknown: true },
	});
});
