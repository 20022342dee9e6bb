import type { TaskApi } from '../../../nodes/Seedance/n8n/taskApi';
import type { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { CreateRequest } from '../../../nodes/Seedance/seedance/request';
import type { PaidTaskParts } from '../../../nodes/Seedance/tasks/claimedTask';
import { createCreateQueue } from '../../../nodes/Seedance/tasks/createQueue';
import { DurableLedger } from '../../../nodes/Seedance/tasks/durableLedger';
import { fingerprintOf } from '../../../nodes/Seedance/tasks/fingerprint';
import { openLedger } from '../../../nodes/Seedance/tasks/ledger';
import { createPaidTasks, type PaidRequest } from '../../../nodes/Seedance/tasks/paidTasks';
import type { TaskLog } from '../../../nodes/Seedance/tasks/taskLog';
import { createDeletes } from '../../../nodes/Seedance/tasks/cancel';
import { createCancelOnStop } from '../../../nodes/Seedance/tasks/cancelOnStop';
import type { AwaitedTask } from '../../../nodes/Seedance/tasks/taskPoller';
import { endingOf, FakeClock, flush, startedAtMs } from '../fakeClock';
import {
	failureOf,
	forbidden,
	MemorySet,
	policyOf,
	storeOf,
	taskOf,
	taskApiOf,
	throttled,
} from '../given';

const facts = { model: 'm', resolution: '720p' };
const sent = { model: 'm' } as CreateRequest;
const lostAnswer = () =>
	failureOf({ kind: 'answerTimedOut', outcomeUnknown: true, requestId: 'r-1' });

type Kept = Record<string, Record<string, unknown>>;

interface Given {
	readonly kept?: Kept;
	/** n8n's database; none is used unless a test has one. */
	readonly set?: MemorySet;
	readonly isTool?: boolean;
	readonly createTask?: TaskApi['createTask'];
	readonly poll?: (task: AwaitedTask) => ReturnType<PaidTaskParts['poller']['wait']>;
	/** The calls that are allowed after a stop; none unless a test has them. */
	readonly afterStop?: TaskApi;
}

/** The paid tasks of a run, and all that happens, in order. */
function paidRun({ kept = {}, set, isTool = false, createTask, poll, afterStop }: Given = {}) {
	const clock = new FakeClock();
	const events: string[] = [];
	const waits: AwaitedTask[] = [];
	let created = 0;
	const api = taskApiOf({
		async createTask(request) {
			events.push('create');
			return await (createTask?.(request) ?? Promise.resolve(`cgt-${++created}`));
		},
		readTask: async (taskId) => taskOf(taskId, 'running'),
	});
	const store = storeOf(kept, { isTool });
	const ledger = openLedger(store);
	const durable = new DurableLedger(set, store, clock, () => {});
	const log: Partial<TaskLog> = {
		claimed: ({ itemIndex, taskId }, _isNew, isStopped) =>
			events.push(`log: item ${itemIndex} has ${taskId}${isStopped ? ' after the stop' : ''}`),
		foundAgain: ({ itemIndex, taskId }) => events.push(`log: item ${itemIndex} found ${taskId}`),
		status: (itemIndex, task, elapsedMs) =>
			events.push(`log: item ${itemIndex} is ${task.status} after ${elapsedMs}`),
		outcomeUnknown: (itemIndex, failure) =>
			events.push(`log: item ${itemIndex} is unknown, ${failure.kind}`),
		waits: () => {},
		cancelled: ({ taskId }) => events.push(`log: ${taskId} cancelled`),
		notCancelled: ({ taskId }) => events.push(`log: ${taskId} not cancelled`),
	};
	const tasks = createPaidTasks({
		...{ clock, api, ledger, durable, log: log as TaskLog },
		queue: createCreateQueue(
			clock,
			() => {},
			() => 0,
		),
		poller: {
			async wait(task) {
				waits.push(task);
				if (poll !== undefined) return await poll(task);
				return { seen: taskOf(task.taskId, 'succeeded'), timedOut: false };
			},
		},
		cancelOnStop() {
			if (afterStop === undefined) throw new TypeError('Nothing is allowed after a stop');
			const stopClock = new FakeClock();
			const deletes = createDeletes(afterStop, stopClock);
			return createCancelOnStop(
				{ deletes, clock: stopClock },
				{ ledger, durable, log: log as TaskLog },
			);
		},
	});
	const request = (prompt: string, changes: Partial<PaidRequest> = {}): PaidRequest => ({
		...{ identity: { prompt }, asWritten: [prompt, 'as written'], facts },
		...{ markerKind: undefined, idempotencyKey: undefined, onUnknownOutcome: 'stop' },
		takeAnother: () => true,
		maxBlockedMs: undefined,
		prepare: async () => void events.push('prepare'),
		ready: async () => {
			events.push('ready');
			return sent;
		},
		...changes,
	});
	const claim = (itemIndex: number, prompt: string, changes: Partial<PaidRequest> = {}) =>
		endingOf(clock, tasks.claim(itemIndex, request(prompt, changes)));
	return { clock, events, waits, tasks, claim, kept, eventsNow: () => events.splice(0) };
}

/** A claimed task; the claim must have worked. */
async function claimed(run: ReturnType<typeof paidRun>, itemIndex = 0, prompt = 'cat') {
	const { value } = await settled(run.claim(itemIndex, prompt));
	if (value === undefined) throw new Error('The claim has failed');
	return value;
}

async function settled<Ending>(ending: Ending): Promise<Ending> {
	await flush();
	return ending;
}

/** What is in the ledger in the node's store. */
const entriesOf = (kept: Kept) => Object.values(kept['seedanceTasks'] ?? {});

describe('a claim', () => {
	test('of a new request prepares it, waits for its turn, makes it ready and creates the task', async () => {
		const run = paidRun();
		const task = await claimed(run, 3);
		expect(task.taskId).toBe('cgt-1');
		expect(run.events).toEqual(['prepare', 'ready', 'create', 'log: item 3 has cgt-1']);
		expect([...run.tasks.claimed]).toEqual([[3, 'cgt-1']]);
	});

	test('sends what was made ready', async () => {
		const requests: CreateRequest[] = [];
		const run = paidRun({
			createTask: async (request) => {
				requests.push(request);
				return 'cgt-1';
			},
		});
		await claimed(run);
		expect(requests).toEqual([sent]);
	});

	test('informs the ledger before anything else', async () => {
		const kept = {};
		let entriesAtLog = 0;
		const run = paidRun({ kept });
		const { events } = run;
		events.push = (event) => {
			if (event.startsWith('log')) entriesAtLog = entriesOf(kept).length;
			return 0;
		};
		await claimed(run);
		expect(entriesAtLog).toBe(1);
		expect(entriesOf(kept)).toEqual([
			{
				...{ taskId: 'cgt-1', executionId: '7', row: fingerprintOf(['cat', 'as written']) },
				...{ keys: undefined, generation: 0 },
			},
		]);
	});

	test('of a request that is in the ledger resumes its task, and nothing is created', async () => {
		const kept = {};
		await claimed(paidRun({ kept }), 3);
		const run = paidRun({ kept });
		const task = await claimed(run, 3);
		expect(task.taskId).toBe('cgt-1');
		expect(run.events).toEqual(['log: item 3 has cgt-1']);
		expect([...run.tasks.claimed]).toEqual([[3, 'cgt-1']]);
	});

	test('of another item or request creates a separate task', async () => {
		const run = paidRun({ isTool: true });
		await claimed(run, 0, 'cat');
		await claimed(run, 2, 'dog');
		await claimed(run, 1, 'cat');
		expect(entriesOf(run.kept)).toMatchObject([
			{ taskId: 'cgt-1' },
			{ taskId: 'cgt-2' },
			{ taskId: 'cgt-3' },
		]);
	});

	test('whose outcome is unknown fails, and is in the ledger', async () => {
		const failure = lostAnswer();
		const run = paidRun({ createTask: async () => await Promise.reject(failure) });
		const ending = await settled(run.claim(3, 'cat'));
		const values = { search: 'notPossible' };
		expect((ending.failure as SeedanceFailure).details()).toEqual({
			...{ kind: 'answerTimedOut', outcomeUnknown: true, requestId: 'r-1', values, candidates: [] },
		});
		expect(run.events).toEqual([
			...['prepare', 'ready', 'create'],
			'log: item 3 is unknown, answerTimedOut',
		]);
		expect(entriesOf(run.kept)).toEqual([
			{
				unknown: { failure: failure.details(), sentAtMs: startedAtMs },
				...{ executionId: '7', row: fingerprintOf(['cat', 'as written']), generation: 0 },
			},
		]);
		expect([...run.tasks.claimed]).toEqual([]);
	});

	test('whose outcome was unknown in an earlier try fails the same way, and nothing is created', async () => {
		const kept = {};
		const first = paidRun({ kept, createTask: async () => await Promise.reject(lostAnswer()) });
		await settled(first.claim(3, 'cat'));
		const run = paidRun({ kept });
		const ending = await settled(run.claim(3, 'cat'));
		expect(ending.failure).toMatchObject({
			...{ kind: 'answerTimedOut', outcomeUnknown: true, requestId: 'r-1' },
			values: { search: 'notPossible' },
		});
		expect(run.events).toEqual([]);
	});

	test.each<[string, SeedanceFailure]>([
		['refused', forbidden()],
		['never sent', failureOf({ kind: 'notConnected' })],
	])(
		'whose create was certainly %s fails, and leaves nothing in the ledger',
		async (_name, failure) => {
			const run = paidRun({ createTask: async () => await Promise.reject(failure) });
			const ending = await settled(run.claim(3, 'cat'));
			expect(ending.failure).toBe(failure);
			expect(run.events).toEqual(['prepare', 'ready', 'create']);
			expect(entriesOf(run.kept)).toEqual([]);
		},
	);

	test('that is throttled is made ready again and sent again', async () => {
		const answers = [throttled(), undefined];
		const run = paidRun({
			async createTask() {
				const failure = answers.shift();
				if (failure !== undefined) throw failure;
				return 'cgt-9';
			},
		});
		const ending = run.claim(0, 'cat');
		await run.clock.advance(500);
		expect(ending).toMatchObject({ value: { taskId: 'cgt-9' }, atMs: 500 });
		expect(run.events.slice(0, 5)).toEqual(['prepare', 'ready', 'create', 'ready', 'create']);
	});

	test.each(['prepare', 'ready'] as const)('whose %s fails creates nothing', async (step) => {
		const run = paidRun();
		const fails = async () => await Promise.reject(forbidden());
		const ending = await settled(run.claim(0, 'cat', { [step]: fails }));
		expect(ending.failure).toMatchObject({ kind: 'notAllowed' });
		expect(run.events).not.toContain('create');
		expect(entriesOf(run.kept)).toEqual([]);
	});

	test('after a stop creates nothing', async () => {
		const run = paidRun();
		run.clock.stop();
		const ending = await settled(run.claim(0, 'cat'));
		expect(ending.failure).toMatchObject({ kind: 'stopped' });
		expect(run.events).toEqual([]);
	});

	test('what is no failure of this package becomes one', async () => {
		const run = paidRun({ createTask: async () => await Promise.reject(new TypeError('a bug')) });
		const ending = await settled(run.claim(0, 'cat'));
		expect(ending.failure).toMatchObject({ kind: 'bug' });
	});
});

describe('room in the queue', () => {
	test('is kept until the wait ends', async () => {
		const endWait: Array<() => void> = [];
		const run = paidRun({
			poll: async ({ taskId }) => {
				await new Promise<void>((resolve) => endWait.push(resolve));
				return { seen: taskOf(taskId, 'succeeded'), timedOut: false };
			},
		});
		run.tasks.limitTo(1);
		const first = await claimed(run, 0, 'cat');
		const second = run.claim(1, 'dog');
		void first.wait(policyOf(), false);
		await flush();
		expect(second).toEqual({});
		endWait[0]?.();
		await flush();
		expect(second.value?.taskId).toBe('cgt-2');
	});

	test('is freed by a wait that fails', async () => {
		const run = paidRun({ poll: async () => await Promise.reject(forbidden()) });
		run.tasks.limitTo(1);
		const first = await claimed(run, 0, 'cat');
		const second = run.claim(1, 'dog');
		await expect(first.wait(policyOf(), false)).rejects.toMatchObject({ kind: 'notAllowed' });
		await flush();
		expect(second.value?.taskId).toBe('cgt-2');
	});

	test.each([
		['delivered', async () => 'item'],
		['not delivered, since the last steps fail', async () => await Promise.reject(forbidden())],
	])('of a task that is not waited for is freed when it is %s', async (_name, produce) => {
		const run = paidRun();
		run.tasks.limitTo(1);
		const first = await claimed(run, 0, 'cat');
		const second = run.claim(1, 'dog');
		await flush();
		expect(second).toEqual({});
		await first.deliver<string>(produce, () => true).catch(() => {});
		await flush();
		expect(second.value?.taskId).toBe('cgt-2');
	});

	test('is taken by a resumed task as well', async () => {
		const kept = {};
		await claimed(paidRun({ kept }), 0, 'cat');
		const run = paidRun({ kept });
		run.tasks.limitTo(1);
		const first = await claimed(run, 0, 'cat');
		const second = run.claim(1, 'dog');
		await flush();
		expect(second).toEqual({});
		await first.wait(policyOf(), false);
		await flush();
		expect(second.value).toBeDefined();
	});

	test('is not taken by a task of another execution', async () => {
		const run = paidRun();
		run.tasks.limitTo(1);
		const other = run.tasks.existing(0, 'cgt-other');
		await claimed(run, 1, 'dog');
		expect(other.taskId).toBe('cgt-other');
		expect([...run.tasks.claimed]).toEqual([[1, 'cgt-1']]);
	});
});

describe('a wait', () => {
	test('for a new task says so, with what was requested', async () => {
		const run = paidRun();
		const policy = policyOf({ maxWaitMs: 7 });
		const result = await (await claimed(run)).wait(policy, false);
		expect(result).toMatchObject({ seen: { taskId: 'cgt-1' }, timedOut: false });
		expect(run.waits).toMatchObject([{ taskId: 'cgt-1', policy, isNew: true, facts }]);
	});

	test('for a resumed task is not for a new one, and knows what was requested', async () => {
		const kept = {};
		await claimed(paidRun({ kept }));
		const run = paidRun({ kept });
		await (await claimed(run)).wait(policyOf(), false);
		expect(run.waits).toMatchObject([{ taskId: 'cgt-1', isNew: false, facts }]);
	});

	test('for a task of another execution is not for a new one, and nothing was requested', async () => {
		const run = paidRun();
		await run.tasks.existing(4, 'cgt-other').wait(policyOf(), false);
		expect(run.waits).toMatchObject([{ taskId: 'cgt-other', isNew: false }]);
		expect(run.waits[0]?.facts).toEqual({});
	});

	test('logs each status for its item', async () => {
		const run = paidRun();
		await run.tasks.existing(4, 'cgt-other').wait(policyOf(), false);
		run.waits[0]?.onStatus(taskOf('cgt-other', 'running'), 5_000);
		expect(run.events).toEqual(['log: item 4 is running after 5000']);
	});

	test('that fails throws that failure, and a bug as one of this package', async () => {
		const failure = forbidden();
		const failing = paidRun({ poll: async () => await Promise.reject(failure) });
		await expect((await claimed(failing)).wait(policyOf(), false)).rejects.toBe(failure);
		const broken = paidRun({ poll: async () => await Promise.reject(new TypeError('a bug')) });
		await expect((await claimed(broken)).wait(policyOf(), false)).rejects.toMatchObject({
			kind: 'bug',
		});
	});
});

describe('a stop during the wait', () => {
	/** A claimed task whose wait is stopped; it has this status at the provider. */
	async function stoppedWait(
		how: 'stop' | 'abortRun' | 'refusal',
		cancelOnStop: boolean,
		status: 'queued' | 'running',
		seen: ReadonlyArray<'queued' | 'running'> = [],
	) {
		const calls: string[] = [];
		const api = taskApiOf({
			pollTask: async (taskId) => taskOf(taskId, calls.length > 0 ? 'cancelled' : status),
			deleteTask: async (taskId) => void calls.push(`delete ${taskId}`),
		});
		const run = paidRun({
			poll: async ({ taskId, onStatus }) => {
				for (const one of seen) onStatus(taskOf(taskId, one), 0);
				if (how !== 'refusal') run.clock[how]();
				return await Promise.reject(failureOf({ kind: 'stopped', taskId: 'cgt-1' }));
			},
			afterStop: api,
		});
		const task = await claimed(run);
		run.eventsNow();
		const ending = await settled(endingOf(run.clock, task.wait(policyOf({ cancelOnStop }), false)));
		return { ...run, calls, ending };
	}

	test('cancels a queued task where the user wants that, and the ledger forgets it', async () => {
		const { calls, events, kept, ending } = await stoppedWait('stop', true, 'queued');
		expect(calls).toEqual(['delete cgt-1']);
		expect(events).toEqual(['log: cgt-1 cancelled']);
		expect(entriesOf(kept)).toEqual([]);
		expect(ending.failure).toMatchObject({ kind: 'stopped', taskId: 'cgt-1' });
	});

	test('leaves a running task alone, which stays in the ledger', async () => {
		const { calls, events, kept, ending } = await stoppedWait('stop', true, 'running');
		expect(calls).toEqual([]);
		expect(events).toEqual(['log: cgt-1 not cancelled']);
		expect(entriesOf(kept)).toMatchObject([{ taskId: 'cgt-1' }]);
		expect(ending.failure).toMatchObject({ kind: 'stopped', taskId: 'cgt-1' });
	});

	test('sends no DELETE for a task that was seen running, whatever a read says now', async () => {
		const seen = ['running', 'queued'] as const;
		const { calls, events, kept, ending } = await stoppedWait('stop', true, 'queued', seen);
		expect(calls).toEqual([]);
		expect(events.at(-1)).toBe('log: cgt-1 not cancelled');
		expect(entriesOf(kept)).toMatchObject([{ taskId: 'cgt-1' }]);
		expect(ending.failure).toMatchObject({ kind: 'stopped', taskId: 'cgt-1' });
	});

	test.each([
		['the user does not want that', 'stop', false],
		['the run alone was aborted', 'abortRun', true],
		['the wait failed without a stop', 'refusal', true],
	] as const)('cancels nothing where %s', async (_name, how, cancelOnStop) => {
		const { calls, events, kept, ending } = await stoppedWait(how, cancelOnStop, 'queued');
		expect(calls).toEqual([]);
		expect(events).toEqual([]);
		expect(entriesOf(kept)).toMatchObject([{ taskId: 'cgt-1' }]);
		expect(ending.failure).toMatchObject({ kind: 'stopped', taskId: 'cgt-1' });
	});

	test('a task that is created after it is claimed all the same', async () => {
		const answer: Array<(taskId: string) => void> = [];
		const run = paidRun({
			createTask: async () => await new Promise<string>((resolve) => answer.push(resolve)),
		});
		const ending = await settled(run.claim(0, 'cat'));
		run.clock.stop();
		answer[0]?.('cgt-9');
		await flush();
		expect(ending.value?.taskId).toBe('cgt-9');
		expect([...run.tasks.claimed]).toEqual([[0, 'cgt-9']]);
		expect(entriesOf(run.kept)).toMatchObject([{ taskId: 'cgt-9' }]);
	});
});

describe('a read', () => {
	test('of a new task costs no request: it is queued, as its create was answered', async () => {
		const run = paidRun();
		expect(await (await claimed(run)).read()).toEqual({
			...{ taskId: 'cgt-1', status: 'queued', statusWord: 'queued', model: 'm' },
			raw: { id: 'cgt-1', model: 'm' },
		});
	});

	test('of any other task is one request', async () => {
		const kept = {};
		await claimed(paidRun({ kept }));
		const run = paidRun({ kept });
		expect(await (await claimed(run)).read()).toMatchObject({ status: 'running' });
		expect(await run.tasks.existing(4, 'cgt-other').read()).toMatchObject({
			...{ taskId: 'cgt-other', status: 'running' },
		});
	});
});

describe('a delivery', () => {
	async function eventsOfNextTry(given: Given) {
		const next = paidRun(given);
		await claimed(next);
		return next.events;
	}

	test('returns what was produced', async () => {
		const task = await claimed(paidRun());
		expect(
			await task.deliver(
				async () => 'item',
				() => true,
			),
		).toBe('item');
	});

	test("of an agent's tool is the end of the entry: the next call is for another video", async () => {
		const run = paidRun({ isTool: true });
		const task = await claimed(run);
		await task.deliver(
			async () => 'item',
			(output) => output === 'item',
		);
		expect(entriesOf(run.kept)).toEqual([]);
		expect((await claimed(run)).taskId).toBe('cgt-2');
	});

	test('of an item whose wait timed out keeps the entry', async () => {
		const kept = {};
		await (
			await claimed(paidRun({ kept, isTool: true }))
		).deliver(
			async () => 'item',
			() => false,
		);
		expect(await eventsOfNextTry({ kept, isTool: true })).toEqual(['log: item 0 has cgt-1']);
	});

	test('that fails throws and keeps the entry', async () => {
		const kept = {};
		const failure = forbidden();
		const delivery = (await claimed(paidRun({ kept, isTool: true }))).deliver(
			async () => await Promise.reject(failure),
			() => true,
		);
		await expect(delivery).rejects.toBe(failure);
		expect(await eventsOfNextTry({ kept, isTool: true })).toEqual(['log: item 0 has cgt-1']);
	});

	test('anywhere else keeps the entry for the next try', async () => {
		const kept = {};
		await (
			await claimed(paidRun({ kept }))
		).deliver(
			async () => 'item',
			() => true,
		);
		expect(await eventsOfNextTry({ kept })).toEqual(['log: item 0 has cgt-1']);
	});
});
