import { openNodeStore } from '../../../nodes/Seedance/n8n/nodeStore';

type Context = Parameters<typeof openNodeStore>[0];

interface Given {
	/** The nodes before each node. */
	readonly parents?: Readonly<Record<string, readonly string[]>>;
	/** What each node that has run has put out. */
	readonly outputs?: Readonly<Record<string, readonly unknown[]>>;
	readonly node?: object;
	readonly context?: Partial<Context>;
}

/** n8n's context for the node Video. */
function contextOf({ parents = {}, outputs = {}, node = {}, context = {} }: Given = {}): Context {
	const items = (name: string) => {
		const jsons = outputs[name];
		if (jsons === undefined) throw new Error(`${name} has not run`);
		return jsons.map((json) => ({ json, pairedItem: 0, binary: {} }));
	};
	return {
		getContext: () => ({}),
		getInstanceId: () => 'i',
		getWorkflow: () => ({ id: 'w' }),
		getNode: () => ({ id: 'n', name: 'Video', type: 'n8n-nodes-seedance.seedanceVideo', ...node }),
		getExecutionId: () => '7',
		getMode: () => 'trigger',
		getParentNodes: (name: string) => (parents[name] ?? []).map((one) => ({ name: one })),
		getWorkflowDataProxy: () => ({
			$runIndex: 2,
			$: (name: string) => ({ all: () => items(name) }),
		}),
		...context,
	} as unknown as Context;
}

test('the store says where the run stands', () => {
	const { values, beginning, ...facts } = openNodeStore(
		contextOf({ node: { retryOnFail: true, credentials: { seedanceApi: { id: 'c-1' } } } }),
	);
	expect(values).toEqual(expect.any(Function));
	expect(beginning()).toEqual([]);
	expect(facts).toEqual({
		...{ isKept: true, place: 'i w n', runIndex: 2, executionId: '7', isRetryOfExecution: false },
		...{ isTool: false, retriesOnFail: true, credentialId: 'c-1' },
	});
});

test('a context that has nothing throws nothing', () => {
	const fails = () => {
		throw new Error('not here');
	};
	const context = {
		...{ getContext: fails, getWorkflowDataProxy: fails, getExecutionId: fails },
		...{ getMode: fails, getParentNodes: fails, getInstanceId: fails, getWorkflow: fails },
	};
	const { values, beginning, ...facts } = openNodeStore(contextOf({ context }));
	expect([values('seedanceTasks'), beginning()]).toEqual([{}, []]);
	expect(facts).toEqual({
		...{ isKept: false, place: '  n', runIndex: 0, executionId: undefined },
		...{ isRetryOfExecution: false },
		...{ isTool: false, retriesOnFail: false, credentialId: undefined },
	});
});

test('a Retry of an execution is known by its mode', () => {
	const context = { getMode: () => 'retry' as const };
	expect(openNodeStore(contextOf({ context })).isRetryOfExecution).toBe(true);
});

test('values are the same object each time, and each key has its own', () => {
	const kept = {};
	const open = () => openNodeStore(contextOf({ context: { getContext: () => kept } }));
	open().values('a')['one'] = 1;
	expect([open().values('a'), open().values('b')]).toEqual([{ one: 1 }, {}]);
	expect(kept).toEqual({ a: { one: 1 }, b: {} });
});

describe('the beginning', () => {
	test('has the items of the nodes at the start, without what n8n adds to them', () => {
		const store = openNodeStore(
			contextOf({
				parents: { Video: ['Edit', 'Webhook', 'Form'], Edit: ['Webhook', 'Form'] },
				outputs: {
					...{ Webhook: [{ row: 1 }, { row: 2 }], Form: [{ field: 'x' }] },
					Edit: [{ row: 'edited' }],
				},
			}),
		);
		expect(store.beginning()).toEqual([[{ row: 1 }, { row: 2 }], [{ field: 'x' }]]);
	});

	test('has null for a node that has not run: the execution began with another one', () => {
		const store = openNodeStore(
			contextOf({
				parents: { Video: ['Webhook', 'Schedule'] },
				outputs: { Schedule: [{ at: '12:00' }] },
			}),
		);
		expect(store.beginning()).toEqual([null, [{ at: '12:00' }]]);
	});

	test('is empty for a node that is the first', () => {
		expect(openNodeStore(contextOf()).beginning()).toEqual([]);
	});
});
