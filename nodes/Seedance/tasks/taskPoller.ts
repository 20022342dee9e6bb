import type { Clock } from '../n8n/clock';
import type { WaitPolicy } from '../panel/wait';
import type { RenderFacts } from '../seedance/renderTime';
import { isFinished, lacksVideo, type Task } from '../seedance/task';
import { pauseBeforePollMs } from './pollSchedule';
import type { Polled, PollSource, WaitResult } from './polled';
import { createPoller } from './poller';
import { renderTimes, type RenderTimes } from './renderTimes';
import { RenderWatch } from './renderWatch';

/** Told each status of a task that differs from the one before, with the milliseconds since the wait began. */
export type StatusListener = (task: Task, elapsedMs: number) => void;

/** One task to wait for. */
export interface AwaitedTask {
	readonly taskId: string;
	readonly policy: WaitPolicy;
	/** Whether it was just created; otherwise it may be finished already, and is polled at once. */
	readonly isNew: boolean;
	/** Whether the provider's whole answer is needed, which a list may cut short. */
	readonly needsOwnCall: boolean;
	/** What was requested, as far as that is known. */
	readonly facts: RenderFacts;
	readonly onStatus: StatusListener;
}

/** Waits for the tasks of a run, all in one loop. */
export interface TaskPoller {
	/** Waits until the task is finished or the wait times out. Throws a SeedanceFailure that carries the task's id. */
	wait(task: AwaitedTask): Promise<WaitResult<Task>>;
}

/** Where the tasks of a run are polled. */
export interface TaskPollSource extends PollSource<Task> {
	/** Milliseconds in which each of so many tasks can be polled once. */
	roundMs(waiting: number): number;
}

/** How long after a task has succeeded the URL of its video may be missing. */
const maxWithoutVideoMs = 30_000;

/** The poller of one run; `times` are the render times that are known and will be. */
export function createTaskPoller(
	clock: Clock,
	source: TaskPollSource,
	random: () => number = Math.random,
	times: RenderTimes = renderTimes,
): TaskPoller {
	const poller = createPoller(clock, source);
	let waiting = 0;
	const run = { clock, times, random, roundMs: () => source.roundMs(waiting) };
	return {
		async wait(task) {
			waiting++;
			try {
				return await poller.wait(polledTask(run, task));
			} finally {
				waiting--;
			}
		},
	};
}

interface Run {
	readonly clock: Clock;
	readonly times: RenderTimes;
	readonly random: () => number;
	/** Milliseconds in which each task that is waited for can be polled once. */
	roundMs(): number;
}

function polledTask(
	{ clock, times, random, roundMs }: Run,
	{ taskId, policy, isNew, needsOwnCall, facts, onStatus }: AwaitedTask,
): Polled<Task> {
	let lastWord = '';
	let withoutVideoSinceMs: number | undefined;
	const isVideoOverdue = () =>
		clock.monotonicMs() - (withoutVideoSinceMs ?? Infinity) >= maxWithoutVideoMs;
	const render = new RenderWatch(clock, times, facts, isNew);
	const pauseMs = () =>
		pauseBeforePollMs(
			policy.pollIntervalMs,
			{ ...render.progress(), roundMs: roundMs() },
			random(),
		);
	return {
		...{ id: taskId, policy, isNew, needsOwnCall },
		initial: { taskId, status: 'unknown', statusWord: 'unknown', raw: {} },
		firstPauseMs: isNew ? Math.min(pauseMs(), policy.maxWaitMs) : 0,
		isFinished: (task) => isFinished(task.status) && (!lacksVideo(task) || isVideoOverdue()),
		isOverdue: () => render.isOverdue(),
		pauseMs,
		onSeen(task, elapsedMs) {
			const sinceMs = withoutVideoSinceMs ?? clock.monotonicMs();
			withoutVideoSinceMs = lacksVideo(task) ? sinceMs : undefined;
			if (task.statusWord !== lastWord) onStatus(task, elapsedMs);
			lastWord = task.statusWord;
			render.note(task);
		},
	};
}
