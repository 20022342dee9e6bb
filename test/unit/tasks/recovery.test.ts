import { flush } from '../fakeClock';
import { forbidden, policyOf } from '../given';
import { minuteMs, retry, startTasks, world, type Answer, type Kept } from './createWorld';

/** Each item's task, or how its claim failed. */
const taskIds = (endings: ReadonlyArray<ReturnType<ReturnType<typeof startTasks>['claim']>>) =>
	endings.map(({ value, failure }) => value?.taskId ?? failure);

/** The tasks of the rows of a run, when all have one. */
async function claimAll(
	given: ReturnType<typeof world>,
	run: ReturnType<typeof startTasks>,
	prompts: readonly string[],
) {
	const endings = prompts.map((prompt, item) => run.claim(item, prompt));
	await given.clock.advance(10 * minuteMs);
	return taskIds(endings);
}

describe('equal rows', () => {
	test('have a task each, and each its own again after a crash', async () => {
		const given = world();
		const rows = ['cat', 'cat', 'dog', 'cat'];
		const first = await claimAll(given, startTasks(given), rows);
		expect(first).toEqual(['cgt-1', 'cgt-2', 'cgt-3', 'cgt-4']);
		expect(await claimAll(given, startTasks(given, retry), rows)).toEqual(first);
		expect(given.sent).toHaveLength(4);
		expect(new Set(given.sent).size).toBe(4);
	});

	test('whose requests change by themselves have a task each, and each its own again after a crash', async () => {
		const given = world();
		const claimRows = async (run: ReturnType<typeof startTasks>, at: string) => {
			const endings = [0, 1, 2].map((item) =>
				run.claim(item, `cat at ${at}:0${item}`, { asWritten: ['cat at {{ $now }}'] }),
			);
			await given.clock.advance(10 * minuteMs);
			return taskIds(endings);
		};
		const first = await claimRows(startTasks(given), '12');
		expect(first).toEqual(['cgt-1', 'cgt-2', 'cgt-3']);
		expect(await claimRows(startTasks(given, retry), '13')).toEqual(first);
		expect(given.sent).toHaveLength(3);
	});

	test('in which no expression changes by itself have a task each, and each its own again after a crash', async () => {
		const given = world();
		const fixed = { asWritten: undefined };
		const claimRows = async (run: ReturnType<typeof startTasks>) => {
			const endings = [0, 1].map((item) => run.claim(item, 'cat', fixed));
			await given.clock.advance(10 * minuteMs);
			return taskIds(endings);
		};
		const first = await claimRows(startTasks(given));
		expect(first).toEqual(['cgt-1', 'cgt-2']);
		const later = startTasks(given, retry);
		expect(await claimRows(later)).toEqual(first);
		expect(later.entries()).toMatchObject([{ row: undefined }, { row: undefined }]);
		expect(given.sent).toHaveLength(2);
	});

	test('in another order are the same tasks', async () => {
		const given = world();
		await claimAll(given, startTasks(given), ['cat', 'cat', 'dog', 'cat']);
		const later = await claimAll(given, startTasks(given, retry), ['dog', 'cat', 'cat', 'cat']);
		expect(later).toEqual(['cgt-3', 'cgt-1', 'cgt-2', 'cgt-4']);
		expect(given.sent).toHaveLength(4);
	});

	test('one more than before is created', async () => {
		const given = world();
		await claimAll(given, startTasks(given), ['cat', 'cat']);
		const later = await claimAll(given, startTasks(given, retry), ['cat', 'cat', 'cat']);
		expect(later).toEqual(['cgt-1', 'cgt-2', 'cgt-3']);
	});

	test('of which one was refused: Retry after a crash creates that one', async () => {
		const given = world();
		given.answers.push(forbidden());
		const first = await claimAll(given, startTasks(given), ['cat', 'cat']);
		expect(first).toEqual([expect.objectContaining({ kind: 'notAllowed' }), 'cgt-1']);
		const later = await claimAll(given, startTasks(given, retry), ['cat', 'cat']);
		expect(later).toEqual(['cgt-2', 'cgt-1']);
	});

	test('of which one was refused: a later try finds the task of the other, and creates that one', async () => {
		const given = world();
		const kept: Kept = {};
		given.answers.push(forbidden());
		await claimAll(given, startTasks(given, {}, kept), ['cat', 'cat']);
		const later = await claimAll(given, startTasks(given, {}, kept), ['cat', 'cat']);
		expect(later).toEqual(['cgt-2', 'cgt-1']);
		expect(given.sent).toHaveLength(3);
	});

	test('in a loop have a task each, and each its own again after a crash', async () => {
		const given = world();
		const loop = async (executionId: string, isRetryOfExecution: boolean) => {
			const kept: Kept = {};
			const ids: unknown[] = [];
			for (const runIndex of [0, 1, 2]) {
				const changes = { executionId, isRetryOfExecution, runIndex };
				ids.push(...(await claimAll(given, startTasks(given, changes, kept), ['cat', 'cat'])));
			}
			return ids;
		};
		const first = await loop('7', false);
		expect(first).toEqual(['cgt-1', 'cgt-2', 'cgt-3', 'cgt-4', 'cgt-5', 'cgt-6']);
		expect(await loop('8', true)).toEqual(first);
		expect(given.sent).toHaveLength(6);
	});

	test('that are all lost find a task each', async () => {
		const given = world();
		given.answers.push(...Array<Answer>(3).fill('lost'));
		const ids = await claimAll(given, startTasks(given), ['cat', 'cat', 'cat']);
		expect(ids).toEqual(['cgt-1', 'cgt-2', 'cgt-3']);
		expect(given.sent).toHaveLength(3);
	});
});

describe('a task that was found again', () => {
	test('is claimed, is not new, and is read', async () => {
		const given = world();
		given.answers.push('lost');
		const run = startTasks(given);
		const ending = run.claim(3, 'cat');
		await given.clock.advance(minuteMs);
		expect(ending.value).toMatchObject({ taskId: 'cgt-1', generation: 0 });
		expect([...run.tasks.claimed]).toEqual([[3, 'cgt-1']]);
		expect(run.events).toEqual([
			...['prepare', 'ready', 'send', 'log: item 3 is unknown, answerTimedOut'],
			...['log: item 3 has cgt-1', 'log: item 3 found cgt-1'],
		]);
		expect(await ending.value?.read()).toMatchObject({ taskId: 'cgt-1', status: 'running' });
		expect(run.events.at(-1)).toBe('read cgt-1');
	});

	test('is not found by another item', async () => {
		const given = world();
		given.echoes = false;
		given.answers.push('accepted', 'lost before');
		const run = startTasks(given);
		const ids = await claimAll(given, run, ['cat', 'dog']);
		expect(ids).toEqual(['cgt-1', expect.objectContaining({ values: { search: 'notFound' } })]);
	});
});

describe('items with one Idempotency Key', () => {
	const keyed = { idempotencyKey: 'row 1' };

	test('share the task of one create', async () => {
		const given = world();
		const run = startTasks(given);
		const endings = [0, 1, 2].map((item) => run.claim(item, 'cat', keyed));
		await flush();
		expect(taskIds(endings)).toEqual(['cgt-1', 'cgt-1', 'cgt-1']);
		expect([...run.tasks.claimed]).toEqual([0, 1, 2].map((item) => [item, 'cgt-1']));
		expect(run.events).toEqual([
			...['prepare', 'ready', 'send'],
			...[0, 1, 2].map((item) => `log: item ${item} has cgt-1`),
		]);
	});

	test('share its failure', async () => {
		const given = world();
		const failure = forbidden();
		given.answers.push(failure);
		const run = startTasks(given);
		const endings = [0, 1].map((item) => run.claim(item, 'cat', keyed));
		await flush();
		expect(taskIds(endings)).toEqual([failure, failure]);
		expect([...run.tasks.claimed]).toEqual([]);
		expect(given.sent).toHaveLength(1);
	});

	test('share the next generation as well', async () => {
		const given = world();
		const { tasks, request } = startTasks(given);
		const shared = request('cat', keyed);
		const first = await Promise.all([0, 1].map((item) => tasks.claim(item, shared)));
		const again = await Promise.all(
			first.map((task, item) => tasks.claimAgain(item, shared, task)),
		);
		expect(again.map(({ taskId, generation }) => [taskId, generation])).toEqual([
			...[
				['cgt-2', 1],
				['cgt-2', 1],
			],
		]);
	});

	test('that begins with a number are not the next generation of another one', async () => {
		const given = world();
		const { tasks, request } = startTasks(given);
		const foo = request('cat', { idempotencyKey: 'foo' });
		const numbered = request('cat', { idempotencyKey: '1 foo' });
		const first = await tasks.claim(0, foo);
		const other = await tasks.claim(1, numbered);
		const again = await tasks.claimAgain(0, foo, first);
		expect([first, other, again]).toMatchObject([
			{ taskId: 'cgt-1', generation: 0 },
			{ taskId: 'cgt-2', generation: 0 },
			{ taskId: 'cgt-3', generation: 1 },
		]);
	});

	test('and items with another one have tasks of their own', async () => {
		const given = world();
		const run = startTasks(given);
		const endings = ['a', 'b', undefined].map((idempotencyKey, item) =>
			run.claim(item, 'cat', { idempotencyKey }),
		);
		await flush();
		expect(taskIds(endings)).toEqual(['cgt-1', 'cgt-2', 'cgt-3']);
	});
});

describe('a task in place of one that failed', () => {
	/** Rows of which each task has failed and was created again. */
	async function createdAgain(prompts: readonly string[], kept: Kept = {}) {
		const given = world();
		const run = startTasks(given, {}, kept);
		const again = await Promise.all(
			prompts.map(async (prompt, item) => {
				const failed = await run.tasks.claim(item, run.request(prompt));
				return await run.tasks.claimAgain(item, run.request(prompt), failed);
			}),
		);
		return { given, run, again };
	}

	test('is a create of its own, of the next generation', async () => {
		const { given, run, again } = await createdAgain(['cat']);
		expect(again).toMatchObject([{ taskId: 'cgt-2', generation: 1 }]);
		expect(run.entries()).toMatchObject([{ taskId: 'cgt-2', generation: 1 }]);
		expect([...run.tasks.claimed]).toEqual([[0, 'cgt-2']]);
		expect(new Set(given.sent).size).toBe(2);
	});

	test('of equal rows is one for each', async () => {
		const { given, again } = await createdAgain(['cat', 'cat', 'cat']);
		expect(new Set(again.map(({ taskId }) => taskId)).size).toBe(3);
		expect(given.tasks).toHaveLength(6);
		expect(new Set(given.sent).size).toBe(6);
	});

	test('is resumed by the next try, with its generation', async () => {
		const kept: Kept = {};
		const { given } = await createdAgain(['cat'], kept);
		const next = startTasks(given, {}, kept);
		const task = await next.tasks.claim(0, next.request('cat'));
		expect(task).toMatchObject({ taskId: 'cgt-2', generation: 1 });
		expect(given.sent).toHaveLength(2);
		const third = await next.tasks.claimAgain(0, next.request('cat'), task);
		expect(third).toMatchObject({ taskId: 'cgt-3', generation: 2 });
	});

	test('is found by a Retry after a crash, and the one that failed is not searched for: nothing is created', async () => {
		const { given } = await createdAgain(['cat']);
		given.become('cgt-1', { status: 'failed' });
		const later = startTasks(given, retry);
		const found = later.claim(0, 'cat');
		await given.clock.advance(minuteMs);
		expect(found.value).toMatchObject({ taskId: 'cgt-2', generation: 1 });
		expect(later.events.filter((event) => event.startsWith('log'))).toEqual([
			...['log: item 0 has cgt-2', 'log: item 0 found cgt-2'],
		]);
		expect(given.sent).toHaveLength(2);
	});

	test('whose process ended before its answer is searched for by a Retry', async () => {
		const given = world();
		const kept: Kept = {};
		const run = startTasks(given, {}, kept);
		const failed = await run.tasks.claim(0, run.request('cat'));
		given.answers.push('killed');
		void run.tasks.claimAgain(0, run.request('cat'), failed);
		await flush();
		await run.durable.settled();
		const next = startTasks(given, retry);
		const found = next.claim(0, 'cat');
		await given.clock.advance(minuteMs);
		expect(found.value).toMatchObject({ taskId: 'cgt-2', generation: 1 });
		expect(given.sent).toHaveLength(2);
	});
});

test('a create whose task was cancelled on stop is over: a run that continues it creates another', async () => {
	const given = world();
	const run = startTasks(given);
	const failed = await run.tasks.claim(0, run.request('cat'));
	expect(failed.taskId).toBe('cgt-1');
	for (const keys of run.ledger.forget('cgt-1')) run.durable.cancelled(keys);
	await run.tasks.settled();
	expect(await claimAll(given, startTasks(given, retry), ['cat'])).toEqual(['cgt-2']);
});

test('a create whose answer is lost does not find the task before it that was cancelled on stop', async () => {
	const given = world();
	const run = startTasks(given);
	await run.tasks.claim(0, run.request('cat'));
	for (const keys of run.ledger.forget('cgt-1')) run.durable.cancelled(keys);
	await run.tasks.settled();
	given.become('cgt-1', { status: 'cancelled' });
	given.answers.push('lost');
	expect(await claimAll(given, startTasks(given, retry), ['cat'])).toEqual(['cgt-2']);
	expect(given.sent).toHaveLength(2);
});

test('the paid tasks are settled when everything is in the database', async () => {
	const given = world();
	const run = startTasks(given);
	const { set } = given;
	const add = set.add.bind(set);
	let finish = () => {};
	set.add = async (texts) => {
		if (texts.some((text) => text.startsWith('task '))) {
			await new Promise<void>((resolve) => (finish = resolve));
		}
		return await add(texts);
	};
	const task = await run.tasks.claim(0, run.request('cat'));
	await task.wait(policyOf(), false);
	let isSettled = false;
	const settled = run.tasks.settled().then(() => (isSettled = true));
	await flush();
	expect(isSettled).toBe(false);
	finish();
	await settled;
	expect(isSettled).toBe(true);
});
