import type { Clock } from '../n8n/clock';
import { createPace } from '../n8n/pace';
import type { TaskApi } from '../n8n/taskApi';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import { isFinished, type Task } from '../seedance/task';
import { maxTasksPerPage } from '../seedance/wire/official';
import { isTaskId } from '../seedance/wire/wire';
import { endsBefore, taskPages, type Reach } from './taskListing';
import { TriggerMemory, windowMs, type Sighting } from './triggerMemory';

/** What a trigger asks the provider. */
export type WatchApi = Pick<TaskApi, 'listTasks' | 'readTask' | 'pollTask'>;

/** Whether a trigger is to deliver a task that has ended. */
export type IsWanted = (task: Task) => boolean;

/** Source: BytePlus docs 1521675 (page_num 1 to 500). */
const maxPages = 500;
/** A task that has not ended by then expires. Source: Volcengine docs 1520757 (execution_expires_after, at most 259,200 s). */
const maxInFlightMs = 259_200_000;
/** Single reads of a poll, for tasks that the list leaves out; the others are read in the next poll. */
const maxSingleReads = 50;
/** An account may send 20 reads a second, and other executions read as well. Source: Volcengine docs 1521309. */
export const pauseBetweenReadsMs = 125;

/** What the list shows of the account's newest tasks. */
interface Listed {
	readonly sightings: readonly Sighting[];
	readonly isWhole: boolean;
	/** Whether it was read as far as it had to be, or to its end. */
	readonly isComplete: boolean;
}

/** How a trigger begins. */
interface Begun {
	readonly memory: TriggerMemory;
	/** Whether the list was read as far as it had to be. */
	readonly isComplete: boolean;
}

/**
 * The memory of a trigger that begins now: what has ended is settled, what is in flight is open.
 * Throws the SeedanceFailure of the list.
 */
export async function beginWatch(clock: Clock, api: WatchApi): Promise<Begun> {
	const memory = new TriggerMemory(0);
	const isWanted = () => false;
	let newestMs = -Infinity;
	const isPast = (page: readonly Task[]) => {
		newestMs = Math.max(newestMs, ...page.map(({ createdAtMs = -Infinity }) => createdAtMs));
		newestMs = Math.min(newestMs, clock.now());
		return endsBefore(page, newestMs - windowMs);
	};
	const newest = await listUntil(api, { maxPages, isPast }, isWanted);
	for (const sighting of newest.sightings) memory.see(sighting);
	let { isComplete } = newest;
	// A task that starts in between is in one of the lists, since tasks are queued first.
	for (const status of ['queued', 'running']) {
		// A host that ignores the filter shows its whole list, as far as a task may be in flight.
		const isEnough = (page: readonly Task[]) =>
			page.some((task) => task.status !== status) && endsBefore(page, newestMs - maxInFlightMs);
		const reach = { filter: { status }, maxPages, isPast: isEnough };
		const listed = await listUntil(api, reach, isWanted);
		isComplete &&= listed.isComplete;
		for (const sighting of listed.sightings) memory.see(sighting);
	}
	memory.begin(timesOf(newest), clock.now());
	return { memory, isComplete };
}

/**
 * Brings the memory up to date: every task that has ended since it was up to date last is due, if it is wanted.
 * Asks for one page where nothing is new. Returns whether the list was read as far as the poll before.
 * Throws the SeedanceFailure of the list; the memory is of no use then.
 */
export async function watch(
	clock: Clock,
	api: WatchApi,
	memory: TriggerMemory,
	isWanted: IsWanted,
): Promise<Pick<Listed, 'isComplete'>> {
	const { horizonMs } = memory;
	const isPast = (page: readonly Task[]) => endsBefore(page, horizonMs);
	const listed = await listUntil(api, { maxPages, isPast }, isWanted);
	const shown = new Set(listed.sightings.map(({ taskId }) => taskId));
	for (const sighting of listed.sightings) memory.see(sighting);
	const others = memory.openIds().filter((taskId) => !shown.has(taskId));
	await listByIds(api, memory, others, isWanted);
	const left = others.filter((taskId) => !memory.isShown(taskId));
	await readSingly(clock, api, memory, left, isWanted);
	const nowMs = clock.now();
	if (listed.isComplete) memory.advance(timesOf(listed), listed.isWhole, nowMs);
	else memory.stay(timesOf(listed), nowMs);
	return { isComplete: listed.isComplete };
}

/**
 * Notes which tasks that are due their own calls do not know, and the list does not show either.
 * Throws the SeedanceFailure of the list.
 */
export async function noteUnknown(
	api: WatchApi,
	memory: TriggerMemory,
	taskIds: readonly string[],
	isWanted: IsWanted,
): Promise<void> {
	const left = taskIds.filter((taskId) => !memory.isShown(taskId));
	await listByIds(api, memory, left, isWanted);
	for (const taskId of left) memory.noteUnknown(taskId);
}

async function listByIds(
	api: WatchApi,
	memory: TriggerMemory,
	all: readonly string[],
	isWanted: IsWanted,
): Promise<void> {
	for (let first = 0; first < all.length; first += maxTasksPerPage) {
		const taskIds = all.slice(first, first + maxTasksPerPage);
		const page = await api.listTasks({ pageNumber: 1, pageSize: taskIds.length }, { taskIds });
		for (const task of page.tasks) seeOpen(memory, task, isWanted);
	}
}

/** Reads open tasks that the list leaves out. Those that are asked first are other ones in each poll. */
async function readSingly(
	clock: Clock,
	api: WatchApi,
	memory: TriggerMemory,
	taskIds: readonly string[],
	isWanted: IsWanted,
): Promise<void> {
	const turn = createPace(clock, pauseBetweenReadsMs);
	const first = Math.floor(Math.random() * taskIds.length);
	const inTurn = [...taskIds.slice(first), ...taskIds.slice(0, first)];
	for (const taskId of inTurn.slice(0, maxSingleReads)) {
		await turn();
		try {
			seeOpen(memory, await api.readTask(taskId), isWanted);
		} catch (error) {
			const failure = toFailure(error);
			if (failure.kind === 'stopped' || failure.kind === 'bug') throw failure;
			// After any other failure, this task and those behind it are open for the next poll, so that a poll ends in time.
			if (failure.kind !== 'taskNotFound') return;
			memory.noteUnknown(taskId);
		}
	}
}

/** The memory knows when the task was created, whatever this answer says. */
function seeOpen(memory: TriggerMemory, task: Task, isWanted: IsWanted): void {
	const { taskId, createdAtMs = 0 } = task;
	memory.see({ taskId, createdAtMs, state: stateOf(task, isWanted) });
}

async function listUntil(api: WatchApi, reach: Reach, isWanted: IsWanted): Promise<Listed> {
	const sightings = new Map<string, Sighting>();
	let isWhole = true;
	let isComplete = false;
	let total = Infinity;
	let others = 0;
	let undated: string | undefined;
	for await (const page of taskPages(api, reach)) {
		isWhole &&= page.tasks.length >= page.count;
		others += page.count - page.tasks.length;
		for (const task of page.tasks) {
			const { taskId, createdAtMs } = task;
			// Nothing can be asked about such a task.
			if (!isTaskId(taskId)) {
				others++;
				continue;
			}
			if (createdAtMs === undefined) {
				undated ??= taskId;
				others++;
				isWhole = false;
				continue;
			}
			sightings.set(taskId, { taskId, createdAtMs, state: stateOf(task, isWanted) });
		}
		if (undated !== undefined && sightings.size === 0) throw withoutTime(undated);
		total = Math.min(total, page.total ?? Infinity);
		const isEnd = !page.hasMore && (total === Infinity || sightings.size + others >= total);
		isComplete = isEnd || reach.isPast(page.tasks);
	}
	return { sightings: [...sightings.values()], isWhole, isComplete };
}

/** Of a list in which no task has it. Without it, a task that is delivered cannot be told from a new one. Source: Volcengine Python SDK, content_generation_task.py (created_at is in every task). */
function withoutTime(taskId: string): SeedanceFailure {
	return new SeedanceFailure({ kind: 'taskTimeMissing', taskId });
}

function stateOf(task: Task, isWanted: IsWanted): Sighting['state'] {
	if (!isFinished(task.status)) return 'inFlight';
	return isWanted(task) ? 'wanted' : 'unwanted';
}

function timesOf({ sightings }: Listed): number[] {
	return sightings.map(({ createdAtMs }) => createdAtMs);
}
