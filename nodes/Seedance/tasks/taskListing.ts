import type { Clock } from '../n8n/clock';
import type { TaskApi, TaskPage } from '../n8n/taskApi';
import type { Task } from '../seedance/task';
import { maxTasksPerPage, type ListFilter } from '../seedance/wire/official';
import { isTaskId } from '../seedance/wire/wire';
import { showsMarker, type Marker } from './marker';
import type { ListedTasks } from './taskMatch';

/** A task of an item of the run. */
export interface OwnedTask {
	/** What marked its create, as far as that is known. */
	readonly marker: Marker | undefined;
	/** When this run sent its create and got the answer, in milliseconds since 1970; undefined when it was created before. */
	readonly created: { readonly sentAtMs: number; readonly answeredAtMs: number } | undefined;
}

/** The tasks of the run's items, by their IDs. */
export type OwnedTasks = ReadonlyMap<string, OwnedTask>;

/** The tasks of a list, with what says whether it can be trusted. */
export interface Listed extends ListedTasks {
	/** When the tasks were created that this run knows of and the list lacks. */
	readonly missing: readonly number[];
	/** Whether the list was read as far as it had to be, and every entry could be read. */
	readonly isComplete: boolean;
}

/** The clocks of the provider and of this machine may differ by this much, and by what the provider's answers show. */
const clockToleranceMs = 60_000;
const maxClockDifferenceMs = 3_600_000;

const maxPages = 100;
/** The total of a host may depend on the page, without any removal. */
const maxReturnsToPage = 2;

/** How far the list is read. */
export interface Reach {
	readonly filter?: ListFilter;
	readonly maxPages: number;
	/** Whether nothing that follows a page is of interest. */
	isPast(tasks: readonly Task[]): boolean;
	/** Whether no further page is asked for. */
	isOver?(): boolean;
}

/**
 * The pages of the list, the newest tasks first, while tasks come and go: a create moves entries to the next page, which has them again. A removal moves them to the page before, which was read already.
 * So after a page by which the list is shorter, the page before is read again, at most {@link maxReturnsToPage} times.
 */
export async function* taskPages(
	api: Pick<TaskApi, 'listTasks'>,
	{ filter, maxPages, isPast, isOver = () => false }: Reach,
): AsyncGenerator<TaskPage> {
	const known = new Set<string>();
	const returns = new Map<number, number>();
	let before: TaskPage | undefined;
	let furthest = 0;
	let pageNumber = 1;
	for (let requests = 0; requests < maxPages && !isOver(); requests++) {
		const page = await api.listTasks({ pageNumber, pageSize: maxTasksPerPage }, filter);
		const isNew = page.tasks.some(({ taskId }) => !known.has(taskId));
		for (const { taskId } of page.tasks) known.add(taskId);
		const isReadAgain = pageNumber <= furthest;
		furthest = Math.max(furthest, pageNumber);
		yield page;
		const returned = returns.get(pageNumber) ?? 0;
		if (before !== undefined && isShorter(page, before) && returned < maxReturnsToPage) {
			returns.set(pageNumber, returned + 1);
			before = undefined;
			pageNumber--;
			continue;
		}
		// A page without news is the end, or of a gateway that does not know pages.
		if (isPast(page.tasks) || !page.hasMore || !(isNew || isReadAgain)) return;
		before = page;
		pageNumber++;
	}
}

function isShorter({ total: after }: TaskPage, { total }: TaskPage): boolean {
	return after !== undefined && total !== undefined && after < total;
}

/** The tasks that were created since then, as far as the list can be read until it is over. */
export async function listTasksSince(
	clock: Clock,
	api: Pick<TaskApi, 'listTasks'>,
	sinceMs: number,
	owned: OwnedTasks,
	isOver: () => boolean,
): Promise<Listed> {
	const tasks = new Map<string, Task>();
	let toleranceMs = clockToleranceMs;
	// What cannot be read may be the task.
	let isReadable = true;
	let isComplete = false;
	// Of the first page: what is created while the list is read shifts its pages.
	let total = Infinity;
	const isPast = (listed: readonly Task[]) => endsBefore(listed, sinceMs - toleranceMs);
	for await (const page of taskPages(api, { maxPages, isPast, isOver })) {
		isReadable &&= page.tasks.length >= page.count;
		toleranceMs = Math.max(toleranceMs, toleranceOf(page, clock.now()));
		for (const task of page.tasks) tasks.set(task.taskId, task);
		// A page without entries and without their number says nothing.
		total = Math.min(total, page.total ?? (page.count > 0 ? 0 : Infinity));
		isComplete = isPast(page.tasks) || (!page.hasMore && tasks.size >= total);
	}
	return listed(tasks, sinceMs, toleranceMs, owned, isReadable && isComplete);
}

function listed(
	tasks: ReadonlyMap<string, Task>,
	sinceMs: number,
	toleranceMs: number,
	owned: OwnedTasks,
	isComplete: boolean,
): Listed {
	const shown: Array<boolean | undefined> = [];
	const missing: number[] = [];
	for (const [taskId, { marker, created }] of owned) {
		const task = tasks.get(taskId);
		// An answer may take long, so the task may be older than its answer.
		const isOlder = created === undefined || created.sentAtMs < sinceMs;
		if (task === undefined && !isOlder) missing.push(created.answeredAtMs);
		if (task !== undefined && marker !== undefined) shown.push(showsMarker(task, marker));
	}
	return {
		free: [...tasks.values()].filter(({ taskId }) => isTaskId(taskId) && !owned.has(taskId)),
		isMarkerShown: shown.includes(true) && !shown.includes(false),
		...{ toleranceMs, missing, isComplete },
	};
}

function toleranceOf({ answeredAtMs }: TaskPage, nowMs: number): number {
	if (answeredAtMs === undefined) return 0;
	const differenceMs = Math.abs(answeredAtMs - nowMs);
	return clockToleranceMs + Math.min(differenceMs, maxClockDifferenceMs);
}

/** Whether a page is sorted with the newest first, as documented, and all that follows is older than that moment. */
export function endsBefore(tasks: readonly Task[], sinceMs: number): boolean {
	const times = tasks.flatMap(({ createdAtMs }) => createdAtMs ?? []);
	const isSorted = times.every((time, index) => time <= (times[index - 1] ?? Infinity));
	return isSorted && (times.at(-1) ?? Infinity) < sinceMs;
}
