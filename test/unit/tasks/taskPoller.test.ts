import type { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { RenderFacts } from '../../../nodes/Seedance/seedance/renderTime';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import { RenderTimes } from '../../../nodes/Seedance/tasks/renderTimes';
import {
	createTaskPoller,
	type AwaitedTask,
	type TaskPollSource,
} from '../../../nodes/Seedance/tasks/taskPoller';
import { endingOf, FakeClock, startedAtMs } from '../fakeClock';
import { forbidden, policyOf, taskOf, unavailable } from '../given';

/** A video that is expected to render for 75 s. */
const facts: RenderFacts = { model: 'm', resolution: '720p', durationSeconds: 5 };
/** Another kind, expected to render for 60 s. */
const otherFacts: RenderFacts = { ...facts, durationSeconds: 4 };

type Answers = (taskId: string, atMs: number, timesPolled: number) => Task | SeedanceFailure;

/** A poller without jitter. The tasks at each moment are given. */
function taskPollerRun(answers: Answers) {
	const clock = new FakeClock();
	const polledAtMs: number[] = [];
	const statuses: Array<[string, number]> = [];
	const timesPolled = new Map<string, number>();
	const poller = createTaskPoller(
		clock,
		{
			roundMs: (waiting) => waiting * 700,
			group: ({ due }) => due.map(({ id }) => [id]),
			async poll(ids, _timeoutMs, report) {
				for (const id of ids) {
					const times = (timesPolled.get(id) ?? 0) + 1;
					timesPolled.set(id, times);
					polledAtMs.push(clock.monotonicMs());
					report(id, answers(id, clock.monotonicMs(), times));
				}
			},
		},
		() => 0.5,
		new RenderTimes(),
	);
	const wait = (taskId: string, changes: Partial<AwaitedTask> = {}) =>
		endingOf(
			clock,
			poller.wait({
				...{ taskId, policy: policyOf(), isNew: true, needsOwnCall: false, facts },
				onStatus: ({ statusWord }, elapsedMs) => statuses.push([statusWord, elapsedMs]),
				...changes,
			}),
		);
	/** The polls since this function was last called. */
	const polledNow = () => polledAtMs.splice(0).map(Math.round);
	return { clock, statuses, wait, polledNow };
}

type Run = ReturnType<typeof taskPollerRun>;

/** Queued until one moment, rendering until another. */
const rendering =
	(fromMs: number, untilMs: number): Answers =>
	(taskId, atMs) =>
		taskOf(taskId, atMs < fromMs ? 'queued' : atMs < untilMs ? 'running' : 'succeeded');

describe('the first poll', () => {
	test('of a new task comes after 2.5 s, since what fails at once is seen early', async () => {
		const { clock, wait, polledNow } = taskPollerRun(rendering(0, 90_000));
		wait('a');
		await clock.advance(3_000);
		expect(polledNow()).toEqual([2_500]);
	});

	test('of any other task comes at once, since it may be finished', async () => {
		const { clock, wait, polledNow } = taskPollerRun(rendering(0, 0));
		const ending = wait('a', { isNew: false });
		await clock.advance(6_000);
		expect(polledNow()).toEqual([50]);
		expect(ending.value).toMatchObject({ seen: { status: 'succeeded' }, timedOut: false });
	});

	test('of a new task falls on its deadline where the interval is longer', async () => {
		const { clock, wait, polledNow } = taskPollerRun(rendering(0, 90_000));
		const policy = policyOf({ pollIntervalMs: 20_000, maxWaitMs: 9_000 });
		const ending = wait('a', { policy });
		await clock.advance(30_000);
		expect(polledNow()).toEqual([9_000]);
		expect(ending).toMatchObject({
			value: { seen: { status: 'running' }, timedOut: true },
			atMs: 9_000,
		});
	});
});

describe('the pauses', () => {
	test('follow the time since rendering began', async () => {
		const { clock, wait, polledNow } = taskPollerRun(rendering(0, 75_000));
		wait('a');
		await clock.advance(300_000);
		const polls = polledNow();
		expect(polls.slice(0, 5)).toEqual([2_500, 3_375, 4_556, 6_151, 8_304]);
		// Near the expected end: every 7 % of the expected time.
		expect((polls.at(-1) ?? 0) - (polls.at(-2) ?? 0)).toBe(5_250);
	});

	test('in the queue are a quarter of the expected time, and rendering begins after it', async () => {
		const { clock, wait, polledNow } = taskPollerRun(rendering(40_000, 200_000));
		wait('a');
		await clock.advance(58_000);
		expect(polledNow()).toEqual([2_500, 21_250, 40_000, 46_563, 55_422]);
	});

	test('are those that the user set, and at most a twentieth longer', async () => {
		const { clock, wait, polledNow } = taskPollerRun(rendering(15_000, 200_000));
		wait('a', { policy: policyOf({ pollIntervalMs: 10_000 }) });
		await clock.advance(35_000);
		expect(polledNow()).toEqual([10_250, 20_500, 30_750]);
	});

	test.each([
		['its age, where the provider says when it was created', startedAtMs - 60_000, 5_250],
		['nothing, where the clock of the provider is ahead', startedAtMs + 60_000, 2_500],
		['nothing, where it does not say', undefined, 2_500],
	])('of a task that renders already begin with %s', async (_name, createdAtMs, pauseMs) => {
		const task = taskOf('a', 'running', { createdAtMs });
		const { clock, wait, polledNow } = taskPollerRun(() => task);
		wait('a', { isNew: false });
		await clock.advance(7_000);
		// At 60 s the end at 75 s is near.
		expect(polledNow().slice(0, 2)).toEqual([50, 50 + pauseMs]);
	});

	test('of a task of which nothing is known yet are those after a failure', async () => {
		const { clock, wait, polledNow } = taskPollerRun(() => unavailable());
		wait('a', { isNew: false });
		await clock.advance(30_000);
		expect(polledNow()).toEqual([50, 1_050, 3_050, 7_050, 15_050]);
	});

	test('of a task that renders already go on from there', async () => {
		const { clock, wait, polledNow } = taskPollerRun((taskId) => taskOf(taskId, 'running'));
		wait('a', { isNew: false });
		await clock.advance(7_000);
		expect(polledNow()).toEqual([50, 2_550, 3_425, 4_606, 6_201]);
	});
});

test.each([
	['running', 112_500],
	['queued', 600_000],
] as const)('a task that is %s is overdue after %i ms, where 75 s are expected', async (...row) => {
	const [status, overdueMs] = row;
	const overdueAtMs: number[] = [];
	const clock = new FakeClock();
	const source: TaskPollSource = {
		roundMs: () => 700,
		group({ due, overdue }) {
			if (overdue.has('a')) overdueAtMs.push(clock.monotonicMs());
			return due.map(({ id }) => [id]);
		},
		async poll(ids, _timeoutMs, report) {
			for (const id of ids) report(id, taskOf(id, status));
		},
	};
	const poller = createTaskPoller(clock, source, () => 0.5, new RenderTimes());
	const waiting = {
		...{ taskId: 'a', policy: policyOf(), isNew: true, needsOwnCall: false, facts },
		onStatus: () => {},
	};
	endingOf(clock, poller.wait(waiting));
	await clock.advance(overdueMs);
	expect(overdueAtMs).toEqual([]);
	await clock.advance(31_000);
	expect(overdueAtMs.length).toBeGreaterThan(0);
});

describe('the end', () => {
	test.each(['succeeded', 'failed', 'cancelled', 'expired'] as const)(
		'a task that has %s is finished',
		async (status) => {
			const { clock, wait, polledNow } = taskPollerRun((taskId) => taskOf(taskId, status));
			const ending = wait('a');
			await clock.advance(60_000);
			expect(ending).toMatchObject({ value: { seen: { status }, timedOut: false }, atMs: 2_500 });
			expect(polledNow()).toHaveLength(1);
		},
	);

	test.each(['queued', 'running', 'unknown'] as const)(
		'a task that is %s is not',
		async (status) => {
			const { clock, wait } = taskPollerRun((taskId) => taskOf(taskId, status));
			const ending = wait('a', { policy: policyOf({ maxWaitMs: 600_000 }) });
			await clock.advance(599_000);
			expect(ending).toEqual({});
		},
	);

	test('a video without its URL is polled again until it has one', async () => {
		const { clock, wait } = taskPollerRun((taskId, _atMs, times) =>
			taskOf(taskId, 'succeeded', times < 3 ? { videoUrl: undefined } : {}),
		);
		const ending = wait('a');
		await clock.advance(120_000);
		expect(ending.value?.seen.videoUrl).toBeDefined();
	});

	test('the URL may be missing for half a minute after the task has succeeded', async () => {
		const { clock, wait } = taskPollerRun((taskId, _atMs, times) =>
			times === 1
				? taskOf(taskId, 'running')
				: taskOf(taskId, 'succeeded', { videoUrl: undefined }),
		);
		const ending = wait('a', { policy: policyOf({ pollIntervalMs: 10_000 }) });
		// Seen without its URL for the first time after 20.5 s.
		await clock.advance(50_000);
		expect(ending).toEqual({});
		await clock.advance(10_000);
		expect(ending.value).toMatchObject({ seen: { status: 'succeeded' }, timedOut: false });
	});

	test('reads that fail do not use up that half minute', async () => {
		let answers = 0;
		const { clock, wait } = taskPollerRun((taskId, atMs) => {
			if (answers > 0 && atMs < 45_000) return unavailable();
			return taskOf(taskId, 'succeeded', ++answers < 3 ? { videoUrl: undefined } : {});
		});
		const ending = wait('a');
		await clock.advance(120_000);
		expect(ending.value?.seen.videoUrl).toBeDefined();
	});

	test('the video of a long task is read again within 3 s', async () => {
		let seenAtMs = Infinity;
		const { clock, wait } = taskPollerRun((taskId, atMs) => {
			if (atMs < 600_000) return taskOf(taskId, 'running');
			seenAtMs = Math.min(seenAtMs, atMs);
			const isThere = atMs >= seenAtMs + 4_000;
			return taskOf(taskId, 'succeeded', isThere ? {} : { videoUrl: undefined });
		});
		const ending = wait('a');
		await clock.advance(700_000);
		expect(ending.atMs).toBe(seenAtMs + 6_000);
	});

	test('a task that was never seen times out as unknown, with the last failure', async () => {
		const { clock, wait } = taskPollerRun(() => unavailable());
		const ending = wait('a', { policy: policyOf({ maxWaitMs: 20_000 }) });
		await clock.advance(60_000);
		expect(ending.value).toMatchObject({
			seen: { taskId: 'a', status: 'unknown', statusWord: 'unknown', raw: {} },
			timedOut: true,
			lastFailure: { httpStatus: 503, taskId: 'a' },
		});
	});

	test('a refused poll carries the ID of the task', async () => {
		const { clock, wait } = taskPollerRun(() => forbidden());
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'notAllowed', taskId: 'a' });
	});
});

describe('a listener', () => {
	test('receives each word that differs from the one before, with the time since the wait began', async () => {
		const words = ['pending', 'pending', 'queued', 'unknown', 'running', 'running', 'completed'];
		const { clock, statuses, wait } = taskPollerRun((taskId, _atMs, times) => {
			const statusWord = words[times - 1] ?? 'completed';
			const status = statusWord === 'completed' ? 'succeeded' : 'running';
			return taskOf(taskId, status, { statusWord });
		});
		await clock.advance(7_000);
		wait('a', { policy: policyOf({ pollIntervalMs: 10_000 }) });
		await clock.advance(100_000);
		expect(statuses).toEqual([
			['pending', 10_250],
			['queued', 30_750],
			['unknown', 41_000],
			['running', 51_250],
			['completed', 71_750],
		]);
	});

	test('receives a first word that no document has', async () => {
		const { clock, statuses, wait } = taskPollerRun((taskId) => taskOf(taskId, 'unknown'));
		wait('a');
		await clock.advance(6_000);
		expect(statuses).toEqual([['unknown', 2_500]]);
	});
});

describe('render times of the run', () => {
	/** Tasks whose name begins with `queued` stay so; all others have succeeded when they are polled. */
	const answers: Answers = (taskId) =>
		taskOf(taskId, taskId.startsWith('queued') ? 'queued' : 'succeeded');

	/** A run in which videos were seen to render for so long each. */
	async function afterRenders(rendersMs: readonly number[], changes: Partial<AwaitedTask> = {}) {
		const run = taskPollerRun(answers);
		for (const [index, renderMs] of rendersMs.entries()) {
			// The first poll comes one interval and a fortieth of it after the wait began.
			const policy = policyOf({ pollIntervalMs: renderMs / 1.025 });
			run.wait(`video ${index}`, { policy, ...changes });
			await run.clock.advance(renderMs * 2 + 1_000);
		}
		run.polledNow();
		return { ...run, expectedMs: async (of = facts) => await expectedOf(run, of) };
	}

	/** In the queue the pause is a quarter of the expected time. */
	async function expectedOf(
		{ clock, wait, polledNow }: Pick<Run, 'clock' | 'wait' | 'polledNow'>,
		of: RenderFacts,
	) {
		wait('queued', { facts: of });
		await clock.advance(50_000);
		const [first = 0, second = 0] = polledNow();
		return (second - first) * 4;
	}

	test("without any, the model's own counts", async () => {
		const { expectedMs } = await afterRenders([]);
		expect(await expectedMs()).toBe(75_000);
	});

	test('the median counts for the next video of the same kind, and for no other', async () => {
		const { expectedMs } = await afterRenders([102_500, 20_500, 41_000]);
		expect(await expectedMs()).toBe(41_000);
		const others = await afterRenders([41_000]);
		expect(await others.expectedMs(otherFacts)).toBe(60_000);
	});

	test('of two, the longer one counts', async () => {
		const { expectedMs } = await afterRenders([41_000, 61_500]);
		expect(await expectedMs()).toBe(61_500);
	});

	test('the last twenty count', async () => {
		const short = Array.from({ length: 11 }, () => 20_500);
		const long = Array.from({ length: 10 }, () => 61_500);
		const { expectedMs } = await afterRenders([...short, ...long]);
		expect(await expectedMs()).toBe(61_500);
	});

	test('a video that was not seen to begin does not count', async () => {
		const { expectedMs } = await afterRenders([41_000], { isNew: false });
		expect(await expectedMs()).toBe(75_000);
	});

	test.each([
		['not where it may have begun long before it was seen', 3, 75_000],
		['where it was seen to begin, to a quarter of its time', 8, 61_500],
	])('a resumed task counts %s', async (_name, polls, expectedMs) => {
		const { clock, wait, polledNow } = taskPollerRun((taskId, _atMs, times) => {
			if (taskId !== 'video' || times < 3) return taskOf(taskId, 'queued');
			return taskOf(taskId, times < polls ? 'running' : 'succeeded');
		});
		wait('video', { isNew: false, policy: policyOf({ pollIntervalMs: 10_000 }) });
		await clock.advance(100_000);
		expect(polledNow()).toHaveLength(polls);
		expect(await expectedOf({ clock, wait, polledNow }, facts)).toBe(expectedMs);
	});

	test('what failed does not count', async () => {
		const run = taskPollerRun((taskId) =>
			taskOf(taskId, taskId.startsWith('queued') ? 'queued' : 'failed'),
		);
		run.wait('video', { policy: policyOf({ pollIntervalMs: 40_000 }) });
		await run.clock.advance(50_000);
		run.polledNow();
		expect(await expectedOf(run, facts)).toBe(75_000);
	});
});
