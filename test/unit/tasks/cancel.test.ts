import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import { taskStatuses, type TaskStatus } from '../../../nodes/Seedance/seedance/task';
import { createDeletes } from '../../../nodes/Seedance/tasks/cancel';
import type { TaskOfItem } from '../../../nodes/Seedance/panel/runSummary';
import { createCancelOnStop } from '../../../nodes/Seedance/tasks/cancelOnStop';
import { DurableLedger } from '../../../nodes/Seedance/tasks/durableLedger';
import { openLedger } from '../../../nodes/Seedance/tasks/ledger';
import { endingOf, FakeClock, flush } from '../fakeClock';
import { forbidden, MemorySet, notFound, storeOf, taskOf, taskApiOf, unavailable } from '../given';

type Answer = TaskStatus | SeedanceFailure;

/** A provider that answers the reads and the DELETEs of each task in turn, each call after `latencyMs`; after the last DELETE all succeed. A task whose last read says queued is cancelled by DELETE, unless it `ignoresDelete`. */
function cancelRun(reads: Answer[], deletes: Array<SeedanceFailure | undefined> = []) {
	const clock = new FakeClock();
	const calls: string[] = [];
	const given = { latencyMs: 0, ignoresDelete: false };
	const left = new Map<string, { reads: Answer[]; deletes: Array<SeedanceFailure | undefined> }>();
	async function called(call: string, taskId: string) {
		calls.push(`${call} ${taskId}`);
		if (given.latencyMs > 0) await clock.sleep(given.latencyMs);
		const answers = left.get(taskId) ?? { reads: [...reads], deletes: [...deletes] };
		left.set(taskId, answers);
		return answers;
	}
	async function read(taskId: string) {
		const answers = (await called('read', taskId)).reads;
		const answer = answers.length > 1 ? answers.shift() : answers[0];
		if (answer === undefined || answer instanceof SeedanceFailure) throw answer;
		return taskOf(taskId, answer);
	}
	const api = taskApiOf({
		...{ readTask: read, pollTask: read },
		async deleteTask(taskId) {
			const answers = await called('delete', taskId);
			const failure = answers.deletes.shift();
			if (failure !== undefined) throw failure;
			const isLast = answers.reads.length === 1 && answers.reads[0] === 'queued';
			if (isLast && !given.ignoresDelete) answers.reads = ['cancelled'];
		},
	});
	const run = createDeletes(api, clock);
	const cancel = (taskId = 'a') => endingOf(clock, run.cancelIfQueued(taskId));
	const deleteRecord = (taskId = 'a') => endingOf(clock, run.deleteRecord(taskId));
	return { clock, calls, given, deletes: run, cancel, deleteRecord };
}

describe('cancelling', () => {
	test('a queued task is read, deleted once, and read again', async () => {
		const { clock, cancel, calls } = cancelRun(['queued']);
		const ending = cancel();
		await clock.advance(0);
		expect(ending.value).toBe('cancelled');
		expect(calls).toEqual(['read a', 'delete a', 'read a']);
	});

	test.each(taskStatuses.filter((status) => status !== 'queued'))(
		'a task that is %s is left alone, and its status is told',
		async (status) => {
			const { clock, cancel, calls } = cancelRun([status]);
			const ending = cancel();
			await clock.advance(0);
			expect(ending.value).toBe(status);
			expect(calls).toEqual(['read a']);
		},
	);

	test('the DELETE of a task follows its read, however many tasks are cancelled', async () => {
		const { clock, cancel, calls, given } = cancelRun(['queued']);
		given.latencyMs = 500;
		const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
		const endings = names.map(cancel);
		await clock.advance(6_000);
		expect(endings.map(({ value }) => value)).toEqual(names.map(() => 'cancelled'));
		for (let first = 0; first < names.length; first += 8) {
			const together = names.slice(first, first + 8);
			const wanted = ['read', 'delete', 'read'].flatMap((call) =>
				together.map((id) => `${call} ${id}`),
			);
			expect(calls.slice(first * 3, (first + 8) * 3)).toEqual(wanted);
		}
	});

	test('a task that waits for its next attempt holds up no other', async () => {
		const { clock, cancel } = cancelRun(['queued'], [unavailable()]);
		const endings = Array.from({ length: 9 }, (_, index) => cancel(`t${index}`));
		await clock.advance(1_000);
		expect(endings.map(({ value }) => value)).toEqual(endings.map(() => 'cancelled'));
	});

	test('after a transient failure of DELETE the task is read again, and left alone when it has begun', async () => {
		const { clock, cancel, calls } = cancelRun(['queued', 'running'], [unavailable()]);
		const ending = cancel();
		await clock.advance(1_000);
		expect(ending.value).toBe('running');
		expect(calls).toEqual(['read a', 'delete a', 'read a']);
	});

	test('a task that is still queued gets another DELETE after another read', async () => {
		const { clock, cancel, calls } = cancelRun(['queued'], [unavailable(), unavailable()]);
		const ending = cancel();
		await clock.advance(3_000);
		expect(ending.value).toBe('cancelled');
		expect(calls.join(', ')).toBe('read a, delete a, read a, delete a, read a, delete a, read a');
	});

	test('the fifth transient failure is thrown', async () => {
		const failures = Array.from({ length: 5 }, unavailable);
		const { clock, cancel, calls } = cancelRun(['queued'], failures);
		const ending = cancel();
		await clock.advance(60_000);
		expect(ending.failure).toBe(failures[4]);
		expect(calls).toHaveLength(10);
	});

	test('a task that is not found before any DELETE is a failure', async () => {
		const { clock, cancel, calls } = cancelRun([notFound()]);
		const ending = cancel();
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'taskNotFound' });
		expect(calls).toEqual(['read a']);
	});

	test('another failure of the read after a lost answer is thrown', async () => {
		const { clock, cancel } = cancelRun(['queued', forbidden()], [unavailable()]);
		const ending = cancel();
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'notAllowed' });
	});

	test('a refused DELETE is thrown and not repeated', async () => {
		const { clock, cancel, calls } = cancelRun(['queued'], [forbidden()]);
		const ending = cancel();
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'notAllowed' });
		expect(calls).toEqual(['read a', 'delete a']);
	});
});

describe('an accepted DELETE', () => {
	test('whose answer was lost has cancelled a task that is gone soon after it was queued', async () => {
		const { clock, cancel } = cancelRun(['queued', notFound()], [unavailable()]);
		const ending = cancel();
		await clock.advance(1_000);
		expect(ending.value).toBe('cancelled');
	});

	test.each<[number, TaskStatus]>(
		[0, 1_000].flatMap((latencyMs) =>
			(['cancelled', 'running', 'succeeded'] as const).map((after): [number, TaskStatus] => [
				latencyMs,
				after,
			]),
		),
	)('whose calls take %i ms is followed by a read: %s', async (latencyMs, after) => {
		const { clock, cancel, calls, given } = cancelRun(['queued', after]);
		given.latencyMs = latencyMs;
		const ending = cancel();
		await clock.advance(3_000);
		expect(ending.value).toBe(after);
		expect(calls).toEqual(['read a', 'delete a', 'read a']);
	});

	test.each<[string, Answer[], number]>([
		['shown after 1 s', ['queued', 'queued', 'cancelled'], 1_000],
		['shown after 3 s', ['queued', 'queued', 'queued', 'cancelled'], 3_000],
		['gone after 1 s', ['queued', 'queued', notFound()], 1_000],
		['shown after a read that failed', ['queued', unavailable(), 'cancelled'], 1_000],
	])('is a cancel that is %s', async (_name, reads, atMs) => {
		const { clock, cancel, calls } = cancelRun(reads);
		const ending = cancel();
		await clock.advance(60_000);
		expect(ending).toEqual({ value: 'cancelled', atMs });
		expect(calls.filter((call) => call === 'delete a')).toHaveLength(1);
	});

	test('is no cancel while the task stays queued', async () => {
		const { clock, cancel, calls, given } = cancelRun(['queued']);
		given.ignoresDelete = true;
		const ending = cancel();
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'cancelUnconfirmed', taskId: 'a' });
		expect(ending.atMs).toBe(3_000);
		expect(calls).toEqual(['read a', 'delete a', 'read a', 'read a', 'read a']);
	});

	test('is not called a cancel when the run ends before it is clear', async () => {
		const { clock, cancel, given } = cancelRun(['queued']);
		given.ignoresDelete = true;
		const ending = cancel();
		await clock.advance(500);
		clock.abortRun();
		await clock.advance(0);
		expect(ending.failure).toMatchObject({ kind: 'stopped' });
	});

	test.each<[string, SeedanceFailure]>([
		['the task is gone', notFound()],
		['the read is refused', forbidden()],
	])('that was answered late is not called a cancel when %s', async (_name, failure) => {
		const { clock, cancel, given } = cancelRun(['queued', failure]);
		given.latencyMs = 1_000;
		const ending = cancel();
		await clock.advance(9_000);
		expect(ending.failure).toMatchObject({
			kind: 'cancelUnconfirmed',
			taskId: 'a',
			cause: failure,
		});
	});

	test('whose answer was lost is not called a cancel when the task is gone late', async () => {
		const { clock, cancel, given } = cancelRun(['queued', notFound()], [unavailable()]);
		given.latencyMs = 1_000;
		const ending = cancel();
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'cancelUnconfirmed' });
	});
});

describe('a read that is answered late', () => {
	test('is repeated before DELETE, since its task may have begun to render', async () => {
		const { clock, cancel, calls, given } = cancelRun(['queued', 'succeeded']);
		given.latencyMs = 2_000;
		const ending = cancel();
		await clock.advance(10_000);
		expect(calls).toEqual(['read a', 'read a']);
		expect(ending.value).toBe('succeeded');
	});

	test('is followed by DELETE the third time, and what that did is looked up', async () => {
		const { clock, cancel, calls, given } = cancelRun(['queued']);
		given.latencyMs = 2_500;
		const ending = cancel();
		await clock.advance(60_000);
		expect(calls).toEqual(['read a', 'read a', 'read a', 'delete a', 'read a']);
		expect(ending.value).toBe('cancelled');
	});
});

describe('deleting a record', () => {
	test.each(['succeeded', 'failed', 'expired'] as const)(
		'of a task that has %s',
		async (status) => {
			const { clock, deleteRecord, calls, given } = cancelRun([status]);
			given.latencyMs = 5_000;
			const ending = deleteRecord();
			await clock.advance(10_000);
			expect(ending).toEqual({ value: undefined, atMs: 10_000 });
			expect(calls).toEqual(['read a', 'delete a']);
		},
	);

	test.each(['queued', 'running', 'cancelled', 'unknown'] as const)(
		'of a task that is %s is refused, and nothing is sent',
		async (status) => {
			const { clock, deleteRecord, calls } = cancelRun([status]);
			const ending = deleteRecord();
			await clock.advance(0);
			expect(ending.failure).toMatchObject({
				kind: 'taskNotDeletable',
				values: { status },
				taskId: 'a',
			});
			expect(calls).toEqual(['read a']);
		},
	);

	test('that is gone after a DELETE whose answer was lost has worked', async () => {
		const { clock, deleteRecord, calls } = cancelRun(['succeeded', notFound()], [unavailable()]);
		const ending = deleteRecord();
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

	/** Ledgers with one task, `a`, in the node's store and in n8n's database, and the messages of the log. */
	async function stopRun(reads: Answer[]) {
		const { clock, deletes, given, calls } = cancelRun(reads);
		const store = storeOf({}, { retriesOnFail: false });
		const set = new MemorySet();
		const ledger = openLedger(store);
		const durable = new DurableLedger(set, store, clock, () => {});
		const keys = await durable.keysOf(identity);
		if (keys === undefined) throw new Error('Nothing can be recorded');
		await durable.intend(keys, undefined);
		ledger.recordTask(place, 'a', { keys, marker: undefined, generation: 0 });
		durable.created(keys, undefined, 'a');
		await durable.settled();
		const told: string[] = [];
		const log = {
			cancelled: ({ taskId }: TaskOfItem) => told.push(`${taskId} cancelled`),
			notCancelled: ({ taskId }: TaskOfItem) => told.push(`${taskId} not cancelled`),
			cancelOnStopEnded: (tasks: readonly TaskOfItem[], afterMs: number) =>
				told.push(`${tasks.map(({ taskId }) => taskId).join(' ')} open after ${afterMs}`),
		};
		const stop = createCancelOnStop({ deletes, clock }, { ledger, durable, log });
		const start = (taskId = 'a') => endingOf(clock, stop.cancel({ itemIndex: 0, taskId }));
		const cancel = async () => {
			start();
			await clock.advance(0);
			await durable.settled();
		};
		const isOver = async () => await durable.isOver(keys);
		const entry = () => openLedger(store).find(place);
		return { clock, given, calls, start, cancel, told, entry, isOver };
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
		['that stays queued after DELETE', 'queued'],
	])('a task %s stays in both ledgers, and nothing is thrown', async (_name, answer) => {
		const { clock, given, cancel, told, entry, isOver } = await stopRun([answer]);
		given.ignoresDelete = true;
		await cancel();
		await clock.advance(3_000);
		expect(told).toEqual(['a not cancelled']);
		expect(entry()).toMatchObject({ taskId: 'a' });
		expect(await isOver()).toBe(false);
	});

	test('ends after 15 s for all tasks together, and says which may continue', async () => {
		const { clock, given, start, told, entry, calls } = await stopRun(['queued']);
		given.latencyMs = 1_900;
		const names = ['a', ...Array.from({ length: 29 }, (_, index) => `t${index}`)];
		const endings = names.map((name) => start(name));
		await clock.advance(15_000);
		// Three calls each, eight tasks at a time.
		const open = names.slice(16);
		expect(told.at(-1)).toBe(`${open.join(' ')} open after 15000`);
		expect(told.slice(0, -1)).toEqual(names.slice(0, 16).map((id) => `${id} cancelled`));
		expect(endings.every(({ atMs }) => atMs !== undefined && atMs <= 15_000)).toBe(true);
		const before = calls.length;
		await clock.advance(60_000);
		expect(calls).toHaveLength(before);
		expect(told).toHaveLength(17);
		expect(entry()).toBeUndefined();
	});

	test('a task that comes after the 15 s is not cancelled', async () => {
		const { clock, given, start, told, entry, calls } = await stopRun(['queued']);
		given.latencyMs = 20_000;
		start('b');
		await clock.advance(16_000);
		const ending = start('a');
		await clock.advance(0);
		expect(ending.atMs).toBe(16_000);
		expect(told).toEqual(['b open after 15000', 'a open after 15000']);
		expect(calls).not.toContain('delete a');
		expect(entry()).toMatchObject({ taskId: 'a' });
	});

	test('a task whose cancel is not yet clear when the 15 s are over is named once', async () => {
		const { clock, given, start, told, entry } = await stopRun(['queued']);
		given.latencyMs = 1_900;
		given.ignoresDelete = true;
		start('b');
		await clock.advance(6_000);
		start('a');
		await clock.advance(60_000);
		expect(told).toEqual(['b not cancelled', 'a open after 15000']);
		expect(entry()).toMatchObject({ taskId: 'a' });
	});

	test('a task that comes when the others are done has what is left of the time', async () => {
		const { clock, given, start, told } = await stopRun(['queued']);
		start('b');
		await clock.advance(10_000);
		given.latencyMs = 6_000;
		const ending = start('a');
		await clock.advance(5_000);
		expect(ending.atMs).toBe(15_000);
		expect(told).toEqual(['b cancelled', 'a open after 15000']);
		await flush();
	});
});
