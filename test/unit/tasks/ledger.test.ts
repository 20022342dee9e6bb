import { openNodeStore, type NodeStore } from '../../../nodes/Seedance/n8n/nodeStore';
import type { CreateKeys, CreatePlace } from '../../../nodes/Seedance/tasks/createIdentity';
import { fingerprintOf } from '../../../nodes/Seedance/tasks/fingerprint';
import { openLedger, type Ledger, type LostCreate } from '../../../nodes/Seedance/tasks/ledger';
import type { Marker } from '../../../nodes/Seedance/tasks/marker';
import { startedAtMs } from '../fakeClock';
import { failureOf, storeOf } from '../given';

/** The stores of the tries of one node. `kept` outlives them. */
const storesOf =
	(kept: Record<string, Record<string, unknown>> = {}) =>
	(changes: Partial<NodeStore> = {}) =>
		storeOf(kept, changes);

/** The create of an item; the row is another one wherever the request is, unless a test says otherwise. */
const at = (itemIndex: number, request: string, row = `row ${request}`): CreatePlace => ({
	...{ itemIndex, request, row },
});
/** The create of an item in whose row no expression changes by itself. */
const fixedAt = (itemIndex: number, request: string): CreatePlace => ({
	...{ itemIndex, request, row: undefined },
});

const keysOf = (request: string): CreateKeys => ({ request, row: 'w', shared: undefined });
const noFacts = { keys: undefined, marker: undefined, generation: 0 };

const marker: Marker = { field: 'execution_expires_after', value: 170_000 };

const unknown: LostCreate = {
	failure: failureOf({ kind: 'answerTimedOut', outcomeUnknown: true }).details(),
	...{ marker, keys: keysOf('k') },
	sentAtMs: startedAtMs,
};

/** What is in the entry of a task, without its keys. */
const entryOf = (request: string, taskId: string, generation = 0) => ({
	...{ taskId, executionId: '7', row: `row ${request}`, generation },
	...{ keys: undefined, marker: undefined },
});

describe('an entry', () => {
	test('there is none before a create', () => {
		expect(openLedger(storesOf()()).find(at(0, 'cat'))).toBeUndefined();
	});

	test('of a task is found by its item and request in the next try', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(0, 'cat'), 'cgt-1', { keys: keysOf('k'), marker, generation: 2 });
		ledger.recordTask(at(1, 'cat'), 'cgt-2', noFacts);
		const next = openLedger(store());
		expect(next.find(at(0, 'cat'))).toEqual({
			...entryOf('cat', 'cgt-1', 2),
			...{ keys: keysOf('k'), marker },
		});
		expect(next.find(at(1, 'cat'))).toEqual(entryOf('cat', 'cgt-2'));
	});

	test('belongs to the item that has recorded it: no item of the same run finds it', () => {
		const ledger = openLedger(storesOf()());
		ledger.recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		ledger.recordUnknown(at(1, 'dog'), unknown, 0);
		expect([0, 1, 2].map((item) => ledger.find(at(item, 'cat')))).toEqual(Array(3).fill(undefined));
		expect([0, 1, 2].map((item) => ledger.find(at(item, 'dog')))).toEqual(Array(3).fill(undefined));
	});

	test('of a task is replaced by a newer id', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		ledger.recordTask(at(0, 'cat'), 'cgt-2', noFacts);
		expect(openLedger(store()).find(at(0, 'cat'))).toEqual(entryOf('cat', 'cgt-2'));
	});

	test('of an unknown outcome is found with its failure, until a task is recorded', () => {
		const store = storesOf();
		openLedger(store()).recordUnknown(at(0, 'cat'), unknown, 1);
		const next = openLedger(store());
		expect(next.find(at(0, 'cat'))).toEqual({
			...{ unknown, executionId: '7', row: 'row cat', generation: 1 },
		});
		next.recordTask(at(0, 'cat'), 'cgt-1', { ...noFacts, generation: 1 });
		expect(openLedger(store()).find(at(0, 'cat'))).toEqual(entryOf('cat', 'cgt-1', 1));
	});

	test('survives being stored as JSON', () => {
		const kept: Record<string, Record<string, unknown>> = {};
		const ledger = openLedger(storesOf(kept)());
		ledger.recordUnknown(at(0, 'cat'), unknown, 0);
		ledger.recordTask(at(1, 'cat'), 'cgt-1', { keys: keysOf('k'), marker, generation: 1 });
		const restored = openLedger(storesOf(JSON.parse(JSON.stringify(kept)))());
		expect(restored.find(at(0, 'cat'))).toEqual(
			JSON.parse(JSON.stringify({ unknown, executionId: '7', row: 'row cat', generation: 0 })),
		);
		expect(restored.find(at(1, 'cat'))).toEqual({
			...{ taskId: 'cgt-1', executionId: '7', row: 'row cat', generation: 1 },
			...{ keys: { request: 'k', row: 'w' }, marker },
		});
	});

	test('is under the key that earlier versions wrote', () => {
		const kept: Record<string, Record<string, unknown>> = {};
		openLedger(storesOf(kept)()).recordTask(at(3, 'cat'), 'cgt-1', noFacts);
		openLedger(storesOf(kept)({ isTool: true })).recordTask(at(0, 'dog'), 'cgt-2', noFacts);
		expect(kept).toEqual({
			seedanceTasks: {
				'0:3:cat': entryOf('cat', 'cgt-1'),
				'tool:0:dog': entryOf('dog', 'cgt-2'),
			},
		});
	});

	test('of a task that is forgotten is gone, wherever it was, and no other', () => {
		const store = storesOf();
		const ledger = openLedger(store({ retriesOnFail: false }));
		ledger.recordTask(at(0, 'cat'), 'cgt-1', { ...noFacts, keys: keysOf('k') });
		ledger.recordTask(at(1, 'dog'), 'cgt-1', noFacts);
		ledger.recordTask(at(2, 'cow'), 'cgt-2', { ...noFacts, keys: keysOf('l') });
		ledger.recordUnknown(at(3, 'fox'), unknown, 0);
		expect(ledger.forget('cgt-1')).toEqual([keysOf('k')]);
		const next = openLedger(store({ retriesOnFail: false }));
		expect(next.find(at(0, 'cat'))).toBeUndefined();
		expect(next.find(at(1, 'dog'))).toBeUndefined();
		expect(next.find(at(2, 'cow'))).toMatchObject({ taskId: 'cgt-2' });
		expect(next.find(at(3, 'fox'))).toMatchObject({ unknown });
	});

	test('each run of the node in a loop has its own', () => {
		const store = storesOf();
		openLedger(store({ runIndex: 1 })).recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		for (const runIndex of [0, 11, 2]) {
			expect(openLedger(store({ runIndex })).find(at(0, 'cat'))).toBeUndefined();
		}
		expect(openLedger(store({ runIndex: 1 })).find(at(0, 'cat'))).toBeDefined();
	});
});

describe('a later create of the same item', () => {
	test.each<[string, number, object]>([
		['of the same generation leaves the task', 1, entryOf('cat', 'cgt-1', 1)],
		['of an earlier generation leaves the task', 0, entryOf('cat', 'cgt-1', 1)],
		[
			'of a later generation replaces it',
			2,
			{ unknown, executionId: '7', row: 'row cat', generation: 2 },
		],
	])('whose outcome is unknown %s', (_name, generation, expected) => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(0, 'cat'), 'cgt-1', { ...noFacts, generation: 1 });
		ledger.recordUnknown(at(0, 'cat'), unknown, generation);
		expect(openLedger(store()).find(at(0, 'cat'))).toEqual(expected);
	});

	test('whose outcome is unknown leaves the task of an entry without a generation, unless it is a later one', () => {
		const entry = { taskId: 'cgt-1', executionId: '7' };
		const kept = { seedanceTasks: { '0:0:cat': entry } as Record<string, unknown> };
		openLedger(storesOf(kept)()).recordUnknown(at(0, 'cat'), unknown, 0);
		expect(openLedger(storesOf(kept)()).find(at(0, 'cat'))).toEqual(entry);
		openLedger(storesOf(kept)()).recordUnknown(at(0, 'cat'), unknown, 1);
		expect(openLedger(storesOf(kept)()).find(at(0, 'cat'))).toMatchObject({ generation: 1 });
	});

	test('whose outcome is unknown replaces another unknown outcome', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		const later = { ...unknown, sentAtMs: startedAtMs + 5 };
		ledger.recordUnknown(at(0, 'cat'), unknown, 0);
		ledger.recordUnknown(at(0, 'cat'), later, 0);
		expect(openLedger(store()).find(at(0, 'cat'))).toMatchObject({ unknown: later });
	});

	test('whose outcome is unknown since an earlier process recorded it is found with by what', () => {
		const kept: Record<string, Record<string, unknown>> = {};
		const recorded: LostCreate = { ...unknown, marker: undefined, by: 'row' };
		openLedger(storesOf(kept)()).recordUnknown(fixedAt(0, 'cat'), recorded, 2);
		expect(openLedger(storesOf(kept)()).find(fixedAt(0, 'cat'))).toEqual({
			...{ unknown: recorded, executionId: '7', row: undefined, generation: 2 },
		});
	});
});

describe('another request of the same item', () => {
	test.each<[string, boolean, Partial<NodeStore>]>([
		['a later try of Retry On Fail', true, {}],
		['a retried execution', false, { executionId: '8' }],
		['a node without Retry On Fail', false, { retriesOnFail: false }],
		['an execution without an id', false, { executionId: undefined }],
	])('%s: found %s', (_name, isFound, later) => {
		const store = storesOf();
		openLedger(store()).recordTask(at(3, 'at 12:00'), 'cgt-1', noFacts);
		expect(openLedger(store(later)).find(at(3, 'at 12:01')) !== undefined).toBe(isFound);
		// The same request is found in any case.
		expect(openLedger(store(later)).find(at(3, 'at 12:00'))).toMatchObject({ taskId: 'cgt-1' });
	});

	test('two executions without an ID are not the same one', () => {
		const store = storesOf();
		const noId = { executionId: undefined };
		openLedger(store(noId)).recordTask(at(3, 'at 12:00'), 'cgt-1', noFacts);
		expect(openLedger(store(noId)).find(at(3, 'at 12:01'))).toBeUndefined();
	});

	test('an unknown outcome of the earlier try is found as well', () => {
		const store = storesOf();
		openLedger(store()).recordUnknown(at(3, 'at 12:00'), unknown, 0);
		expect(openLedger(store()).find(at(3, 'at 12:01'))).toMatchObject({ unknown });
	});

	test('the entry of the same request comes first', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(3, 'at 12:00'), 'cgt-1', noFacts);
		ledger.recordTask(at(3, 'at 12:01'), 'cgt-2', noFacts);
		expect(openLedger(store()).find(at(3, 'at 12:01'))).toMatchObject({ taskId: 'cgt-2' });
	});

	test.each([33, 1, 13, 0])('item %i is another item', (itemIndex) => {
		const store = storesOf();
		openLedger(store()).recordTask(at(3, 'at 12:00'), 'cgt-1', noFacts);
		expect(openLedger(store()).find(at(itemIndex, 'at 12:01'))).toBeUndefined();
	});

	test('an entry of an earlier execution is skipped in favor of one of this execution', () => {
		const store = storesOf();
		openLedger(store({ executionId: '6' })).recordTask(at(3, 'at 11:00'), 'cgt-1', noFacts);
		openLedger(store()).recordTask(at(3, 'at 12:00'), 'cgt-2', noFacts);
		expect(openLedger(store()).find(at(3, 'at 12:01'))).toMatchObject({ taskId: 'cgt-2' });
	});

	test('of the same row as written is found in a retried execution, and without Retry On Fail', () => {
		const store = storesOf();
		openLedger(store()).recordTask(at(3, 'at 12:00', 'at {{ $now }}'), 'cgt-1', noFacts);
		for (const later of [{ executionId: '8' }, { retriesOnFail: false }]) {
			expect(openLedger(store(later)).find(at(3, 'at 12:01', 'at {{ $now }}'))).toMatchObject({
				taskId: 'cgt-1',
			});
		}
	});

	test('of the same row at another place is found as well', () => {
		const store = storesOf();
		openLedger(store()).recordTask(at(3, 'at 12:00', 'at {{ $now }}'), 'cgt-1', noFacts);
		const later = openLedger(store({ executionId: '8' }));
		expect(later.find(at(33, 'at 12:01', 'at {{ $now }}'))).toEqual({
			...entryOf('at 12:00', 'cgt-1'),
			row: 'at {{ $now }}',
		});
		expect(later.find(at(3, 'at 12:02', 'at {{ $now }}'))).toBeUndefined();
	});

	test('of the same row at its own place comes before one at another place', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		for (const item of [0, 1, 2]) {
			ledger.recordTask(at(item, `at 12:0${item}`, 'w'), `cgt-${item + 1}`, noFacts);
		}
		const later = openLedger(store({ retriesOnFail: false }));
		const found = [2, 7, 1].map((item) => later.find(at(item, `at 13:0${item}`, 'w')));
		expect(found).toMatchObject([{ taskId: 'cgt-3' }, { taskId: 'cgt-1' }, { taskId: 'cgt-2' }]);
		expect(later.find(at(0, 'at 13:00', 'w'))).toBeUndefined();
	});

	test('of the same row, but in another run in a loop, is another video', () => {
		const store = storesOf();
		openLedger(store()).recordTask(at(3, 'at 12:00', 'at {{ $now }}'), 'cgt-1', noFacts);
		const ledger = openLedger(store({ retriesOnFail: false, runIndex: 1 }));
		expect(ledger.find(at(3, 'at 12:01', 'at {{ $now }}'))).toBeUndefined();
	});

	test('without a row that changes by itself is another video', () => {
		const store = storesOf();
		openLedger(store()).recordTask(fixedAt(3, 'cat'), 'cgt-1', noFacts);
		const later = openLedger(store({ executionId: '8' }));
		expect(later.find(fixedAt(3, 'dog'))).toBeUndefined();
		expect(later.find(fixedAt(4, 'dog'))).toBeUndefined();
		expect(later.find(fixedAt(4, 'cat'))).toMatchObject({ taskId: 'cgt-1' });
	});

	test('the row as written comes before any other create of the item', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(3, 'cat', 'a'), 'cgt-1', noFacts);
		ledger.recordTask(at(3, 'dog', 'b'), 'cgt-2', noFacts);
		expect(openLedger(store()).find(at(3, 'cow', 'b'))).toMatchObject({ taskId: 'cgt-2' });
	});
});

describe('a row that has moved', () => {
	test('is found by its request, wherever it is now', () => {
		const store = storesOf();
		openLedger(store()).recordTask(at(3, 'cat'), 'cgt-1', noFacts);
		const later = openLedger(store({ retriesOnFail: false, executionId: '8' }));
		expect(later.find(at(12, 'cat'))).toEqual(entryOf('cat', 'cgt-1'));
	});

	test('comes before what the item had created for another row', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(0, 'cat', 'a'), 'cgt-1', noFacts);
		ledger.recordTask(at(1, 'dog', 'b'), 'cgt-2', noFacts);
		const later = openLedger(store());
		expect(later.find(at(0, 'dog', 'a'))).toMatchObject({ taskId: 'cgt-2' });
		expect(later.find(at(1, 'cat', 'b'))).toMatchObject({ taskId: 'cgt-1' });
	});

	test('no two items find the same entry: equal rows have a task each, and one row more has none', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		ledger.recordTask(at(1, 'cat'), 'cgt-2', noFacts);
		const later = openLedger(store({ retriesOnFail: false }));
		const found = [5, 6, 7].map((item) => later.find(at(item, 'cat', 'w')));
		expect(found).toEqual([entryOf('cat', 'cgt-1'), entryOf('cat', 'cgt-2'), undefined]);
	});

	test('leaves the entry that is exactly the create of another item to that item', () => {
		const store = storesOf();
		openLedger(store()).recordTask(at(1, 'cat'), 'cgt-2', noFacts);
		const later = openLedger(store());
		for (const item of [0, 1]) later.reserve(at(item, 'cat'));
		const found = [0, 1].map((item) => later.find(at(item, 'cat')));
		expect(found).toEqual([undefined, entryOf('cat', 'cgt-2')]);
	});

	test('no two items find the same entry: neither by the row as written nor as an earlier try', () => {
		const store = storesOf();
		openLedger(store()).recordTask(at(0, 'cat', 'w'), 'cgt-1', noFacts);
		const later = openLedger(store());
		expect(later.find(at(2, 'cat', 'v'))).toMatchObject({ taskId: 'cgt-1' });
		expect(later.find(at(0, 'dog', 'w'))).toBeUndefined();
	});

	test('a request that only ends like another one is another request', () => {
		const store = storesOf();
		openLedger(store()).recordTask(at(3, 'polecat'), 'cgt-1', noFacts);
		expect(openLedger(store()).find(at(12, 'cat'))).toBeUndefined();
	});
});

describe('what earlier runs of the node in a loop have recorded', () => {
	const none = { request: 0, row: 0 };

	const recordedIn = (runs: Record<number, string[]>) => {
		const store = storesOf();
		for (const [runIndex, requests] of Object.entries(runs)) {
			const ledger = openLedger(store({ runIndex: Number(runIndex) }));
			requests.forEach((request, item) => ledger.recordTask(at(item, request), 'cgt-1', noFacts));
		}
		return (runIndex: number, changes: Partial<NodeStore> = {}) =>
			openLedger(store({ runIndex, ...changes })).recordedBefore(at(0, 'cat'));
	};

	test('are the creates with the same request, whatever became of them', () => {
		const store = storesOf();
		const first = openLedger(store());
		first.recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		first.recordUnknown(at(1, 'cat'), unknown, 0);
		first.recordTask(at(2, 'polecat'), 'cgt-2', noFacts);
		const later = openLedger(store({ runIndex: 1 }));
		expect(later.recordedBefore(at(5, 'cat'))).toEqual({ request: 2, row: 2 });
		expect(later.recordedBefore(at(5, 'cat', 'v'))).toEqual({ request: 2, row: 0 });
	});

	test('are the creates of the same row, at any place and whatever their request', () => {
		const store = storesOf();
		const first = openLedger(store());
		first.recordTask(at(0, 'at 12:00', 'w'), 'cgt-1', noFacts);
		first.recordTask(at(1, 'at 12:01', 'w'), 'cgt-2', noFacts);
		first.recordTask(at(2, 'at 12:02', 'v'), 'cgt-3', noFacts);
		openLedger(store({ runIndex: 1 })).recordUnknown(at(1, 'at 12:03', 'w'), unknown, 0);
		const later = openLedger(store({ runIndex: 2 }));
		const rows = [0, 1, 2, 3].map((item) => later.recordedBefore(at(item, 'at 12:04', 'w')));
		expect(rows).toEqual(Array(4).fill({ request: 0, row: 3 }));
		expect(later.recordedBefore(at(0, 'at 12:04', 'v'))).toEqual({ request: 0, row: 1 });
	});

	test('are no rows where none changes by itself', () => {
		const store = storesOf();
		const first = openLedger(store());
		first.recordTask(fixedAt(0, 'cat'), 'cgt-1', noFacts);
		first.recordTask(fixedAt(1, 'dog'), 'cgt-2', noFacts);
		const later = openLedger(store({ runIndex: 1 }));
		expect(later.recordedBefore(fixedAt(0, 'cat'))).toEqual({ request: 1, row: 0 });
	});

	test('are those of the earlier runs alone', () => {
		const before = recordedIn({ 2: ['cat'], 9: ['cat', 'dog', 'cat'], 10: ['cat'] });
		const counts = [0, 2, 3, 9, 10, 11].map((run) => before(run));
		expect(counts).toEqual([0, 0, 1, 1, 3, 4].map((count) => ({ request: count, row: count })));
	});

	test("are none for an agent's tool, which is no loop", () => {
		expect(recordedIn({ 0: ['cat'] })(3, { isTool: true })).toEqual(none);
	});
});

describe('the tool of an agent', () => {
	const tool = (runIndex: number) => ({ isTool: true, runIndex });

	test('finds the task of an earlier try, whatever its run index, until its video is delivered', () => {
		const store = storesOf();
		openLedger(store(tool(0))).recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		const second = openLedger(store(tool(1)));
		expect(second.find(at(0, 'cat'))).toMatchObject({ taskId: 'cgt-1' });
		second.deliver('cgt-1');
		expect(openLedger(store(tool(2))).find(at(0, 'cat'))).toBeUndefined();
	});

	test('is called with another request for another video', () => {
		const store = storesOf();
		openLedger(store(tool(0))).recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		expect(openLedger(store(tool(0))).find(at(0, 'dog'))).toBeUndefined();
	});

	test('delivers one task and keeps the others', () => {
		const store = storesOf();
		const ledger = openLedger(store(tool(0)));
		ledger.recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		ledger.recordTask(at(0, 'dog'), 'cgt-2', noFacts);
		ledger.deliver('cgt-1');
		const next = openLedger(store(tool(0)));
		expect(next.find(at(0, 'cat'))).toBeUndefined();
		expect(next.find(at(0, 'dog'))).toMatchObject({ taskId: 'cgt-2' });
	});

	test('anywhere else a delivered task stays for the next try', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		ledger.deliver('cgt-1');
		expect(openLedger(store()).find(at(0, 'cat'))).toMatchObject({ taskId: 'cgt-1' });
	});
});

describe('the store of n8n', () => {
	type Context = Parameters<typeof openNodeStore>[0];
	const contextOf = (kept: object, node: object, runIndex: number) =>
		({
			getContext: () => kept,
			getNode: () => node,
			getExecutionId: () => '7',
			getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
		}) as unknown as Context;
	const type = 'n8n-nodes-seedance.seedanceVideo';

	test('keeps the entries of a node from try to try', () => {
		const kept = {};
		const open = () => openLedger(openNodeStore(contextOf(kept, { type, retryOnFail: true }, 2)));
		open().recordTask(at(0, 'at 12:00'), 'cgt-1', noFacts);
		expect(open().find(at(0, 'at 12:01'))).toMatchObject({ taskId: 'cgt-1' });
	});

	test('knows the tool by the end of its type', () => {
		const kept = {};
		const open = (runIndex: number) =>
			openLedger(openNodeStore(contextOf(kept, { type: `${type}Tool` }, runIndex)));
		open(0).recordTask(at(0, 'cat'), 'cgt-1', noFacts);
		expect(open(5).find(at(0, 'cat'))).toMatchObject({ taskId: 'cgt-1' });
	});
});

test('the fingerprint is the same for the same request alone', () => {
	const request = { prompt: 'A cat', seed: 7 };
	expect(fingerprintOf(request)).toBe(fingerprintOf({ ...request }));
	expect(fingerprintOf(request)).toMatch(/^[0-9a-f]{64}$/);
	expect(fingerprintOf(request)).not.toBe(fingerprintOf({ ...request, seed: 8 }));
});

describe('a run of thousands of items', () => {
	/** How often the entries are read while the items of a run look for theirs, which have all moved. */
	function readsOf(
		items: number,
		runIndex: number,
		look: (ledger: Ledger, place: CreatePlace) => unknown,
	): number {
		const kept: Record<string, Record<string, unknown>> = {};
		const first = openLedger(storeOf(kept));
		for (let item = 0; item < items; item++) {
			first.recordTask(at(item + items, `cat ${item}`), `cgt-${item}`, noFacts);
		}
		let reads = 0;
		const counted = new Proxy(kept['seedanceTasks'] ?? {}, {
			get: (entries, key: string) => {
				reads++;
				return entries[key];
			},
		});
		const ledger = openLedger(storeOf({ seedanceTasks: counted }, { runIndex }));
		const found = Array.from({ length: items }, (_, item) => look(ledger, at(item, `cat ${item}`)));
		expect(found).not.toContain(undefined);
		return reads;
	}

	test.each<[string, number, (ledger: Ledger, place: CreatePlace) => unknown]>([
		['finds its entries', 0, (ledger, place) => ledger.find(place)],
		[
			'forgets its entries',
			0,
			(ledger, { request }) => ledger.forget(request.replace('cat ', 'cgt-')),
		],
		['counts earlier creates', 1, (ledger, place) => ledger.recordedBefore(place)],
	])('%s in a time that grows with their number alone', (_name, run, look) => {
		const ofFew = readsOf(20, run, look);
		expect(readsOf(2_000, run, look)).toBeLessThanOrEqual(101 * ofFew);
	});
});
