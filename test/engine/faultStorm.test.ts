import fc from 'fast-check';
import type { Interception, RecordedRequest } from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { videoNode } from './workflows';

const restoreTime = speedUpTime(60);
afterAll(restoreTime);

const setup = setUp({ concurrency: 200, renderMs: 60_000, now: () => Date.now() });
const items = 1_000;
const seed = 20_261_121;

const throttled = { error: { code: 'RateLimitExceeded.EndpointRPMExceeded', message: 'Slower' } };
const html = { 'content-type': 'text/html' };

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
	() => ({ status: 502, headers: html, body: '<html><h1>Bad gateway</h1></html>' }),
	() => ({ truncateAfterBytes: 20 }),
	() => ({ status: 404, body: { error: { message: 'Task not found' } } }),
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

test('1,000 tasks, each answer broken with 20 % chance: each appears in the output once, and none is created twice', async () => {
	const draws = drawFaults(faults);
	const drawsOfPolls = drawFaults(faultsOfPolls);
	let broken = 0;
	const remove = setup.simulator.intercept((request) => {
		const { value: fault } = (request.method === 'GET' ? drawsOfPolls : draws).next();
		if (fault === undefined) return undefined;
		broken++;
		return fault(request);
	});
	const rows = Array.from({ length: items }, (_, row) => ({ json: { prompt: `Row ${row}` } }));
	const execution = await setup.runVideo(
		{ operation: 'create', prompt: '={{ $json.prompt }}' },
		{ items: rows, settings: { onError: 'continueErrorOutput' } },
	);
	remove();

	expect(execution.status).toBe('success');
	const videos = execution.items(videoNode);
	const errors = execution.items(videoNode, 1);
	const seen = [...videos, ...errors].map(
		({ pairedItem }) => (pairedItem as { item: number }).item,
	);
	expect([...seen].sort((first, second) => first - second)).toEqual(rows.map((_, item) => item));

	const { tasks } = setup.simulator;
	const prompts = tasks.map(({ prompt }) => prompt);
	expect(new Set(prompts).size).toBe(prompts.length);
	// A task that exists is in the output by its ID, or its item says that it may exist.
	const ids = new Set(videos.map(({ json }) => json['taskId']));
	const itemOfPrompt = new Map(rows.map(({ json }, item) => [json.prompt, item]));
	const errorOfItem = new Map(
		errors.map(({ json, pairedItem }) => [(pairedItem as { item: number }).item, json['error']]),
	);
	for (const { id, prompt } of tasks) {
		if (ids.has(id)) continue;
		const error = errorOfItem.get(itemOfPrompt.get(prompt) ?? -1);
		expect(JSON.stringify(error)).toMatch(new RegExp(`${id}|may have been created`));
	}
	// Every task that was not lost at its create has a video: polls and downloads recovered from their faults.
	const lostAtCreate = errors.filter(({ json }) => taskIdOf(json) === undefined);
	expect(errors.length - lostAtCreate.length).toBeLessThan(items / 100);
	expect(videos.filter(({ binary }) => binary === undefined).length).toBeLessThan(items / 50);
	expect(broken).toBeGreaterThan(500);
	expect(lostAtCreate.length).toBeGreaterThan(50);
}, 300_000);

function taskIdOf(json: Readonly<Record<string, unknown>>): unknown {
	return (Object(json['error']) as Readonly<Record<string, unknown>>)['taskId'];
}

function idIn(path: string): string {
	return path.split('/').at(-1) ?? '';
}
