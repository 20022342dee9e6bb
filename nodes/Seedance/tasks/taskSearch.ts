import type { Clock } from '../n8n/clock';
import type { TaskApi } from '../n8n/taskApi';
import { toFailure } from '../seedance/failure';
import { isTransient } from '../seedance/retryPolicy';
import type { Task } from '../seedance/task';
import { maxTasksPerPage } from '../seedance/wire/official';
import {
	match,
	toleranceMs,
	type Matching,
	type RecordedTasks,
	type SearchedCreate,
} from './taskMatch';

/*
 * The search for the task of a create whose answer was lost, from `find` to its end:
 *
 *   due ──listed, one task matches───────────────────────▶ found
 *    ▲ ├──listed, none or several, before its end──┐
 *    │ ├──listed, none or several, at its end──────┼─────▶ not found, or several
 *    │ ├──transient failure of the list────────────┤
 *    │ ├──the same, one minute after its end───────┼─────▶ not possible
 *    │ ├──other failure of the list, or too many tasks───▶ not possible
 *    │ └──run aborted: stopped, or another item failed───▶ not possible
 *    └──────────pause of 2, 4, 8, 16, 30, 30 … s───┘
 *
 * One loop serves all searches of a run with the same list requests, at most one a second. Source: BytePlus docs 1521675 (one list request a second).
 */

/** How a search ended. Only `notFound` says that a whole list, read at the end of the search, had no such task. */
export type SearchResult =
	| { readonly task: Task }
	| {
			readonly search: 'notFound' | 'several' | 'notPossible';
			/** IDs of the tasks that may be the one. */
			readonly candidates: readonly string[];
	  };

/** Finds the tasks of creates whose answers were lost. */
export interface TaskSearch {
	/** Searches at once or after `firstPauseMs`, and again until `untilMs`. Never throws. */
	find(create: SearchedCreate, untilMs: number, firstPauseMs: number): Promise<SearchResult>;
}

interface Search {
	readonly create: SearchedCreate;
	readonly untilMs: number;
	readonly resolve: (result: SearchResult) => void;
	dueAtMs: number;
	scans: number;
	candidates: readonly string[];
}

const pausesMs = [2_000, 4_000, 8_000, 16_000];
const longestPauseMs = 30_000;
/** A list that fails is asked for this long after the end of a search. */
const graceMs = 60_000;
const pauseBetweenListsMs = 1_000;
const maxPages = 100;

/** The search of one run. `isTaken` says whether a task belongs to another item of the run. */
export function createTaskSearch(
	clock: Clock,
	api: Pick<TaskApi, 'listTasks'>,
	recorded: RecordedTasks,
	isTaken: (taskId: string) => boolean,
): TaskSearch {
	const loop = new SearchLoop(clock, api, recorded, isTaken);
	return {
		find: async (create, untilMs, firstPauseMs) => await loop.find(create, untilMs, firstPauseMs),
	};
}

class SearchLoop {
	private readonly searches = new Set<Search>();
	private isRunning = false;

	constructor(
		private readonly clock: Clock,
		private readonly api: Pick<TaskApi, 'listTasks'>,
		private readonly recorded: RecordedTasks,
		private readonly isTaken: (taskId: string) => boolean,
	) {}

	async find(create: SearchedCreate, untilMs: number, firstPauseMs: number): Promise<SearchResult> {
		return await new Promise<SearchResult>((resolve) => {
			const dueAtMs = this.clock.now() + firstPauseMs;
			this.searches.add({ create, untilMs, resolve, dueAtMs, scans: 0, candidates: [] });
			if (!this.isRunning) void this.loop();
		});
	}

	private async loop(): Promise<void> {
		this.isRunning = true;
		try {
			while (this.searches.size > 0) {
				const nextMs = Math.min(...[...this.searches].map(({ dueAtMs }) => dueAtMs));
				await this.clock.sleep(
					Math.min(Math.max(nextMs - this.clock.now(), pauseBetweenListsMs), longestPauseMs),
				);
				const due = [...this.searches].filter(({ dueAtMs }) => dueAtMs <= this.clock.now());
				if (due.length > 0) await this.scan();
			}
		} catch {
			// Stopped, or a bug: nothing more is created for these.
			for (const search of [...this.searches]) this.end(search, 'notPossible');
		} finally {
			this.isRunning = false;
		}
	}

	/** One reading of the list serves every search that is open, also those that are not due yet. */
	private async scan(): Promise<void> {
		const startedAtMs = this.clock.now();
		const searches = [...this.searches];
		const sinceMs = Math.min(...searches.map(({ create }) => create.sinceMs)) - toleranceMs;
		let tasks: Task[] | undefined;
		try {
			tasks = await this.listSince(sinceMs);
		} catch (error) {
			const failure = toFailure(error);
			if (failure.kind === 'stopped') throw failure;
			this.afterListFailure(searches, isTransient(failure));
			return;
		}
		if (tasks === undefined) return this.afterListFailure(searches, false);
		const free = tasks.filter(({ taskId }) => !this.isTaken(taskId));
		const matchings = await match(
			searches.map(({ create }) => create),
			free,
			this.recorded,
		);
		for (const [index, search] of searches.entries()) {
			this.settle(search, matchings[index] ?? { candidates: [] }, startedAtMs);
		}
	}

	private settle(search: Search, { task, candidates }: Matching, startedAtMs: number): void {
		// While the list was read, an item may have got the task by its own create.
		if (task !== undefined && !this.isTaken(task.taskId)) {
			this.searches.delete(search);
			search.resolve({ task });
			return;
		}
		search.candidates = candidates;
		if (startedAtMs < search.untilMs) return this.putOff(search);
		this.end(search, candidates.length === 0 ? 'notFound' : 'several');
	}

	private putOff(search: Search): void {
		const pauseMs = pausesMs[search.scans++] ?? longestPauseMs;
		const nowMs = this.clock.now();
		const atMs = nowMs + pauseMs;
		search.dueAtMs = nowMs < search.untilMs ? Math.min(atMs, search.untilMs) : atMs;
	}

	private afterListFailure(searches: readonly Search[], isWorthRetrying: boolean): void {
		for (const search of searches) {
			const isOver = this.clock.now() >= search.untilMs + graceMs;
			if (isWorthRetrying && !isOver) this.putOff(search);
			else this.end(search, 'notPossible');
		}
	}

	private end(search: Search, how: 'notFound' | 'several' | 'notPossible'): void {
		this.searches.delete(search);
		search.resolve({ search: how, candidates: search.candidates });
	}

	/** The tasks that were created since then; undefined when there are too many to read. */
	private async listSince(sinceMs: number): Promise<Task[] | undefined> {
		const tasks = new Map<string, Task>();
		for (let pageNumber = 1; pageNumber <= maxPages; pageNumber++) {
			if (pageNumber > 1) await this.clock.sleep(pauseBetweenListsMs);
			const page = await this.api.listTasks({ pageNumber, pageSize: maxTasksPerPage });
			for (const task of page.tasks) tasks.set(task.taskId, task);
			const isOld = ({ createdAtMs }: Task) => createdAtMs !== undefined && createdAtMs < sinceMs;
			if (!page.hasMore || page.tasks.every(isOld)) {
				return [...tasks.values()].filter((task) => !isOld(task));
			}
		}
		return undefined;
	}
}
