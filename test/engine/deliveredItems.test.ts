import { createHash } from 'node:crypto';
import { speedUpTime } from './fastTime';
import { quickCreate, setUp } from './setup';
import { errorNode, videoNode } from './workflows';

const restoreTime = speedUpTime(10);
afterAll(restoreTime);

const setup = setUp({ renderMs: 500 });

const downloads = () => setup.requests('GET', /^\/tos\//).length;
const settings = {
	...{ retryOnFail: true, maxTries: 5, waitBetweenTries: 100 },
	onError: 'continueErrorOutput',
} as const;
const rows = ['', 'A', 'B', 'C'].map((prompt) => ({ json: { prompt } }));
const create = { ...quickCreate, prompt: '={{ $json.prompt }}' };

test('an item that an earlier try has delivered is returned with its own file, which is fetched once', async () => {
	const before = setup.simulator.tasks.length;
	const execution = await setup.runVideo(create, { items: rows, settings });
	const tasks = setup.simulator.tasks.slice(before);
	expect(tasks).toHaveLength(3);
	expect(downloads()).toBe(3);
	expect(execution.items(errorNode).map(({ json }) => json['prompt'])).toEqual(['']);
	const items = execution.items(videoNode);
	expect(items.map(({ json, pairedItem }) => [json['status'], pairedItem])).toEqual(
		[1, 2, 3].map((item) => ['succeeded', { item }]),
	);
	for (const { json, binary } of items) {
		const file = await setup.engine.readBinary(binary?.['data'] as never);
		const hash = createHash('sha256').update(file).digest('hex');
		expect(hash).toBe(await setup.simulator.sha256OfVideo(String(json['taskId'])));
	}
});

test('what was not delivered whole is fetched in the next try', async () => {
	let refused = 0;
	const remove = setup.simulator.intercept(({ path }) =>
		path.startsWith('/tos') && refused++ < 4 ? { status: 403, body: 'Expired' } : undefined,
	);
	const execution = await setup.runVideo(create, { items: rows.slice(0, 2), settings });
	remove();
	const [item] = execution.items(videoNode);
	expect(item?.json['downloadFailure']).toBeUndefined();
	expect(Object.keys(item?.binary ?? {})).toEqual(['data']);
});

test('a run without a failure keeps nothing of its items', async () => {
	const execution = await setup.runVideo(create, { items: rows.slice(1), settings });
	const context = execution.run.data.executionData?.contextData[`node:${videoNode}`];
	expect(execution.items(videoNode)).toHaveLength(3);
	expect(context?.['seedanceDelivered'] ?? {}).toEqual({});
});
