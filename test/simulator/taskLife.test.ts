import { errorBody, requestId, startMs, textRequest, useSimulator } from './testSimulator';

const hourMs = 60 * 60 * 1000;
const startSeconds = startMs / 1000;

const setup = useSimulator({ concurrency: 2 });

const statusOf = async (id: string) => (await setup.tasks.get(id)).data.status;
const statusesOf = async (ids: readonly string[]) => await Promise.all(ids.map(statusOf));

it('shows a task as it comes along, whole', async () => {
	const id = await setup.create('A cat [simulate:queue 5s] [simulate:render 20s]', {
		return_last_frame: true,
		safety_identifier: 'user-1',
	});
	const echo = {
		id,
		model: 'doubao-seedance-2-0-260128',
		created_at: startSeconds,
		service_tier: 'default',
		execution_expires_after: 172800,
		generate_audio: true,
		draft: false,
		priority: 0,
		safety_identifier: 'user-1',
	};
	setup.pass(4999);
	expect((await setup.tasks.get(id)).data).toEqual({
		...echo,
		status: 'queued',
		updated_at: startSeconds,
	});
	setup.pass(1);
	expect((await setup.tasks.get(id)).data).toEqual({
		...echo,
		status: 'running',
		updated_at: startSeconds + 5,
	});
	setup.pass(20_000);
	const file = `${setup.simulator.origin}/tos/ark-content-generation-cn-beijing/${id}`;
	expect((await setup.tasks.get(id)).data).toEqual({
		...echo,
		status: 'succeeded',
		updated_at: startSeconds + 25,
		content: {
			video_url: expect.stringContaining(`${file}.mp4?X-Tos-Algorithm=TOS4-HMAC-SHA256`),
			last_frame_url: expect.stringContaining(`${file}.png?X-Tos-Algorithm=TOS4-HMAC-SHA256`),
		},
		usage: { completion_tokens: 108900, total_tokens: 108900 },
		seed: expect.any(Number),
		resolution: '720p',
		ratio: '16:9',
		duration: 5,
		framespersecond: 24,
	});
});

it.each([
	[
		'failed OutputVideoSensitiveContentDetected',
		'OutputVideoSensitiveContentDetected',
		'The generated video was withheld by moderation.',
	],
	['failed', 'InternalServiceError', 'The service met an unexpected internal error.'],
])('ends [simulate:%s] as failed, with status 200', async (marker, code, explanation) => {
	const id = await setup.create(`A cat [simulate:${marker}]`);
	setup.pass(10_000);
	const { status, data } = await setup.tasks.get(id);
	expect(status).toBe(200);
	expect(data).toEqual({
		id,
		model: 'doubao-seedance-2-0-260128',
		status: 'failed',
		error: { code, message: `${explanation} Request id: ${requestId}` },
		created_at: startSeconds,
		updated_at: startSeconds + 10,
		service_tier: 'default',
		execution_expires_after: 172800,
		generate_audio: true,
		draft: false,
		priority: 0,
	});
});

it('ends [simulate:expired] and [simulate:no-url] as they say', async () => {
	const expired = await setup.create('[simulate:expired]');
	const withoutUrl = await setup.create('[simulate:no-url]');
	setup.pass(10_000);
	const answer = await setup.tasks.get(expired);
	expect(answer.data.status).toBe('expired');
	expect(answer.data).not.toHaveProperty('error');
	expect((await setup.tasks.get(withoutUrl)).data).toMatchObject({
		status: 'succeeded',
		content: {},
		usage: { completion_tokens: 108900 },
	});
});

it('refuses at create what [simulate:input-refused] names', async () => {
	const { status, data } = await setup.tasks.post(
		'',
		textRequest(
			{},
			'[simulate:input-refused InputImageSensitiveContentDetected.PrivacyInformation]',
		),
	);
	expect(status).toBe(400);
	expect(data).toEqual(
		errorBody(
			'InputImageSensitiveContentDetected.PrivacyInformation',
			'The input was refused.',
			'content',
		),
	);
	expect(setup.simulator.tasks).toEqual([]);
});

it('renders a limited number at a time, the others by priority, then first in, first out', async () => {
	const ids: string[] = [];
	for (const priority of [0, 0, 0, 0, 5, 5]) ids.push(await setup.create('A cat', { priority }));
	const [q, r, s] = ['queued', 'running', 'succeeded'];
	expect(await statusesOf(ids)).toEqual([r, r, q, q, q, q]);
	setup.pass(10_000);
	expect(await statusesOf(ids)).toEqual([s, s, q, q, r, r]);
	setup.pass(10_000);
	expect(await statusesOf(ids)).toEqual([s, s, r, r, s, s]);
	setup.pass(10_000);
	expect(await statusesOf(ids)).toEqual([s, s, s, s, s, s]);
});

it('finds the same state however long nobody polled', async () => {
	for (let count = 0; count < 5; count += 1) await setup.create('A cat');
	setup.pass(hourMs);
	expect(setup.simulator.tasks.map(({ endedMs }) => (endedMs ?? 0) - startMs)).toEqual([
		10_000, 10_000, 20_000, 20_000, 30_000,
	]);
});

it('lets tasks expire that wait or render too long', async () => {
	const fields = { execution_expires_after: 3600 };
	const ids = [
		await setup.create('[simulate:render 90m]', fields),
		await setup.create('[simulate:render 90m]', fields),
		await setup.create('A cat', fields),
	];
	setup.pass(hourMs - 1);
	expect(await statusesOf(ids)).toEqual(['running', 'running', 'queued']);
	setup.pass(1);
	expect(await statusesOf(ids)).toEqual(['expired', 'expired', 'expired']);
});

it.each([
	[
		'2.0 that chooses its duration',
		{ duration: -1, ratio: 'adaptive' },
		{ duration: 5, ratio: '16:9' },
		108900,
	],
	[
		'2.0 at 1080p',
		{ resolution: '1080p', ratio: '21:9', duration: 15 },
		{ resolution: '1080p' },
		735705,
	],
	[
		'1.0 in its default resolution',
		{ model: 'seedance-1-0-pro-250528' },
		{ resolution: '1080p', ratio: '16:9' },
		246840,
	],
	[
		'1.0 by frames',
		{ model: 'seedance-1-0-pro-250528', frames: 57, resolution: '480p' },
		{ frames: 57 },
		23085,
	],
	[
		'a draft',
		{ model: 'seedance-1-5-pro-251215', draft: true },
		{ resolution: '480p', draft: true },
		30383,
	],
	[
		'a silent draft',
		{ model: 'seedance-1-5-pro-251215', draft: true, generate_audio: false },
		{ resolution: '480p', draft: true },
		35447,
	],
])('counts the tokens of %s', async (_, fields, shown, tokens) => {
	const id = await setup.create('A cat', fields);
	setup.pass(10_000);
	const { data } = await setup.tasks.get(id);
	expect(data).toMatchObject(shown);
	expect(data.usage).toEqual({ completion_tokens: tokens, total_tokens: tokens });
	expect('duration' in data).toBe(!('frames' in fields));
});

const withVideo = (prompt: string) => [
	{ type: 'text', text: prompt },
	{ type: 'video_url', video_url: { url: 'https://h/v.mp4' }, role: 'reference_video' },
];

it.each([
	// Source: measured.
	['with its length', '[simulate:input-video 4s]', { duration: 4, ratio: '16:9' }, 173700],
	[
		'at least with the minimum',
		'[simulate:input-video 2s]',
		{ duration: 4, ratio: '16:9' },
		152100,
	],
	[
		'with the ratio and the duration that the model chose',
		'[simulate:input-video 15.2s] [simulate:duration 15s] [simulate:ratio 4:3]',
		{ duration: -1 },
		Math.round(((24 * 30.2 + 1.2) * 1112 * 834) / 1024),
	],
])('counts a reference video %s', async (_, markers, fields, tokens) => {
	const id = await setup.create('', { content: withVideo(markers), ...fields });
	setup.pass(10_000);
	const { data } = await setup.tasks.get(id);
	expect(data.usage).toEqual({ completion_tokens: tokens, total_tokens: tokens });
});

it('refuses reference videos that are longer than the model accepts', async () => {
	const content = withVideo('[simulate:input-video 15.3s]');
	const { status } = await setup.tasks.post('', textRequest({ content }));
	expect(status).toBe(400);
});

it('shows of a 1.0 task only what that model has', async () => {
	const id = await setup.create('A cat', { model: 'seedance-1-0-pro-250528', seed: 0 });
	setup.pass(10_000);
	const { data } = await setup.tasks.get(id);
	expect(data).toMatchObject({ model: 'seedance-1-0-pro-250528', seed: 0 });
	for (const field of ['generate_audio', 'draft', 'priority', 'error']) {
		expect(data).not.toHaveProperty(field);
	}
});

it('forgets a task after seven days', async () => {
	const id = await setup.create('A cat');
	setup.pass(7 * 24 * hourMs - 1);
	expect(await statusOf(id)).toBe('succeeded');
	setup.pass(1);
	const { status, data } = await setup.tasks.get(id);
	expect(status).toBe(404);
	expect(data).toEqual(errorBody('NotFound.Task', 'Task not found.', '', 'NotFound'));
});
