import { createPace } from '../../n8n/pace';
import { createSemaphore } from '../../n8n/semaphore';
import { describeFailure } from '../../panel/failureText';
import type { TriggerOptions } from '../../panel/trigger';
import { toFailure, type SeedanceFailure } from '../../seedance/failure';
import { isFinished, lacksVideo, type Task } from '../../seedance/task';
import { taskFailure } from '../../seedance/taskFailure';
import { noteUnknown, pauseBetweenReadsMs, type WatchApi } from '../../tasks/accountWatch';
import type { TriggerMemory } from '../../tasks/triggerMemory';
import { marked, type ItemOutput } from '../operation';
import { withFiles, type FileAccess } from '../video/videoFiles';
import { videoJson } from '../video/videoItem';

/** So that a poll ends in time; the others come with the next. */
const maxTasksPerPoll = 50;
const maxAtOnce = 3;
/** A task whose call gets no answer does not hold up the others; it is asked again in the next poll. */
const ownCallTimeoutMs = 15_000;

/** What a trigger reaches. */
export type TriggerAccess = FileAccess & { readonly api: WatchApi };

/** What became of the tasks that were due. */
export interface Delivery {
	/** The items, in the order in which their tasks ended. */
	readonly items: ItemOutput[];
	/** The first task that could not be read; it stays due. */
	readonly failure: SeedanceFailure | undefined;
	/** Whether one of them could not be read in an earlier poll either. */
	readonly isRepeated: boolean;
}

/** Makes the items of tasks that are due, as far as they begin within a time, each from the task's own call: the list may be behind, and a URL in it may have expired since. */
export async function deliverDue(
	access: TriggerAccess,
	memory: TriggerMemory,
	options: TriggerOptions,
	withinMs: number,
): Promise<Delivery> {
	const { clock, api, connection } = access;
	const turn = createPace(clock, pauseBetweenReadsMs);
	const permit = createSemaphore(maxAtOnce);
	const endsAtMs = clock.monotonicMs() + withinMs;
	const made: Array<{ readonly task: Task; readonly item: ItemOutput }> = [];
	const unknown = new Map<string, SeedanceFailure>();
	let failure: SeedanceFailure | undefined;
	let isRepeated = false;
	async function deliver(taskId: string): Promise<void> {
		if (clock.monotonicMs() > endsAtMs) return;
		await turn();
		try {
			const task = await api.pollTask(taskId, ownCallTimeoutMs);
			if (!isFinished(task.status)) {
				memory.reopen(taskId);
				return;
			}
			// Some gateways say for a moment that a task has succeeded, and not where its video is.
			if (lacksVideo(task) && !memory.noteMissingVideo(taskId)) return;
			// Event and Filters may be others since it became due.
			if (options.isWanted(task)) made.push({ task, item: await itemOf(access, task, options) });
			memory.done(taskId);
		} catch (error) {
			const thrown = toFailure(error);
			if (memory.noteFailedRead(taskId, clock.now())) isRepeated = true;
			if (thrown.kind === 'taskNotFound') unknown.set(taskId, thrown);
			else failure ??= thrown;
		}
	}
	const taskIds = memory.dueIds().slice(0, maxTasksPerPoll);
	await Promise.all(taskIds.map(async (taskId) => await permit(async () => deliver(taskId))));
	try {
		await noteUnknown(api, memory, [...unknown.keys()], options.isWanted);
	} catch (error) {
		failure ??= toFailure(error);
	}
	failure ??= [...unknown].find(([taskId]) => memory.isShown(taskId))?.[1];
	const endOf = ({ task }: (typeof made)[number]) => task.updatedAtMs ?? task.createdAtMs ?? 0;
	const inOrder = made.sort((one, other) => endOf(one) - endOf(other));
	return {
		items: marked(
			connection,
			inOrder.map(({ item }) => item),
		),
		...{ failure, isRepeated },
	};
}

/** The item of a task that has ended, as Get returns it. Throws a SeedanceFailure of kind `stopped`. */
export async function itemOf(
	access: FileAccess,
	task: Task,
	{ simplify, downloadTo }: Pick<TriggerOptions, 'simplify' | 'downloadTo'>,
): Promise<ItemOutput> {
	const json = videoJson(task, simplify);
	if (downloadTo === undefined) return { json };
	if (lacksVideo(task)) {
		const { message, description } = describeFailure(taskFailure(task));
		return { json: { ...json, downloadFailure: `${message}. ${description}` } };
	}
	return task.videoUrl === undefined
		? { json }
		: await withFiles(access, task, json, { field: downloadTo, isKept: false });
}
