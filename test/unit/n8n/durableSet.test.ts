import type { IExecuteFunctions } from 'n8n-workflow';
import { openDurableSet } from '../../../nodes/Seedance/n8n/durableSet';
import { endingOf, FakeClock, flush } from '../fakeClock';

/** The time of pauses. */
let clock = new FakeClock();

const pause = async (ms: number) => await clock.sleep(ms);

beforeEach(() => {
	clock = new FakeClock();
});

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
	const open = (by = 'a', node = 'n', ofWorkflow = workflow) => {
		const set = openDurableSet(
			{
				getWorkflow: () => ({ id: ofWorkflow }),
				getNode: () => ({ id: node }),
				helpers: {
					checkProcessedAndRecord: async (...given: unknown[]) => await call('add', by, given),
					removeProcessed: async (...given: unknown[]) => void (await call('remove', by, given)),
				},
			} as unknown as IExecuteFunctions,
			pause,
		);
		if (set === undefined) throw new Error('n8n has no set here');
		return set;
	};
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

/** Lets n8n fail a call, from the one with this number on, until it is not repeated any more. */
async function failFourTimes(fail: (index: number) => Promise<void>, first: number) {
	for (const [attempt, pauseMs] of [100, 300, 1_000, 0].entries()) {
		await fail(first + attempt);
		await clock.advance(pauseMs);
	}
}

describe('the set of a node', () => {
	test('is not there before n8n had deduplication', () => {
		const context = {
			...{ helpers: {}, getWorkflow: () => ({ id: 'w' }), getNode: () => ({ id: 'n' }) },
		} as unknown as IExecuteFunctions;
		expect(openDurableSet(context)).toBeUndefined();
	});

	test('keeps 50,000 texts', async () => {
		const { open, calls } = n8nRun();
		void open().add(['x']);
		expect(calls).toMatchObject([
			{
				...{ kind: 'add', texts: ['x'], scope: 'node' },
				options: { mode: 'entries', maxEntries: 50_000 },
			},
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
				options: { mode: 'entries', maxEntries: 50_000 },
			},
		]);
		expect(removed).toEqual({ value: undefined, atMs: 0 });
	});
});

describe('what was in the set before', () => {
	test('is told each of those that add together for its own texts', async () => {
		const { open, ending, answer } = n8nRun();
		const set = open();
		void set.add(['x']);
		const added = [ending(set.add(['new'])), ending(open('b').add(['known', 'other']))];
		await answer(0);
		await answer(1, 'known');
		expect(added).toEqual([
			{ value: new Set(), atMs: 0 },
			{ value: new Set(['known']), atMs: 0 },
		]);
	});

	test('of the second of two that add the same text together has that text', async () => {
		const { open, ending, answer, received } = n8nRun();
		const set = open();
		void set.add(['x']);
		const added = [
			ending(set.add(['key'])),
			ending(open('b').add(['key'])),
			ending(set.add(['y'])),
		];
		await answer(0);
		expect(received()).toEqual(['add x', 'add key y']);
		await answer(1);
		expect(added).toEqual([
			{ value: new Set(), atMs: 0 },
			{ value: new Set(['key']), atMs: 0 },
			{ value: new Set(), atMs: 0 },
		]);
	});
});

describe('a look-up', () => {
	test('adds the texts, and removes those that were not there', async () => {
		const { open, received, ending, answer } = n8nRun();
		const found = ending(open().lookUp(['x', 'y', 'z']));
		expect(received()).toEqual(['add x y z']);
		await answer(0, 'y');
		expect(received()).toEqual(['add x y z', 'remove x z']);
		expect(found).toEqual({});
		await answer(1);
		expect(found).toEqual({ value: new Set(['y']), atMs: 0 });
	});

	test('that finds everything removes nothing', async () => {
		const { open, received, ending, answer } = n8nRun();
		const found = ending(open().lookUp(['x', 'y']));
		await answer(0, 'x', 'y');
		expect(received()).toEqual(['add x y']);
		expect(found).toEqual({ value: new Set(['x', 'y']), atMs: 0 });
	});

	test('of nothing asks nothing', async () => {
		const { open, received, ending } = n8nRun();
		const found = ending(open().lookUp([]));
		await flush();
		expect(received()).toEqual([]);
		expect(found).toEqual({ value: new Set(), atMs: 0 });
	});

	test('of more than 2,000 texts is made in parts, each of which is removed before the next', async () => {
		const { open, calls, ending, answer } = n8nRun();
		const texts = Array.from({ length: 4_001 }, (_, index) => `t${index}`);
		const found = ending(open().lookUp(texts));
		await answer(0, 't0');
		await answer(1);
		await answer(2, 't2000', 't3999');
		await answer(3);
		await answer(4);
		await answer(5);
		expect(calls.map(({ kind, texts: some }) => `${kind} ${some.length}`)).toEqual([
			...['add 2000', 'remove 1999', 'add 2000', 'remove 1998', 'add 1', 'remove 1'],
		]);
		expect(found).toEqual({ value: new Set(['t0', 't2000', 't3999']), atMs: 0 });
	});

	test('has the turn of its node to its end: nobody sees what it adds', async () => {
		const { open, received, ending, answer } = n8nRun();
		const set = open();
		void set.lookUp(['x']);
		const added = ending(open('b').add(['x']));
		await answer(0);
		expect(received()).toEqual(['add x', 'remove x']);
		await answer(1);
		expect(received()).toEqual(['add x', 'remove x', 'add x']);
		await answer(2);
		expect(added).toEqual({ value: new Set(), atMs: 0 });
	});

	test('does not become one with another, nor with what adds', async () => {
		const { open, received, answer } = n8nRun();
		const set = open();
		void set.lookUp(['1']);
		void set.lookUp(['2']);
		void set.add(['3']);
		for (let index = 0; index < 5; index++) await answer(index);
		expect(received()).toEqual(['add 1', 'remove 1', 'add 2', 'remove 2', 'add 3']);
	});
});

describe('a replacement', () => {
	test('adds before it removes, and nobody sees it half done', async () => {
		const { open, received, ending, answer } = n8nRun();
		const set = open();
		const replaced = ending(set.replace(['new'], ['old']));
		void open('b').lookUp(['new', 'old']);
		expect(received()).toEqual(['add new']);
		await answer(0);
		expect(received()).toEqual(['add new', 'remove old']);
		expect(replaced).toEqual({});
		await answer(1);
		expect(received()).toEqual(['add new', 'remove old', 'add new old']);
	});

	test('whose first half fails does not begin the second', async () => {
		const { open, received, ending, fail } = n8nRun();
		const replaced = ending(open().replace(['new'], ['old']));
		await failFourTimes(fail, 0);
		expect(replaced).toEqual({ failure: new Error('The database is locked'), atMs: 1_400 });
		expect(received()).toEqual(Array(4).fill('add new'));
	});
});

describe('calls of one node', () => {
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
		void open('a', 'another node').add(['y']);
		void open('a', 'n', 'another workflow').add(['z']);
		expect(received()).toEqual(['add x', 'add y', 'add z']);
	});

	test('that add and wait become one, with each text once', async () => {
		const { open, received, ending, answer } = n8nRun();
		const set = open();
		void set.add(['x']);
		const waiting = [
			ending(set.add(['y', 'z'])),
			ending(open('b').add(['u', 'v'])),
			ending(set.add(['z', 'w'])),
		];
		await answer(0);
		expect(received()).toEqual(['add x', 'add y z u v w']);
		expect(waiting).toEqual([{}, {}, {}]);
		await answer(1);
		expect(waiting.map(({ value }) => value)).toEqual([new Set(), new Set(), new Set(['z'])]);
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
		for (let index = 0; index < 6; index++) await answer(index);
		expect(received()).toEqual(['add 1', 'add 2 3', 'remove 2', 'remove 3', 'add 2', 'remove 1']);
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

	test('are counted by each run for itself', async () => {
		const { open, answer } = n8nRun();
		const [a, b] = [open('a'), open('b')];
		void a.add(['1']);
		void b.remove(['1']);
		void a.lookUp(['2']);
		for (let index = 0; index < 4; index++) await answer(index);
		expect([a.usage.calls, b.usage.calls]).toEqual([3, 1]);
		expect(a.usage.elapsedMs).toBeGreaterThan(0);
		expect(b.usage.elapsedMs).toBeGreaterThan(0);
	});
});

describe('a call that fails', () => {
	const failed = { failure: new Error('The database is locked'), atMs: 1_400 };

	test('is repeated after 100, 300 and 1,000 ms, and fails for its writer; the next one works', async () => {
		const { open, received, ending, answer, fail } = n8nRun();
		const set = open();
		const first = ending(set.add(['1']));
		const second = ending(set.remove(['1']));
		const receivedAtMs: number[] = [];
		for (const [attempt, pauseMs] of [100, 300, 1_000].entries()) {
			await fail(attempt);
			await clock.advance(pauseMs - 1);
			expect(received()).toEqual(Array(attempt + 1).fill('add 1'));
			await clock.advance(1);
			expect(received()).toEqual(Array(attempt + 2).fill('add 1'));
			receivedAtMs.push(clock.monotonicMs());
		}
		expect(receivedAtMs).toEqual([100, 400, 1_400]);
		expect([first, second]).toEqual([{}, {}]);
		await fail(3);
		expect([first, second]).toEqual([failed, {}]);
		expect(received()).toEqual([...Array<string>(4).fill('add 1'), 'remove 1']);
		await answer(4);
		expect(second).toEqual({ value: undefined, atMs: 1_400 });
	});

	test.each([1, 2, 3])('%i times and then works has worked, and is counted once', async (times) => {
		const { open, received, ending, answer, fail } = n8nRun();
		const set = open();
		const added = ending(set.add(['1', '2']));
		const pauses = [100, 300, 1_000].slice(0, times);
		for (const [attempt, pauseMs] of pauses.entries()) {
			await fail(attempt);
			await clock.advance(pauseMs);
		}
		await answer(times, '2');
		const atMs = pauses.reduce((sum, pauseMs) => sum + pauseMs, 0);
		expect(added).toEqual({ value: new Set(['2']), atMs });
		expect(received()).toEqual(Array(times + 1).fill('add 1 2'));
		expect(set.usage.calls).toBe(1);
	});

	test('keeps its turn while it is repeated', async () => {
		const { open, received, fail } = n8nRun();
		void open('a').lookUp(['x']);
		void open('b').add(['y']);
		await fail(0);
		await clock.advance(100);
		expect(received()).toEqual(['add x', 'add x']);
	});

	test('in the second half of a look-up repeats that half alone', async () => {
		const { open, received, ending, answer, fail } = n8nRun();
		const found = ending(open().lookUp(['x', 'y']));
		await answer(0, 'y');
		await fail(1);
		await clock.advance(100);
		await answer(2);
		expect(received()).toEqual(['add x y', 'remove x', 'remove x']);
		expect(found).toEqual({ value: new Set(['y']), atMs: 100 });
	});

	test('fails for every writer that it was made for, and later writes work', async () => {
		const { open, received, ending, answer, fail } = n8nRun();
		const set = open();
		const first = ending(set.add(['1']));
		const both = [ending(set.add(['2'])), ending(open('b').add(['3']))];
		const last = ending(set.remove(['1']));
		await answer(0);
		await failFourTimes(fail, 1);
		expect([first, ...both]).toEqual([{ value: new Set(), atMs: 0 }, failed, failed]);
		await answer(5);
		expect(last).toEqual({ value: undefined, atMs: 1_400 });
		expect(received()).toEqual(['add 1', ...Array<string>(4).fill('add 2 3'), 'remove 1']);
		const after = ending(set.add(['4']));
		await answer(6);
		expect(after).toEqual({ value: new Set(), atMs: 1_400 });
		expect(set.usage.calls).toBe(3);
	});

	test('because n8n throws at once fails as well', async () => {
		const calls: string[] = [];
		const throwsAs = (kind: string) => (texts: string[]) => {
			calls.push([kind, ...texts].join(' '));
			throw new Error('The database is locked');
		};
		const set = openDurableSet(
			{
				...{ getWorkflow: () => ({ id: 'unsaved' }), getNode: () => ({ id: 'n' }) },
				helpers: {
					checkProcessedAndRecord: throwsAs('add'),
					removeProcessed: throwsAs('remove'),
				},
			} as unknown as IExecuteFunctions,
			pause,
		);
		if (set === undefined) throw new Error('n8n has no set here');
		const endings = [
			endingOf<unknown>(clock, set.add(['1'])),
			endingOf<unknown>(clock, set.remove(['2'])),
			endingOf<unknown>(clock, set.lookUp(['3'])),
			endingOf<unknown>(clock, set.replace(['4'], ['5'])),
		];
		await clock.advance(10_000);
		expect(endings).toEqual([1, 2, 3, 4].map((turn) => ({ ...failed, atMs: turn * 1_400 })));
		expect(calls).toEqual(
			['add 1', 'remove 2', 'add 3', 'add 4'].flatMap((call) => Array<string>(4).fill(call)),
		);
		expect(set.usage).toMatchObject({ calls: 0, elapsedMs: 0 });
	});
});

describe('a call that does not end', () => {
	const overdue = new Error("n8n's database did not answer within 30 s");

	test('fails after 30 s, and the next one has its turn', async () => {
		const { open, received, ending, answer } = n8nRun();
		const first = ending(open('a').add(['1']));
		const second = ending(open('b').remove(['2']));
		await clock.advance(29_999);
		expect([first, second]).toEqual([{}, {}]);
		expect(received()).toEqual(['add 1']);
		await clock.advance(1);
		expect(first).toEqual({ failure: overdue, atMs: 30_000 });
		expect(received()).toEqual(['add 1', 'remove 2']);
		await answer(1);
		expect(second).toEqual({ value: undefined, atMs: 30_000 });
	});

	test('counts from its first attempt', async () => {
		const { open, received, ending, fail } = n8nRun();
		const added = ending(open().add(['1']));
		await clock.advance(20_000);
		await fail(0);
		await clock.advance(9_999);
		expect(added).toEqual({});
		expect(received()).toEqual(['add 1', 'add 1']);
		await clock.advance(1);
		expect(added).toEqual({ failure: overdue, atMs: 30_000 });
	});

	test('counts from its own turn', async () => {
		const { open, ending, answer } = n8nRun();
		const set = open();
		const first = ending(set.add(['1']));
		const second = ending(set.remove(['2']));
		await clock.advance(20_000);
		await answer(0);
		await clock.advance(29_999);
		expect(first).toEqual({ value: new Set(), atMs: 20_000 });
		expect(second).toEqual({});
		// The seconds of calls are counted together.
		await clock.advance(1_001);
		expect(second).toEqual({ failure: overdue, atMs: 51_000 });
	});

	test('changes nothing when it is answered after all', async () => {
		const { open, received, ending, answer } = n8nRun();
		const set = open();
		const first = ending(set.replace(['new'], ['old']));
		await clock.advance(30_000);
		await answer(0);
		expect(first).toEqual({ failure: overdue, atMs: 30_000 });
		expect(received()).toEqual(['add new']);
	});

	test('of which the answer came leaves no sleep that lasts longer than a second', async () => {
		const { open, answer } = n8nRun();
		void open().add(['1']);
		await clock.advance(500);
		await answer(0, '1');
		await clock.advance(60_000);
		expect(clock.slept).toEqual([1_000]);
	});
});

/** n8n's database, which several processes use: each call reads the whole row, and writes it later. */
function sharedDatabase() {
	let row: readonly string[] = [];
	const calls: string[] = [];
	const readThenWrite = async (
		what: string,
		change: (before: readonly string[]) => readonly string[],
	) => {
		calls.push(what);
		const before = row;
		await pause(100);
		row = change(before);
		return before;
	};
	/** The set as a process opens it: what takes turns in one process does not in two. */
	const process = (workflow: string) => {
		const set = openDurableSet(
			{
				...{ getWorkflow: () => ({ id: workflow }), getNode: () => ({ id: 'n' }) },
				helpers: {
					async checkProcessedAndRecord(texts: string[]) {
						const before = await readThenWrite(`${workflow} adds ${texts.join(' ')}`, (all) => [
							...new Set([...all, ...texts]),
						]);
						return { new: [], processed: texts.filter((text) => before.includes(text)) };
					},
					async removeProcessed(texts: string[]) {
						await readThenWrite(`${workflow} removes ${texts.join(' ')}`, (all) =>
							all.filter((text) => !texts.includes(text)),
						);
					},
				},
			} as unknown as IExecuteFunctions,
			pause,
		);
		if (set === undefined) throw new Error('n8n has no set here');
		return set;
	};
	/** A single write of another process. */
	const write = async (text: string) =>
		void (await readThenWrite(`another writes ${text}`, (all) => [...all, text]));
	return { process, calls, write, row: () => [...row].sort() };
}

describe('two processes that write at once', () => {
	const name = (process: string) => `${process}${workflows++}`;

	test('lose texts of each other, and add them again', async () => {
		const { process, row } = sharedDatabase();
		void process(name('a')).add(['1', '2']);
		void process(name('b')).add(['3']);
		await clock.advance(100);
		expect(row()).toEqual(['3']);
		await clock.advance(30_000);
		expect(row()).toEqual(['1', '2', '3']);
	});

	test('repeat it when texts are lost again', async () => {
		const { process, row } = sharedDatabase();
		void process(name('a')).add(['1']);
		const other = process(name('b'));
		await clock.advance(50);
		for (let write = 0; write < 40; write++) {
			void other.add([`other ${write}`]);
			await clock.advance(100);
		}
		await clock.advance(30_000);
		expect(row()).toHaveLength(41);
	});

	test('a replacement is checked as well, without what it removed', async () => {
		const { process, row } = sharedDatabase();
		const a = process(name('a'));
		await Promise.all([a.add(['old', 'kept']), clock.advance(3_000)]);
		void a.replace(['new'], ['old']);
		void process(name('b')).add(['3']);
		await clock.advance(30_000);
		expect(row()).toEqual(['3', 'kept', 'new']);
	});

	test('a replacement ends when what it added was seen again', async () => {
		const { process, row } = sharedDatabase();
		const replaced = endingOf(clock, process(name('a')).replace(['1', '2'], []));
		void process(name('b')).add(['3']);
		await clock.advance(150);
		expect([row(), replaced]).toEqual([['3'], {}]);
		await clock.advance(30_000);
		expect(row()).toEqual(['1', '2', '3']);
		expect(replaced.atMs).toBeGreaterThanOrEqual(300);
	});

	test('texts that this process has added a moment before are confirmed when they were seen again', async () => {
		const { process, row } = sharedDatabase();
		const set = process(name('a'));
		void set.add(['1']);
		const confirmed = endingOf(clock, set.addConfirmed(['1']));
		await clock.advance(200);
		expect(confirmed).toEqual({});
		await clock.advance(30_000);
		expect(confirmed).toMatchObject({ value: new Set(['1']) });
		expect(row()).toEqual(['1']);
	});

	test('who waits for texts is told when their check fails', async () => {
		const { open, ending, answer, fail } = n8nRun();
		const confirmed = ending(open().addConfirmed(['1']));
		await answer(0);
		await clock.advance(2_000);
		await failFourTimes(fail, 1);
		expect(confirmed.failure).toEqual(new Error('The database is locked'));
	});

	test('what was removed is not waited for', async () => {
		const { process } = sharedDatabase();
		const set = process(name('a'));
		const confirmed = endingOf(clock, set.addConfirmed(['1']));
		void set.remove(['1']);
		await clock.advance(200);
		expect(confirmed).toMatchObject({ value: new Set() });
	});

	test('what was removed is not added again', async () => {
		const { process, row } = sharedDatabase();
		const a = process(name('a'));
		void a.add(['1', '2']);
		void a.remove(['1']);
		await clock.advance(10_000);
		expect(row()).toEqual(['2']);
	});

	test('each text is checked once when nothing is lost; then nothing is asked any more', async () => {
		const { process, calls } = sharedDatabase();
		const a = name('a');
		const set = process(a);
		void set.add(['1']);
		void set.add(['2']);
		await clock.advance(60_000);
		expect(calls).toEqual([1, 2, 1, 2].map((text) => `${a} adds ${text}`));
	});

	test.each(['lookUp', 'remove'] as const)(
		'what another one has brought back after %s is removed once more',
		async (kind) => {
			const { process, row, write } = sharedDatabase();
			const a = process(name('a'));
			if (kind === 'remove') void a.add(['1']);
			void a[kind](['1']);
			await clock.advance(150);
			void write('3');
			await clock.advance(100);
			expect(row()).toEqual(['1', '3']);
			await clock.advance(30_000);
			expect(row()).toEqual(['3']);
		},
	);

	test('what was removed and added again is kept', async () => {
		const { process, row } = sharedDatabase();
		const a = process(name('a'));
		void a.add(['1']);
		void a.remove(['1']);
		await clock.advance(250);
		void a.add(['1']);
		await clock.advance(30_000);
		expect(row()).toEqual(['1']);
	});

	test('what was only looked for is not added by a check', async () => {
		const { process, calls } = sharedDatabase();
		const a = name('a');
		void process(a).lookUp(['1']);
		await clock.advance(60_000);
		expect(calls).toEqual(['adds', 'removes', 'removes'].map((what) => `${a} ${what} 1`));
	});

	test('texts are confirmed when they were seen again', async () => {
		const { process, row } = sharedDatabase();
		const added = endingOf(clock, process(name('a')).addConfirmed(['1', '2']));
		void process(name('b')).add(['3']);
		await clock.advance(100);
		expect([row(), added]).toEqual([['3'], {}]);
		await clock.advance(30_000);
		expect(row()).toEqual(['1', '2', '3']);
		expect(added).toMatchObject({ value: new Set() });
		expect(added.atMs).toBeGreaterThanOrEqual(300);
	});

	test('texts that were there before are confirmed at once', async () => {
		const { open, ending, answer, received } = n8nRun();
		const added = ending(open().addConfirmed(['1', '2', '1']));
		await answer(0, '1', '2');
		expect(added).toEqual({ value: new Set(['1', '2']), atMs: 0 });
		expect(received()).toEqual(['add 1 2']);
	});

	test('what n8n never keeps is given up after twenty attempts', async () => {
		const { open, calls, ending } = n8nRun();
		const added = ending(open().addConfirmed(['1']));
		for (let step = 0; step < 400; step++) {
			for (const call of calls) call.answer();
			await clock.advance(100);
		}
		expect(added.value).toEqual(new Set());
		expect(added.atMs).toBeLessThan(30_000);
	});

	test('a check that fails ends the checks, and no caller is told', async () => {
		const { open, received, ending, answer, fail } = n8nRun();
		const added = ending(open().add(['1']));
		await answer(0);
		await clock.advance(2_000);
		expect(received()).toEqual(['add 1', 'add 1']);
		await failFourTimes(fail, 1);
		await clock.advance(60_000);
		expect(added).toEqual({ value: new Set(), atMs: 0 });
		expect(received()).toEqual(Array(5).fill('add 1'));
	});
});
