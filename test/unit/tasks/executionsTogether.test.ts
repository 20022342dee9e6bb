import type { IExecuteFunctions } from 'n8n-workflow';
import { openDurableSet } from '../../../nodes/Seedance/n8n/durableSet';
import type { NodeStore } from '../../../nodes/Seedance/n8n/nodeStore';
import { findLineage } from '../../../nodes/Seedance/tasks/lineage';
import { FakeClock, flush, startedAtMs } from '../fakeClock';
import { MemorySet, storeOf } from '../given';
import { retry, startTasks, world } from './createWorld';

/** n8n's database in this process: between a read of the whole row and its write, others run. */
function n8nDatabase(
	workflow: string,
	pause: (ms: number) => Promise<void>,
	set = new MemorySet(),
) {
	return () => {
		const opened = openDurableSet(
			{
				...{ getWorkflow: () => ({ id: workflow }), getNode: () => ({ id: 'n' }) },
				helpers: {
					async checkProcessedAndRecord(texts: string[]) {
						await flush();
						return { new: [], processed: [...(await set.add(texts))] };
					},
					async removeProcessed(texts: string[]) {
						await flush();
						await set.remove(texts);
					},
				},
			} as unknown as IExecuteFunctions,
			pause,
		);
		if (opened === undefined) throw new Error('n8n has no set');
		return opened;
	};
}

/** An execution that began with something of its own. */
const fresh = (executionId: string): Partial<NodeStore> => ({
	...{ executionId, beginning: () => executionId },
});

/** Executions of one node that begin at the same moment, all with the same request. */
async function runTogether(
	given: ReturnType<typeof world>,
	executions: ReadonlyArray<Partial<NodeStore>>,
	idempotencyKey?: string,
) {
	const endings = executions.map((changes) =>
		startTasks(given, changes).claim(0, 'cat', { idempotencyKey }),
	);
	for (let turn = 0; turn < 300; turn++) await given.clock.advance(100);
	return endings.map(({ value, failure }) => value?.taskId ?? failure);
}

test('executions that begin together have a lineage each', async () => {
	const clock = new FakeClock();
	const open = n8nDatabase('lineages', async (ms) => await clock.sleep(ms));
	const lineages = Promise.all(
		Array.from({ length: 10 }, async (_, id) => {
			const store = storeOf({}, { executionId: String(id), beginning: () => id });
			return await findLineage(open(), store, { now: () => startedAtMs });
		}),
	);
	for (let turn = 0; turn < 30; turn++) await clock.advance(100);
	expect(await lineages).toEqual(
		Array.from({ length: 10 }, (_, index) => ({
			...{ number: index, startedAtMs, isContinued: false },
		})),
	);
});

test('executions that begin together with the same request have a task each', async () => {
	const given = world();
	given.openSet = n8nDatabase('requests', async (ms) => await given.clock.sleep(ms));
	const ids = await runTogether(given, ['7', '8', '9', '10'].map(fresh));
	expect(ids.sort()).toEqual(['cgt-1', 'cgt-2', 'cgt-3', 'cgt-4']);
	expect(given.sent).toHaveLength(4);
	expect(given.lists).toBe(0);
});

test('Retries of them that begin together find each its own', async () => {
	const given = world();
	given.openSet = n8nDatabase('retries', async (ms) => await given.clock.sleep(ms));
	const executions = ['7', '8', '9'].map(fresh);
	const ids = await runTogether(given, executions);
	const retries = executions.map((execution, index) => ({
		...{ ...execution, ...retry, executionId: String(10 + index) },
	}));
	const later = await runTogether(given, retries);
	expect(later).toEqual(ids);
	expect(given.sent).toHaveLength(3);
});

test('executions that begin together with the same Idempotency Key have one task', async () => {
	const given = world();
	given.openSet = n8nDatabase('keys', async (ms) => await given.clock.sleep(ms));
	const ids = await runTogether(given, ['7', '8', '9', '10'].map(fresh), 'row 1');
	expect(ids).toEqual(['cgt-1', 'cgt-1', 'cgt-1', 'cgt-1']);
	expect(given.sent).toHaveLength(1);
});

describe('a process that is killed as soon as it has sent a create, of which another worker has overwritten what it recorded', () => {
	/** A world in which the first texts of this kind are overwritten: another worker has read the row before they were added, and writes it 50 ms later, or before the next intent. */
	function overwritten(kind: string) {
		const given = world();
		const set = new MemorySet();
		const isOf = (start: string, texts: readonly string[]) =>
			texts.some((text) => text.startsWith(start));
		set.onCall = ({ texts }) => {
			if (!isOf(kind, texts)) return;
			const before = [...set.texts];
			let isDone = false;
			const overwrite = () => {
				if (!isDone) set.texts = before;
				isDone = true;
			};
			set.onCall = (next) => {
				if (kind !== 'intent ' && isOf('intent ', next.texts)) overwrite();
			};
			void given.clock.sleep(50).then(overwrite);
		};
		let processes = 0;
		/** A process that can be killed. */
		const open = () => {
			let isAlive = true;
			const pause = async (ms: number) => {
				await given.clock.sleep(ms);
				if (!isAlive) await new Promise(() => {});
			};
			given.openSet = n8nDatabase(`${kind} ${++processes}`, pause, set);
			return () => void (isAlive = false);
		};
		return { given, open };
	}

	test.each([
		['beginning ', { ...retry }, undefined],
		['intent ', { executionId: '9' }, 'row 1'],
	])('%s: its task is found by the next one', async (kind, later, idempotencyKey) => {
		const { given, open } = overwritten(kind);
		given.answers.push('killed');
		const kill = open();
		startTasks(given).claim(0, 'cat', { idempotencyKey });
		for (let step = 0; step < 200 && given.sent.length === 0; step++) await given.clock.advance(10);
		kill();
		await given.clock.advance(1_000);
		open();
		const found = startTasks(given, later).claim(0, 'cat', { idempotencyKey });
		await given.clock.advance(300_000);
		expect(found.value?.taskId).toBe('cgt-1');
		expect(given.sent).toHaveLength(1);
	});
});
