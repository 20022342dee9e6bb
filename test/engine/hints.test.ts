import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { videoNode } from './workflows';
import type { Execution } from './engine';

const restoreTime = speedUpTime(40);
afterAll(restoreTime);
const setup = setUp({ renderMs: 60_000, now: () => Date.now() });

const items = ['A', 'B'].map((prompt) => ({ json: { prompt } }));
const create = { operation: 'create', prompt: '={{ $json.prompt }}' };
const hintsOf = ({ run }: Execution) =>
	run.data.resultData.runData[videoNode]?.at(-1)?.hints?.map(({ message }) => message) ?? [];

test('a video in the item needs no hint', async () => {
	expect(hintsOf(await setup.runVideo(create, { items }))).toEqual([]);
});

test('tasks that continue, and what to do with them', async () => {
	const execution = await setup.runVideo({ ...create, waitOptions: { maxWait: 0.2 } }, { items });
	expect(hintsOf(execution)).toEqual([expect.stringMatching(/^2 tasks .* the Get operation /)]);
});

test('URLs that expire', async () => {
	const execution = await setup.runVideo(
		{ ...create, downloadVideo: false },
		{ items: items.slice(0, 1) },
	);
	expect(hintsOf(execution)).toEqual([expect.stringMatching(/^A video .* Download Video\.$/)]);
});

test('a download that failed', async () => {
	const remove = setup.simulator.intercept(({ path }) =>
		path.startsWith('/tos') ? { status: 403, body: 'Expired' } : undefined,
	);
	const execution = await setup.runVideo(create, { items });
	remove();
	expect(hintsOf(execution)).toEqual([expect.stringMatching(/^2 videos .* the Get operation /)]);
});

test('Get Many for several items returns each task once, with the first item that lists it', async () => {
	await setup.runVideo({ ...create, waitForCompletion: false }, { items });
	const listed = async (parameters: object, count: number) => {
		const before = setup.requests('GET', /tasks$/).length;
		const execution = await setup.runVideo(
			{ operation: 'getAll', returnAll: true, ...parameters },
			{ items: items.slice(0, count) },
		);
		return {
			returned: execution
				.items(videoNode)
				.map(({ json, pairedItem }) => [json['taskId'] ?? json['id'], pairedItem]),
			lists: setup.requests('GET', /tasks$/).length - before,
			hints: hintsOf(execution),
		};
	};
	const once = await listed({}, 1);
	expect(once.returned).toHaveLength(setup.simulator.tasks.length);
	expect(once.hints).toEqual([]);
	for (const simplify of [true, false]) {
		expect(await listed({ simplify }, 2)).toEqual({
			...once,
			hints: [expect.stringContaining('Execute Once')],
		});
	}
	const differing = await listed({ returnAll: false, limit: '={{ $itemIndex + 1 }}' }, 2);
	expect(differing.returned).toEqual([
		[once.returned[0]?.[0], { item: 0 }],
		[once.returned[1]?.[0], { item: 1 }],
	]);
});
