import { startMs, textRequest, useSimulator } from './testSimulator';

const setup = useSimulator({ echoesMarkers: false });

const markers = { execution_expires_after: 3600, safety_identifier: 'user-1' };
const seconds = startMs / 1000;
const taskWithoutMarkers = (id: string, status: string) => ({
	id,
	model: 'doubao-seedance-2-0-260128',
	status,
	created_at: seconds,
	updated_at: seconds,
	service_tier: 'default',
	generate_audio: true,
	draft: false,
	priority: 0,
});

it('echoes neither expiry nor safety identifier, from create to list', async () => {
	const created = await setup.tasks.post('', textRequest(markers));
	expect(created.data).toEqual({ id: expect.stringMatching(/^cgt-/) });
	const { id } = created.data;
	const task = taskWithoutMarkers(id, 'running');
	expect((await setup.tasks.get(id)).data).toEqual(task);
	expect((await setup.tasks.get('')).data).toEqual({ total: 1, items: [task] });
});

it('does not echo them in the OpenAI-style interface', async () => {
	const model = 'seedance-1-5-pro-251215';
	const { data } = await setup.openAi.post('/videos', { model, prompt: 'A cat' });
	expect((await setup.openAi.get(`/videos/${data.id}`)).data).toEqual({
		id: data.id,
		task_id: data.id,
		object: 'video',
		model,
		status: 'running',
		progress: 50,
		created_at: seconds,
		updated_at: seconds,
		service_tier: 'default',
		generate_audio: true,
		draft: false,
	});
});

it('does not echo them to a callback URL', async () => {
	const id = await setup.create('A cat [simulate:queue 60m]', {
		...markers,
		callback_url: 'http://127.0.0.1:9/',
	});
	while (setup.simulator.callbacks.length === 0) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	expect(setup.simulator.callbacks[0]?.body).toEqual(taskWithoutMarkers(id, 'queued'));
});

it('still lets a task expire as asked', async () => {
	const id = await setup.create('A cat [simulate:queue 120m]', markers);
	setup.pass(3_600_000);
	expect((await setup.tasks.get(id)).data.status).toBe('expired');
	expect(setup.simulator.tasks).toMatchObject([
		{ expiresSeconds: 3600, safetyIdentifier: 'user-1' },
	]);
});
