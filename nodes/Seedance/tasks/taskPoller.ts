import type { Clock } from '../n8n/clock';
import type { WaitPolicy } from '../panel/wait';
import { expectedRenderMs, renderKind, type RenderFacts } from '../seedance/renderTime';
import { isFinished, lacksVideo, type Task } from '../seedance/task';
import { pauseBeforePollMs } from './pollSchedule';
import type { Polled, PollSource, WaitResult } from './polled';
import { createPoller } from './poller';

/** Told each status of a task that differs from the one before, with the milliseconds since the wait began. */
export type StatusListener = (task: Task, elapsedMs: number) => void;

/** One task to wait for. */
export interface AwaitedTask {
	readonly taskId: string;
	readonly policy: WaitPolicy;
	/** Whether it was just created; otherwise it may be finished already, and is polled at once. */
	readonly isNew: boolean;
	/** What was requested, as far as that is known. */
	readonly facts: RenderFacts;
	readonly onStatus: StatusListener;
}

/** Waits for the tasks of a run, all in one loop. */
export interface TaskPoller {
	/** Waits until the task is finished or the wait times out. Throws a SeedanceFailure that carries the task's id. */
	wait(task: AwaitedTask): Promise<WaitResult<Task>>;
}

/** Polls of a task that succeeded until its answer must have the URL of the video. */
const maxPollsWithoutVideo = 3;
/** Part of the expected time after which a task is overdue. */
const overduePart = 1.5;
/** Render times that are kept for each kind of video. */
const maxRemembered = 20;

/** The poller of one run. */
export function createTaskPoller(
	clock: Clock,
	source: PollSource<Task>,
	random: () => number = Math.random,
): TaskPoller {
	const poller = createPoller(clock, source);
	const times = new RenderTimes();
	return {
		wait: async (task) => await poller.wait(polledTask(clock, times, random, task)),
	};
}

function polledTask(
	clock: Clock,
	times: RenderTimes,
	random: () => number,
	{ taskId, policy, isNew, facts, onStatus }: AwaitedTask,
): Polled<Task> {
	let lastWord = '';
	let pollsWithoutVideo = 0;
	let renderingSinceMs: number | undefined = isNew ? clock.monotonicMs() : undefined;
	let wasSeenToBegin = isNew;
	const startedAtMs = clock.monotonicMs();
	const kind = renderKind(facts);
	const expectedMs = () => times.median(kind) ?? expectedRenderMs(facts);

	function pauseMs(isQueued: boolean): number {
		const renderingMs =
			renderingSinceMs === undefined || isQueued
				? undefined
				: clock.monotonicMs() - renderingSinceMs;
		const progress = { renderingMs, expectedMs: expectedMs() };
		return pauseBeforePollMs(policy.pollIntervalMs, progress, random());
	}

	function noteProgress(task: Task): void {
		const nowMs = clock.monotonicMs();
		if (task.status === 'queued') {
			wasSeenToBegin = true;
			// It starts after this poll.
			renderingSinceMs = nowMs;
		} else {
			renderingSinceMs ??= nowMs - ageMs(task, clock.now());
		}
		if (task.status === 'succeeded' && wasSeenToBegin) times.note(kind, nowMs - renderingSinceMs);
	}

	return {
		...{ id: taskId, policy, isNew },
		initial: { taskId, status: 'unknown', statusWord: 'unknown', raw: {} },
		firstPauseMs: isNew ? Math.min(pauseMs(false), policy.maxWaitMs) : 0,
		isFinished: (task) =>
			isFinished(task.status) && (!lacksVideo(task) || pollsWithoutVideo >= maxPollsWithoutVideo),
		isOverdue: () => clock.monotonicMs() - startedAtMs > overduePart * expectedMs(),
		pauseMs: ({ status }) => pauseMs(status === 'queued'),
		onSeen(task, elapsedMs) {
			if (lacksVideo(task)) pollsWithoutVideo++;
			if (task.statusWord !== lastWord) onStatus(task, elapsedMs);
			lastWord = task.statusWord;
			noteProgress(task);
		},
	};
}

/** The render times of this run, by kind of video. */
class RenderTimes {
	private readonly timesMs = new Map<string, number[]>();

	note(kind: string, ms: number): void {
		this.timesMs.set(kind, [...(this.timesMs.get(kind) ?? []), ms].slice(-maxRemembered));
	}

	median(kind: string): number | undefined {
		const sorted = [...(this.timesMs.get(kind) ?? [])].sort((first, second) => first - second);
		return sorted[Math.floor(sorted.length / 2)];
	}
}

/** The clocks of the provider and of this machine may differ; a task is never younger than nothing. */
function ageMs({ createdAtMs }: Task, nowMs: number): number {
	return createdAtMs === undefined ? 0 : Math.max(0, nowMs - createdAtMs);
}
