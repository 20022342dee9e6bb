import type { NodeStore } from '../../../nodes/Seedance/n8n/nodeStore';
import { findLineage } from '../../../nodes/Seedance/tasks/lineage';
import { FakeClock, startedAtMs } from '../fakeClock';
import { MemorySet, storeOf } from '../given';

type Kept = Record<string, Record<string, unknown>>;

/** A lineage that a process began, or that the node's store has. */
const begun = (number: number, atMs: number) => ({
	...{ number, startedAtMs: atMs, isContinued: false },
});
/** A lineage that was read from the set. */
const continued = (number: number, atMs: number) => ({
	...{ number, startedAtMs: atMs, isContinued: true },
});

/** The executions of a node: their set and their clock outlive the processes. */
function executions(set = new MemorySet()) {
	const clock = new FakeClock();
	/** A process that begins or continues an execution; what n8n keeps of the execution is in `kept`. */
	const run = async (changes: Partial<NodeStore> = {}, kept: Kept = {}) =>
		await findLineage(set, storeOf(kept, changes), clock);
	return { set, clock, run };
}

const began = (row: number) => ({ beginning: () => [[{ row }]] });
const retry = { isRetryOfExecution: true, executionId: '8' };
const inAnHour = startedAtMs + 3_600_000;

/** Ends the process at the call of n8n with this number, counted from now. */
function killAt(set: MemorySet, call: number): void {
	const last = set.usage.calls + call;
	set.onCall = () => {
		if (set.usage.calls === last) throw new Error('n8n was ended');
	};
}

describe('a fresh execution', () => {
	test('begins a lineage with its own ID now', async () => {
		const { run } = executions();
		expect(await run()).toEqual(begun(7, startedAtMs));
	});

	test('is continued by what n8n keeps for the node: the set is not asked', async () => {
		const { set, clock, run } = executions();
		const kept = {};
		await run({}, kept);
		const asked = set.asked.length;
		await clock.advance(3_600_000);
		expect(await run({ runIndex: 1 }, kept)).toEqual(begun(7, startedAtMs));
		expect(await run(retry, kept)).toEqual(begun(7, startedAtMs));
		expect(set.asked).toHaveLength(asked);
	});

	test('never has the number of another one, not even with the same beginning', async () => {
		const { clock, run } = executions();
		await run();
		await clock.advance(3_600_000);
		expect(await run({ executionId: '9' })).toEqual(begun(9, inAnHour));
	});

	test('leaves nothing of an earlier number in the register of its beginning', async () => {
		const { set, clock, run } = executions();
		await run();
		await clock.advance(3_600_000);
		await run({ executionId: '9' });
		const ofBeginning = set.texts.filter((text) => text.startsWith('beginning '));
		expect(ofBeginning).toHaveLength(14);
		const ofExecutions = set.texts.filter((text) => /^lineage [79] /.test(text));
		expect(ofExecutions).toHaveLength(28);
	});

	test.each(['a1b2', '', '123456789012345', '-1', '1.5'])(
		'with the strange ID %p has a number that fits the register, the same each time',
		async (executionId) => {
			const first = await executions().run({ executionId });
			const again = await executions().run({ executionId });
			expect(again).toEqual(first);
			expect(first).toEqual(begun(expect.any(Number) as number, startedAtMs));
			const { number } = first as ReturnType<typeof begun>;
			expect(number >= 0 && number < 100 ** 7 && Number.isInteger(number)).toBe(true);
		},
	);

	test('without an execution ID has another number each time', async () => {
		const { run } = executions();
		const lineages = [
			await run({ executionId: undefined }),
			await run({ executionId: undefined }),
		] as Array<ReturnType<typeof begun>>;
		expect(lineages.map(({ isContinued }) => isContinued)).toEqual([false, false]);
		expect(new Set(lineages.map(({ number }) => number)).size).toBe(2);
	});
});

describe('Retry', () => {
	test('of an execution of which n8n has kept nothing finds its number by its beginning, and leaves the set as it was', async () => {
		const { set, clock, run } = executions();
		await run();
		const texts = [...set.texts];
		await clock.advance(3_600_000);
		const kept = {};
		expect(await run(retry, kept)).toEqual(continued(7, startedAtMs));
		expect(set.texts).toEqual(texts);
		expect(kept).toEqual({ seedanceLineage: continued(7, startedAtMs) });
	});

	test('may be repeated', async () => {
		const { clock, run } = executions();
		await run();
		for (const executionId of ['8', '9', '10']) {
			await clock.advance(3_600_000);
			expect(await run({ ...retry, executionId })).toEqual(continued(7, startedAtMs));
		}
	});

	test.each([
		[1_795_219_200_000, '1'],
		[1_000_000_000_000, '99999999999999'],
		[9_999_999_999_999, '20304'],
		[1_700_000_000_001, '0'],
	])('finds every digit of %i and of %s', async (ms, executionId) => {
		const set = new MemorySet();
		await findLineage(set, storeOf({}, { executionId }), { now: () => ms });
		const store = storeOf({}, retry);
		const found = await findLineage(set, store, { now: () => 0 });
		expect(found).toEqual(continued(Number(executionId), ms));
	});

	test('of an execution that ended before this node finds an empty register, and begins', async () => {
		const { clock, run } = executions();
		await clock.advance(3_600_000);
		expect(await run(retry)).toEqual(begun(8, inAnHour));
		await clock.advance(3_600_000);
		expect(await run({ ...retry, executionId: '9' })).toEqual(continued(8, inAnHour));
	});

	test('with another beginning is another execution', async () => {
		const { clock, run } = executions();
		await run(began(1));
		await clock.advance(3_600_000);
		expect(await run({ ...retry, ...began(2) })).toEqual(begun(8, inAnHour));
		const again = await run({ ...retry, ...began(1), executionId: '9' });
		expect(again).toEqual(continued(7, startedAtMs));
	});

	test('of an older execution continues the latest one with the same beginning', async () => {
		const { clock, run } = executions();
		await run();
		await clock.advance(3_600_000);
		await run({ executionId: '9' });
		await clock.advance(3_600_000);
		expect(await run({ ...retry, executionId: '10' })).toEqual(continued(9, inAnHour));
	});
});

describe('a run that is begun anew with the same execution ID', () => {
	test('is continued since it began first, and leaves the set as it was', async () => {
		const { set, clock, run } = executions();
		await run();
		const texts = [...set.texts];
		await clock.advance(3_600_000);
		expect(await run()).toEqual(continued(7, startedAtMs));
		expect(set.texts).toEqual(texts);
	});

	test('is continued even if another execution has begun with the same since', async () => {
		const { clock, run } = executions();
		await run();
		await clock.advance(3_600_000);
		await run({ executionId: '9' });
		expect(await run()).toEqual(continued(7, startedAtMs));
		expect(await run({ executionId: '9' })).toEqual(continued(9, inAnHour));
	});

	test('has the same number although the set has lost everything', async () => {
		const { set, clock, run } = executions();
		await run();
		set.texts = [];
		await clock.advance(3_600_000);
		expect(await run()).toEqual(begun(7, inAnHour));
	});

	test('begins if the process ended before the registers were written', async () => {
		const { set, clock, run } = executions();
		// The ID, and then the digits.
		killAt(set, 2);
		await expect(run()).rejects.toThrow('n8n was ended');
		await clock.advance(3_600_000);
		set.onCall = () => {};
		expect(await run()).toEqual(begun(7, inAnHour));
	});

	test('of a Retry finds the number of what is retried', async () => {
		const { clock, run } = executions();
		await run();
		await clock.advance(3_600_000);
		await run(retry);
		await clock.advance(3_600_000);
		expect(await run(retry)).toEqual(continued(7, startedAtMs));
	});
});

describe('a register that cannot be read', () => {
	/** Two executions with the same beginning, the second of which ends with its process at this write. */
	async function killedAt(call: number, changes: Partial<NodeStore>) {
		const given = executions();
		await given.run();
		await given.clock.advance(3_600_000);
		killAt(given.set, call);
		await expect(given.run(changes)).rejects.toThrow('n8n was ended');
		given.set.onCall = () => {};
		return given;
	}

	test.each<[when: string, call: number, during: Partial<NodeStore>, later: Partial<NodeStore>]>([
		[
			...(['between the two writes of a Retry that reads the first', 2, retry] as const),
			{ ...retry, executionId: '9' },
		],
		[
			...(['between the two writes of a Retry that reads the second', 4, retry] as const),
			{ ...retry, executionId: '9' },
		],
		['between the two writes of a run that reads it', 3, {}, {}],
	])(
		'since n8n was ended %s: what was written counts, and nothing else is left',
		async (_when, call, during, later) => {
			const { set, run } = executions();
			await run();
			const texts = [...set.texts];
			killAt(set, call);
			await expect(run(during)).rejects.toThrow('n8n was ended');
			set.onCall = () => {};
			expect(await run(later)).toEqual(continued(7, startedAtMs));
			expect(set.texts.sort()).toEqual(texts.sort());
		},
	);

	test('since another worker has written over the end of a reading: what was written counts', async () => {
		const { set, run } = executions();
		await run();
		const looked: string[] = [];
		set.onCall = ({ kind, texts }) => void (kind === 'remove' && looked.push(...texts));
		await run(retry);
		set.texts.push(...looked);
		expect(await run({ ...retry, executionId: '9' })).toEqual(continued(7, startedAtMs));
	});

	test('since n8n was ended while a fresh execution replaced its number: unreadable, every time', async () => {
		const { set, run } = await killedAt(3, { executionId: '9' });
		const texts = [...set.texts];
		const kept = {};
		expect(await run(retry, kept)).toBe('unreadable');
		expect(await run(retry, kept)).toBe('unreadable');
		expect(kept).toEqual({ seedanceLineage: {} });
		expect(set.texts).toEqual(texts);
	});

	test('is readable again after a fresh execution with the same beginning', async () => {
		const { clock, run } = await killedAt(3, { executionId: '10' });
		await clock.advance(3_600_000);
		const latest = clock.now();
		expect(await run({ executionId: '9' })).toEqual(begun(9, latest));
		expect(await run({ ...retry, executionId: '11' })).toEqual(continued(9, latest));
	});

	test('is not read by a fresh execution', async () => {
		const { clock, run } = await killedAt(2, retry);
		const fresh = await run({ ...began(2), executionId: '9' });
		expect(fresh).toEqual(begun(9, clock.now()));
	});

	test.each(['beginning ', 'lineage 7 '])(
		'since n8n has dropped a part of the register that begins with %p: unreadable, so nothing is created twice',
		async (register) => {
			const { set, run } = executions();
			await run();
			set.texts.splice(
				set.texts.findIndex((text) => text.startsWith(register)),
				1,
			);
			expect(await run(retry)).toBe('unreadable');
		},
	);

	test('since n8n has dropped the whole register of the number: unreadable', async () => {
		const { set, run } = executions();
		await run();
		set.texts = set.texts.filter((text) => !text.startsWith('lineage '));
		expect(await run(retry)).toBe('unreadable');
	});
});

test('what the set throws is thrown, and nothing is kept', async () => {
	const { set, run } = executions();
	set.onCall = () => {
		throw new Error('The database is locked');
	};
	const kept = {};
	await expect(run({}, kept)).rejects.toThrow('The database is locked');
	expect(kept).toEqual({ seedanceLineage: {} });
});
