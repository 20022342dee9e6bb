import { errorBody, useSimulator } from './testSimulator';

const setup = useSimulator({ concurrency: 1 });

const v15 = 'seedance-1-5-pro-251215';
const v25 = 'dreamina-seedance-2-5-260628';
const sevenDaysMs = 7 * 24 * 60 * 60 * 1000;
const finalOf = (id: string, fields: Record<string, unknown> = {}) => ({
	model: v15,
	content: [{ type: 'draft_task', draft_task: { id } }],
	...fields,
});
const draft = async (fields: Record<string, unknown> = {}, prompt = 'A cat') =>
	await setup.create(prompt, { model: v15, draft: true, ...fields });

const refusal = {
	status: 400,
	data: errorBody(
		'InvalidParameter',
		'The parameter `content[0].draft_task.id` is not valid: expected the id of a draft that succeeded.',
		'content[0].draft_task.id',
	),
};

it.each([v15, v25])(
	'makes the final video of a draft of %s, with all that it had',
	async (model) => {
		const shape = { ratio: '9:16', duration: 7, generate_audio: false, seed: 7 };
		const draftId = await draft({ model, ...shape });
		setup.pass(10_000);
		const { data } = await setup.tasks.post('', finalOf(draftId, { model }));
		setup.pass(10_000);
		expect((await setup.tasks.get(data.id)).data).toMatchObject({
			...shape,
			status: 'succeeded',
			draft: false,
			draft_task_id: draftId,
			resolution: '720p',
		});
	},
);

it('accepts other values for the final video', async () => {
	const draftId = await draft();
	setup.pass(10_000);
	const fields = { resolution: '1080p', ratio: '1:1', duration: 8, generate_audio: false, seed: 1 };
	const { data } = await setup.tasks.post('', finalOf(draftId, fields));
	setup.pass(10_000);
	expect((await setup.tasks.get(data.id)).data).toMatchObject({
		...fields,
		draft_task_id: draftId,
	});
});

it.each([
	{ duration: 5 },
	{ ratio: '16:9' },
	{ seed: 1 },
	{ generate_audio: true },
	{ omni_reference_task_type: 'auto' },
])('refuses %j for the final video of a 2.5 draft', async (fields) => {
	const draftId = await draft({ model: v25 });
	setup.pass(10_000);
	const { status, data } = await setup.tasks.post('', finalOf(draftId, { model: v25, ...fields }));
	expect({ status, param: data.error.param }).toEqual({
		status: 400,
		param: Object.keys(fields)[0],
	});
	const resolution = { model: v25, resolution: '1080p' };
	expect((await setup.tasks.post('', finalOf(draftId, resolution))).status).toBe(200);
});

it.each<readonly [title: string, prepare: () => Promise<string>]>([
	['a task that does not exist', async () => 'cgt-20261121080000-aaaaa'],
	['a task that is no draft', async () => await draft({ draft: false })],
	['a draft that failed', async () => await draft({}, '[simulate:failed]')],
	['a draft that is rendering', async () => await draft({}, '[simulate:render 1m]')],
	[
		'a draft that is older than seven days',
		async () => {
			const id = await draft();
			setup.pass(sevenDaysMs - 10_000);
			return id;
		},
	],
	[
		'a draft that was deleted',
		async () => {
			const id = await draft();
			setup.pass(10_000);
			await setup.tasks.delete(id);
			return id;
		},
	],
])('refuses %s', async (_, prepare) => {
	const id = await prepare();
	setup.pass(10_000);
	const { status, data } = await setup.tasks.post('', finalOf(id));
	expect({ status, data }).toEqual(refusal);
});

it('accepts a draft until the last moment of its seven days', async () => {
	const id = await draft();
	setup.pass(sevenDaysMs - 1);
	expect((await setup.tasks.post('', finalOf(id))).status).toBe(200);
});

it('refuses a draft of a draft', async () => {
	const id = await draft();
	setup.pass(10_000);
	expect((await setup.tasks.post('', finalOf(id, { draft: true }))).data).toEqual(
		errorBody(
			'InvalidParameter',
			'The parameter `draft` is not valid: expected false for the final video of a draft.',
			'draft',
		),
	);
});
