import { mostTasksPerPage } from '../api/dialects/arkTasks';
import { SeedanceFailure, toFailure } from '../api/errors';
import { pauseBeforeLookMs, type WaitPolicy } from '../api/polling';
import { expectedRenderMs, renderKind, type RenderFacts } from '../api/renderTime';
import { isPassing } from '../api/retry';
import { isFinished, type Task } from '../api/task';
import type { SeedanceClient } from './client';
import type { Clock } from './clock';
import { createWatcher, type Looker, type WaitResult } from './watcher';

/** Told of each status that a wait sees for the first time in a row, with the milliseconds since the wait began. */
export type StatusListener = (task: Task, elapsedMs: number) => void;

/** One task to wait for. */
export interface AwaitedTask {
	readonly taskId: string;
	readonly policy: WaitPolicy;
	/** Whether it was created just now; else it may be finished already and is looked at once. */
	readonly isNew: boolean;
	/** What was asked for, as far as that is known. */
	readonly facts: RenderFacts;
	readonly onStatus: StatusListener;
}

/** Waits for the tasks of a run, all in one loop. */
export interface TaskWatcher {
	/** Waits until the task is finished or the wait is over; throws a SeedanceFailure that carries the task's id. */
	wait(task: AwaitedTask): Promise<WaitResult<Task>>;
}

/** List calls that fail in passing one after the other before tasks are asked for by themselves as well. */
const mostListFailuresInARow = 3;
/** Times that single calls go well right after the list has failed: then it is the list that does not work. */
const mostContradictions = 2;
/** Single looks at a task that the list has left out before the list is asked for it again. */
const looksBetweenLists = 5;
/** Looks at a task that succeeded until its answer has to hold the video's URL. */
const mostWithoutVideo = 3;
const mostRemembered = 20;

/** Takes the client, the clock, whether the provider lists tasks by their ids, and a listener that is told when each task is asked for by itself after all, and gives the watcher. */
export function createTaskWatcher(
	client: SeedanceClient,
	clock: Clock,
	listsByIds: boolean,
	onListGivenUp: (reason: string) => void,
): TaskWatcher {
	const watcher = createWatcher(clock, createLooker(client, listsByIds, onListGivenUp));
	const times = createRenderTimes();
	return {
		async wait({ taskId, policy, isNew, facts, onStatus }) {
			let lastWord = '';
			let looksWithoutVideo = 0;
			let renderingSinceMs: number | undefined = isNew ? clock.monotonicMs() : undefined;
			let wasSeenToBegin = isNew;
			const kind = renderKind(facts);
			const progress = (isQueued: boolean) => ({
				renderingMs:
					renderingSinceMs === undefined || isQueued
						? undefined
						: clock.monotonicMs() - renderingSinceMs,
				expectedMs: times.median(kind) ?? expectedRenderMs(facts),
			});
			return await watcher.wait({
				id: taskId,
				policy,
				isNew,
				initial: { taskId, status: 'unknown', statusWord: 'unknown', raw: {} },
				firstPauseMs: isNew
					? Math.min(pauseBeforeLookMs(policy, progress(false), Math.random()), policy.maxWaitMs)
					: 0,
				isFinished: (task) =>
					isFinished(task.status) && (!lacksVideo(task) || looksWithoutVideo >= mostWithoutVideo),
				pauseMs: ({ status }) =>
					pauseBeforeLookMs(policy, progress(status === 'queued'), Math.random()),
				onSeen(task, elapsedMs) {
					if (lacksVideo(task)) looksWithoutVideo++;
					if (task.statusWord !== lastWord) onStatus(task, elapsedMs);
					lastWord = task.statusWord;
					const nowMs = clock.monotonicMs();
					if (task.status === 'queued') wasSeenToBegin = true;
					// It began after the look before this one, if it was queued then.
					if (task.status === 'queued') renderingSinceMs = nowMs;
					else renderingSinceMs ??= nowMs - ageMs(task, clock.now());
					if (task.status === 'succeeded' && wasSeenToBegin) {
						times.note(kind, nowMs - renderingSinceMs);
					}
				},
			});
		},
	};
}

/** Looks at one task with its own call, at many with the list where the provider has one that is to be trusted. */
function createLooker(
	client: SeedanceClient,
	listsByIds: boolean,
	onListGivenUp: (reason: string) => void,
): Looker<Task> {
	let canList = listsByIds;
	let listFailuresInARow = 0;
	/** How often single calls went well right after the list had failed. */
	let contradictions = 0;
	/** Tasks that the list has left out although they exist, with the number of single looks before it is asked for them again. */
	const unlisted = new Map<string, number>();

	const giveListUp = (reason: string) => {
		if (canList) onListGivenUp(reason);
		canList = false;
	};

	async function lookAtOne(taskId: string, timeoutMs: number): Promise<Task | SeedanceFailure> {
		return await client.lookAtTask(taskId, timeoutMs).catch(toFailure);
	}

	async function lookAtEach(
		taskIds: readonly string[],
		timeoutMs: number,
		report: (taskId: string, outcome: Task | SeedanceFailure) => void,
	): Promise<void> {
		await Promise.all(
			taskIds.map(async (taskId) => report(taskId, await lookAtOne(taskId, timeoutMs))),
		);
	}

	return {
		group(due, others) {
			const isSingle = (taskId: string) => !canList || unlisted.has(taskId);
			const single = due.filter(isSingle);
			const listed = due.filter((taskId) => !isSingle(taskId));
			for (const taskId of single) countDown(unlisted, taskId);
			const groups: string[][] = [];
			for (let first = 0; first < listed.length; first += mostTasksPerPage) {
				groups.push(listed.slice(first, first + mostTasksPerPage));
			}
			// They cost no call of their own.
			const last = groups.at(-1);
			const alongside = others.filter((taskId) => !isSingle(taskId));
			last?.push(...alongside.slice(0, mostTasksPerPage - last.length));
			return [...groups, ...single.map((taskId) => [taskId])];
		},
		async look(taskIds, timeoutMs, report) {
			if (taskIds.length < 2) return await lookAtEach(taskIds, timeoutMs, report);
			let tasks: readonly Task[];
			try {
				tasks = await client.lookAtTasks(taskIds, timeoutMs);
				listFailuresInARow = 0;
				contradictions = 0;
			} catch (error) {
				const failure = toFailure(error);
				if (failure.reason === 'stopped') throw failure.with({});
				if (!isPassing(failure)) giveListUp(failure.message);
				else if (failure.httpStatus === 429 || ++listFailuresInARow < mostListFailuresInARow) {
					for (const taskId of taskIds) report(taskId, failure.with({ taskId }));
					return;
				}
				let isContradicted = false;
				await lookAtEach(taskIds, timeoutMs, (taskId, outcome) => {
					isContradicted ||= !(outcome instanceof SeedanceFailure);
					report(taskId, outcome);
				});
				if (isContradicted && ++contradictions >= mostContradictions) {
					giveListUp(failure.message);
				}
				return;
			}
			const found = new Map(tasks.map((task) => [task.taskId, task]));
			// What the list says of a finished task is less than what its own call says. Source: github volcengine/ark-cli, gen-meta.md.
			const open: string[] = [];
			for (const taskId of taskIds) {
				const task = found.get(taskId);
				if (task === undefined || isFinished(task.status)) open.push(taskId);
				else report(taskId, task);
			}
			await Promise.all(
				open.map(async (taskId) => {
					const outcome = await lookAtOne(taskId, timeoutMs);
					const isLeftOut = !found.has(taskId) && !(outcome instanceof SeedanceFailure);
					if (isLeftOut) unlisted.set(taskId, looksBetweenLists);
					report(taskId, outcome);
				}),
			);
		},
	};
}

/** The times that the renderings of this run took, by kind. */
function createRenderTimes() {
	const timesMs = new Map<string, number[]>();
	return {
		note(kind: string, ms: number) {
			timesMs.set(kind, [...(timesMs.get(kind) ?? []), ms].slice(-mostRemembered));
		},
		median(kind: string): number | undefined {
			const sorted = [...(timesMs.get(kind) ?? [])].sort((first, second) => first - second);
			return sorted[Math.floor(sorted.length / 2)];
		},
	};
}

function countDown(unlisted: Map<string, number>, taskId: string): void {
	const left = (unlisted.get(taskId) ?? 0) - 1;
	if (left > 0) unlisted.set(taskId, left);
	else unlisted.delete(taskId);
}

function lacksVideo({ status, videoUrl }: Task): boolean {
	return status === 'succeeded' && videoUrl === undefined;
}

/** The provider's clock and this one may differ; a task is at least as old as nothing. */
function ageMs({ createdAtMs }: Task, nowMs: number): number {
	return createdAtMs === undefined ? 0 : Math.max(0, nowMs - createdAtMs);
}
