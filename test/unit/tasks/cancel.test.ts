import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import { taskStatuses, type TaskStatus } from '../../../nodes/Seedance/seedance/task';
import { cancelIfQueued, deleteRecord } from '../../../nodes/Seedance/tasks/cancel';
import { cancelOnStop } from '../../../nodes/Seedance/tasks/cancelOnStop';
import { DurableLedger } from '../../../nodes/Seedance/tasks/durableLedger';
import { openLedger } from '../../../nodes/Seedance/tasks/ledger';
import type { TaskLog } from '../../../nodes/Seedance/tasks/taskLog';
import { endingOf, FakeClock } from '../fakeClock';
import { forbidden, MemorySet, notFound, storeOf, taskOf, taskApiOf, unavailable } from '../given';

type Answer = TaskStatus | SeedanceFailure;

/** A provider that answers the reads and the DELETEs of a task in turn; after the last DELETE all succeed. */
function cancelRun(reads: Answer[], deletes: Array<SeedanceFailure | undefined> = []) {
	const clock = new FakeClock();
	const calls: string[] = [];
	const api = taskApiOf({
		async readTask(taskId) {
			calls.push(`read ${taskId}`);
			const answer = reads.length > 1 ? reads.shift() : reads[0];
			if (answer === undefined || answer instanceof SeedanceFailure) throw answer;
			return taskOf(taskId, answer);
		},
		async deleteTask(taskId) {
			calls.push(`delete ${taskId}`);
			const failure = deletes.shift();
			if (failure !== undefined) throw failure;
		},
	});
	return { clock, api, calls };
}

describe('cancelling', () => {
	test('a queued task is read and deleted once', async () => {
		const { clock, api, calls } = cancelRun(['queued']);
		expect(await cancelIfQueued(api, clock, 'a')).toBe('cancelled');
		expect(calls).toEqual(['read a', 'delete a']);
	});

	test.each(taskStatuses.filter((status) => status !== 'queued'))(
		'a task that is %s is left alone, and its status is told',
		async (status) => {
			const { clock, api, calls } = cancelRun([status]);
			expect(await cancelIfQueued(api, clock, 'a')).toBe(status);
			expect(calls).toEqual(['read a']);
		},
	);

	test('after a transient failure of DELETE the task is read again, and left alone when it has begun', async () => {
		const { clock, api, calls } = cancelRun(['queued', 'running'], [unavailable()]);
		const ending = endingOf(clock, cancelIfQueued(api, clock, 'a'));
		await clock.advance(1_000);
		expect(ending.value).toBe('running');
		expect(calls).toEqual(['read a', 'delete a', 'read a']);
	});

	test('a task that is still queued gets another DELETE after another read', async () => {
		const { clock, api, calls } = cancelRun(['queued'], [unavailable(), unavailable()]);
		const ending = endingOf(clock, cancelIfQueued(api, clock, 'a'));
		await clock.advance(3_000);
		expect(ending.value).toBe('cancelled');
		expect(calls.join(', ')).toBe('read a, delete a, read a, delete a, read a, delete a');
	});

	test('the third transient failure is thrown', async () => {
		const failures = [unavailable(), unavailable(), unavailable()];
		const { clock, api, calls } = cancelRun(['queued'], [...failures]);
		const ending = endingOf(clock, cancelIfQueued(api, clock, 'a'));
		await clock.advance(60_000);
		expect(ending.failure).toBe(failures[2]);
		expect(calls).toHaveLength(6);
	});

	test('a record that is gone after a DELETE whose answer was lost was cancelled', async () => {
		const { clock, api } = cancelRun(['queued', notFound()], [unavailable()]);
		const ending = endingOf(clock, cancelIfQueued(api, clock, 'a'));
		await clock.advance(1_000);
		expect(ending.value).toBe('cancelled');
	});

	test('a task that is not found before any DELETE is a failure', async () => {
		const { clock, api, calls } = cancelRun([notFound()]);
		const ending = endingOf(clock, cancelIfQueued(api, clock, 'a'));
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'taskNotFound' });
		expect(calls).toEqual(['read a']);
	});

	test('another failure of the read after a lost answer is thrown', async () => {
		const { clock, api } = cancelRun(['queued', forbidden()], [unavailable()]);
		const ending = endingOf(clock, cancelIfQueued(api, clock, 'a'));
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'notAllowed' });
	});

	test('a refused DELETE is thrown and not repeated', async () => {
		const { clock, api, calls } = cancelRun(['queued'], [forbidden()]);
		const ending = endingOf(clock, cancelIfQueued(api, clock, 'a'));
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'notAllowed' });
		expect(calls).toEqual(['read a', 'delete a']);
	});
});

describe('deleting a record', () => {
	test.each(['succeeded', 'failed', 'expired'] as const)(
		'of a task that has %s',
		async (status) => {
			const { clock, api, calls } = cancelRun([status]);
			await deleteRecord(api, clock, 'a');
			expect(calls).toEqual(['read a', 'delete a']);
		},
	);

	test.each(['queued', 'running', 'cancelled', 'unknown'] as const)(
		'of a task that is %s is refused, and nothing is sent',
		async (status) => {
			const { clock, api, calls } = cancelRun([status]);
			await expect(deleteRecord(api, clock, 'a')).rejects.toMatchObject({
				kind: 'taskNotDeletable',
				values: { status },
				taskId: 'a',
			});
			expect(calls).toEqual(['read a']);
		},
	);

	test('that is gone after a DELETE whose answer was lost has worked', async () => {
		const { clock, api, calls } = cancelRun(['succeeded', notFound()], [unavailable()]);
		const ending = endingOf(clock, deleteRecord(api, clock, 'a'));
		await clock.advance(1_000);
		expect(ending).toMatchObject({ value: undefined, atMs: expect.any(Number) });
		expect(calls).toEqual(['read a', 'delete a', 'read a']);
	});
});

describe('cancelling on stop', () => {
	const place = { itemIndex: 0, request: 'cat', row: 'w' };
	const identity = {
		...place,
		occurrence: { request: 0, row: 0 },
		generation: 0,
		idempotencyKey: undefined,
	};

	/** Ledgers with one task, in the node's store and in n8n's database, and the messages of the log. */
	async function stopRun(reads: Answer[]) {
		const afterStop = cancelRun(reads);
		const store = storeOf({}, { retriesOnFail: false });
		const set = new MemorySet();
		const ledger = openLedger(store);
		const durable = new DurableLedger(set, store, afterStop.clock, () => {});
		const keys = await durable.keysOf(identity);
		if (keys === undefined) throw new Error('Nothing can be recorded');
		await durable.intend(keys, undefined);
		ledger.recordTask(place, 'a', { keys, marker: undefined, generation: 0 });
		durable.created(keys, undefined, 'a');
		await durable.settled();
		const told: string[] = [];
		const log: Partial<TaskLog> = {
			cancelled: (taskId) => told.push(`${taskId} cancelled`),
			notCancelled: (taskId) => told.push(`${taskId} not cancelled`),
		};
		const cancel = async () => {
			await cancelOnStop(afterStop, { ledger, durable, log: log as TaskLog }, 'a');
			await durable.settled();
		};
		const isOver = async () => await durable.isOver(keys);
		return { cancel, told, entry: () => openLedger(store).find(place), isOver };
	}

	test('a queued task is cancelled: one ledger forgets it, and for the other its create is over, so that the next try creates another', async () => {
		const { cancel, told, entry, isOver } = await stopRun(['queued']);
		await cancel();
		expect(told).toEqual(['a cancelled']);
		expect(entry()).toBeUndefined();
		expect(await isOver()).toBe(true);
	});

	test.each<[string, Answer]>([
		['that is running', 'running'],
		['whose read fails', forbidden()],
	])('a task %s stays in both ledgers, and nothing is thrown', async (_name, answer) => {
		const { cancel, told, entry, isOver } = await stopRun([answer]);
		await cancel();
		expect(told).toEqual(['a not cancelled']);
		expect(entry()).toMatchObject({ taskId: 'a' });
		expect(await isOver()).toBe(false);
	});
});
