import { toFailure, type SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { CreateRequest } from '../../../nodes/Seedance/seedance/request';
import type { RequestedCreate } from '../../../nodes/Seedance/tasks/creates';
import { fingerprintOf } from '../../../nodes/Seedance/tasks/fingerprint';
import type { LostCreate } from '../../../nodes/Seedance/tasks/ledger';
import { markersOf, type Marker } from '../../../nodes/Seedance/tasks/marker';
import { flush, startedAtMs } from '../fakeClock';
import { failureOf, forbidden, taskOf, throttled, tooManyTasks, unavailable } from '../given';
import {
	dayMs,
	hasPair,
	intents,
	lostAnswer,
	minuteMs,
	retry,
	startCreates,
	world,
	type Answer,
	type Item,
	type World,
} from './createWorld';

async function settled<Ending>(ending: Ending): Promise<Ending> {
	await flush();
	return ending;
}

/** The first marker of the create of item 0. */
const firstMarker = (generation = 0) =>
	markersOf('expiry', fingerprintOf(['i w n', 7, 'cat', 0, generation]))[0];

describe('queued → sent → created', () => {
	test('a create is prepared, made ready, recorded, sent and claimed', async () => {
		const given = world();
		const run = startCreates(given);
		const ending = await settled(run.obtain());
		expect(ending).toEqual({
			value: { taskId: 'cgt-1', isNew: true, generation: 0 },
			atMs: 0,
		});
		expect(run.events).toEqual([
			...['prepare', 'ready', 'send', 'item 0 has cgt-1, 1 in the ledger'],
		]);
		expect(run.entries()).toEqual([
			{
				...{ taskId: 'cgt-1', executionId: '7', row: 'w', generation: 0 },
				...{ keys: await run.keysOf(), marker: firstMarker() },
			},
		]);
		expect(given.sent).toEqual([firstMarker()?.value]);
		await run.durable.settled();
		expect(hasPair(given, 'cgt-1')).toBe(true);
	});

	test('a closed run leaves the uploads of a create, and its record is forgotten where it was not sent', async () => {
		const given = world();
		const run = startCreates(given);
		const uploading = run.obtain({ prepare: async () => await new Promise(() => {}) });
		const reading = run.obtain(
			{
				async ready() {
					given.clock.close();
					return await Promise.resolve({} as CreateRequest);
				},
			},
			{ itemIndex: 1, request: 'dog', row: 'v' },
		);
		await given.clock.advance(1_000);
		expect(uploading.failure).toMatchObject({ kind: 'stopped', outcomeUnknown: false });
		expect(reading.failure).toMatchObject({ kind: 'stopped', outcomeUnknown: false });
		await run.durable.settled();
		expect(given.sent).toEqual([]);
		expect(intents(given)).toBe(0);
	});

	test('its intent and its marker are recorded before it is sent', async () => {
		const given = world();
		const run = startCreates(given);
		const keys = await run.keysOf();
		given.answers.push('killed');
		const ending = await settled(run.obtain());
		expect(ending).toEqual({});
		const texts = new Set(given.set.texts);
		const { value } = firstMarker() ?? {};
		expect(
			[keys?.request, keys?.row].flatMap((key) => [
				texts.has(`intent ${key}`),
				texts.has(`marker ${key} execution_expires_after ${value}`),
			]),
		).toEqual([true, true, true, true]);
		expect(given.sent).toHaveLength(1);
	});

	test.each([
		['no marker', undefined, undefined],
		['the safety identifier as marker', 'safetyIdentifier', 'safety_identifier'],
	] as const)('is made ready with %s, as the item says', async (_name, markerKind, field) => {
		const markers: Array<Marker | undefined> = [];
		const run = startCreates(world());
		await settled(
			run.obtain({
				markerKind,
				async ready(marker) {
					markers.push(marker);
					return {} as CreateRequest;
				},
			}),
		);
		expect(markers.map((marker) => marker?.field)).toEqual([field]);
	});

	test('equal requests of a run have a task and a marker each', async () => {
		const given = world();
		const run = startCreates(given);
		const endings = [
			run.obtain(),
			run.obtain({}, { itemIndex: 1, occurrence: { request: 1, row: 1 } }),
			run.obtain({}, { itemIndex: 2, occurrence: { request: 2, row: 2 } }),
		];
		await flush();
		expect(endings.map(({ value }) => value?.taskId)).toEqual(['cgt-1', 'cgt-2', 'cgt-3']);
		expect(new Set(given.sent).size).toBe(3);
	});

	test("without n8n's database a create is marked by chance, each item and each run in its own way", async () => {
		const given = world();
		given.hasDatabase = false;
		await settled(startCreates(given).obtain());
		const run = startCreates(given);
		await settled(run.obtain());
		await settled(run.obtain({}, { itemIndex: 1 }));
		await settled(run.obtain({}, { generation: 1 }));
		expect(given.sent.every((value) => typeof value === 'number')).toBe(true);
		expect(new Set(given.sent).size).toBe(4);
		expect(run.entries()[0]).toMatchObject({ taskId: 'cgt-4' });
	});
});

describe('sent → certainly refused → fails', () => {
	test.each<[string, SeedanceFailure]>([
		['refused by the provider', forbidden()],
		['never sent', failureOf({ kind: 'notConnected' })],
		['refused for its rate, with a pause that is too long', throttled(300_001)],
	])('a create that was %s fails, and a later process sends it', async (_name, failure) => {
		const given = world();
		given.answers.push(failure);
		const run = startCreates(given);
		const ending = await settled(run.obtain());
		expect(ending).toEqual({ failure, atMs: 0 });
		expect(run.entries()).toEqual([]);
		expect(intents(given)).toBe(0);
		expect(run.events).toEqual(['prepare', 'ready', 'send']);
		const later = await settled(startCreates(given, retry).obtain());
		expect(later.value).toEqual({ taskId: 'cgt-1', isNew: true, generation: 0 });
	});

	test('a create that is stopped while its intent is recorded is not sent, and its intent is forgotten', async () => {
		const given = world();
		const run = startCreates(given);
		await run.keysOf();
		const { set } = given;
		set.onCall = ({ texts }) => {
			if (texts.some((text) => text.startsWith('intent '))) given.clock.stop();
			set.onCall = () => {};
		};
		const ending = await settled(run.obtain());
		expect(ending.failure).toMatchObject({ kind: 'stopped', outcomeUnknown: false });
		await run.durable.settled();
		expect(run.events).toEqual(['prepare', 'ready']);
		expect(given.sent).toEqual([]);
		expect(intents(given)).toBe(0);
	});

	test.each(['prepare', 'ready'] as const)(
		'a create whose %s fails records nothing',
		async (step) => {
			const given = world();
			const run = startCreates(given);
			const fails = async () => await Promise.reject(new TypeError('a bug'));
			const ending = await settled(run.obtain({ [step]: fails }));
			expect(toFailure(ending.failure)).toMatchObject({ kind: 'bug', outcomeUnknown: false });
			expect(given.sent).toEqual([]);
			expect(intents(given)).toBe(0);
			expect(run.entries()).toEqual([]);
		},
	);

	test('a create of which n8n cannot say whether an earlier process has sent it is not sent', async () => {
		const given = world();
		await settled(startCreates(given).obtain());
		given.set.texts = given.set.texts.filter((text) => !/^lineage 7 0 /.test(text));
		const ending = await settled(startCreates(given).obtain());
		expect(ending.failure).toMatchObject({ kind: 'ledgerUnreadable', outcomeUnknown: false });
		expect(given.sent).toHaveLength(1);
	});
});

describe('throttled', () => {
	/** What the set was asked about intents and tasks, as "add intent", "remove intent". */
	const askedAboutCreates = ({ set }: World) =>
		set.asked.flatMap(({ kind, texts }) => {
			const words = new Set(texts.map((text) => text.split(' ', 1)[0]));
			return ['task', 'intent'].filter((word) => words.has(word)).map((word) => `${kind} ${word}`);
		});

	test('a create forgets its intent before it is sent again, with the same marker', async () => {
		const given = world();
		given.answers.push(throttled(), throttled());
		const run = startCreates(given);
		const ending = run.obtain();
		await flush();
		// While it waits nothing is in flight: when n8n is ended now, Retry sends it.
		expect(intents(given)).toBe(0);
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: true, generation: 0 });
		expect(askedAboutCreates(given)).toEqual([
			...['add intent', 'remove intent', 'add intent', 'remove intent', 'add intent'],
			...['add task', 'add intent'],
		]);
		expect(given.sent).toEqual(Array(3).fill(firstMarker()?.value));
		expect(run.events.filter((event) => event === 'prepare')).toHaveLength(1);
		expect(given.lists).toBe(0);
	});

	test('a create at the limit of tasks does the same', async () => {
		const given = world();
		given.answers.push('accepted', tooManyTasks());
		const run = startCreates(given);
		await settled(run.obtain());
		const ending = run.obtain({}, { itemIndex: 1, occurrence: { request: 1, row: 1 } });
		await flush();
		expect(ending).toEqual({});
		expect(intents(given)).toBe(2);
		run.queue.release('cgt-1');
		await flush();
		expect(ending.value).toEqual({ taskId: 'cgt-2', isNew: true, generation: 0 });
		expect(intents(given)).toBe(4);
	});

	test('a create whose answer is lost when it is sent again counts from then on', async () => {
		const given = world();
		given.answers.push(throttled(9_000), 'lost before');
		const run = startCreates(given);
		const ending = run.obtain();
		await given.clock.advance(10 * minuteMs);
		expect(ending).toMatchObject({ atMs: 129_000, failure: { values: { search: 'notFound' } } });
		expect(run.entries()).toMatchObject([{ unknown: { sentAtMs: startedAtMs + 9_000 } }]);
	});
});

describe('sent → outcome unknown → searched for', () => {
	test('→ found again: the task belongs to the item as if it were answered', async () => {
		const given = world();
		given.answers.push('lost');
		const run = startCreates(given);
		const ending = await settled(run.obtain());
		expect(ending).toEqual({});
		const unknown: LostCreate = {
			failure: lostAnswer().details(),
			...{ marker: firstMarker(), keys: await run.keysOf(), sentAtMs: startedAtMs },
		};
		expect(run.entries()).toEqual([{ unknown, executionId: '7', row: 'w', generation: 0 }]);
		await given.clock.advance(minuteMs);
		expect(ending).toEqual({
			value: { taskId: 'cgt-1', isNew: false, generation: 0 },
			atMs: 2_000,
		});
		expect(run.events).toEqual([
			...['prepare', 'ready', 'send'],
			'log: item 0 is unknown, answerTimedOut',
			'item 0 has cgt-1, 1 in the ledger',
			'log: item 0 found cgt-1',
		]);
		expect(run.entries()).toEqual([
			{
				...{ taskId: 'cgt-1', executionId: '7', row: 'w', generation: 0 },
				...{ keys: await run.keysOf(), marker: firstMarker() },
			},
		]);
		expect(hasPair(given, 'cgt-1')).toBe(true);
		expect(given.sent).toHaveLength(1);
	});

	test('→ found again: the task takes its room in the queue', async () => {
		const given = world();
		given.answers.push('lost');
		const run = startCreates(given);
		run.queue.limitTo(1);
		run.obtain();
		await given.clock.advance(5_000);
		const second = run.obtain({}, { itemIndex: 1, occurrence: { request: 1, row: 1 } });
		await given.clock.advance(5_000);
		expect(second).toEqual({});
		run.queue.release('cgt-1');
		await flush();
		expect(second.value?.taskId).toBe('cgt-2');
	});

	test.each([['running'], ['succeeded'], ['failed'], ['expired']] as const)(
		'→ found again, also when it is %s by then',
		async (status) => {
			const given = world();
			given.answers.push('lost');
			const ending = startCreates(given).obtain();
			await given.clock.advance(1_000);
			given.become('cgt-1', { status });
			await given.clock.advance(minuteMs);
			expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
			expect(given.sent).toHaveLength(1);
		},
	);

	test('→ found, and was cancelled → the next generation is sent', async () => {
		const given = world();
		given.answers.push('lost');
		const run = startCreates(given);
		const ending = run.obtain();
		await given.clock.advance(1_000);
		given.become('cgt-1', { status: 'cancelled' });
		await given.clock.advance(minuteMs);
		expect(ending).toEqual({
			value: { taskId: 'cgt-2', isNew: true, generation: 1 },
			atMs: 2_000,
		});
		expect(given.sent).toEqual([firstMarker(0)?.value, firstMarker(1)?.value]);
		expect(run.events.filter((event) => event === 'prepare')).toHaveLength(1);
		expect(run.entries()).toEqual([
			{
				...{ taskId: 'cgt-2', executionId: '7', row: 'w', generation: 1 },
				...{ keys: await run.keysOf(1), marker: firstMarker(1) },
			},
		]);
	});

	test('→ not found → fails: outcome unknown, which stays in both ledgers', async () => {
		const given = world();
		given.answers.push('lost before');
		const run = startCreates(given);
		const ending = run.obtain();
		await given.clock.advance(10 * minuteMs);
		expect(ending.atMs).toBe(120_000);
		expect((ending.failure as SeedanceFailure).details()).toEqual({
			...lostAnswer().details(),
			...{ values: { search: 'notFound' }, candidates: [] },
		});
		expect(run.entries()).toMatchObject([{ unknown: { failure: { kind: 'answerTimedOut' } } }]);
		expect(intents(given)).toBe(2);
		expect(given.sent).toHaveLength(1);
	});

	test('→ several → fails: outcome unknown, with the candidates', async () => {
		const given = world();
		given.echoes = false;
		given.answers.push('lost');
		const ending = startCreates(given).obtain();
		await given.clock.advance(10 * minuteMs);
		expect(ending.failure).toMatchObject({
			...{ outcomeUnknown: true, values: { search: 'several' }, candidates: ['cgt-1'] },
		});
	});

	test('→ not possible: without a marker it is not searched for', async () => {
		const given = world();
		given.answers.push('lost');
		const ending = await settled(startCreates(given).obtain({ markerKind: undefined }));
		expect(ending).toMatchObject({
			failure: { outcomeUnknown: true, values: { search: 'notPossible' }, candidates: [] },
			atMs: 0,
		});
		expect(given.lists).toBe(0);
	});

	test('→ not possible: the run is stopped', async () => {
		const given = world();
		given.answers.push('lost');
		const ending = startCreates(given).obtain();
		await given.clock.advance(1_000);
		given.clock.stop();
		await flush();
		expect(ending).toMatchObject({
			failure: { kind: 'answerTimedOut', values: { search: 'notPossible' } },
			atMs: 1_000,
		});
	});

	test("is found without n8n's database as well", async () => {
		const given = world();
		given.hasDatabase = false;
		given.answers.push('lost');
		const ending = startCreates(given).obtain();
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
	});

	test('each of many lost creates finds its own task', async () => {
		const given = world();
		given.answers.push(...Array<Answer>(20).fill('lost'));
		const run = startCreates(given);
		const endings = Array.from({ length: 20 }, (_, itemIndex) =>
			run.obtain({}, { itemIndex, request: `cat ${itemIndex}`, row: `w ${itemIndex}` }),
		);
		await given.clock.advance(minuteMs);
		expect(endings.map(({ value }) => value?.taskId)).toEqual(
			Array.from({ length: 20 }, (_, itemIndex) => `cgt-${itemIndex + 1}`),
		);
		expect(given.sent).toHaveLength(20);
	});
});

describe('with Create Again', () => {
	const createAgain = { onUnknownOutcome: 'createAgain' } as const;

	test('a create that is not found is created again, as the next generation', async () => {
		const given = world();
		given.answers.push('lost before');
		const run = startCreates(given);
		const ending = run.obtain(createAgain);
		await given.clock.advance(10 * minuteMs);
		expect(ending).toEqual({
			value: { taskId: 'cgt-1', isNew: true, generation: 1 },
			atMs: 120_000,
		});
		expect(given.sent).toEqual([firstMarker(0)?.value, firstMarker(1)?.value]);
		expect(run.events).toEqual([
			...['prepare', 'ready', 'send', 'log: item 0 is unknown, answerTimedOut'],
			...['ready', 'send', 'item 0 has cgt-1, 1 in the ledger'],
		]);
		expect(run.entries()).toMatchObject([{ taskId: 'cgt-1', generation: 1 }]);
	});

	test('a budget without room for it keeps the outcome unknown; it is asked only then', async () => {
		const given = world();
		given.answers.push('lost before');
		const run = startCreates(given);
		const asked = jest.fn(() => false);
		const ending = run.obtain({ ...createAgain, takeAnother: asked });
		await given.clock.advance(minuteMs);
		expect(asked).not.toHaveBeenCalled();
		await given.clock.advance(10 * minuteMs);
		expect(ending).toMatchObject({
			failure: { outcomeUnknown: true, values: { search: 'notFound' } },
		});
		expect(given.sent).toHaveLength(1);
		expect(asked).toHaveBeenCalledTimes(1);
	});

	test('a closed run creates nothing again: the outcome stays unknown', async () => {
		const given = world();
		given.answers.push('lost before');
		const run = startCreates(given);
		const ending = run.obtain(createAgain);
		await given.clock.advance(minuteMs);
		given.clock.close();
		await given.clock.advance(10 * minuteMs);
		expect(ending).toMatchObject({
			failure: { outcomeUnknown: true, values: { search: 'notFound' } },
			atMs: 120_000,
		});
		expect(given.sent).toHaveLength(1);
	});

	test('a create that is found is not created again', async () => {
		const given = world();
		given.answers.push('lost');
		const ending = startCreates(given).obtain(createAgain);
		await given.clock.advance(10 * minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
		expect(given.sent).toHaveLength(1);
	});

	test('at most three more are created', async () => {
		const given = world();
		given.answers.push(...Array<Answer>(9).fill('lost before'));
		const run = startCreates(given);
		const ending = run.obtain(createAgain);
		await given.clock.advance(60 * minuteMs);
		expect(ending).toMatchObject({
			failure: { outcomeUnknown: true, values: { search: 'notFound' } },
			atMs: 4 * 120_000,
		});
		expect(given.sent).toEqual([0, 1, 2, 3].map((one) => firstMarker(one)?.value));
		expect(run.entries()).toMatchObject([{ unknown: {}, generation: 3 }]);
	});

	test('the generations count over tries: after the third, nothing more is created', async () => {
		const given = world();
		given.answers.push(...Array<Answer>(9).fill('lost before'));
		const lost: LostCreate = {
			failure: lostAnswer().details(),
			...{ marker: firstMarker(2), keys: undefined, sentAtMs: startedAtMs },
		};
		const run = startCreates(given);
		await run.keysOf();
		const second = run.obtain(createAgain, { lost, generation: 2 });
		await given.clock.advance(60 * minuteMs);
		expect(second.failure).toMatchObject({ values: { search: 'notFound' } });
		expect(given.sent).toEqual([firstMarker(3)?.value]);
		const third = run.obtain(createAgain, { lost, generation: 3 });
		await given.clock.advance(60 * minuteMs);
		expect(third.failure).toMatchObject({ values: { search: 'notFound' } });
		expect(given.sent).toHaveLength(1);
	});

	test('nothing is created where the list lacks a task that this run has created', async () => {
		const given = world();
		given.answers.push('accepted', 'lost before');
		const run = startCreates(given);
		await settled(run.obtain());
		given.tasks.length = 0;
		const ending = run.obtain(createAgain, { itemIndex: 1, request: 'dog', row: 'v' });
		await given.clock.advance(60 * minuteMs);
		expect(ending.failure).toMatchObject({
			...{ outcomeUnknown: true, candidates: [] },
			values: { search: 'notPossible', searchFailure: 'it is not complete' },
		});
		expect(given.sent).toHaveLength(2);
	});

	test('nothing is created in place of a create that was answered, though its task is not listed', async () => {
		const given = world();
		await settled(startCreates(given).obtain(createAgain));
		await given.clock.advance(5 * minuteMs);
		given.tasks.length = 0;
		const run = startCreates(given, retry);
		const ending = run.obtain(createAgain);
		await given.clock.advance(60 * minuteMs);
		expect(ending.failure).toMatchObject({
			...{ kind: 'createInterrupted', outcomeUnknown: true, candidates: [] },
			values: { search: 'notPossible', searchFailure: 'it lacks a task that was created' },
		});
		expect(given.sent).toHaveLength(1);
	});

	test('a create that is over is not searched for by a Retry: the one in its place is found', async () => {
		const given = world();
		given.answers.push('lost before', 'killed');
		startCreates(given).obtain(createAgain);
		await given.clock.advance(10 * minuteMs);
		expect(given.sent).toHaveLength(2);
		const beganAtMs = given.clock.monotonicMs();
		given.lists = 0;
		const ending = startCreates(given, retry).obtain(createAgain);
		await given.clock.advance(10 * minuteMs);
		expect(ending).toEqual({
			value: { taskId: 'cgt-1', isNew: false, generation: 1 },
			atMs: beganAtMs + 1_000,
		});
		expect([given.lists, given.sent.length]).toEqual([1, 2]);
	});

	test('nothing is created where the task may be one of several', async () => {
		const given = world();
		given.echoes = false;
		given.answers.push('lost');
		const ending = startCreates(given).obtain(createAgain);
		await given.clock.advance(10 * minuteMs);
		expect(ending.failure).toMatchObject({ values: { search: 'several' } });
		expect(given.sent).toHaveLength(1);
	});

	test.each<[string, (given: World) => void, Partial<RequestedCreate>]>([
		['there is no marker', () => {}, { markerKind: undefined }],
		['the list fails', (given) => (given.listFailure = forbidden()), {}],
		['the list fails until the end', (given) => (given.listFailure = unavailable()), {}],
	])('nothing is created where %s', async (_name, change, requested) => {
		const given = world();
		given.answers.push('lost before');
		change(given);
		const ending = startCreates(given).obtain({ ...createAgain, ...requested });
		await given.clock.advance(60 * minuteMs);
		expect(ending.failure).toMatchObject({
			...{ outcomeUnknown: true, values: { search: 'notPossible' } },
		});
		expect(given.sent).toHaveLength(1);
	});

	test('nothing is created after a stop', async () => {
		const given = world();
		given.answers.push('lost before');
		const ending = startCreates(given).obtain(createAgain);
		await given.clock.advance(minuteMs);
		given.clock.stop();
		await flush();
		expect(ending.failure).toMatchObject({ values: { search: 'notPossible' } });
		expect(given.sent).toHaveLength(1);
	});

	test('a create that is refused when it is created again fails, and the first stays unknown', async () => {
		const given = world();
		const failure = forbidden();
		given.answers.push('lost before', failure);
		const run = startCreates(given);
		const ending = run.obtain(createAgain);
		await given.clock.advance(10 * minuteMs);
		expect(ending.failure).toBe(failure);
		expect(run.entries()).toMatchObject([{ unknown: {}, generation: 0 }]);
	});
});

describe('a create that an earlier try has lost', () => {
	const lostBefore = (changes: Partial<LostCreate> = {}): LostCreate => ({
		failure: lostAnswer().details(),
		...{ marker: firstMarker(), keys: undefined, sentAtMs: startedAtMs, ...changes },
	});

	/** A world in which the create of item 0 was lost, and the provider has made its task. */
	async function lostWorld(answer: Answer) {
		const given = world();
		given.answers.push(answer);
		const first = startCreates(given);
		first.obtain();
		await flush();
		return { given, keys: await first.keysOf(), kept: first.kept };
	}

	test('is searched for at once, and neither prepared nor sent', async () => {
		const { given, keys, kept } = await lostWorld('lost');
		await given.clock.advance(500);
		const run = startCreates(given, {}, kept);
		const ending = run.obtain({}, { lost: lostBefore({ keys }) });
		await given.clock.advance(minuteMs);
		expect(ending).toEqual({
			value: { taskId: 'cgt-1', isNew: false, generation: 0 },
			atMs: 1_500,
		});
		expect(run.events).toEqual([
			...['item 0 has cgt-1, 1 in the ledger', 'log: item 0 found cgt-1'],
		]);
		expect(given.sent).toHaveLength(1);
		expect(hasPair(given, 'cgt-1')).toBe(true);
	});

	test('keeps its generation', async () => {
		const { given } = await lostWorld('lost');
		const ending = startCreates(given).obtain({}, { lost: lostBefore(), generation: 2 });
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 2 });
	});

	test('is searched for until two minutes after it was sent', async () => {
		const { given } = await lostWorld('lost before');
		await given.clock.advance(minuteMs);
		const ending = startCreates(given).obtain({}, { lost: lostBefore() });
		await given.clock.advance(10 * minuteMs);
		expect(ending).toMatchObject({
			failure: { requestId: 'r-1', outcomeUnknown: true, values: { search: 'notFound' } },
			atMs: 120_000,
		});
		expect(given.sent).toHaveLength(1);
	});

	test('long ago is searched for once', async () => {
		const { given } = await lostWorld('lost before');
		await given.clock.advance(60 * minuteMs);
		given.lists = 0;
		const ending = startCreates(given).obtain({}, { lost: lostBefore() });
		await given.clock.advance(minuteMs);
		expect(ending).toMatchObject({
			failure: { values: { search: 'notFound' } },
			atMs: 60 * minuteMs + 1_000,
		});
		expect(given.lists).toBe(1);
	});

	test('with Create Again is prepared and created again', async () => {
		const { given } = await lostWorld('lost before');
		await given.clock.advance(60 * minuteMs);
		const run = startCreates(given);
		const ending = run.obtain({ onUnknownOutcome: 'createAgain' }, { lost: lostBefore() });
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: true, generation: 1 });
		expect(run.events).toEqual([
			...['prepare', 'ready', 'send', 'item 0 has cgt-1, 1 in the ledger'],
		]);
	});

	test('without a marker cannot be searched for', async () => {
		const { given } = await lostWorld('lost');
		const ending = await settled(
			startCreates(given).obtain({}, { lost: lostBefore({ marker: undefined }) }),
		);
		expect(ending.failure).toMatchObject({
			...{ requestId: 'r-1', outcomeUnknown: true, values: { search: 'notPossible' } },
		});
	});
});

describe('queued → recorded by an earlier process', () => {
	/** A world in which the first process ended after its create was sent. */
	async function killedWorld(answer: Answer = 'killed', item: Partial<Item> = {}) {
		const given = world();
		given.answers.push(answer);
		const first = startCreates(given);
		first.obtain({}, item);
		await flush();
		await given.clock.advance(5 * minuteMs);
		return given;
	}

	test.each<[string, Answer]>([
		['before its answer arrived', 'killed'],
		['after its answer had arrived', 'accepted'],
	])('%s: never sent, and found', async (_when, answer) => {
		const given = await killedWorld(answer);
		const run = startCreates(given, retry);
		const ending = run.obtain();
		await given.clock.advance(minuteMs);
		expect(ending).toEqual({
			value: { taskId: 'cgt-1', isNew: false, generation: 0 },
			atMs: 5 * minuteMs + 1_000,
		});
		expect(run.events).toEqual([
			...['prepare', 'ready'],
			...['item 0 has cgt-1, 1 in the ledger', 'log: item 0 found cgt-1'],
		]);
		expect(run.entries()).toMatchObject([
			{ taskId: 'cgt-1', executionId: '8', keys: await run.keysOf() },
		]);
		expect(given.sent).toHaveLength(1);
	});

	test('by the row as written, although its request is another one now: found', async () => {
		for (const answer of ['killed', 'accepted'] as const) {
			const given = await killedWorld(answer, { request: 'cat at 12:00' });
			const ending = startCreates(given, retry).obtain({}, { request: 'cat at 12:05' });
			await given.clock.advance(minuteMs);
			expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
			expect(given.sent).toHaveLength(1);
		}
	});

	test('at another place: found', async () => {
		const given = await killedWorld('killed', { itemIndex: 3, row: 'v' });
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(minuteMs);
		expect(ending.value?.taskId).toBe('cgt-1');
		expect(given.sent).toHaveLength(1);
	});

	test('without a marker: found by what was recorded with its answer, otherwise unknown', async () => {
		const markerKind = undefined;
		const answered = world();
		await settled(startCreates(answered).obtain({ markerKind }));
		const found = startCreates(answered, retry).obtain({ markerKind });
		await answered.clock.advance(minuteMs);
		expect(found.value?.taskId).toBe('cgt-1');

		const killed = world();
		killed.answers.push('killed');
		await settled(startCreates(killed).obtain({ markerKind }));
		const unknown = startCreates(killed, retry).obtain({ markerKind });
		await killed.clock.advance(10 * minuteMs);
		expect(unknown.failure).toMatchObject({
			...{ kind: 'createInterrupted', outcomeUnknown: true },
			...{ values: { search: 'several' }, candidates: ['cgt-1'] },
		});
		expect(killed.sent).toHaveLength(1);
	});

	test('and not found for two minutes: outcome unknown, and never sent', async () => {
		const given = await killedWorld();
		given.tasks.length = 0;
		for (let again = 0; again < 3; again++) {
			const run = startCreates(given, retry);
			const beganAtMs = given.clock.monotonicMs();
			const ending = run.obtain();
			await given.clock.advance(10 * minuteMs);
			expect(ending).toMatchObject({
				failure: {
					...{ kind: 'createInterrupted', outcomeUnknown: true },
					...{ values: { search: 'notFound' }, candidates: [] },
				},
				atMs: beganAtMs + 120_000,
			});
			expect(run.events).toEqual(['prepare', 'ready']);
		}
		expect(given.sent).toHaveLength(1);
	});

	test('and not found: is in the ledger of the next try, which searches for it again', async () => {
		const given = await killedWorld();
		const tasks = given.tasks.splice(0);
		const run = startCreates(given, retry);
		const keys = await run.keysOf();
		const first = run.obtain();
		await given.clock.advance(10 * minuteMs);
		expect(first.failure).toMatchObject({ values: { search: 'notFound' } });
		const [entry] = run.entries();
		expect(entry).toEqual({
			unknown: {
				failure: { kind: 'createInterrupted', outcomeUnknown: true, values: {} },
				...{ keys, by: 'request', sentAtMs: startedAtMs },
			},
			...{ executionId: '8', row: 'w', generation: 0 },
		});
		given.tasks.push(...tasks);
		const { unknown: lost } = entry as { readonly unknown: LostCreate };
		const next = startCreates(given, retry, run.kept);
		const second = next.obtain({}, { lost });
		await given.clock.advance(10 * minuteMs);
		expect(second.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
		expect(next.events).toEqual([
			...['item 0 has cgt-1, 1 in the ledger', 'log: item 0 found cgt-1'],
		]);
		expect(given.sent).toHaveLength(1);
	});

	test('and the list failed: with Create Again, the next try creates nothing while it may be a listed task', async () => {
		const given = await killedWorld();
		given.echoes = false;
		given.listFailure = forbidden();
		const createAgain = { onUnknownOutcome: 'createAgain' } as const;
		const run = startCreates(given, retry);
		const first = run.obtain(createAgain);
		await given.clock.advance(10 * minuteMs);
		expect(first.failure).toMatchObject({ values: { search: 'notPossible' } });
		given.listFailure = undefined;
		const [entry] = run.entries();
		const { unknown: lost } = entry as { readonly unknown: LostCreate };
		const second = startCreates(given, retry, run.kept).obtain(createAgain, { lost });
		await given.clock.advance(10 * minuteMs);
		expect(second.failure).toMatchObject({ values: { search: 'several' }, candidates: ['cgt-1'] });
		expect(given.sent).toHaveLength(1);
	});

	test('and listed late: found', async () => {
		const given = await killedWorld();
		const tasks = given.tasks.splice(0);
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(minuteMs);
		given.tasks.push(...tasks);
		await given.clock.advance(2 * minuteMs);
		expect(ending.value?.taskId).toBe('cgt-1');
	});

	test('and not found, with Create Again → the next generation is sent', async () => {
		const given = await killedWorld();
		given.tasks.length = 0;
		const ending = startCreates(given, retry).obtain({ onUnknownOutcome: 'createAgain' });
		await given.clock.advance(10 * minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: true, generation: 1 });
		expect(given.sent).toHaveLength(2);
	});

	test('and cancelled before it could be charged → the next generation is sent', async () => {
		const given = await killedWorld();
		given.become('cgt-1', { status: 'cancelled' });
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(10 * minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-2', isNew: true, generation: 1 });
	});

	test('and failed: found, for the item to say so', async () => {
		const given = await killedWorld();
		given.become('cgt-1', { status: 'failed' });
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(10 * minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
	});

	test('a fresh execution sends its own, even while the task of the other one has the same request', async () => {
		const given = await killedWorld();
		const ending = await settled(startCreates(given, { executionId: '9' }).obtain());
		expect(ending.value).toEqual({ taskId: 'cgt-2', isNew: true, generation: 0 });
		expect(new Set(given.sent).size).toBe(2);
	});

	test('is a create of this execution alone: an older task with its marker is a mere candidate', async () => {
		const given = await killedWorld();
		given.become('cgt-1', { createdAtMs: startedAtMs - 61_000 });
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(10 * minuteMs);
		expect(ending.failure).toMatchObject({ values: { search: 'several' }, candidates: ['cgt-1'] });
	});
});

describe('queued → recorded, but not as sent', () => {
	/** A world in which the first process ended between the intent and the request. */
	async function intendedWorld() {
		const given = world();
		const first = startCreates(given);
		const keys = await first.keysOf();
		if (keys === undefined) throw new Error('Nothing can be recorded');
		await first.durable.intend(keys, firstMarker());
		await given.clock.advance(5 * minuteMs);
		return given;
	}

	/** A world in which the record that the create was sent is lost. */
	async function sentWorld() {
		const given = world();
		given.answers.push('killed');
		startCreates(given).obtain();
		await flush();
		given.set.texts = given.set.texts.filter((text) => !text.startsWith('sent '));
		await given.clock.advance(5 * minuteMs);
		return given;
	}

	test('and not in the list: sent, with the same marker', async () => {
		const given = await intendedWorld();
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(3 * minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: true, generation: 0 });
		expect(given.sent).toEqual([firstMarker()?.value]);
		expect(ending.atMs).toBeGreaterThanOrEqual(6 * minuteMs);
	});

	test('and not in the list, which shows no markers: sent, whatever else is listed', async () => {
		const given = await intendedWorld();
		given.echoes = false;
		given.tasks.push(taskOf('cgt-other', 'running', { createdAtMs: given.clock.now() }));
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(3 * minuteMs);
		expect(ending.value).toMatchObject({ isNew: true });
		expect(given.sent).toHaveLength(1);
	});

	test('and without a marker: sent, and no list is read', async () => {
		const given = await intendedWorld();
		const ending = await settled(startCreates(given, retry).obtain({ markerKind: undefined }));
		expect(ending.value).toMatchObject({ isNew: true });
		expect(given.lists).toBe(0);
	});

	test('and found in the list after all: never sent', async () => {
		const given = await sentWorld();
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
		expect(given.sent).toHaveLength(1);
	});

	test('and found half a minute late: never sent', async () => {
		const given = await sentWorld();
		const tasks = given.tasks.splice(0);
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(40_000);
		given.tasks.push(...tasks);
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
		expect(given.sent).toHaveLength(1);
	});

	test('and the list cannot be read: outcome unknown, and never sent', async () => {
		const given = await intendedWorld();
		given.listFailure = failureOf({ kind: 'answerTimedOut' });
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(10 * minuteMs);
		expect(ending.failure).toMatchObject({
			...{ outcomeUnknown: true, values: { search: 'notPossible' } },
		});
		expect(given.sent).toEqual([]);
	});

	test('and recorded as sent while the list is read: searched for', async () => {
		const given = await intendedWorld();
		const ending = startCreates(given, retry).obtain();
		await given.clock.advance(2_000);
		const other = startCreates(given);
		const keys = await other.keysOf();
		if (keys !== undefined) await other.durable.sending(keys);
		await given.clock.advance(10 * minuteMs);
		expect(ending.failure).toMatchObject({ outcomeUnknown: true, values: { search: 'notFound' } });
		expect(given.sent).toEqual([]);
	});

	test('by its row: sent with the request of now', async () => {
		const given = await intendedWorld();
		const run = startCreates(given, retry);
		const ending = run.obtain({}, { request: 'cat at 12:05' });
		await given.clock.advance(3 * minuteMs);
		expect(ending.value).toMatchObject({ isNew: true, generation: 0 });
		const later = startCreates(given, { ...retry, executionId: '9' }).obtain();
		await given.clock.advance(minuteMs);
		expect(later.value).toMatchObject({ taskId: 'cgt-1', isNew: false });
		expect(given.sent).toHaveLength(1);
	});
});

describe('with an Idempotency Key', () => {
	const keyed = { idempotencyKey: 'row 1' };

	test('the first create is sent, and every other execution finds its task', async () => {
		const given = world();
		const first = await settled(startCreates(given).obtain(keyed));
		expect(first.value).toEqual({ taskId: 'cgt-1', isNew: true, generation: 0 });
		await given.clock.advance(6 * dayMs);
		const run = startCreates(given, { executionId: '9' });
		const ending = run.obtain(keyed, { itemIndex: 4, row: 'v' });
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
		expect(given.sent).toHaveLength(1);
	});

	test('a create whose process ended before its answer is found by its marker', async () => {
		const given = world();
		given.answers.push('killed');
		await settled(startCreates(given).obtain(keyed));
		await given.clock.advance(dayMs);
		const ending = startCreates(given, { executionId: '9' }).obtain(keyed);
		await given.clock.advance(minuteMs);
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
	});

	test.each(['failed', 'expired', 'cancelled'] as const)(
		'a task that has %s is followed by the next generation, once',
		async (status) => {
			const given = world();
			await settled(startCreates(given).obtain(keyed));
			given.become('cgt-1', { status });
			const second = startCreates(given, { executionId: '9' }).obtain(keyed);
			await given.clock.advance(minuteMs);
			expect(second.value).toEqual({ taskId: 'cgt-2', isNew: true, generation: 1 });
			const third = startCreates(given, { executionId: '10' }).obtain(keyed);
			await given.clock.advance(minuteMs);
			expect(third.value).toEqual({ taskId: 'cgt-2', isNew: false, generation: 1 });
			expect(given.sent).toHaveLength(2);
		},
	);

	test('another request is refused before anything is sent, and the key keeps its task', async () => {
		const given = world();
		await settled(startCreates(given).obtain(keyed));
		const texts = [...given.set.texts];
		const run = startCreates(given, { executionId: '9' });
		const ending = await settled(run.obtain(keyed, { request: 'dog' }));
		expect(ending.failure).toMatchObject({
			...{ kind: 'idempotencyKeyReused', values: { key: 'row 1' }, outcomeUnknown: false },
		});
		await run.durable.settled();
		expect(given.set.texts).toEqual(texts);
		const later = startCreates(given, { executionId: '10' }).obtain(keyed);
		await given.clock.advance(minuteMs);
		expect(later.value).toEqual({ taskId: 'cgt-1', isNew: false, generation: 0 });
		expect(given.sent).toHaveLength(1);
	});

	test('a create that was refused by the provider may be sent with the same key', async () => {
		const given = world();
		given.answers.push(forbidden());
		const run = startCreates(given);
		await settled(run.obtain(keyed));
		const ending = await settled(startCreates(given, { executionId: '9' }).obtain(keyed));
		expect(ending.value).toEqual({ taskId: 'cgt-1', isNew: true, generation: 0 });
	});

	test("without n8n's database nothing is sent", async () => {
		const given = world();
		given.hasDatabase = false;
		const ending = await settled(startCreates(given).obtain(keyed));
		expect(ending.failure).toMatchObject({ kind: 'ledgerUnavailable', outcomeUnknown: false });
		expect(given.sent).toEqual([]);
	});
});
