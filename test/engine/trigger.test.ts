import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Poller } from './engine';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { triggerNode, triggerWorkflow } from './workflows';

/** Retries and the pace of lists take seconds. */
const restoreTime = speedUpTime(100);
afterAll(restoreTime);

let renderMs = 1_000;
const setup = setUp({ renderMs: () => renderMs, concurrency: 5_000, videoBytes: 40_000 });

interface Activation {
	readonly parameters?: IDataObject;
	readonly saved?: IDataObject;
	readonly workflowId?: string;
	readonly mode?: 'trigger' | 'manual';
	readonly credential?: IDataObject;
}

function activate({ parameters = {}, credential = {}, ...options }: Activation = {}): Poller {
	const { origin: baseUrl, apiKey } = setup.simulator;
	return setup.engine.poller({
		workflow: triggerWorkflow(parameters),
		node: triggerNode,
		credentials: { seedanceApi: { baseUrl, apiKey, ...credential } as never },
		onLog: (line) => setup.logs.push(line),
		...options,
	});
}

async function create(prompt = 'A cat'): Promise<string> {
	const { origin, apiKey, officialBasePath } = setup.simulator;
	const { data } = await axios.post<{ id: string }>(
		`${origin}${officialBasePath}/contents/generations/tasks`,
		{ model: 'dreamina-seedance-2-0-260128', content: [{ type: 'text', text: prompt }] },
		{ headers: { Authorization: `Bearer ${apiKey}` } },
	);
	return data.id;
}

const pass = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));
const idsOf = (items: INodeExecutionData[] | null) =>
	(items ?? []).map(({ json }) => String(json['taskId']));

test('nothing that has ended before the activation; then each end once, with its file', async () => {
	renderMs = 1_000;
	const before = await create();
	await pass(2_000);
	// Far longer than the polls in between take on a busy machine.
	renderMs = 300_000;
	const inFlight = await create();
	const poller = activate();
	expect(await poller.poll()).toBeNull();
	renderMs = 1_000;
	const after = await create();
	await pass(3_000);
	const first = await poller.poll();
	expect(idsOf(first)).toEqual([after]);
	await pass(300_000);
	const second = await poller.poll();
	expect(idsOf(second)).toEqual([inFlight]);
	expect(await poller.poll()).toBeNull();
	expect([before, inFlight]).not.toContain(after);

	const [item] = first ?? [];
	const video = item?.binary?.['data'];
	expect(item?.json).toMatchObject({ taskId: after, status: 'succeeded', resolution: '720p' });
	expect(video).toMatchObject({ mimeType: 'video/mp4', fileName: `${after}.mp4` });
	const bytes = await setup.engine.readBinary(video as never);
	expect(createHash('sha256').update(bytes).digest('hex')).toBe(
		await setup.simulator.sha256OfVideo(after),
	);
});

test('asks the list once where nothing is new, and reads a task once to deliver it', async () => {
	renderMs = 1_000;
	const poller = activate({ parameters: { downloadVideo: false } });
	await poller.poll();
	await create();
	await pass(3_000);
	setup.simulator.requests.length = 0;
	expect(await poller.poll()).toHaveLength(1);
	expect(setup.calls()).toEqual(['GET /tasks', 'GET /tasks/<id>']);
	setup.simulator.requests.length = 0;
	expect(await poller.poll()).toBeNull();
	expect(setup.calls()).toEqual(['GET /tasks']);
});

describe('events and filters', () => {
	const activateAll = async (all: readonly IDataObject[]) => {
		const pollers = all.map((parameters, index) =>
			activate({ parameters: { downloadVideo: false, ...parameters }, workflowId: `w${index}` }),
		);
		for (const poller of pollers) expect(await poller.poll()).toBeNull();
		return pollers;
	};

	test('each workflow gets the ends that it wants', async () => {
		renderMs = 1_000;
		const pollers = await activateAll([
			{},
			{ event: 'taskFailed' },
			{ event: 'anyEnd' },
			{ filters: { model: 'seedance-2-0' } },
			{ filters: { model: 'seedance-2-5' } },
			{ event: 'anyEnd', filters: { createdAfter: '2100-01-01T00:00:00' } },
		]);
		const ok = await create();
		const failed = await create('A cat [simulate:failed OutputVideoSensitiveContentDetected]');
		await pass(3_000);
		const items = [];
		for (const poller of pollers) items.push(await poller.poll());
		expect(items.map((some) => idsOf(some).sort())).toEqual([
			[ok],
			[failed],
			[ok, failed].sort(),
			[ok],
			[],
			[],
		]);
		expect(items[1]?.[0]?.json).toMatchObject({
			status: 'failed',
			failureCode: 'OutputVideoSensitiveContentDetected',
		});
		expect(items[1]?.[0]?.json).not.toHaveProperty('error');
	});

	test('Created After delivers what has ended before the activation, with the poll after it', async () => {
		renderMs = 1_000;
		const early = await create();
		await pass(5_000);
		const createdAfter = new Date(Date.now()).toISOString();
		await pass(2_000);
		const late = [await create(), await create()];
		await pass(3_000);
		const poller = activate({ parameters: { downloadVideo: false, filters: { createdAfter } } });
		expect(await poller.poll()).toBeNull();
		const items = idsOf(await poller.poll());
		expect(items.sort()).toEqual(late.sort());
		expect(items).not.toContain(early);
		expect(await poller.poll()).toBeNull();
	});

	test.each([
		[{ event: 'never' }],
		[{ filters: { model: 'ep-20260101-abcde' } }],
		[{ filters: { createdAfter: 'soon' } }],
		[{ binaryPropertyName: '' }],
	])('%j is refused before anything is sent', async (parameters) => {
		await expect(activate({ parameters }).poll()).rejects.toMatchObject({
			context: { code: 'invalidInput' },
		});
		expect(setup.calls()).toEqual([]);
	});
});

describe('a provider that does not do', () => {
	test('an interface without a list is refused at the activation', async () => {
		const poller = activate({ credential: { apiStyle: 'openAi' } });
		await expect(poller.poll()).rejects.toMatchObject({
			context: { code: 'taskManagementNotSupported' },
		});
	});

	test('a list that fails is an error of the poll, and the next poll makes up for it', async () => {
		renderMs = 1_000;
		const poller = activate({ parameters: { downloadVideo: false } });
		await poller.poll();
		const taskId = await create();
		await pass(3_000);
		const saved = poller.saved();
		const mend = setup.simulator.intercept(() => ({ status: 503 }));
		await expect(poller.poll()).rejects.toMatchObject({ httpCode: '503' });
		mend();
		expect(poller.saved()).toEqual(saved);
		expect(idsOf(await poller.poll())).toEqual([taskId]);
	});

	test('a task that cannot be read stays due; the others are delivered', async () => {
		renderMs = 1_000;
		const poller = activate({ parameters: { downloadVideo: false } });
		await poller.poll();
		const [one, other] = [await create(), await create()];
		await pass(3_000);
		const mend = setup.simulator.intercept(({ path }) =>
			path.endsWith(`/${one}`) ? { status: 500 } : undefined,
		);
		expect(idsOf(await poller.poll())).toEqual([other]);
		await expect(poller.poll()).rejects.toMatchObject({ httpCode: '500' });
		mend();
		expect(idsOf(await poller.poll())).toEqual([one]);
	});

	test('a transient failure of the only task that is due fails no poll, unless it comes again', async () => {
		renderMs = 1_000;
		const poller = activate({ parameters: { downloadVideo: false } });
		await poller.poll();
		const one = await create();
		await pass(3_000);
		const mend = setup.simulator.intercept(({ path }) =>
			path.endsWith(`/${one}`) ? { status: 503 } : undefined,
		);
		expect(await poller.poll()).toBeNull();
		expect(setup.logs).toEqual([
			expect.objectContaining({
				level: 'warn',
				metadata: expect.objectContaining({ taskId: one }),
			}),
		]);
		await expect(poller.poll()).rejects.toMatchObject({ httpCode: '503' });
		mend();
		expect(idsOf(await poller.poll())).toEqual([one]);
	});

	test('a list that breaks off is in the log, at the activation and later', async () => {
		const poller = activate({ parameters: { downloadVideo: false } });
		const mend = setup.simulator.intercept(() => ({
			status: 200,
			body: { total: 900, items: [] },
		}));
		await poller.poll();
		await poller.poll();
		mend();
		expect(setup.logs.map(({ level }) => level)).toEqual(['warn', 'warn']);
	});

	test('a file that is gone gives the item with downloadFailure', async () => {
		renderMs = 1_000;
		const poller = activate();
		await poller.poll();
		const taskId = await create();
		await pass(3_000);
		const mend = setup.simulator.intercept(({ path }) =>
			path.startsWith('/tos/') ? { status: 403, body: 'expired' } : undefined,
		);
		const [item] = (await poller.poll()) ?? [];
		mend();
		expect(item?.json).toMatchObject({ taskId, status: 'succeeded' });
		expect(item?.json['downloadFailure']).toEqual(expect.stringMatching(/403/));
		expect(item?.binary ?? {}).toEqual({});
		expect(await poller.poll()).toBeNull();
	});
});

describe('polls that meet', () => {
	/** A trigger whose next poll delivers a task, and whose downloads begin late until `mend`. */
	async function beforeSlowDelivery() {
		renderMs = 1_000;
		const poller = activate();
		await poller.poll();
		const taskId = await create();
		await pass(3_000);
		const mend = setup.simulator.intercept(({ path }) =>
			path.startsWith('/tos/') ? { delayMs: 300 } : undefined,
		);
		return { poller, taskId, mend };
	}

	test('a poll is left out while the one before runs', async () => {
		const { poller, taskId, mend } = await beforeSlowDelivery();
		const [first, second] = await Promise.all([poller.poll(), poller.poll()]);
		mend();
		expect([idsOf(first), second]).toEqual([[taskId], null]);
	});

	test('the end of a poll counts no more once the workflow was activated again', async () => {
		const { poller, taskId, mend } = await beforeSlowDelivery();
		const late = poller.poll();
		await pass(1_000);
		const again = activate({ saved: poller.saved() });
		const items = await again.poll();
		mend();
		expect([idsOf(items), await late]).toEqual([[taskId], null]);
		expect(await again.poll()).toBeNull();
	});
});

describe('Fetch test event', () => {
	test('gives the task that ended last, and changes nothing', async () => {
		renderMs = 1_000;
		await create();
		await pass(3_000);
		const newest = await create();
		await pass(3_000);
		await create('A cat [simulate:failed]');
		await pass(3_000);
		const poller = activate({ mode: 'manual', parameters: { simplify: false } });
		const items = await poller.poll();
		expect(idsOf(items)).toEqual([newest]);
		expect(items?.[0]?.json).toMatchObject({ id: newest, content: {} });
		expect(items?.[0]?.binary).toHaveProperty('data');
	});

	test('says so when there is none', async () => {
		const parameters = { filters: { model: 'seedance-1-0-pro-fast' } };
		await expect(activate({ mode: 'manual', parameters }).poll()).rejects.toMatchObject({
			context: { code: 'noTestEvent' },
		});
	});
});

test('Test Mode has an event every minute', async () => {
	const credential = { provider: 'testMode' };
	for (const event of ['videoFinished', 'taskFailed']) {
		const poller = activate({ parameters: { event }, credential, workflowId: event });
		expect(await poller.poll()).toBeNull();
		const begunMs = Date.now();
		const ids: string[] = [];
		for (let poll = 0; poll < 4; poll++) {
			await pass(60_000);
			const items = (await poller.poll()) ?? [];
			expect(items.length).toBeGreaterThan(0);
			expect(items.every(({ json }) => json['testMode'] === true)).toBe(true);
			ids.push(...idsOf(items));
		}
		expect(new Set(ids).size).toBe(ids.length);
		// One for each minute, and the example of the hour.
		expect(ids.length).toBeLessThan((Date.now() - begunMs) / 60_000 + 3);
	}
	expect(setup.calls()).toEqual([]);
});
