import { openNodeStore, type NodeStore } from '../../../nodes/Seedance/n8n/nodeStore';
import { fingerprintOf, openLedger } from '../../../nodes/Seedance/tasks/ledger';
import { failureOf } from '../given';

/** The stores of the tries of one node. `kept` outlives them. */
function storesOf(kept: Record<string, Record<string, unknown>> = {}) {
	return (changes: Partial<NodeStore> = {}): NodeStore => ({
		...{ isKept: true, runIndex: 0, executionId: '7', isTool: false, retriesOnFail: true },
		values: (key) => (kept[key] ??= {}),
		...changes,
	});
}

const unknown = failureOf({ kind: 'answerTimedOut', outcomeUnknown: true }).details();

describe('an entry', () => {
	test('there is none before a create', () => {
		expect(openLedger(storesOf()()).find(0, 'cat')).toBeUndefined();
	});

	test('of a task is found by its item and request, in this try and the next', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(0, 'cat', 'cgt-1');
		ledger.recordTask(1, 'cat', 'cgt-2');
		for (const opened of [ledger, openLedger(store())]) {
			expect(opened.find(0, 'cat')).toEqual({ taskId: 'cgt-1', executionId: '7' });
			expect(opened.find(1, 'cat')).toEqual({ taskId: 'cgt-2', executionId: '7' });
		}
	});

	test('of a task is replaced by a newer id', () => {
		const ledger = openLedger(storesOf()());
		ledger.recordTask(0, 'cat', 'cgt-1');
		ledger.recordTask(0, 'cat', 'cgt-2');
		expect(ledger.find(0, 'cat')).toMatchObject({ taskId: 'cgt-2' });
	});

	test('of an unknown outcome is found with its failure, until a task is recorded', () => {
		const ledger = openLedger(storesOf()());
		ledger.recordUnknown(0, 'cat', unknown);
		expect(ledger.find(0, 'cat')).toEqual({ unknown, executionId: '7' });
		ledger.recordTask(0, 'cat', 'cgt-1');
		expect(ledger.find(0, 'cat')).toEqual({ taskId: 'cgt-1', executionId: '7' });
	});

	test('of a task keeps its id when a later create has an unknown outcome', () => {
		const ledger = openLedger(storesOf()());
		ledger.recordTask(0, 'cat', 'cgt-1');
		ledger.recordUnknown(0, 'cat', unknown);
		expect(ledger.find(0, 'cat')).toEqual({ taskId: 'cgt-1', executionId: '7' });
	});

	test('survives being stored as JSON', () => {
		const kept: Record<string, Record<string, unknown>> = {};
		const ledger = openLedger(storesOf(kept)());
		ledger.recordUnknown(0, 'cat', unknown);
		ledger.recordTask(1, 'cat', 'cgt-1');
		const restored = openLedger(storesOf(JSON.parse(JSON.stringify(kept)))());
		expect(restored.find(0, 'cat')).toMatchObject({ unknown: { kind: 'answerTimedOut' } });
		expect(restored.find(1, 'cat')).toMatchObject({ taskId: 'cgt-1' });
	});

	test('is under the key that earlier versions wrote', () => {
		const kept: Record<string, Record<string, unknown>> = {};
		openLedger(storesOf(kept)()).recordTask(3, 'cat', 'cgt-1');
		openLedger(storesOf(kept)({ isTool: true })).recordTask(0, 'dog', 'cgt-2');
		expect(kept).toEqual({
			seedanceTasks: {
				'0:3:cat': { taskId: 'cgt-1', executionId: '7' },
				'tool:0:dog': { taskId: 'cgt-2', executionId: '7' },
			},
		});
	});

	test('of a task that is forgotten is gone, wherever it was, and no other', () => {
		const ledger = openLedger(storesOf()({ retriesOnFail: false }));
		ledger.recordTask(0, 'cat', 'cgt-1');
		ledger.recordTask(1, 'dog', 'cgt-1');
		ledger.recordTask(2, 'cat', 'cgt-2');
		ledger.recordUnknown(3, 'cat', unknown);
		ledger.forget('cgt-1');
		expect(ledger.find(0, 'cat')).toBeUndefined();
		expect(ledger.find(1, 'dog')).toBeUndefined();
		expect(ledger.find(2, 'cat')).toMatchObject({ taskId: 'cgt-2' });
		expect(ledger.find(3, 'cat')).toMatchObject({ unknown });
	});

	test('each run of the node in a loop has its own', () => {
		const store = storesOf();
		openLedger(store({ runIndex: 1 })).recordTask(0, 'cat', 'cgt-1');
		for (const runIndex of [0, 11, 2]) {
			expect(openLedger(store({ runIndex })).find(0, 'cat')).toBeUndefined();
		}
		expect(openLedger(store({ runIndex: 1 })).find(0, 'cat')).toBeDefined();
	});
});

describe('another request of the same item', () => {
	test.each<[string, Partial<NodeStore>, boolean]>([
		['a later try of Retry On Fail', {}, true],
		['a retried execution', { executionId: '8' }, false],
		['a node without Retry On Fail', { retriesOnFail: false }, false],
		['an execution without an id', { executionId: undefined }, false],
	])('%s: found %s', (_name, later, isFound) => {
		const store = storesOf();
		openLedger(store()).recordTask(3, 'at 12:00', 'cgt-1');
		const ledger = openLedger(store(later));
		expect(ledger.find(3, 'at 12:01') !== undefined).toBe(isFound);
		// The same request is found in any case.
		expect(ledger.find(3, 'at 12:00')).toMatchObject({ taskId: 'cgt-1' });
	});

	test('two executions without an ID are not the same one', () => {
		const store = storesOf();
		openLedger(store({ executionId: undefined })).recordTask(3, 'at 12:00', 'cgt-1');
		expect(openLedger(store({ executionId: undefined })).find(3, 'at 12:01')).toBeUndefined();
	});

	test('an unknown outcome of the earlier try is found as well', () => {
		const store = storesOf();
		openLedger(store()).recordUnknown(3, 'at 12:00', unknown);
		expect(openLedger(store()).find(3, 'at 12:01')).toMatchObject({ unknown });
	});

	test('the entry of the same request comes first', () => {
		const store = storesOf();
		const ledger = openLedger(store());
		ledger.recordTask(3, 'at 12:00', 'cgt-1');
		ledger.recordTask(3, 'at 12:01', 'cgt-2');
		expect(openLedger(store()).find(3, 'at 12:01')).toMatchObject({ taskId: 'cgt-2' });
	});

	test.each([33, 1, 13, 0])('item %i is another item', (itemIndex) => {
		const store = storesOf();
		openLedger(store()).recordTask(3, 'at 12:00', 'cgt-1');
		expect(openLedger(store()).find(itemIndex, 'at 12:01')).toBeUndefined();
	});

	test('an entry of an earlier execution is skipped in favor of one of this execution', () => {
		const store = storesOf();
		openLedger(store({ executionId: '6' })).recordTask(3, 'at 11:00', 'cgt-1');
		openLedger(store()).recordTask(3, 'at 12:00', 'cgt-2');
		expect(openLedger(store()).find(3, 'at 12:01')).toMatchObject({ taskId: 'cgt-2' });
	});
});

describe('the tool of an agent', () => {
	const tool = (runIndex: number) => ({ isTool: true, runIndex });

	test('finds the task of an earlier try, whatever its run index, until its video is delivered', () => {
		const store = storesOf();
		openLedger(store(tool(0))).recordTask(0, 'cat', 'cgt-1');
		const second = openLedger(store(tool(1)));
		expect(second.find(0, 'cat')).toMatchObject({ taskId: 'cgt-1' });
		second.deliver('cgt-1');
		expect(openLedger(store(tool(2))).find(0, 'cat')).toBeUndefined();
	});

	test('is called with another request for another video', () => {
		const store = storesOf();
		openLedger(store(tool(0))).recordTask(0, 'cat', 'cgt-1');
		expect(openLedger(store(tool(0))).find(0, 'dog')).toBeUndefined();
	});

	test('delivers one task and keeps the others', () => {
		const ledger = openLedger(storesOf()(tool(0)));
		ledger.recordTask(0, 'cat', 'cgt-1');
		ledger.recordTask(0, 'dog', 'cgt-2');
		ledger.deliver('cgt-1');
		expect(ledger.find(0, 'dog')).toMatchObject({ taskId: 'cgt-2' });
	});

	test('anywhere else a delivered task stays for the next try', () => {
		const ledger = openLedger(storesOf()());
		ledger.recordTask(0, 'cat', 'cgt-1');
		ledger.deliver('cgt-1');
		expect(ledger.find(0, 'cat')).toMatchObject({ taskId: 'cgt-1' });
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
		open().recordTask(0, 'at 12:00', 'cgt-1');
		expect(open().find(0, 'at 12:01')).toMatchObject({ taskId: 'cgt-1' });
	});

	test('knows the tool by the end of its type', () => {
		const kept = {};
		const open = (runIndex: number) =>
			openLedger(openNodeStore(contextOf(kept, { type: `${type}Tool` }, runIndex)));
		open(0).recordTask(0, 'cat', 'cgt-1');
		expect(open(5).find(0, 'cat')).toMatchObject({ taskId: 'cgt-1' });
	});
});

test('the fingerprint is the same for the same request alone', () => {
	const request = { prompt: 'A cat', seed: 7 };
	expect(fingerprintOf(request)).toBe(fingerprintOf({ ...request }));
	expect(fingerprintOf(request)).toMatch(/^[0-9a-f]{64}$/);
	expect(fingerprintOf(request)).not.toBe(fingerprintOf({ ...request, seed: 8 }));
});
