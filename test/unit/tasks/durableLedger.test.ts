import type { NodeStore } from '../../../nodes/Seedance/n8n/nodeStore';
import type { CreateIdentity, CreateKeys } from '../../../nodes/Seedance/tasks/createIdentity';
import { DurableLedger } from '../../../nodes/Seedance/tasks/durableLedger';
import { fingerprintOf } from '../../../nodes/Seedance/tasks/fingerprint';
import type { Marker } from '../../../nodes/Seedance/tasks/marker';
import { FakeClock, flush, startedAtMs } from '../fakeClock';
import { MemorySet, storeOf } from '../given';

const dayMs = 86_400_000;
const marker: Marker = { field: 'execution_expires_after', value: 170_000 };
const otherMarker: Marker = { field: 'execution_expires_after', value: 170_001 };

const cat: CreateIdentity = {
	...{ itemIndex: 0, request: 'cat', row: 'w' },
	...{ occurrence: { request: 0, row: 0 }, generation: 0, idempotencyKey: undefined },
};
const keyed = { ...cat, idempotencyKey: 'row 1' };

/** A fact as it is recorded. */
const fact = (text: string) => [text, `${text} indeed`];
/** The marker of the create with this key as it is recorded. */
const markedWith = (key: string | undefined) =>
	fact(`marker ${key} execution_expires_after 170000`);

/** The processes of one execution of a node: what outlives them is the set, n8n keeps nothing else. */
function processes(set = new MemorySet()) {
	const clock = new FakeClock();
	const told: string[] = [];
	const start = (changes: Partial<NodeStore> = {}, ownSet: MemorySet | undefined = set) =>
		new DurableLedger(ownSet, storeOf({}, changes), clock, (reason) => told.push(reason));
	return { set, clock, told, start };
}

/** The keys of a create that can be recorded. */
async function keysIn(ledger: DurableLedger, create: CreateIdentity): Promise<CreateKeys> {
	const keys = await ledger.keysOf(create);
	if (keys === undefined) throw new Error('Nothing can be recorded');
	return keys;
}

/** Records that a create is about to be sent. */
async function intend(ledger: DurableLedger, create: CreateIdentity, mark: Marker | undefined) {
	return await ledger.intend(await keysIn(ledger, create), mark);
}

/** What the set was asked since this was called last. */
const askedNow = ({ asked }: MemorySet) => asked.splice(0);

describe('the keys of a create', () => {
	test('are of the resolved request and of the row', async () => {
		expect(await processes().start().keysOf(cat)).toEqual({
			request: fingerprintOf(['i w n', 7, 'cat', 0, 0]),
			row: fingerprintOf(['i w n', 7, 'w', 0, 0]),
		});
	});

	test.each<[string, ReadonlyArray<'request' | 'row'>, Partial<CreateIdentity>]>([
		['request', ['request'], { request: 'dog' }],
		['row', ['row'], { row: 'v' }],
		['item', [], { itemIndex: 1 }],
		['occurrence of its request', ['request'], { occurrence: { request: 1, row: 0 } }],
		['occurrence of its row', ['row'], { occurrence: { request: 0, row: 1 } }],
		['generation', ['request', 'row'], { generation: 1 }],
	])('of another %s: the keys by %j are other ones', async (_name, expected, changes) => {
		const ledger = processes().start();
		const keys = await keysIn(ledger, cat);
		const other = await keysIn(ledger, { ...cat, ...changes });
		const both = ['request', 'row'] as const;
		expect(both.filter((by) => other[by] !== keys[by])).toEqual(expected);
	});

	test('are of the request alone where no expression of the row changes by itself', async () => {
		expect(
			await processes()
				.start()
				.keysOf({ ...cat, row: undefined }),
		).toEqual({
			request: fingerprintOf(['i w n', 7, 'cat', 0, 0]),
		});
	});

	test('are the same whatever number n8n gives to the run', async () => {
		const { start } = processes();
		const keys = await keysIn(start(), cat);
		expect(await keysIn(start({ runIndex: 1 }), cat)).toEqual(keys);
	});

	test('in another process of the execution are the same, in another execution others', async () => {
		const { start, clock } = processes();
		const keys = await keysIn(start(), cat);
		await clock.advance(1_000);
		expect(await keysIn(start(), cat)).toEqual(keys);
		const later = await keysIn(start({ executionId: '9' }), cat);
		expect(later).toEqual({
			request: fingerprintOf(['i w n', 9, 'cat', 0, 0]),
			row: fingerprintOf(['i w n', 9, 'w', 0, 0]),
		});
	});

	test('the lineage is found once, however many creates begin together', async () => {
		const { set, start } = processes();
		const ledger = start();
		await Promise.all([ledger.keysOf(cat), ledger.keysOf({ ...cat, itemIndex: 1 })]);
		expect(set.asked.filter(({ texts }) => texts[0] === 'lineage 7')).toHaveLength(1);
	});

	test('cannot be had while the lineage is unreadable', async () => {
		const { set, start } = processes();
		await start().keysOf(cat);
		set.texts = set.texts.filter((text) => !text.startsWith('lineage 7 0 '));
		const ledger = start();
		await expect(ledger.keysOf(cat)).rejects.toMatchObject({
			...{ kind: 'ledgerUnreadable', outcomeUnknown: false },
		});
		expect(await ledger.continuedSinceMs()).toBeUndefined();
	});

	test('with an Idempotency Key are of that key, the credential and the generation alone', async () => {
		const { set, start } = processes();
		const keys = await keysIn(start(), keyed);
		expect(keys).toEqual({
			request: fingerprintOf(['key', 'c-1', 'row 1', 0]),
			shared: { idempotencyKey: 'row 1', request: 'cat' },
		});
		const elsewhere = { ...keyed, itemIndex: 5, row: 'v', occurrence: { request: 3, row: 3 } };
		expect(await keysIn(start({ executionId: '9', runIndex: 2 }), elsewhere)).toEqual(keys);
		const others = [
			await keysIn(start(), { ...keyed, idempotencyKey: 'row 2' }),
			await keysIn(start(), { ...keyed, generation: 1 }),
			await keysIn(start({ credentialId: 'c-2' }), keyed),
		];
		expect(new Set([keys, ...others].map(({ request }) => request)).size).toBe(4);
		expect(set.asked).toEqual([]);
	});
});

describe('since when a run is continued', () => {
	test('is when its execution began', async () => {
		const { start, clock } = processes();
		await start().keysOf(cat);
		await clock.advance(5_000);
		const later = start();
		await later.keysOf(cat);
		expect(await later.continuedSinceMs()).toBe(startedAtMs);
	});

	test('is not known of a fresh execution, nor where no lineage was needed', async () => {
		const { start } = processes();
		const fresh = start();
		await fresh.keysOf(cat);
		expect(await fresh.continuedSinceMs()).toBeUndefined();
		expect(await start().continuedSinceMs()).toBeUndefined();
	});
});

describe('an intent', () => {
	test('is recorded by both keys, with the marker', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		askedNow(set);
		expect(await ledger.intend(keys, marker)).toBeUndefined();
		expect(askedNow(set)).toEqual([
			{
				kind: 'add',
				texts: [
					...[`intent ${keys.request}`, ...markedWith(keys.request)],
					...[`intent ${keys.row}`, ...markedWith(keys.row)],
				],
			},
		]);
	});

	test('without a marker is recorded by both keys alone', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		askedNow(set);
		await ledger.intend(keys, undefined);
		expect(askedNow(set)).toEqual([
			{ kind: 'add', texts: [`intent ${keys.request}`, `intent ${keys.row}`] },
		]);
	});

	test.each<['request' | 'row' | undefined, string, Partial<CreateIdentity>]>([
		['request', 'the same create', {}],
		['request', 'the same request at another item', { itemIndex: 4, row: 'v' }],
		['row', 'the same row as written with another request', { request: 'cat at 12:01' }],
		['row', 'the same row at another item with another request', { request: 'dog', itemIndex: 1 }],
		[undefined, 'another row with another request', { request: 'dog', row: 'v' }],
		[undefined, 'another request without a row', { request: 'dog', row: undefined }],
		[
			...[undefined, 'another occurrence of its row with another request'],
			{ request: 'dog', occurrence: { request: 0, row: 1 } },
		] as [undefined, string, Partial<CreateIdentity>],
		[
			...[undefined, 'another occurrence of its request and its row'],
			{ occurrence: { request: 1, row: 1 } },
		] as [undefined, string, Partial<CreateIdentity>],
		[undefined, 'a later generation', { generation: 1 }],
	])('is known by %s in a later process of %s', async (expected, _name, changes) => {
		const { start } = processes();
		await intend(start(), cat, marker);
		expect(await intend(start(), { ...cat, ...changes }, marker)).toBe(expected);
	});

	test('of another execution is not known', async () => {
		const { start, clock } = processes();
		await intend(start(), cat, marker);
		await clock.advance(1);
		expect(await intend(start({ executionId: '9' }), cat, marker)).toBeUndefined();
	});

	test('is known in a Retry of which n8n has kept nothing', async () => {
		const { start, clock } = processes();
		await intend(start(), cat, marker);
		await clock.advance(3_600_000);
		const retry = start({ executionId: '8', isRetryOfExecution: true });
		expect(await intend(retry, cat, marker)).toBe('request');
	});

	test('whose create was refused is forgotten, with its marker', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		const before = [...set.texts];
		await ledger.intend(keys, marker);
		ledger.refused(keys, marker);
		await ledger.settled();
		expect(set.texts).toEqual(before);
		expect(await intend(start(), cat, marker)).toBeUndefined();
	});

	test('whose create was refused is forgotten before the same create is intended again', async () => {
		const ledger = processes().start();
		const keys = await keysIn(ledger, cat);
		await ledger.intend(keys, marker);
		ledger.refused(keys, marker);
		expect(await ledger.intend(keys, marker)).toBeUndefined();
	});
});

describe('that a create is sent', () => {
	test('is recorded by both keys, and by either key a later process knows', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		await ledger.intend(keys, marker);
		expect(await start().wasSent(keys)).toBe(false);
		askedNow(set);
		await ledger.sending(keys);
		expect(askedNow(set)).toEqual([
			{ kind: 'add', texts: [`sent ${keys.request}`, `sent ${keys.row}`] },
		]);
		expect(await start().wasSent({ ...keys, row: undefined })).toBe(true);
		expect(await start().wasSent({ ...keys, request: 'another' })).toBe(true);
		expect(await start().wasSent({ ...keys, request: 'another', row: 'another' })).toBe(false);
	});

	test('is forgotten when it was refused', async () => {
		const { start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		await ledger.intend(keys, marker);
		await ledger.sending(keys);
		ledger.refused(keys, marker);
		expect(await ledger.wasSent(keys)).toBe(false);
	});

	test('follows from the intent of an Idempotency Key: another execution may send it now', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, keyed);
		await ledger.intend(keys, marker);
		askedNow(set);
		await ledger.sending(keys);
		expect(await ledger.wasSent(keys)).toBe(true);
		expect(askedNow(set)).toEqual([]);
	});

	test('is recorded after its intent was recorded again', async () => {
		const { set, start } = processes();
		const keys = await keysIn(start(), cat);
		await start().intend(keys, marker);
		const texts = [...set.texts];
		await start().intendAgain(keys, marker);
		expect(set.texts).toEqual(texts);
		set.texts = [];
		await start().intendAgain(keys, marker);
		expect(set.texts).toEqual([
			...[`intent ${keys.request}`, ...markedWith(keys.request)],
			...[`intent ${keys.row}`, ...markedWith(keys.row)],
		]);
	});
});

describe('a task', () => {
	/** A create with its task, and the texts of the set before it. */
	async function created(create = cat, taskId = 'cgt-1') {
		const given = processes();
		const ledger = given.start();
		const keys = await keysIn(ledger, create);
		const before = [...given.set.texts];
		await ledger.intend(keys, marker);
		askedNow(given.set);
		ledger.created(keys, marker, taskId);
		await ledger.settled();
		return { ...given, ledger, keys, before };
	}

	test('is recorded by both keys, with its intent again', async () => {
		const { set, keys, start } = await created();
		expect(askedNow(set)).toEqual([
			{
				kind: 'add',
				texts: [
					...[`intent ${keys.request}`, ...markedWith(keys.request)],
					...[`intent ${keys.row}`, ...markedWith(keys.row)],
					...[`sent ${keys.request}`, `sent ${keys.row}`],
					...fact(`answered ${keys.request}`),
					...[...fact(`task ${keys.request} cgt-1`), ...fact(`task ${keys.row} cgt-1`)],
				],
			},
		]);
		expect(await intend(start(), cat, marker)).toBe('request');
	});

	test('is found by either key in a later process, and no other is', async () => {
		const { keys, start } = await created();
		const byRequest: CreateKeys = { ...keys, row: undefined };
		const byRow: CreateKeys = { ...keys, request: 'another' };
		const neither: CreateKeys = { ...keys, request: 'another', row: 'another' };
		const found = await start().recordedPairs([
			[byRequest, 'cgt-1'],
			[byRequest, 'cgt-2'],
			[byRow, 'cgt-1'],
			[neither, 'cgt-1'],
		]);
		expect(found).toEqual([
			[byRequest, 'cgt-1'],
			[byRow, 'cgt-1'],
		]);
	});

	test('is recorded although another process has written over its intent', async () => {
		const given = processes();
		const ledger = given.start();
		const keys = await keysIn(ledger, cat);
		const before = [...given.set.texts];
		await ledger.intend(keys, marker);
		given.set.texts = before;
		ledger.created(keys, marker, 'cgt-1');
		await ledger.settled();
		expect(await intend(given.start(), cat, marker)).toBe('request');
		expect(await given.start().recordedMarkers(keys.request, [marker])).toEqual([marker]);
	});

	test('with an Idempotency Key is recorded for today, with its intent again', async () => {
		const given = processes();
		const ledger = given.start();
		const keys = await keysIn(ledger, keyed);
		ledger.created(keys, marker, 'cgt-1');
		await ledger.settled();
		expect(given.set.texts).toEqual([
			`intent ${keys.request} ${startedAtMs / dayMs}`,
			`request ${keys.request} ${startedAtMs / dayMs} cat`,
			...markedWith(keys.request),
			...[...fact(`answered ${keys.request}`), ...fact(`task ${keys.request} cgt-1`)],
		]);
	});

	test('with an Idempotency Key is found by it', async () => {
		const { keys, start } = await created(keyed);
		expect(await start({ executionId: '9' }).recordedPairs([[keys, 'cgt-1']])).toEqual([
			[keys, 'cgt-1'],
		]);
	});

	test.each([
		['', cat],
		['with an Idempotency Key ', keyed],
	])('%sthat was cancelled is over', async (_what, create) => {
		const { ledger, keys, start } = await created(create);
		expect(await ledger.isOver(keys)).toBe(false);
		ledger.cancelled(keys);
		await ledger.settled();
		expect(await intend(start(), create, marker)).toBe('request');
		expect(await start().isOver(keys)).toBe(true);
	});
});

describe('a look-up', () => {
	test('finds the markers that are recorded for a key, and leaves the set as it was', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		await ledger.intend(keys, marker);
		const texts = [...set.texts];
		expect(await ledger.recordedMarkers(keys.request, [otherMarker, marker])).toEqual([marker]);
		expect(await ledger.recordedMarkers(keys.row ?? '', [otherMarker, marker])).toEqual([marker]);
		expect(await ledger.recordedMarkers('another', [otherMarker, marker])).toEqual([]);
		expect(set.texts).toEqual(texts);
	});

	test('of tasks leaves the set as it was', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		ledger.created(keys, marker, 'cgt-1');
		await ledger.settled();
		const texts = [...set.texts];
		await ledger.recordedPairs([
			[keys, 'cgt-1'],
			[keys, 'cgt-2'],
		]);
		expect(set.texts).toEqual(texts);
	});

	test('of nothing asks nothing', async () => {
		const { set, start } = processes();
		expect(await start().recordedPairs([])).toEqual([]);
		expect(await start().recordedMarkers('k', [])).toEqual([]);
		expect(set.asked).toEqual([]);
	});
});

describe('a fact', () => {
	const retry = { executionId: '8', isRetryOfExecution: true };

	/** What a process has recorded of a create, with its task. */
	async function recorded() {
		const given = processes();
		const ledger = given.start();
		const keys = await keysIn(ledger, cat);
		await ledger.intend(keys, marker);
		ledger.created(keys, marker, 'cgt-1');
		await ledger.settled();
		return { ...given, keys };
	}

	/** All that a later process finds of a create and its task. */
	const foundOf = async (ledger: DurableLedger, keys: CreateKeys) => [
		await ledger.recordedPairs([[{ ...keys, row: undefined }, 'cgt-1']]),
		await ledger.recordedMarkers(keys.request, [marker]),
		await ledger.wasAnswered(keys),
		await ledger.isOver(keys),
	];

	test('is found with its twin', async () => {
		const { start, keys } = await recorded();
		await start(retry).intend({ ...keys, request: 'later' }, marker, [keys]);
		expect(await foundOf(start(retry), keys)).toEqual([
			...[[[{ ...keys, row: undefined }, 'cgt-1']], [marker], true, true],
		]);
	});

	test('without its twin is none: a process that ended while it looked for it has left it', async () => {
		const { set, start, keys } = await recorded();
		await start(retry).intend({ ...keys, request: 'later' }, marker, [keys]);
		set.texts = set.texts.filter((text) => !text.endsWith(' indeed'));
		expect(await foundOf(start(retry), keys)).toEqual([[], [], false, false]);
	});

	test.each([1, 2, 3, 4])(
		'is not made by a process that is ended at call %i of a look-up',
		async (call) => {
			const { set, start } = processes();
			const ledger = start();
			const keys = await keysIn(ledger, cat);
			const last = set.usage.calls + call;
			set.onCall = () => {
				if (set.usage.calls >= last) throw new Error('n8n was ended');
			};
			await Promise.allSettled([ledger.wasAnswered(keys)]);
			set.onCall = () => {};
			expect(await start(retry).wasAnswered(keys)).toBe(false);
		},
	);

	test('is not there before it is recorded', async () => {
		const { start } = processes();
		const keys = await keysIn(start(), cat);
		expect(await foundOf(start(), keys)).toEqual([[], [], false, false]);
	});
});

describe('a later generation', () => {
	test('that is intended ends those before it, and no other create', async () => {
		const { set, start } = processes();
		const ledger = start();
		const [first, second, third] = await Promise.all(
			[0, 1, 2].map(async (generation) => await keysIn(ledger, { ...cat, generation })),
		);
		if (first === undefined || second === undefined || third === undefined) return;
		await ledger.intend(first, undefined);
		askedNow(set);
		expect(await ledger.intend(third, undefined, [first, second])).toBeUndefined();
		expect(askedNow(set)).toEqual([
			{
				kind: 'add',
				texts: [
					...[`intent ${third.request}`, `intent ${third.row}`],
					...[...fact(`over ${first.request}`), ...fact(`over ${second.request}`)],
				],
			},
		]);
		const later = start();
		const over = [first, second, third].map(async (keys) => await later.isOver(keys));
		expect(await Promise.all(over)).toEqual([true, true, false]);
	});

	test('of an Idempotency Key records the intents before it again: they last as long', async () => {
		const { clock, set, start } = processes();
		const ledger = start();
		const first = await keysIn(ledger, keyed);
		const second = await keysIn(ledger, { ...keyed, generation: 1 });
		await ledger.intend(first, marker);
		ledger.created(first, marker, 'cgt-1');
		await clock.advance(6 * dayMs);
		expect(await ledger.intend(second, marker, [first])).toBeUndefined();
		const day = startedAtMs / dayMs + 6;
		expect(set.texts.filter((text) => text.includes(` ${day}`)).sort()).toEqual(
			[
				...[`intent ${first.request} ${day}`, `request ${first.request} ${day} cat`],
				...[`intent ${second.request} ${day}`, `request ${second.request} ${day} cat`],
			].sort(),
		);
		await clock.advance(6 * dayMs);
		const later = start({ executionId: '9' });
		expect(await later.intend(first, marker)).toBe('request');
		expect(await later.isOver(first)).toBe(true);
		expect(await later.intend(second, marker, [first])).toBe('request');
		expect(await later.isOver(second)).toBe(false);
	});

	test('of an Idempotency Key is over with it: after seven days the key begins anew', async () => {
		const { clock, start } = processes();
		const ledger = start();
		const first = await keysIn(ledger, keyed);
		const second = await keysIn(ledger, { ...keyed, generation: 1 });
		await ledger.intend(first, marker);
		await ledger.intend(second, marker, [first]);
		ledger.created(first, marker, 'cgt-1');
		await clock.advance(7 * dayMs);
		const later = start({ executionId: '9' });
		expect(await later.intend(first, marker)).toBeUndefined();
		expect([await later.isOver(first), await later.wasAnswered(first)]).toEqual([false, false]);
	});
});

describe('an Idempotency Key', () => {
	const textsOfDay = (key: string, day: number, request = 'cat') => [
		`intent ${key} ${day}`,
		`request ${key} ${day} ${request}`,
	];
	const today = startedAtMs / dayMs;

	test('that is new is recorded for today, with its request and its marker', async () => {
		const { set, start } = processes();
		const ledger = start();
		const { request } = await keysIn(ledger, keyed);
		expect(await intend(ledger, keyed, marker)).toBeUndefined();
		expect(set.texts).toEqual([...textsOfDay(request, today), ...markedWith(request)]);
	});

	test('with the same request is known in every execution, and nothing more is recorded', async () => {
		const { set, start } = processes();
		await intend(start(), keyed, marker);
		const texts = [...set.texts];
		expect(await intend(start({ executionId: '9' }), keyed, otherMarker)).toBe('request');
		expect(set.texts).toEqual(texts);
	});

	test('with another request is refused, and the record of the first stays', async () => {
		const { set, start } = processes();
		await intend(start(), keyed, marker);
		const texts = [...set.texts];
		await expect(intend(start(), { ...keyed, request: 'dog' }, marker)).rejects.toMatchObject({
			...{ kind: 'idempotencyKeyReused', values: { key: 'row 1' }, outcomeUnknown: false },
		});
		expect(set.texts).toEqual(texts);
		expect(await intend(start(), keyed, marker)).toBe('request');
	});

	test.each<[string, Partial<CreateIdentity>, Partial<NodeStore>]>([
		['another credential', {}, { credentialId: 'c-2' }],
		['the next generation', { generation: 1 }, {}],
		['another key', { idempotencyKey: 'row 2' }, {}],
	])('with %s is new', async (_name, changes, store) => {
		const { start } = processes();
		await intend(start(), keyed, marker);
		expect(await intend(start(store), { ...keyed, ...changes }, marker)).toBeUndefined();
	});

	test.each([
		[0, 'request'],
		[1, 'request'],
		[6, 'request'],
		[7, undefined],
		[30, undefined],
	])('counts for seven days: %i days later it is known by %s', async (days, expected) => {
		const { clock, start } = processes();
		await intend(start(), keyed, marker);
		await clock.advance(days * dayMs);
		expect(await intend(start(), keyed, marker)).toBe(expected);
	});

	test('that is used every day still counts from its first use', async () => {
		const { clock, start } = processes();
		const known: unknown[] = [];
		for (let day = 0; day < 9; day++) {
			known.push(await intend(start(), keyed, marker));
			await clock.advance(dayMs);
		}
		const week = [undefined, ...Array<string>(6).fill('request')];
		expect(known).toEqual([...week, undefined, 'request']);
	});

	test('may stand for another request after its seven days', async () => {
		const { clock, start } = processes();
		await intend(start(), keyed, marker);
		await clock.advance(7 * dayMs);
		const dog = { ...keyed, request: 'dog' };
		expect(await intend(start(), dog, marker)).toBeUndefined();
		expect(await intend(start(), dog, marker)).toBe('request');
		await expect(intend(start(), keyed, marker)).rejects.toMatchObject({
			kind: 'idempotencyKeyReused',
		});
	});

	test('whose create was refused is new again', async () => {
		const { start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, keyed);
		await ledger.intend(keys, marker);
		ledger.refused(keys, marker);
		expect(await ledger.intend(keys, marker)).toBeUndefined();
		ledger.refused(keys, marker);
		expect(await intend(start(), { ...keyed, request: 'dog' }, marker)).toBeUndefined();
	});

	test('whose create was intended before midnight and refused after it is new again', async () => {
		const { clock, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, keyed);
		await ledger.intend(keys, marker);
		await clock.advance(24 * 3_600_000);
		ledger.refused(keys, marker);
		expect(await intend(start({ executionId: '9' }), keyed, marker)).toBeUndefined();
	});

	test('knows the markers of its create in another execution', async () => {
		const { start } = processes();
		await intend(start(), keyed, marker);
		const later = start({ executionId: '9' });
		const { request } = await keysIn(later, keyed);
		expect(await later.recordedMarkers(request, [otherMarker, marker])).toEqual([marker]);
	});
});

describe('without the set', () => {
	test.each<[string, Partial<NodeStore>, MemorySet | undefined]>([
		['where n8n has none', {}, undefined],
		["as an agent's tool", { isTool: true }, new MemorySet()],
	])('%s: creates have no keys, and that is told once', async (_name, changes, set) => {
		const { told, clock } = processes();
		const ledger = new DurableLedger(set, storeOf({}, changes), clock, (why) => told.push(why));
		expect(await ledger.keysOf(cat)).toBeUndefined();
		expect(await ledger.keysOf({ ...cat, itemIndex: 1 })).toBeUndefined();
		expect(told).toEqual(['n8n does not offer it here']);
		expect(set?.asked ?? []).toEqual([]);
	});

	test('an Idempotency Key cannot be kept: its create is not sent', async () => {
		const { clock } = processes();
		const ledger = new DurableLedger(undefined, storeOf(), clock, () => {});
		await expect(intend(ledger, keyed, marker)).rejects.toMatchObject({
			...{ kind: 'ledgerUnavailable', outcomeUnknown: false },
		});
	});

	test('nothing is found, and nothing throws', async () => {
		const { clock } = processes();
		const ledger = new DurableLedger(undefined, storeOf(), clock, () => {});
		const keys: CreateKeys = { request: 'k', row: 'w', shared: undefined };
		ledger.created(keys, marker, 'cgt-1');
		ledger.refused(keys, marker);
		ledger.cancelled(keys);
		await ledger.settled();
		expect(await ledger.intend(keys, marker)).toBeUndefined();
		expect(await ledger.recordedPairs([[keys, 'cgt-1']])).toEqual([]);
		expect(await ledger.recordedMarkers('k', [marker])).toEqual([]);
		expect(await ledger.continuedSinceMs()).toBeUndefined();
	});
});

describe('a set that throws', () => {
	const retry = { executionId: '8', isRetryOfExecution: true };
	const unreadable = { kind: 'ledgerUnreadable', outcomeUnknown: false };

	const locked = () => {
		throw new Error('The database is locked');
	};

	test('at first is given up: a fresh execution has no keys, and the set is asked no more', async () => {
		const { set, told, start } = processes();
		set.onCall = locked;
		const ledger = start();
		expect(await ledger.keysOf(cat)).toBeUndefined();
		set.onCall = () => {};
		expect(await ledger.keysOf(cat)).toBeUndefined();
		expect(set.asked).toHaveLength(1);
		expect(told).toEqual(['The database is locked']);
	});

	test('after it worked is given up at the third failure in a row', async () => {
		const { set, told, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		set.onCall = locked;
		askedNow(set);
		expect(await ledger.intend(keys, marker)).toBeUndefined();
		ledger.created(keys, marker, 'cgt-1');
		await ledger.settled();
		ledger.refused(keys, marker);
		await ledger.settled();
		expect(askedNow(set).map(({ kind }) => kind)).toEqual(['add', 'add', 'remove']);
		set.onCall = () => {};
		expect(await ledger.keysOf(cat)).toBeUndefined();
		expect(await ledger.intend(keys, marker)).toBeUndefined();
		expect(askedNow(set)).toEqual([]);
		expect(told).toEqual(Array(3).fill('The database is locked'));
	});

	test('at the intent of a fresh execution that goes on: the task is recorded, and found by a Retry', async () => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		set.onCall = locked;
		expect(await ledger.intend(keys, marker)).toBeUndefined();
		set.onCall = () => {};
		ledger.created(keys, marker, 'cgt-1');
		await ledger.settled();
		const later = start(retry);
		expect(await intend(later, cat, marker)).toBe('request');
		expect(await later.recordedPairs([[keys, 'cgt-1']])).toEqual([[keys, 'cgt-1']]);
	});

	test('while a Retry reads its lineage: nothing may be created', async () => {
		const { set, start } = processes();
		await intend(start(), cat, marker);
		set.onCall = locked;
		const ledger = start(retry);
		await expect(ledger.keysOf(cat)).rejects.toMatchObject(unreadable);
		// It is given up, and a Retry without a database creates nothing either.
		set.onCall = () => {};
		await expect(ledger.keysOf(cat)).rejects.toMatchObject(unreadable);
	});

	test.each<[string, Partial<NodeStore>]>([
		['a Retry', { executionId: '8', isRetryOfExecution: true }],
		['a run that was begun anew', {}],
	])('at the intent of %s: nothing may be created', async (_name, changes) => {
		const { set, start } = processes();
		await start().keysOf(cat);
		const ledger = start(changes);
		const keys = await keysIn(ledger, cat);
		set.onCall = locked;
		await expect(ledger.intend(keys, marker)).rejects.toMatchObject(unreadable);
		set.onCall = () => {};
		expect(await ledger.intend(keys, marker)).toBeUndefined();
	});

	test('at the intent of a Retry of an execution that created nothing: it goes on', async () => {
		const { set, start } = processes();
		const ledger = start(retry);
		const keys = await keysIn(ledger, cat);
		set.onCall = locked;
		expect(await ledger.intend(keys, marker)).toBeUndefined();
	});

	test.each<[string, (ledger: DurableLedger, keys: CreateKeys) => Promise<unknown>]>([
		['for pairs', async (ledger, keys) => await ledger.recordedPairs([[keys, 'cgt-1']])],
		['for markers', async (ledger, { request }) => await ledger.recordedMarkers(request, [marker])],
		['for an answer', async (ledger, keys) => await ledger.wasAnswered(keys)],
		['for a later create', async (ledger, keys) => await ledger.isOver(keys)],
	])('at a look-up %s: what is not known may be there', async (_name, ask) => {
		const { set, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		set.onCall = locked;
		await expect(ask(ledger, keys)).rejects.toMatchObject(unreadable);
	});

	test('when a task is recorded throws nothing', async () => {
		const { set, told, start } = processes();
		const ledger = start();
		const keys = await keysIn(ledger, cat);
		await ledger.intend(keys, marker);
		set.onCall = locked;
		ledger.created(keys, marker, 'cgt-1');
		await ledger.settled();
		expect(told).toEqual(['The database is locked']);
	});

	test('at the intent with an Idempotency Key: its create is not sent', async () => {
		const { set, start } = processes();
		set.onCall = locked;
		await expect(intend(start(), keyed, marker)).rejects.toMatchObject({
			kind: 'ledgerUnavailable',
		});
	});

	test('after the intent with an Idempotency Key is recorded: the key is known by what was recorded', async () => {
		const { set, start } = processes();
		set.onCall = ({ kind }) => {
			if (kind === 'remove') locked();
		};
		expect(await intend(start(), keyed, marker)).toBeUndefined();
		set.onCall = () => {};
		expect(await intend(start(), keyed, marker)).toBe('request');
	});
});

test('what everything has cost is what the set has cost', async () => {
	const { start, set } = processes();
	const ledger = start();
	expect(await ledger.settled()).toEqual({ calls: 0, elapsedMs: 0 });
	await ledger.keysOf(cat);
	expect(await ledger.settled()).toEqual(set.usage);
	expect(set.usage.calls).toBeGreaterThan(0);
	const without = new DurableLedger(undefined, storeOf(), new FakeClock(), () => {});
	expect(await without.settled()).toEqual({ calls: 0, elapsedMs: 0 });
});

test('everything is settled when all writes are done, and not before', async () => {
	const { set, start } = processes();
	const ledger = start();
	const keys = await keysIn(ledger, cat);
	const done: Array<() => void> = [];
	set.add = async () => await new Promise((resolve) => done.push(() => resolve(new Set<string>())));
	ledger.created(keys, marker, 'cgt-1');
	ledger.created(keys, marker, 'cgt-2');
	let isSettled = false;
	const settled = ledger.settled().then(() => (isSettled = true));
	done[0]?.();
	await flush();
	expect(isSettled).toBe(false);
	done[1]?.();
	await settled;
	expect(isSettled).toBe(true);
	await ledger.settled();
});
