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
