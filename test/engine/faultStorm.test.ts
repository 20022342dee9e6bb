import fc from 'fast-check';
import type { INodeExecutionData } from 'n8n-workflow';
import {
	startSimulator,
	type Interception,
	type RecordedRequest,
	type Simulator,
} from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { videoNode } from './workflows';

const restoreTime = speedUpTime(100);
afterAll(restoreTime);

const provider = { concurrency: 200, renderMs: 60_000, now: () => Date.now() };
const setup = setUp(provider);
const seed = 20_261_121;

const throttled = { error: { code: 'RateLimitExceeded.EndpointRPMExceeded', message: 'Slower' } };
const badGateway = {
	status: 502,
	headers: { 'content-type': 'text/html' },
	body: '<html><h1>Bad gateway</h1></html>',
};

type Fault = (request: RecordedRequest) => Interception;

/** Every way in which an answer breaks. Each request draws its own. */
const faults: readonly Fault[] = [
	() => 'reset',
	() => ({ after: 'reset' }),
	() => 'hang',
	() => ({ after: 'hang' }),
	() => ({ status: 429, headers: { 'retry-after': '3' }, body: throttled }),
	() => ({ status: 429, body: throttled }),
	() => ({ status: 429, body: 'Too many requests' }),
	() => ({ status: 500, body: { error: { code: 'InternalServiceError', message: 'Oops' } } }),
	() => badGateway,
	() => ({ truncateAfterBytes: 20 }),
	() => ({ status: 404, body: { error: { message: 'Task not found' } } }),
];

/** What else can be wrong with the answer to a create that was accepted. */
const faultsOfCreates: readonly Fault[] = [
	...faults,
	() => ({ after: badGateway }),
	() => ({ after: { status: 200, body: {} } }),
];

/** What else can be wrong with the answer to a poll. */
const faultsOfPolls: readonly Fault[] = [
	...faults,
	({ path }) => ({ status: 200, body: { id: idIn(path), status: 'succeeded', content: null } }),
	({ path }) => ({ status: 200, body: { id: idIn(path), status: 'resting' } }),
];

/** Yields a fault for one answer in five, forever. */
function drawFaults(possible: readonly Fault[]): Iterator<Fault | undefined> {
	const drawn = fc.oneof(
		{ weight: 4, arbitrary: fc.constant(undefined) },
		{ weight: 1, arbitrary: fc.constantFrom(...possible) },
	);
	const [draws] = fc.sample(fc.infiniteStream(drawn), { seed, numRuns: 1 });
	if (draws === undefined) throw new Error('Nothing was drawn');
	return draws;
}

/** The `error` of an error item. */
interface RowError {
	readonly code: string;
	readonly taskId?: string;
	readonly outcomeUnknown?: boolean;
	readonly candidates?: readonly string[];
}

/** What came of a row: the item with its video, or an error. */
interface Row {
	readonly prompt: string;
	readonly video?: INodeExecutionData;
	readonly error?: RowError;
}

/** Lets rows run through a storm in which each answer is broken with 20 % chance. After it, the rows whose create was certainly refused run again in another execution, as a workflow can do without a person. */
async function storm(simulator: Simulator, count: number) {
	const draws = drawFaults(faultsOfCreates);
	const drawsOfPolls = drawFaults(faultsOfPolls);
	let broken = 0;
	const remove = simulator.intercept((request) => {
		const { value: fault } = (request.method === 'GET' ? drawsOfPolls : draws).next();
		if (fault === undefined) return undefined;
		broken++;
		return fault(request);
	});
	const prompts = Array.from({ length: count }, (_, row) => `Row ${row}`);
	const rows = await runRows(simulator, prompts);
	remove();
	const refused = rows.filter(isRefused).map(({ prompt }) => prompt);
	const again = refused.length === 0 ? [] : await runRows(simulator, refused);
	return {
		rows: [...rows.filter((row) => !isRefused(row)), ...again],
		broken,
		refusals: refused.length,
	};
}

const isRefused = ({ error }: Row) =>
	error !== undefined && error.outcomeUnknown !== true && error.taskId === undefined;

/** One execution. Each row is in its output exactly once. */
async function runRows(
	{ origin, apiKey }: Simulator,
	prompts: readonly string[],
): Promise<readonly Row[]> {
	const execution = await setup.runVideo(
		{
			operation: 'create',
			prompt: '={{ $json.prompt }}',
			waitOptions: { pollInterval: 30 },
			options: { onUnknownOutcome: 'createAgain' },
		},
		{
			items: prompts.map((prompt) => ({ json: { prompt } })),
			settings: { onError: 'continueErrorOutput' },
			credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		},
	);
	expect(execution.status).toBe('success');
	const promptOf = ({ pairedItem }: INodeExecutionData) =>
		prompts[(pairedItem as { item: number }).item] ?? '';
	const rows: Row[] = [
		...execution.items(videoNode).map((video) => ({ prompt: promptOf(video), video })),
		...execution.items(videoNode, 1).map((item) => ({
			prompt: promptOf(item),
			error: item.json['error'] as unknown as RowError,
		})),
	];
	expect(rows.map(({ prompt }) => prompt).sort()).toEqual([...prompts].sort());
	return rows;
}

/** What the storm has cost. */
function accountOf(simulator: Simulator, rows: readonly Row[]) {
	const charged = simulator.tasks.filter(({ status }) => !['cancelled', 'failed'].includes(status));
	const prompts = charged.map(({ prompt }) => prompt);
	const ids = new Set(rows.map(({ video, error }) => video?.json['taskId'] ?? error?.taskId));
	const unknown = rows.filter(({ error }) => error?.outcomeUnknown === true);
	const promptsOfUnknown = new Set(unknown.map(({ prompt }) => prompt));
	return {
		/** Tasks beyond the first of their row. */
		chargedTwice: prompts.length - new Set(prompts).size,
		/** Tasks that no row has by its ID, though their own row does not say that there may be one. */
		lost: charged.filter(({ id, prompt }) => !ids.has(id) && !promptsOfUnknown.has(prompt)).length,
		/** Rows of which only a person can say whether they have a task. */
		unknown,
		/** Rows whose task is known, but not their video. */
		failed: rows.filter(({ error }) => error !== undefined && error.outcomeUnknown !== true),
		withoutFile: rows.filter(
			({ video }) => video !== undefined && !('data' in (video.binary ?? {})),
		),
	};
}

function print(
	name: string,
	{ rows, broken, refusals }: Awaited<ReturnType<typeof storm>>,
	account: ReturnType<typeof accountOf>,
): void {
	const { chargedTwice, lost, unknown, failed, withoutFile } = account;
	process.stdout.write(
		`${name}: ${rows.length} rows, ${broken} broken answers, ${refusals} refused creates that ran again; charged twice ${chargedTwice}, lost ${lost}, outcome unknown ${unknown.length}, without a video ${failed.length}, without the file ${withoutFile.length}\n`,
	);
}

test('1,000 rows, each answer broken with 20 % chance: nothing is charged twice or lost, and one row at most needs a person', async () => {
	const result = await storm(setup.simulator, 1_000);
	const account = accountOf(setup.simulator, result.rows);
	print('Storm', result, account);
	expect(result.rows).toHaveLength(1_000);
	expect(account).toMatchObject({ chargedTwice: 0, lost: 0 });
	expect(account.unknown.length + account.failed.length).toBeLessThanOrEqual(1);
	// Only a download that was refused, or that broke four times, costs a row its file.
	for (const { video } of account.withoutFile) {
		const taskId = String(video?.json['taskId']);
		const downloads = setup.requests('GET', new RegExp(`/${taskId}\\.mp4$`));
		const wasRefused = downloads.some(({ status }) => status === 404);
		expect(wasRefused || downloads.length >= 4).toBe(true);
		expect(video?.json).toMatchObject({ status: 'succeeded', videoUrl: expect.any(String) });
	}
	expect(result.broken).toBeGreaterThan(500);
}, 300_000);

test('300 rows at a provider that shows no marker: nothing is charged twice, and a row without a video says what is unknown', async () => {
	const simulator = await startSimulator({ ...provider, echoesMarkers: false });
	const result = await storm(simulator, 300);
	const account = accountOf(simulator, result.rows);
	print('Storm without markers', result, account);
	await simulator.close();
	expect(result.rows).toHaveLength(300);
	expect(account).toMatchObject({ chargedTwice: 0, lost: 0, failed: [] });
	expect(account.unknown.length).toBeGreaterThan(0);
	for (const { prompt, error } of account.unknown) {
		expect(error).toMatchObject({ code: expect.any(String), outcomeUnknown: true });
		const own = simulator.tasks.filter((task) => task.prompt === prompt).map(({ id }) => id);
		expect(error?.candidates ?? own).toEqual(expect.arrayContaining(own));
	}
}, 300_000);

function idIn(path: string): string {
	return path.split('/').at(-1) ?? '';
}
