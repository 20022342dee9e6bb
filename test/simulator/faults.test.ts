import { startSimulator, type CannedAnswer } from './simulator';
import { textRequest, useSimulator } from './testSimulator';

const setup = useSimulator();

const networkCode = async (promise: Promise<unknown>) =>
	await promise.then(
		() => 'answered',
		(error: { code?: string }) => error.code,
	);
const until = async (condition: () => boolean) => {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('records every request as it was received', async () => {
	await setup.tasks.post('', textRequest({}, 'A "cat" 🐈'), { headers: { 'X-Test': 'yes' } });
	await setup.tasks.get('', {
		params: new URLSearchParams('filter.task_ids=a%2Cb&filter.task_ids=c'),
	});
	await until(() => setup.simulator.requests.every(({ tookMs }) => tookMs !== undefined));
	const path = '/byteplus/api/v3/contents/generations/tasks';
	expect(setup.simulator.requests).toEqual([
		{
			at: Date.UTC(2026, 10, 21),
			method: 'POST',
			url: path,
			path,
			query: new URLSearchParams(),
			headers: expect.objectContaining({ 'x-test': 'yes', authorization: 'Bearer simulator-key' }),
			body: textRequest({}, 'A "cat" 🐈'),
			status: 200,
			aborted: false,
			tookMs: expect.any(Number),
		},
		{
			at: Date.UTC(2026, 10, 21),
			method: 'GET',
			url: `${path}?filter.task_ids=a%2Cb&filter.task_ids=c`,
			path,
			query: new URLSearchParams('filter.task_ids=a%2Cb&filter.task_ids=c'),
			headers: expect.objectContaining({ authorization: 'Bearer simulator-key' }),
			body: undefined,
			status: 200,
			aborted: false,
			tookMs: expect.any(Number),
		},
	]);
	expect(setup.simulator.requests[1]?.query.getAll('filter.task_ids')).toEqual(['a,b', 'c']);
});

it('answers before the routes until the interceptor is removed', async () => {
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST'
			? { status: 429, headers: { 'Retry-After': '1' }, body: { error: { code: 'Busy' } } }
			: undefined,
	);
	const answer = await setup.tasks.post('', textRequest());
	expect([answer.status, answer.headers['retry-after'], answer.data]).toEqual([
		429,
		'1',
		{ error: { code: 'Busy' } },
	]);
	expect((await setup.tasks.get('')).status).toBe(200);
	expect(setup.simulator.requests.map(({ status }) => status)).toEqual([429, 200]);
	remove();
	expect((await setup.tasks.post('', textRequest())).status).toBe(200);
});

it('asks the latest interceptor first', async () => {
	setup.simulator.intercept(() => ({ status: 500, body: '<html>' }));
	setup.simulator.intercept(({ method }) => (method === 'GET' ? { status: 502 } : undefined));
	expect((await setup.tasks.get('')).status).toBe(502);
	const answer = await setup.tasks.post('', textRequest());
	expect([answer.status, answer.data]).toEqual([500, '<html>']);
});

it('resets the socket before the request is processed', async () => {
	setup.simulator.intercept(() => 'reset');
	expect(await networkCode(setup.tasks.post('', textRequest()))).toBe('ECONNRESET');
	expect(setup.simulator.tasks).toEqual([]);
	expect(setup.simulator.requests).toMatchObject([{ status: undefined, aborted: false }]);
});

it('loses the answer of a create that was processed', async () => {
	setup.simulator.intercept(() => ({ after: 'reset' }));
	expect(await networkCode(setup.tasks.post('', textRequest()))).toBe('ECONNRESET');
	expect(setup.simulator.tasks).toHaveLength(1);
	expect(setup.simulator.requests).toMatchObject([{ status: undefined, aborted: false }]);
});

it.each([
	['before the request is processed', 'hang', 0],
	['after it', { after: 'hang' }, 1],
] as const)('never answers, %s, and notices who hangs up', async (_, interception, taskCount) => {
	setup.simulator.intercept(() => interception);
	expect(await networkCode(setup.tasks.post('', textRequest(), { timeout: 100 }))).toBe(
		'ECONNABORTED',
	);
	await until(() => setup.simulator.requests[0]?.aborted === true);
	expect(setup.simulator.requests[0]?.status).toBeUndefined();
	expect(setup.simulator.tasks).toHaveLength(taskCount);
});

const html = '<html>Bad Gateway</html>';
const cannedAnswers: ReadonlyArray<[string, CannedAnswer]> = [
	['502 with HTML', { status: 502, headers: { 'Content-Type': 'text/html' }, body: html }],
	['200 with {}', { status: 200, body: {} }],
	['429', { status: 429, headers: { 'Retry-After': '1' }, body: { error: { code: 'Busy' } } }],
	['200 with text', { status: 200, body: 'accepted' }],
	['200 with bytes', { status: 200, body: Buffer.from([1, 2, 3]) }],
	['200 without a body', { status: 200 }],
	['204', { status: 204 }],
];

it.each(cannedAnswers)('answers %s to a create that was processed', async (_, answer) => {
	const create = async () => {
		const { status, headers, data } = await setup.tasks.post('', textRequest());
		return { status, headers: { ...headers, date: undefined }, data };
	};
	const remove = setup.simulator.intercept(() => answer);
	const withoutTask = await create();
	remove();
	expect(setup.simulator.tasks).toEqual([]);
	setup.simulator.intercept(() => ({ after: answer }));
	expect(await create()).toEqual(withoutTask);
	expect(setup.simulator.tasks).toHaveLength(1);
	expect(setup.simulator.requests).toMatchObject([
		{ status: answer.status, aborted: false },
		{ status: answer.status, aborted: false },
	]);
});

it('answers a download with something else', async () => {
	const id = await setup.create('A cat');
	setup.pass(10_000);
	const { data } = await setup.tasks.get(id);
	setup.simulator.intercept(() => ({ after: { status: 502, body: html } }));
	const answer = await fetch(data.content.video_url);
	expect([answer.status, await answer.text()]).toEqual([502, html]);
	expect(answer.headers.get('content-length')).toBe(String(html.length));
	expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
	expect(answer.headers.has('etag')).toBe(false);
});

it('answers something else instead of a refusal', async () => {
	setup.simulator.intercept(() => ({ after: { status: 200, body: { id: 'cgt-1' } } }));
	const { status, data } = await setup.tasks.get('unknown');
	expect([status, data]).toEqual([200, { id: 'cgt-1' }]);
});

it('waits before the request is processed and again before another answer', async () => {
	setup.simulator.intercept(() => ({ delayMs: 80, after: { status: 502, delayMs: 80 } }));
	const startedMs = performance.now();
	const answer = setup.tasks.post('', textRequest());
	await until(() => setup.simulator.tasks.length === 1);
	expect(performance.now() - startedMs).toBeGreaterThanOrEqual(75);
	expect(setup.simulator.requests[0]?.status).toBeUndefined();
	expect((await answer).status).toBe(502);
	expect(performance.now() - startedMs).toBeGreaterThanOrEqual(155);
});

it('cuts off another answer', async () => {
	setup.simulator.intercept(() => ({
		after: { status: 502, body: html },
		truncateAfterBytes: 6,
	}));
	const answer = await fetch(setup.simulator.origin);
	expect([answer.status, answer.headers.get('content-length')]).toEqual([502, '24']);
	await expect(answer.text()).rejects.toThrow();
});

it('delays, then passes on', async () => {
	setup.simulator.intercept(() => ({ delayMs: 80 }));
	const startedMs = performance.now();
	expect((await setup.tasks.get('')).data).toEqual({ total: 0, items: [] });
	expect(performance.now() - startedMs).toBeGreaterThanOrEqual(75);
});

it('cuts a download off after a number of bytes', async () => {
	const id = await setup.create('A cat');
	setup.pass(10_000);
	const { data } = await setup.tasks.get(id);
	const remove = setup.simulator.intercept(() => ({ truncateAfterBytes: 1000 }));
	const answer = await fetch(data.content.video_url);
	expect([answer.status, Number(answer.headers.get('content-length'))]).toEqual([200, 4908]);
	let received = 0;
	const readAll = async () => {
		for await (const chunk of answer.body ?? []) received += chunk.length;
	};
	await expect(readAll()).rejects.toThrow();
	expect(received).toBe(1000);
	expect(setup.simulator.requests.at(-1)).toMatchObject({ status: 200, aborted: false });
	remove();
	expect((await fetch(data.content.video_url)).ok).toBe(true);
});

it('drips an answer that never ends', async () => {
	const remove = setup.simulator.intercept(() => ({ dripEveryMs: 5 }));
	const answer = await fetch(`${setup.simulator.origin}/v1/models`, {
		headers: { authorization: `Bearer ${setup.simulator.apiKey}` },
	});
	let received = '';
	for await (const chunk of answer.body ?? []) {
		received += Buffer.from(chunk).toString();
		if (received.length >= 3) break;
	}
	expect([answer.status, received]).toEqual([200, '   ']);
	remove();
});

it('reports an interceptor that throws', async () => {
	setup.simulator.intercept(() => {
		throw new Error('a mistake in the test');
	});
	const { status, data } = await setup.tasks.get('');
	expect(status).toBe(500);
	expect(data.error.message).toContain('a mistake in the test');
});

it('closes hanging sockets when it closes', async () => {
	const simulator = await startSimulator();
	simulator.intercept(() => 'hang');
	const answer = networkCode(fetch(simulator.origin));
	await until(() => simulator.requests.length === 1);
	const startedMs = performance.now();
	await simulator.close();
	expect(await answer).not.toBe('answered');
	expect(performance.now() - startedMs).toBeLessThan(1000);
	expect(simulator.requests[0]?.aborted).toBe(false);
});

it('names the port that is in use', async () => {
	const { port } = setup.simulator;
	await expect(startSimulator({ port })).rejects.toThrow(
		`Port ${port} on 127.0.0.1 is already in use`,
	);
});
