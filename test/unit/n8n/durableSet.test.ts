import type { IExecuteFunctions } from 'n8n-workflow';
import { openDurableSet } from '../../../nodes/Seedance/n8n/durableSet';
import { endingOf, FakeClock, flush } from '../fakeClock';

interface Call {
	readonly kind: 'add' | 'remove';
	readonly by: string;
	readonly texts: readonly unknown[];
	readonly scope: unknown;
	readonly options: unknown;
	/** Answers with the texts that were there before. */
	answer(...processed: string[]): void;
	fail(message: string): void;
}

let workflows = 0;

/** n8n's helpers for a workflow of its own: each call waits until the test answers it. */
function n8nRun() {
	const calls: Call[] = [];
	const workflow = `w-${workflows++}`;
	const call = async (kind: Call['kind'], by: string, [texts, scope, options]: unknown[]) =>
		await new Promise<{ new: string[]; processed: string[] }>((resolve, reject) =>
			calls.push({
				...{ kind, by, texts: texts as string[], scope, options },
				answer: (...processed) => resolve({ new: [], processed }),
				fail: (message) => reject(new Error(message)),
			}),
		);
	/** The set of a node as one execution opens it. */
	const open = (by = 'a', itemCount = 1, node = 'n', ofWorkflow = workflow) => {
		const set = openDurableSet(
			{
				getWorkflow: () => ({ id: ofWorkflow }),
				getNode: () => ({ id: node }),
				helpers: {
					checkProcessedAndRecord: async (...given: unknown[]) => await call('add', by, given),
					removeProcessed: async (...given: unknown[]) => void (await call('remove', by, given)),
				},
			} as unknown as IExecuteFunctions,
			itemCount,
		);
		if (set === undefined) throw new Error('n8n has no set here');
		return set;
	};
	const clock = new FakeClock();
	/** The calls that n8n has received, as "add x y". */
	const received = () => calls.map(({ kind, texts }) => [kind, ...texts].join(' '));
	return {
		...{ open, calls, received },
		ending: <Value>(promise: Promise<Value>) => endingOf(clock, promise),
		async answer(index: number, ...processed: string[]) {
			calls[index]?.answer(...processed);
			await flush();
		},
		async fail(index: number) {
			calls[index]?.fail('The database is locked');
			await flush();
		},
	};
}

describe('the set of a node', () => {
	test('is not there before n8n had deduplication', () => {
		const context = {
			...{ helpers: {}, getWorkflow: () => ({ id: 'w' }), getNode: () => ({ id: 'n' }) },
		} as unknown as IExecuteFunctions;
		expect(openDurableSet(context, 1)).toBeUndefined();
	});

	test.each([
		[0, 20_000],
		[1_000, 20_000],
		[1_001, 20_020],
	])('of a run with %i items keeps at least %i texts', async (itemCount, maxEntries) => {
		const { open, calls } = n8nRun();
		void open('a', itemCount).add(['x']);
		expect(calls).toMatchObject([
			{ kind: 'add', texts: ['x'], scope: 'node', options: { mode: 'entries', maxEntries } },
		]);
	});

	test('says what was in it before', async () => {
		const { open, ending, answer } = n8nRun();
		const added = ending(open().add(['x', 'y']));
		await flush();
		expect(added).toEqual({});
		await answer(0, 'y');
		expect(added).toEqual({ value: new Set(['y']), atMs: 0 });
	});

	test('removes texts of the node', async () => {
		const { open, calls, ending, answer } = n8nRun();
		const removed = ending(open().remove(['x', 'y']));
		await answer(0);
		expect(calls).toMatchObject([
			{
				...{ kind: 'remove', texts: ['x', 'y'], scope: 'node' },
				options: { mode: 'entries', maxEntries: 20_000 },
			},
		]);
		expect(removed).toEqual({ value: undefined, atMs: 0 });
	});
});

describe('writes of one node', () => {
	test('wait for each other, also those of another execution', async () => {
		const { open, received, ending, answer } = n8nRun();
		const first = ending(open('a').add(['x']));
		const second = ending(open('b').add(['y']));
		await flush();
		expect(received()).toEqual(['add x']);
		await answer(0);
		expect(first).toMatchObject({ value: new Set() });
		expect(second).toEqual({});
		expect(received()).toEqual(['add x', 'add y']);
		await answer(1, 'y');
		expect(second).toMatchObject({ value: new Set(['y']) });
	});

	test('do not wait for those of another node or another workflow', async () => {
		const { open, received } = n8nRun();
		void open('a').add(['x']);
		void open('a', 1, 'another node').add(['y']);
		void open('a', 1, 'n', 'another workflow').add(['z']);
		expect(received()).toEqual(['add x', 'add y', 'add z']);
	});

	test('of one kind that wait become one, with each text once', async () => {
		const { open, received, calls, ending, answer } = n8nRun();
		const set = open();
		void set.add(['x']);
		const waiting = [
			ending(set.add(['y', 'z'])),
			ending(open('b', 2_000).add(['u', 'z'])),
			ending(set.add(['v'])),
		];
		await answer(0);
		expect(received()).toEqual(['add x', 'add y z u v']);
		expect(calls[1]?.options).toEqual({ mode: 'entries', maxEntries: 40_000 });
		expect(waiting).toEqual([{}, {}, {}]);
		await answer(1);
		expect(waiting).toEqual(Array(3).fill({ value: new Set(), atMs: 0 }));
	});

	test('are made in the order in which they were asked for', async () => {
		const { open, received, answer } = n8nRun();
		const set = open();
		void set.add(['1']);
		void set.add(['2']);
		void set.add(['3']);
		void set.remove(['2']);
		void set.remove(['3']);
		void set.add(['2']);
		void set.remove(['1']);
		for (let index = 0; index < 5; index++) await answer(index);
		expect(received()).toEqual(['add 1', 'add 2 3', 'remove 2 3', 'add 2', 'remove 1']);
	});

	test('that are asked for later wait for the next turn', async () => {
		const { open, received, ending, answer } = n8nRun();
		const set = open();
		void set.add(['1']);
		void set.add(['2']);
		await answer(0);
		const third = ending(set.add(['3']));
		expect(received()).toEqual(['add 1', 'add 2']);
		await answer(1);
		expect(received()).toEqual(['add 1', 'add 2', 'add 3']);
		await answer(2, '3');
		expect(third).toMatchObject({ value: new Set(['3']) });
		void set.add(['4']);
		expect(received()).toEqual(['add 1', 'add 2', 'add 3', 'add 4']);
	});
});

describe('a write that fails', () => {
	const failed = { failure: new Error('The database is locked'), atMs: 0 };

	test('fails for its writer, and the next one works', async () => {
		const { open, ending, answer, fail } = n8nRun();
		const set = open();
		const first = ending(set.add(['1']));
		const second = ending(set.remove(['1']));
		await fail(0);
		expect([first, second]).toEqual([failed, {}]);
		await answer(1);
		expect(second).toEqual({ value: undefined, atMs: 0 });
	});

	test('fails for every writer that it was made for, and later writes work', async () => {
		const { open, received, ending, answer, fail } = n8nRun();
		const set = open();
		const first = ending(set.add(['1']));
		const both = [ending(set.add(['2'])), ending(open('b').add(['3']))];
		const last = ending(set.remove(['1']));
		await answer(0);
		await fail(1);
		expect([first, ...both]).toEqual([{ value: new Set(), atMs: 0 }, failed, failed]);
		await answer(2);
		expect(last).toEqual({ value: undefined, atMs: 0 });
		expect(received()).toEqual(['add 1', 'add 2 3', 'remove 1']);
		const after = ending(set.add(['4']));
		await answer(3);
		expect(after).toEqual({ value: new Set(), atMs: 0 });
	});

	test('because n8n throws at once fails as well', async () => {
		const throws = () => {
			throw new Error('The database is locked');
		};
		const set = openDurableSet(
			{
				...{ getWorkflow: () => ({ id: 'unsaved' }), getNode: () => ({ id: 'n' }) },
				helpers: { checkProcessedAndRecord: throws, removeProcessed: throws },
			} as unknown as IExecuteFunctions,
			1,
		);
		await expect(set?.add(['1'])).rejects.toThrow('The database is locked');
		await expect(set?.remove(['1'])).rejects.toThrow('The database is locked');
	});
});
