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
	/** About the milliseconds in which each of so many tasks can be polled once. */
	roundMs(waiting: number): number;
}

/** A task that succeeded may get the URL of its video later: it is read for at least this long, and at least so often, since a read may come late itself. */
const untilVideo = { minMs: 30_000, minReads: 4, pauseMs: 3_000 };

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
	/** Since it was first seen to have succeeded without a video. */
	let withoutVideo: { readonly sinceMs: number; readonly reads: number } | undefined;
	const isVideoOverdue = () => {
		const { sinceMs, reads } = withoutVideo ?? { sinceMs: Infinity, reads: 0 };
		return reads >= untilVideo.minReads && clock.monotonicMs() - sinceMs >= untilVideo.minMs;
	};
	const render = new RenderWatch(clock, times, facts, isNew);
	const pauseMs = () => {
		const progress = { ...render.progress(), roundMs: roundMs() };
		const pause = pauseBeforePollMs(policy.pollIntervalMs, progress, random());
		const isShort = withoutVideo !== undefined && policy.pollIntervalMs === undefined;
		return isShort ? Math.min(pause, untilVideo.pauseMs) : pause;
	};
	return {
		...{ id: taskId, policy, isNew, needsOwnCall },
		initial: { taskId, status: 'unknown', statusWord: 'unknown', raw: {} },
		firstPauseMs: isNew ? Math.min(pauseMs(), policy.maxWaitMs) : 0,
		isFinished: (task) => isFinished(task.status) && (!lacksVideo(task) || isVideoOverdue()),
		isOverdue: () => render.isOverdue(),
		pauseMs,
		onSeen(task, elapsedMs) {
			const { sinceMs, reads } = withoutVideo ?? { sinceMs: clock.monotonicMs(), reads: 0 };
			withoutVideo = lacksVideo(task) ? { sinceMs, reads: reads + 1 } : undefined;
			if (task.statusWord !== lastWord) onStatus(task, elapsedMs);
			lastWord = task.statusWord;
			render.note(task);
		},
	};
}
