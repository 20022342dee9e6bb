import axios from 'axios';
import { errorBody, openAiErrorBody, startMs, textRequest, useSimulator } from './testSimulator';

const setup = useSimulator({ concurrency: 1 });

const v20 = 'dreamina-seedance-2-0-260128';
const v15 = 'seedance-1-5-pro-251215';
const createdSeconds = startMs / 1000;
const idForm = expect.stringMatching(/^cgt-20261121080000-[0-9a-z]{5}$/);

const media = (prompt: string) => [{ type: 'text', text: prompt }];
const createV20 = async (prompt = 'A cat', fields: Record<string, unknown> = {}) =>
	(await setup.openAi.post('/videos', { model: v20, media: media(prompt), ...fields })).data;
const createV15 = async (prompt = 'A cat', fields: Record<string, unknown> = {}) =>
	(await setup.openAi.post('/videos', { model: v15, prompt, ...fields })).data;
const get = async (id: string) => (await setup.openAi.get(`/videos/${id}`)).data;
const videoUrl = (id: string) =>
	expect.stringContaining(`/tos/ark-content-generation-cn-beijing/${id}.mp4?X-Tos-Algorithm=`);
const notFound = { status: 404, data: openAiErrorBody('NotFound.Task', 'Task not found.') };

it('shows a 2.x task from create to video', async () => {
	const created = await createV20('A cat [simulate:queue 5s]', {
		seed: 7,
		safety_identifier: 'user-1',
		return_last_frame: true,
	});
	expect(created).toEqual({ id: idForm, task_id: created.id, status: 'queued' });
	const echo = { id: created.id, model: 'doubao-seedance-2-0-260128', generate_audio: true };
	expect(await get(created.id)).toEqual({ ...echo, status: 'queued' });
	setup.pass(5000);
	expect(await get(created.id)).toEqual({ ...echo, status: 'running' });
	setup.pass(10_000);
	expect(await get(created.id)).toEqual({
		...echo,
		status: 'succeeded',
		content: { video_url: videoUrl(created.id), last_frame_url: expect.stringContaining('.png?') },
		seed: 7,
		resolution: '720p',
		ratio: '16:9',
		duration: 5,
		framespersecond: 24,
		usage: { completion_tokens: 108900, total_tokens: 108900 },
	});
});

it('shows a 1.x task from create to video', async () => {
	const created = await createV15('A cat [simulate:queue 5s]', { draft: true, seconds: '-1' });
	const head = { id: idForm, task_id: created.id, object: 'video', model: v15 };
	expect(created).toEqual({
		...head,
		status: 'pending',
		progress: 0,
		created_at: createdSeconds,
	});
	const echo = {
		...head,
		created_at: createdSeconds,
		service_tier: 'default',
		execution_expires_after: 172800,
		generate_audio: true,
		draft: true,
	};
	expect(await get(created.id)).toEqual({
		...echo,
		status: 'pending',
		progress: 0,
		updated_at: createdSeconds,
	});
	setup.pass(5000);
	expect(await get(created.id)).toEqual({
		...echo,
		status: 'running',
		progress: 50,
		updated_at: createdSeconds + 5,
	});
	setup.pass(10_000);
	expect(await get(created.id)).toEqual({
		...echo,
		status: 'succeeded',
		progress: 100,
		updated_at: createdSeconds + 15,
		content: { video_url: videoUrl(created.id) },
		seed: expect.any(Number),
		resolution: '480p',
		ratio: '16:9',
		duration: 5,
		framespersecond: 24,
		usage: { completion_tokens: 30383, total_tokens: 30383 },
	});
});

it('shows why a task failed', async () => {
	const { id } = await createV20('[simulate:failed OutputVideoSensitiveContentDetected]');
	setup.pass(10_000);
	expect(await get(id)).toEqual({
		id,
		model: 'doubao-seedance-2-0-260128',
		generate_audio: true,
		status: 'failed',
		error: {
			code: 'OutputVideoSensitiveContentDetected',
			message: 'The generated video was withheld by moderation. Request id: request-1',
		},
	});
});

it('shares its tasks with the official interface', async () => {
	const { id } = await createV20();
	expect((await setup.tasks.get(id)).data).toMatchObject({ id, status: 'running', priority: 0 });
	const other = await setup.create('A cat', { model: v15 });
	expect(await get(other)).toMatchObject({ id: other, status: 'pending', progress: 0 });
	await setup.tasks.delete(other);
	expect(await get(other)).toMatchObject({ status: 'cancelled', progress: 100 });
});

it('serves the video itself', async () => {
	const { id } = await createV20();
	const early = await setup.openAi.get(`/videos/${id}/content`);
	expect({ status: early.status, data: early.data }).toEqual({
		status: 400,
		data: openAiErrorBody('InvalidAction.TaskNotSucceeded', 'The task is running.'),
	});
	setup.pass(10_000);
	const video = await setup.openAi.get(`/videos/${id}/content`, { responseType: 'arraybuffer' });
	expect(video.headers['content-type']).toBe('video/mp4');
	expect(video.data.subarray(4, 8).toString()).toBe('ftyp');
	const file = await setup.files.get((await get(id)).content.video_url);
	expect(video.data.equals(file.data)).toBe(true);
});

it('lists its models', async () => {
	const { data } = await setup.openAi.get('/models');
	expect(data).toEqual({
		object: 'list',
		data: [
			'dreamina-seedance-2-5-260628',
			v20,
			'dreamina-seedance-2-0-fast-260128',
			'dreamina-seedance-2-0-mini-260615',
			v15,
			'seedance-1-0-pro-250528',
			'seedance-1-0-pro-fast-251015',
		].map((id) => ({ id, owned_by: 'byteplus', supported_endpoint_types: ['openai-video'] })),
	});
});

it.each([
	['GET', '/videos'],
	['DELETE', '/videos/cgt-1'],
	['POST', '/videos/cgt-1'],
	['GET', '/elsewhere'],
])('has no %s %s', async (method, url) => {
	const { status, data } = await setup.openAi.request({ method, url });
	expect({ status, data }).toEqual({
		status: 404,
		data: openAiErrorBody('NotFound', 'The path or the method is not known.'),
	});
});

it('does not know a task that never was, or is too old', async () => {
	const { id } = await createV20();
	setup.pass(7 * 24 * 60 * 60 * 1000);
	for (const url of ['/videos/', '/videos/cgt-1', `/videos/${id}`, `/videos/${id}/content`]) {
		const { status, data } = await setup.openAi.get(url);
		expect({ status, data }).toEqual(notFound);
	}
});

it.each(['simulator-key', 'Bearer simulator-key', 'Bearer another', undefined])(
	'wants the key on every call: %s',
	async (authorization) => {
		const taken = authorization?.endsWith('simulator-key') === true;
		const { id } = await createV20();
		setup.pass(10_000);
		for (const [method, path, data] of [
			['POST', '/videos', { model: v15, prompt: 'A cat' }],
			['GET', `/videos/${id}`, undefined],
			['GET', `/videos/${id}/content`, undefined],
			['GET', '/models', undefined],
		] as const) {
			const answer = await axios.request({
				method,
				url: `${setup.simulator.origin}/v1${path}`,
				data,
				headers: authorization === undefined ? {} : { Authorization: authorization },
				validateStatus: () => true,
			});
			expect(answer.status).toBe(taken ? 200 : 401);
			if (taken) continue;
			expect(answer.data).toEqual(
				openAiErrorBody('AuthenticationError', 'The API key is missing or not valid.'),
			);
		}
	},
);

it('leaves the official interface its own errors', async () => {
	const { data } = await setup.tasks.post('', textRequest({ seconds: '5' }));
	expect(data).toEqual(
		errorBody(
			'InvalidParameter.UnsupportedParameter',
			'The parameter `seconds` is not supported by this API.',
			'seconds',
		),
	);
});
