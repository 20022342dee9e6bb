import type { IDataObject } from 'n8n-workflow';
import { startSimulator, type Simulator } from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { setUp, unmarked } from './setup';
import { rowsWorkflow, videoNode, videoWorkflow } from './workflows';

const restoreTime = speedUpTime(20);
afterAll(restoreTime);

const renderMs = 5_000;
const setup = setUp({ concurrency: 20, renderMs, now: () => Date.now() });

const create = {
	operation: 'create',
	mode: '={{ $json.story === undefined ? "textToVideo" : "continue" }}',
	story: '={{ $json.story }}',
	firstFrameSource: 'none',
	prompt: '={{ $json.prompt }}',
	ratio: '16:9',
};
const continued = { onError: 'continueRegularOutput' } as const;
const shots = (story: string, ...prompts: string[]) =>
	prompts.map((prompt) => ({ json: { story, prompt } }));

let volcengine: Simulator | undefined;
beforeAll(async () => {
	volcengine = await startSimulator({
		...{ provider: 'volcengine', concurrency: 20, renderMs, now: () => Date.now() },
	});
});
afterAll(async () => await volcengine?.close());
const withUrls = () => {
	if (volcengine === undefined) throw new Error('Not started yet');
	return volcengine;
};
const credentialOf = ({ origin, apiKey, provider }: Simulator) => ({
	seedanceApi: { provider, baseUrl: origin, apiKey },
});

/** The creates of prompts, each whole but for its marker. */
function bodies(simulator: Simulator, before: number) {
	return simulator.requests
		.slice(before)
		.filter(
			({ method, path, status }) => method === 'POST' && path.endsWith('/tasks') && status === 200,
		)
		.map(({ body }) => unmarked(body) as IDataObject);
}

const rows = [
	...shots('fox', 'fox 1'),
	...shots('owl', 'owl 1'),
	{ json: { prompt: 'alone 1' } },
	...shots('fox', 'fox 2'),
	...shots('owl', 'owl 2'),
	...shots('fox', 'fox 3', 'fox 4'),
	{ json: { prompt: 'alone 2' } },
	...shots('owl', 'owl 3'),
	...shots('fox', 'fox 5'),
];

test.each([
	['a host that takes URLs', () => withUrls(), 0],
	['PowerTokens', () => setup.simulator, 6],
])(
	'%s: two stories, mixed with each other and with single items',
	async (_, simulatorOf, uploads) => {
		const simulator = simulatorOf();
		const [tasksBefore, requestsBefore] = [simulator.tasks.length, simulator.requests.length];
		const uploadsBefore = simulator.uploads.length;
		const execution = await setup.runVideo(create, {
			items: rows,
			credentials: credentialOf(simulator),
		});
		expect(execution.error).toBeUndefined();
		const tasks = simulator.tasks.slice(tasksBefore);
		const taskOf = (prompt: string) => tasks.find((task) => task.prompt === prompt);
		const items = execution.items(videoNode);
		expect(items.map(({ json, pairedItem }) => [json['taskId'], pairedItem])).toEqual(
			rows.map(({ json }, item) => [taskOf(json.prompt)?.id, { item }]),
		);
		expect(items.map(({ json }) => [json['story'], json['shot']])).toEqual(
			rows.map(({ json }) => {
				const [name = '', shot = ''] = json.prompt.split(' ');
				return name === 'alone' ? [undefined, undefined] : [name, Number(shot)];
			}),
		);
		expect(simulator.uploads).toHaveLength(uploadsBefore + uploads);

		const urls = new Map(items.map(({ json }) => [json['taskId'], json['lastFrameUrl']]));
		const firstFrameOf = (prompt: string) => {
			const [name = '', shot = ''] = prompt.split(' ');
			const before = taskOf(`${name} ${Number(shot) - 1}`);
			if (name === 'alone' || before === undefined) return [];
			const asset = simulator.uploads.find(({ fileName }) => fileName === `${before.id}.png`);
			const url = asset === undefined ? urls.get(before.id) : `asset://${asset.assetId}`;
			return [{ type: 'image_url', image_url: { url } }];
		};
		const expected = rows.map(({ json: { prompt } }) => {
			const frame = firstFrameOf(prompt);
			return {
				model: taskOf(prompt)?.model,
				content: [{ type: 'text', text: prompt }, ...frame],
				generate_audio: true,
				resolution: '720p',
				ratio: frame.length > 0 ? 'adaptive' : '16:9',
				duration: 5,
				...(['fox 5', 'owl 3', 'alone 1', 'alone 2'].includes(prompt)
					? {}
					: { return_last_frame: true }),
			};
		});
		const sent = bodies(simulator, requestsBefore);
		expect(sent).toHaveLength(rows.length);
		expect(sent).toEqual(expect.arrayContaining(expected));

		// Each shot begins after the one before it has ended, and the chains run side by side.
		for (const [name, count] of [
			['fox', 5],
			['owl', 3],
		] as const) {
			for (let shot = 2; shot <= count; shot++) {
				const before = taskOf(`${name} ${shot - 1}`);
				expect(taskOf(`${name} ${shot}`)?.createdMs).toBeGreaterThanOrEqual(
					before?.endedMs ?? Infinity,
				);
			}
		}
		const early = ['fox 1', 'owl 1', 'alone 1', 'alone 2'].map((prompt) => taskOf(prompt));
		const firstEnd = Math.min(...early.map((task) => task?.endedMs ?? 0));
		for (const task of early) expect(task?.createdMs).toBeLessThan(firstEnd);
	},
);

test('a shot that fails ends its own chain, and the others say so in order', async () => {
	const before = setup.simulator.tasks.length;
	const failing = shots(
		'fox',
		'1',
		'[simulate:failed OutputVideoSensitiveContentDetected] 2',
		'3',
		'4',
		'5',
	);
	const execution = await setup.runVideo(create, {
		items: [...failing, ...shots('owl', 'owl 1', 'owl 2')],
		settings: continued,
	});
	const items = execution.items(videoNode);
	expect(setup.simulator.tasks.slice(before)).toHaveLength(4);
	expect(items.map(({ json }) => json['status'])).toEqual([
		...['succeeded', undefined, undefined, undefined, undefined],
		...['succeeded', 'succeeded'],
	]);
	expect(items[1]?.json['error']).toMatchObject({ code: 'OutputVideoSensitiveContentDetected' });
	for (const [index, shot] of [
		[2, 3],
		[3, 4],
		[4, 5],
	] as const) {
		expect(items[index]?.json['error']).toMatchObject({
			code: 'shotBeforeFailed',
			message: expect.stringMatching(new RegExp(`^Shot ${shot} .*"fox".* shot 2 `)),
		});
	}
});

test.each([
	['is refused', { status: 403, body: 'expired' }, 'downloadRefused'],
	[
		'is a page',
		{ status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' },
		'downloadNotMedia',
	],
	['never comes', 'hang', 'downloadIncomplete'],
] as const)(
	'PowerTokens: a last frame that %s ends its story, and no shot is made without it',
	async (_, answer, code) => {
		const before = setup.simulator.tasks.length;
		const mend = setup.simulator.intercept(({ path }) =>
			/^\/tos\/.*\.png/.test(path) ? answer : undefined,
		);
		const execution = await setup.runVideo(
			{ ...create, downloadVideo: false },
			{ items: shots('fox', '1', '2', '3'), settings: continued },
		);
		mend();
		const [first, second, third] = execution.items(videoNode);
		expect(setup.simulator.tasks).toHaveLength(before + 1);
		expect(first?.json).toMatchObject({ shot: 1, status: 'succeeded' });
		expect(second?.json['error']).toMatchObject({ code });
		expect(third?.json['error']).toMatchObject({ code: 'shotBeforeFailed' });
	},
);

test('with Create Again After a Failure the shot is tried again first', async () => {
	const before = setup.simulator.tasks.length;
	const execution = await setup.runVideo(
		{ ...create, options: { createAgainAfterFailure: 1 } },
		{ items: shots('fox', '1', '[simulate:failed] 2', '3'), settings: continued },
	);
	expect(setup.simulator.tasks.slice(before)).toHaveLength(3);
	expect(execution.items(videoNode)[2]?.json['error']).toMatchObject({ code: 'shotBeforeFailed' });
});

test('a refused row keeps its place: the story does not jump over it', async () => {
	const before = setup.simulator.tasks.length;
	const items = [
		{ json: { story: 'fox', prompt: '1', duration: 5 } },
		{ json: { story: 'fox', prompt: '2', duration: 99 } },
		{ json: { story: 'fox', prompt: '3', duration: 5 } },
	];
	const execution = await setup.runVideo(
		{ ...create, duration: '={{ $json.duration }}' },
		{ items, settings: continued },
	);
	expect(setup.simulator.tasks.slice(before)).toHaveLength(1);
	expect(execution.items(videoNode).map(({ json }) => Object(json['error']).code)).toEqual([
		...[undefined, 'invalidInput', 'shotBeforeFailed'],
	]);
});

test.each([
	['yields nothing', '={{ $json.story }}'],
	['fails', '={{ $json.story ?? $("Nothing").first() }}'],
	['is too long', '={{ $json.story ?? "x".repeat(201) }}'],
])(
	'a row whose Story %s may be of any story: no later row is made from the shot before it',
	async (_, story) => {
		const before = setup.simulator.tasks.length;
		const items = [
			...shots('fox', '1', '2'),
			...shots('owl', '1'),
			{ json: { prompt: '3' } },
			...shots('fox', '4'),
			...shots('cat', '1'),
		];
		const execution = await setup.runVideo(
			{ ...create, mode: 'continue', story },
			{ items, settings: continued },
		);
		const failures = execution.items(videoNode).map(({ json }) => Object(json['error']));
		expect(
			setup.simulator.tasks
				.slice(before)
				.map(({ prompt }) => prompt)
				.sort(),
		).toEqual(['1', '1', '2']);
		expect(failures.slice(0, 3).map(({ code }) => code)).toEqual([undefined, undefined, undefined]);
		expect(failures[3]).toBeDefined();
		for (const index of [4, 5]) {
			expect(failures[index]).toMatchObject({
				code: 'invalidInput',
				message: expect.stringMatching(/^Story .* item 4 /),
			});
		}
	},
);

test('a shot whose wait runs out ends its story, and the next one says so', async () => {
	const before = setup.simulator.tasks.length;
	const execution = await setup.runVideo(
		{ ...create, waitOptions: { maxWait: 0.02, pollInterval: 1 } },
		{ items: shots('fox', '1', '2'), settings: continued },
	);
	const [first, second] = execution.items(videoNode);
	expect(setup.simulator.tasks).toHaveLength(before + 1);
	expect(first?.json).toMatchObject({ timedOut: true, shot: 1 });
	expect(second?.json['error']).toMatchObject({
		code: 'shotBeforeFailed',
		message: expect.stringMatching(/ still running after Maximum Wait/),
	});
});

test.each<[string, IDataObject, RegExp]>([
	['no wait', { waitForCompletion: false }, /Wait for Completion/],
	['another ratio', { ratio: '={{ $itemIndex === 0 ? "16:9" : "9:16" }}' }, /Ratio is 9:16/],
	[
		'another resolution',
		{ resolution: '={{ $itemIndex === 0 ? "720p" : "480p" }}' },
		/Resolution is 480p/,
	],
	['an extension with Seedance 2.0', { continueWith: 'extension' }, /Continue With .*Seedance 2.5/],
	['a draft', { model: 'seedance-2-5', options: { draft: true } }, /Draft/],
	[
		'a story that yields nothing',
		{ mode: 'continue', story: '={{ $json.wrong }}' },
		/Story is empty/,
	],
])('%s is refused by name, and nothing is sent', async (_, parameters, message) => {
	const execution = await setup.runVideo(
		{ ...create, ...parameters },
		{ items: shots('fox', '1', '2') },
	);
	expect(String(execution.error?.['message']) + String(execution.error?.['description'])).toMatch(
		message,
	);
	expect(setup.calls()).toEqual([]);
});

test('a budget counts all shots of all chains before the first', async () => {
	const execution = await setup.runVideo(
		{ ...create, options: { tokenBudget: 300_000 } },
		{ items: shots('fox', '1', '2', '3') },
	);
	expect(execution.error).toMatchObject({ context: { code: 'tokenBudgetExceeded' } });
	expect(setup.calls()).toEqual([]);
});

test('a dry run estimates every shot and sends nothing', async () => {
	const execution = await setup.runVideo(
		{ ...create, options: { dryRun: true } },
		{ items: shots('fox', '1', '2') },
	);
	expect(
		execution
			.items(videoNode)
			.map(({ json }) => [json['valid'], Number(json['estimatedTokens']) > 1e5]),
	).toEqual([
		[true, true],
		[true, true],
	]);
	expect(setup.calls()).toEqual([]);
});

test('a stop ends the story at once', async () => {
	const before = setup.simulator.tasks.length;
	const execution = await setup.runVideo(create, {
		items: shots('fox', '1', '[simulate:render 600s] 2', '3'),
		onStart: ({ stop }) => setTimeout(stop, 20_000),
	});
	expect(execution.status).toBe('canceled');
	expect(setup.simulator.tasks.slice(before)).toHaveLength(2);
});

test('On Error = Stop: Retry resumes at the first shot that is missing, and pays none twice', async () => {
	const before = setup.simulator.tasks.length;
	const items = [...shots('fox', '1', '2', '3', '4')];
	const remove = setup.simulator.intercept(({ path, body }) =>
		path.endsWith('/tasks') && String(JSON.stringify(body)).includes('"text":"3"')
			? { status: 400, body: { error: { code: 'InvalidParameter', message: 'No' } } }
			: undefined,
	);
	const { origin, apiKey } = setup.simulator;
	const first = await setup.runVideo(create, { items });
	remove();
	expect(first.error).toMatchObject({ context: { itemIndex: 2, code: 'InvalidParameter' } });
	const second = await setup.engine.retry(first, {
		workflow: videoWorkflow(create),
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		items,
	});
	expect(second.items(videoNode).map(({ json }) => json['shot'])).toEqual([1, 2, 3, 4]);
	expect(setup.simulator.tasks.slice(before).map(({ prompt }) => prompt)).toEqual([
		'1',
		'2',
		'3',
		'4',
	]);
});

const dayMs = 24 * 60 * 60_000;

/** Makes it so many milliseconds later from now on. Returns the function that takes them back. */
function passTime(ms: number): () => void {
	const { now } = Date;
	Date.now = () => now() + ms;
	return () => (Date.now = now);
}

test.each(['volcengine', 'powerTokens'] as const)(
	'%s: a Retry after the URL of the last frame has expired reads the task and uses the new one',
	async (provider) => {
		const host = await startSimulator({
			...{ provider, concurrency: 20, renderMs, now: () => Date.now(), signsAnew: true },
		});
		const remove = host.intercept(({ path, body }) =>
			path.endsWith('/tasks') && JSON.stringify(body).includes('"text":"3"')
				? { status: 400, body: { error: { code: 'InvalidParameter', message: 'No' } } }
				: undefined,
		);
		let takeBack = () => {};
		try {
			const items = shots('fox', '1', '2', '3');
			const credentials = credentialOf(host);
			const first = await setup.runVideo(create, { items, credentials });
			expect(first.error).toMatchObject({ context: { itemIndex: 2, code: 'InvalidParameter' } });
			remove();
			const requestsBefore = host.requests.length;
			const old = [...host.requests].reverse().find(({ body }) => body !== undefined)?.body;
			takeBack = passTime(dayMs + 60_000);
			const retriedAtMs = Date.now();

			const workflow = videoWorkflow(create);
			const second = await setup.engine.retry(first, { workflow, credentials, items });
			expect(second.error).toBeUndefined();
			const [, shot2] = second.items(videoNode);
			const taskId = String(shot2?.json['taskId']);
			const sent = bodies(host, requestsBefore);
			const asset = host.uploads.findLast(({ fileName }) => fileName === `${taskId}.png`);
			const url =
				provider === 'powerTokens'
					? `asset://${asset?.assetId}`
					: String(Object(sent[0]?.['content'])[1]?.image_url?.url);
			expect(sent).toEqual([
				{
					...(unmarked(old) as object),
					content: [
						{ type: 'text', text: '3' },
						{ type: 'image_url', image_url: { url } },
					],
				},
			]);
			expect(asset?.at ?? signedAtMs(url)).toBeGreaterThanOrEqual(retriedAtMs - 1_000);
			const later = host.requests.slice(requestsBefore);
			expect(later.filter(({ path }) => path.endsWith(`/tasks/${taskId}`))).not.toEqual([]);
			// Not even the first request for a frame has an old URL.
			const frames = later.filter(({ path }) => path.endsWith(`${taskId}.png`));
			expect(frames.map(({ status }) => status)).not.toContain(403);
			expect(host.tasks.map(({ prompt }) => prompt)).toEqual(['1', '2', '3']);
		} finally {
			takeBack();
			await host.close();
		}
	},
	60_000,
);

function signedAtMs(url: string): number {
	expect(new URL(url).pathname).toMatch(/\.png$/);
	const time = new URL(url).searchParams.get('X-Tos-Date') ?? '';
	return Date.parse(
		time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
	);
}

/** A story whose execution is killed while shot 3 is being created, and its Retry from the trigger. */
async function killedAtShot3(interception: 'hang' | { readonly after: 'hang' }) {
	const rowsOfStory = ['1', '2', '3', '4'].map((prompt) => ({ story: 'fox', prompt }));
	const workflow = rowsWorkflow(rowsOfStory, { ...create, downloadVideo: false }, continued);
	const before = setup.simulator.tasks.length;
	let stop = () => {};
	const remove = setup.simulator.intercept(({ path, body }) => {
		if (!path.endsWith('/tasks') || !String(JSON.stringify(body)).includes('"text":"3"')) {
			return undefined;
		}
		setTimeout(stop, 3_000);
		return interception;
	});
	const items = [{ json: { killed: JSON.stringify(interception) } }];
	await setup.runVideo(
		{},
		{ workflow, items, onStart: (execution) => (stop = () => execution.stop()) },
	);
	remove();
	// As after a kill: n8n begins it from the trigger, with an empty store of the node.
	const second = await setup.runVideo({}, { workflow, items, mode: 'retry' });
	return { created: setup.simulator.tasks.slice(before), items: second.items(videoNode) };
}

test('killed before the answer of shot 3: Retry finds its task and goes on with shot 4', async () => {
	const { created, items } = await killedAtShot3({ after: 'hang' });
	expect(created.map(({ prompt }) => prompt)).toEqual(['1', '2', '3', '4']);
	expect(items.map(({ json }) => json['taskId'])).toEqual(created.map(({ id }) => id));
}, 60_000);

test('killed while shot 3 was sent, which never arrived: Retry cannot know that, creates nothing, and a person decides', async () => {
	const { created, items } = await killedAtShot3('hang');
	expect(created.map(({ prompt }) => prompt)).toEqual(['1', '2']);
	expect(items.slice(0, 2).map(({ json }) => json['taskId'])).toEqual(created.map(({ id }) => id));
	expect(items.slice(2).map(({ json }) => json['error'])).toEqual([
		expect.objectContaining({ outcomeUnknown: true }),
		expect.objectContaining({ code: 'shotBeforeFailed' }),
	]);
}, 60_000);

test('two equal stories stay apart in a Retry from the trigger', async () => {
	const rowsOfStory = ['1', '2', '3'].flatMap((prompt) =>
		['fox', 'owl'].map((story) => ({ story, prompt })),
	);
	const workflow = rowsWorkflow(rowsOfStory, { ...create, downloadVideo: false });
	const items = [{ json: { run: 'two equal stories' } }];
	const before = setup.simulator.tasks.length;
	const first = await setup.runVideo({}, { workflow, items });
	const second = await setup.runVideo({}, { workflow, items, mode: 'retry' });
	expect(setup.simulator.tasks.slice(before)).toHaveLength(6);
	const ids = ({ items: of }: typeof first) => of(videoNode).map(({ json }) => json['taskId']);
	expect(ids(second)).toEqual(ids(first));
});

test('Retry after a shot was edited: it and the shots after it are created, the one before is not', async () => {
	const rowsOf = (...prompts: string[]) =>
		rowsWorkflow(
			prompts.map((prompt) => ({ story: 'fox', prompt })),
			create,
		);
	const items = [{ json: { run: 'edited' } }];
	const before = setup.simulator.tasks.length;
	await setup.runVideo({}, { workflow: rowsOf('1', '2', '3'), items });
	await setup.runVideo({}, { workflow: rowsOf('1', 'two', '3'), items, mode: 'retry' });
	expect(setup.simulator.tasks.slice(before).map(({ prompt }) => prompt)).toEqual([
		...['1', '2', '3', 'two', '3'],
	]);
});

test('the files of a story say its shots, and File Name names any file', async () => {
	const story = await setup.runVideo(create, { items: shots('The/fox', '1', '2') });
	const nameOf = (execution: typeof story) =>
		execution.items(videoNode).map(({ binary }) => binary?.['data']?.fileName);
	expect(nameOf(story)).toEqual(['The_fox-01.mp4', 'The_fox-02.mp4']);
	expect(story.items(videoNode)[0]?.binary?.['lastFrame']?.fileName).toBe('The_fox-01.png');
	const named = { ...create, options: { fileName: '={{ $json.prompt }} clip.mp4' } };
	expect(nameOf(await setup.runVideo(named, { items: [{ json: { prompt: 'A' } }] }))).toEqual([
		'A clip.mp4',
	]);
	const path = { ...create, options: { fileName: '../clip' } };
	const refused = await setup.runVideo(path, { items: [{ json: { prompt: 'A' } }] });
	expect(refused.error).toMatchObject({
		message: expect.stringContaining('File Name is "../clip"'),
	});
});

test('Retry On Fail: shots that were made are not made again', async () => {
	const before = setup.simulator.tasks.length;
	let refused = 1;
	const remove = setup.simulator.intercept(({ path, body }) =>
		path.endsWith('/tasks') && String(JSON.stringify(body)).includes('"text":"3"') && refused-- > 0
			? { status: 400, body: { error: { code: 'InvalidParameter', message: 'No' } } }
			: undefined,
	);
	const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
	const execution = await setup.runVideo(create, { items: shots('fox', '1', '2', '3'), settings });
	remove();
	expect(execution.items(videoNode).map(({ json }) => json['status'])).toEqual(
		Array.from({ length: 3 }, () => 'succeeded'),
	);
	expect(setup.simulator.tasks.slice(before)).toHaveLength(3);
});

test('items without a story have the number of the shot and no story', async () => {
	const execution = await setup.runVideo(
		{ ...create, mode: 'continue', story: '' },
		{ items: ['1', '2'].map((prompt) => ({ json: { prompt } })) },
	);
	const items = execution.items(videoNode).map(({ json }) => json);
	expect(items.map(({ shot }) => shot)).toEqual([1, 2]);
	for (const item of items) expect(item).not.toHaveProperty('story');
});

test('Test Mode makes a story', async () => {
	const execution = await setup.runVideo(
		{ ...create, options: { testDuration: 2 } },
		{ items: shots('fox', '1', '2'), credentials: { seedanceApi: { provider: 'testMode' } } },
	);
	expect(
		execution.items(videoNode).map(({ json }) => [json['status'], json['shot'], json['testMode']]),
	).toEqual([
		['succeeded', 1, true],
		['succeeded', 2, true],
	]);
});

test('Test Mode: a scene that fails ends its story', async () => {
	const execution = await setup.runVideo(
		{ ...create, options: { testDuration: 2 } },
		{
			items: shots('fox', '1', '[test: failed] 2', '3'),
			settings: continued,
			credentials: { seedanceApi: { provider: 'testMode' } },
		},
	);
	expect(
		execution.items(videoNode).map(({ json }) => json['status'] ?? Object(json['error'])['code']),
	).toEqual(['succeeded', 'InternalServiceError', 'shotBeforeFailed']);
});

test('Seedance 2.5: a video extension has the video before it as its reference', async () => {
	const simulator = withUrls();
	const requestsBefore = simulator.requests.length;
	const execution = await setup.runVideo(
		{ ...create, model: 'seedance-2-5', continueWith: 'extension' },
		{ items: shots('fox', '1', '2'), credentials: credentialOf(simulator) },
	);
	const [first] = execution.items(videoNode);
	expect(bodies(simulator, requestsBefore)[1]).toEqual({
		model: 'doubao-seedance-2-5-260628',
		content: [
			{ type: 'text', text: '2' },
			{ type: 'video_url', video_url: { url: first?.json['videoUrl'] }, role: 'reference_video' },
		],
		generate_audio: true,
		resolution: '720p',
		ratio: 'adaptive',
		duration: 5,
		omni_reference_task_type: 'extend',
	});
});
