import { startSimulator } from '../simulator/simulator';
import { setUp } from './setup';
import { videoNode } from './workflows';

const setup = setUp();

const workflow = {
	operation: 'create',
	model: 'seedance-2-0',
	mode: 'firstFrame',
	prompt: 'Camera slowly pushes in',
	firstFrameSource: 'url',
	firstFrame: 'https://example.com/i.png',
	waitOptions: { pollInterval: 1 },
	options: { seed: 7, returnLastFrame: true },
};

test.each([
	['powerTokens', 'dreamina-seedance-2-0-260128'],
	['apiYi', 'doubao-seedance-2-0-260128'],
	['bytePlus', 'dreamina-seedance-2-0-260128'],
	['volcengine', 'doubao-seedance-2-0-260128'],
] as const)('the same workflow at %s: switching the credential is all', async (provider, model) => {
	const simulator = await startSimulator({ provider, renderMs: 100 });
	try {
		const execution = await setup.runVideo(workflow, {
			credentials: {
				seedanceApi: { provider, baseUrl: simulator.origin, apiKey: simulator.apiKey },
			},
		});
		expect(execution.error).toBeUndefined();
		const [item] = execution.items(videoNode);
		expect(item).toMatchObject({
			json: { taskId: simulator.tasks[0]?.id, status: 'succeeded' },
			binary: {
				data: { mimeType: 'video/mp4' },
				lastFrame: { mimeType: 'image/png', fileName: `${simulator.tasks[0]?.id}.png` },
			},
		});
		expect(simulator.requests[0]).toMatchObject({ body: { model }, status: 200 });
	} finally {
		await simulator.close();
	}
});

test('APIYI without a list of tasks: the list is asked for once, and each task is read', async () => {
	const simulator = await startSimulator({ provider: 'apiYi', renderMs: 100, list: 'html' });
	try {
		const items = ['A', 'B', 'C'].map((prompt) => ({ json: { prompt } }));
		const execution = await setup.runVideo(
			{ ...workflow, prompt: '={{ $json.prompt }}', model: 'seedance-2-5' },
			{
				items,
				credentials: {
					seedanceApi: {
						...{ provider: 'apiYi', baseUrl: simulator.origin, apiKey: simulator.apiKey },
					},
				},
			},
		);
		expect(execution.error).toBeUndefined();
		expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual(
			items.map(() => 'succeeded'),
		);
		const lists = simulator.requests.filter(
			({ method, path }) => method === 'GET' && /\/tasks(\?|$)/.test(path),
		);
		expect(lists.length).toBeLessThan(2);
	} finally {
		await simulator.close();
	}
});

test('an APIYI key without its group gets an error that says so, and that nothing was created', async () => {
	const simulator = await startSimulator({ provider: 'apiYi', apiYiGroups: [] });
	const execution = await setup.runVideo(workflow, {
		credentials: {
			seedanceApi: { provider: 'apiYi', baseUrl: simulator.origin, apiKey: simulator.apiKey },
		},
	});
	await simulator.close();
	expect(simulator.requests).toHaveLength(1);
	expect(execution.error).toMatchObject({
		description: expect.stringMatching(
			/SeeDance2 .* model_not_found: no available channel for this model/,
		),
		context: { code: 'model_not_found', httpStatus: 503 },
	});
});
