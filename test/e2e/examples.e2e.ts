import { outputOf, type Execution, type ExecutionItem } from '../n8n/execution';
import { manualTriggerType, nodeOfType, type StoredWorkflow } from '../n8n/workflow';
import { bytesOf, importWorkflow, itemsOfAllRuns, readExample, videoNode } from './examples';
import { sha256 } from './hash';
import { withoutMarkers } from './marker';
import { setUpN8n } from './setup';

const instance = setUpN8n();
const executionTimeoutMs = 120_000;

beforeEach(() => {
	instance().simulator.requests.length = 0;
});

async function run(workflow: StoredWorkflow): Promise<Execution> {
	const { client } = instance();
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	const { status, data } = execution;
	expect({ status, error: data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});
	return execution;
}

async function sha256Of(item: ExecutionItem | undefined, field: string): Promise<string> {
	const binary = item?.binary?.[field];
	if (binary === undefined) throw new Error(`There is no file in the field ${field}`);
	return sha256(await instance().client.readBinary(binary));
}

function createBodies(): object[] {
	const { requests } = instance().simulator;
	return withoutMarkers(
		requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/tasks')),
	);
}

test('multi-shot-story: the last frame of each clip is the first of the next', async () => {
	const { simulator } = instance();
	const workflow = await importWorkflow(instance(), await readExample('multi-shot-story'));
	const execution = await run(workflow);

	const clips = outputOf(execution, 'Each clip');
	const tasks = simulator.tasks.slice(-3);
	const uploads = simulator.uploads.slice(-2);
	expect(
		clips.map(({ json }) => [json['taskId'], json['story'], json['shot'], json['prompt']]),
	).toEqual(tasks.map(({ id, prompt }, index) => [id, 'fox', index + 1, prompt]));
	for (const [index, task] of tasks.entries()) {
		expect(await sha256Of(clips[index], 'data')).toBe(await simulator.sha256OfVideo(task.id));
	}
	for (const [index, upload] of uploads.entries()) {
		const lastFrame = await fetch(String(clips[index]?.json['lastFrameUrl']));
		expect(upload).toMatchObject({
			fileName: `${tasks[index]?.id}.png`,
			contentType: 'image/png',
			sha256: sha256(Buffer.from(await lastFrame.arrayBuffer())),
		});
	}
	const common = {
		model: 'dreamina-seedance-2-0-260128',
		generate_audio: true,
		resolution: '720p',
		duration: 5,
	};
	const firstFrame = (index: number) => ({
		type: 'image_url',
		image_url: { url: `asset://${uploads[index]?.assetId}` },
	});
	const text = (shot: string) => ({ type: 'text', text: shot });
	expect(createBodies()).toEqual([
		{
			...{ ...common, ratio: '16:9', return_last_frame: true },
			content: [text('A fox wakes up in a snowy forest at dawn')],
		},
		{
			...{ ...common, ratio: 'adaptive', return_last_frame: true },
			content: [text('The fox trots to a frozen lake and looks at its reflection'), firstFrame(0)],
		},
		{
			...{ ...common, ratio: 'adaptive' },
			content: [text('The ice glows from below and the fox leaps away'), firstFrame(1)],
		},
	]);
});

test('multi-shot-story: a shot that fails is told with its scene, and once the scene is corrected, only the missing shots are created', async () => {
	const { client, simulator } = instance();
	const scenes = ['A hare wakes up', 'The hare hops', 'The hare eats'];
	const withScenes = async (rows: readonly string[]) => {
		const assignments = [
			{
				...{ id: 'scenes', name: 'scenes', type: 'array' },
				value: rows.map((scene) => ({ story: 'hare', scene })),
			},
		];
		return await readExample('multi-shot-story', { 'The sheet': { assignments: { assignments } } });
	};
	const [first = '', second = '', third = ''] = scenes;
	const marker = '[simulate:failed OutputVideoSensitiveContentDetected]';
	const refused = `${second} ${marker}`;
	const workflow = await importWorkflow(instance(), await withScenes([first, refused, third]));
	const before = simulator.tasks.length;
	const execution = await run(workflow);
	const [one, two] = simulator.tasks.slice(before);
	expect(outputOf(execution, 'Each clip').map(({ json }) => json['taskId'])).toEqual([one?.id]);
	const errors = outputOf(execution, videoNode, 1).map(
		({ json }) => json['error'] as Record<string, string>,
	);
	expect(errors.map(({ code }) => code)).toEqual([
		'OutputVideoSensitiveContentDetected',
		'shotBeforeFailed',
	]);
	expect(outputOf(execution, 'What went wrong').map(({ json }) => json)).toEqual(
		errors.map(({ message, description }, index) => ({
			scene: [refused, third][index],
			reason: String(message).replace(/^\[Item \d\] /, ''),
			whatToDo: description,
			taskId: [two?.id, ''][index],
		})),
	);

	const corrected = await withScenes(scenes);
	const nodes = workflow.nodes.map((node) =>
		node.name === 'The sheet'
			? {
					...node,
					parameters: corrected.nodes.find(({ name }) => name === node.name)?.['parameters'],
				}
			: node,
	);
	simulator.requests.length = 0;
	const again = await run(await client.updateWorkflow({ ...workflow, nodes }));
	const created = simulator.tasks.slice(before + 2);
	expect(created.map(({ prompt }) => prompt)).toEqual([second, third]);
	expect(createBodies()).toHaveLength(2);
	const clips = outputOf(again, 'Each clip');
	expect(clips.map(({ json }) => json['taskId'])).toEqual(
		[one, ...created].map((task) => task?.id),
	);
	for (const clip of clips) {
		expect(await sha256Of(clip, 'data')).toBe(
			await simulator.sha256OfVideo(String(clip.json['taskId'])),
		);
	}
	expect(itemsOfAllRuns(again, 'What went wrong')).toEqual([]);
});

test.each([
	[
		'prompt-to-video',
		{ [videoNode]: { prompt: 'A kitten [simulate:failed InternalServiceError]' } },
	],
	[
		'callback-with-wait',
		{ [videoNode]: { prompt: 'A lighthouse [simulate:failed InternalServiceError]' } },
	],
])('%s: the reason of a failed task and its ID are in What went wrong', async (name, filledIn) => {
	const workflow = await importWorkflow(instance(), await readExample(name, filledIn));
	const execution = await run(workflow);
	const taskId = instance().simulator.tasks.at(-1)?.id;
	const failedNode = name === 'callback-with-wait' ? 'Get the task' : videoNode;
	const [failed] = outputOf(execution, failedNode, 1);
	const error = failed?.json['error'] as Record<string, string>;
	expect(error).toMatchObject({ code: 'InternalServiceError', taskId });
	expect(outputOf(execution, 'What went wrong').map(({ json }) => json)).toEqual([
		{
			reason: String(error['message']).replace(/^\[Item \d\] /, ''),
			whatToDo: error['description'],
			taskId,
		},
	]);
});

test('asset-to-video: what the library refuses is in What went wrong, and no video is created', async () => {
	const { simulator, n8n } = instance();
	const before = simulator.tasks.length;
	// A page is not an image.
	const example = await readExample('asset-to-video', {
		'Get the image': {
			url: `${n8n.origin}/signin`,
			options: { response: { response: { responseFormat: 'file' } } },
		},
	});
	const execution = await run(await importWorkflow(instance(), example));
	const [failed] = outputOf(execution, 'Seedance Asset', 1);
	const { message, description } = failed?.json['error'] as Record<string, string>;
	expect(outputOf(execution, 'What went wrong').map(({ json }) => json)).toEqual([
		{
			reason: String(message).replace(/^\[Item \d\] /, ''),
			whatToDo: description,
			taskId: '',
		},
	]);
	expect(simulator.tasks).toHaveLength(before);
});

test("callback-with-wait: the provider's calls resume the execution until the video is there", async () => {
	const { simulator } = instance();
	const workflow = await importWorkflow(
		instance(),
		await readExample('callback-with-wait', {
			[videoNode]: {
				prompt: 'A lighthouse [simulate:queue 4s] [simulate:render 6s]',
			},
		}),
	);
	const execution = await run(workflow);

	const task = simulator.tasks.at(-1);
	const looks = itemsOfAllRuns(execution, 'Get the task');
	expect(looks.map(({ json }) => json['status'])).toEqual(['running', 'succeeded']);
	expect(itemsOfAllRuns(execution, 'Wait for a callback').map(({ json }) => json['body'])).toEqual([
		expect.objectContaining({ id: task?.id, status: 'running' }),
		expect.objectContaining({ id: task?.id, status: 'succeeded' }),
	]);
	const polls = simulator.requests.filter(
		({ method, path }) => method === 'GET' && path.endsWith(String(task?.id)),
	);
	expect(polls).toHaveLength(2);
	const video = await bytesOf(instance(), execution, 'Your next step');
	expect(sha256(video)).toBe(await simulator.sha256OfVideo(String(task?.id)));
	const told = simulator.callbacks.filter(({ body }) => body['id'] === task?.id);
	// The first one comes while n8n still runs the create, and n8n has no use for it yet.
	expect(told.map(({ body, status }) => [body['status'], status])).toEqual([
		['queued', expect.any(Number)],
		['running', 200],
		['succeeded', 200],
	]);
});
