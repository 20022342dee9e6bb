import type { IExecuteFunctions } from 'n8n-workflow';
import { openDurableSet } from '../../../nodes/Seedance/n8n/durableSet';
import type { NodeStore } from '../../../nodes/Seedance/n8n/nodeStore';
import { findLineage } from '../../../nodes/Seedance/tasks/lineage';
import { flush, startedAtMs } from '../fakeClock';
import { MemorySet, storeOf } from '../given';
import { retry, startTasks, world } from './createWorld';

/** n8n's database in this process: between a read of the whole row and its write, others run. */
function n8nDatabase(workflow: string, pause: (ms: number) => Promise<void>) {
	const set = new MemorySet();
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
	// The deadline of a call never comes: no call of these tests fails.
	const open = n8nDatabase('lineages', async () => await new Promise<void>(() => {}));
	const lineages = await Promise.all(
		Array.from({ length: 10 }, async (_, id) => {
			const store = storeOf({}, { executionId: String(id), beginning: () => id });
			return await findLineage(open(), store, { now: () => startedAtMs });
		}),
	);
	expect(lineages).toEqual(
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
