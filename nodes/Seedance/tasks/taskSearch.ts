import type { Clock } from '../n8n/clock';
import type { TaskApi, TaskPage } from '../n8n/taskApi';
import { describeFailure } from '../panel/failureText';
import { toFailure } from '../seedance/failure';
import { isTransient } from '../seedance/retryPolicy';
import type { Task } from '../seedance/task';
import { maxTasksPerPage } from '../seedance/wire/official';
import { showsMarker, type Marker } from './marker';
import {
	match,
	type ListedTasks,
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
			/** Why the list could not be read, in words. */
			readonly searchFailure: string | undefined;
	  };

/** Finds the tasks of creates whose answers were lost. */
export interface TaskSearch {
	/** Searches after `firstPauseMs`, and again until `searchMs` have passed. Never throws. */
	find(create: SearchedCreate, searchMs: number, firstPauseMs: number): Promise<SearchResult>;
}

/** The tasks of the run's items, with what marked their creates as far as that is known. */
export type OwnedTasks = ReadonlyMap<string, Marker | undefined>;

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

/** The clocks of the provider and of this machine may differ by this much, and by what the provider's answers show. */
const clockToleranceMs = 60_000;
const maxClockDifferenceMs = 3_600_000;

/** The search of one run; `owned` grows while it runs. */
export function createTaskSearch(
	clock: Clock,
	api: Pick<TaskApi, 'listTasks'>,
	recorded: RecordedTasks,
	owned: OwnedTasks,
): TaskSearch {
	return new SearchLoop(clock, api, recorded, owned);
}

class SearchLoop implements TaskSearch {
	private readonly searches = new Set<Search>();
	private isRunning = false;

	constructor(
		private readonly clock: Clock,
		private readonly api: Pick<TaskApi, 'listTasks'>,
		private readonly recorded: RecordedTasks,
		private readonly owned: OwnedTasks,
	) {}

	async find(
		create: SearchedCreate,
		searchMs: number,
		firstPauseMs: number,
	): Promise<SearchResult> {
		return await new Promise<SearchResult>((resolve) => {
			const nowMs = this.clock.monotonicMs();
			const times = { dueAtMs: nowMs + firstPauseMs, untilMs: nowMs + searchMs };
			this.searches.add({ create, resolve, ...times, scans: 0, candidates: [] });
			if (!this.isRunning) void this.loop();
		});
	}

	private async loop(): Promise<void> {
		this.isRunning = true;
		try {
			while (this.searches.size > 0) {
				// A search that begins meanwhile may be due earlier than the others, so the loop sleeps in slices.
				await this.clock.sleep(pauseBetweenListsMs);
				const nowMs = this.clock.monotonicMs();
				if ([...this.searches].some(({ dueAtMs }) => dueAtMs <= nowMs)) await this.scan();
			}
		} catch (error) {
			// Stopped, or a bug: nothing more is created for these.
			const { message } = describeFailure(toFailure(error));
			for (const search of [...this.searches]) this.end(search, 'notPossible', message);
		} finally {
			this.isRunning = false;
		}
	}

	/** One reading of the list serves every search that is open, also those that are not due yet. */
	private async scan(): Promise<void> {
		const startedAtMs = this.clock.monotonicMs();
		const searches = [...this.searches];
		let listed: ListedTasks | undefined;
		try {
			listed = await this.list(Math.min(...searches.map(({ create }) => create.sinceMs)));
		} catch (error) {
			const failure = toFailure(error);
			if (failure.kind === 'stopped') throw failure;
			this.afterListFailure(searches, isTransient(failure), describeFailure(failure).message);
			return;
		}
		if (listed === undefined) return this.afterListFailure(searches, false, 'too many tasks');
		const creates = searches.map(({ create }) => create);
		const matchings = await match(creates, listed, this.recorded);
		for (const [index, search] of searches.entries()) {
			this.settle(search, matchings[index] ?? { candidates: [] }, startedAtMs);
		}
	}

	private settle(search: Search, { task, candidates }: Matching, startedAtMs: number): void {
		// While the list was read, an item may have got the task by its own create.
		if (task !== undefined && !this.owned.has(task.taskId)) {
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
		const nowMs = this.clock.monotonicMs();
		const atMs = nowMs + pauseMs;
		search.dueAtMs = nowMs < search.untilMs ? Math.min(atMs, search.untilMs) : atMs;
	}

	private afterListFailure(
		searches: readonly Search[],
		isWorthRetrying: boolean,
		reason: string,
	): void {
		for (const search of searches) {
			const isOver = this.clock.monotonicMs() >= search.untilMs + graceMs;
			if (isWorthRetrying && !isOver) this.putOff(search);
			else this.end(search, 'notPossible', reason);
		}
	}

	private end(
		search: Search,
		how: 'notFound' | 'several' | 'notPossible',
		searchFailure?: string,
	): void {
		this.searches.delete(search);
		search.resolve({ search: how, candidates: search.candidates, searchFailure });
	}

	/** The tasks that were created since then; undefined when the list cannot be read to that moment. */
	private async list(sinceMs: number): Promise<ListedTasks | undefined> {
		const tasks = new Map<string, Task>();
		let toleranceMs = clockToleranceMs;
		for (let pageNumber = 1; pageNumber <= maxPages; pageNumber++) {
			if (pageNumber > 1) await this.clock.sleep(pauseBetweenListsMs);
			const page = await this.api.listTasks({ pageNumber, pageSize: maxTasksPerPage });
			toleranceMs = Math.max(toleranceMs, this.toleranceOf(page));
			const isNew = page.tasks.some(({ taskId }) => !tasks.has(taskId));
			for (const task of page.tasks) tasks.set(task.taskId, task);
			if (!page.hasMore || endsBefore(page.tasks, sinceMs - toleranceMs)) {
				return this.listed([...tasks.values()], toleranceMs);
			}
			// The gateway does not know pages.
			if (!isNew) return undefined;
		}
		return undefined;
	}

	private listed(tasks: readonly Task[], toleranceMs: number): ListedTasks {
		const shown = tasks.flatMap((task) => {
			const marker = this.owned.get(task.taskId);
			return marker === undefined ? [] : [showsMarker(task, marker)];
		});
		return {
			free: tasks.filter(({ taskId }) => !this.owned.has(taskId)),
			isMarkerShown: shown.includes(true) && !shown.includes(false),
			toleranceMs,
		};
	}

	private toleranceOf({ answeredAtMs }: TaskPage): number {
		if (answeredAtMs === undefined) return 0;
		const differenceMs = Math.abs(answeredAtMs - this.clock.now());
		return clockToleranceMs + Math.min(differenceMs, maxClockDifferenceMs);
	}
}

/** Whether a page is sorted with the newest first, as documented, and all that follows is older than that moment. */
function endsBefore(tasks: readonly Task[], sinceMs: number): boolean {
	const times = tasks.flatMap(({ createdAtMs }) => createdAtMs ?? []);
	const [first = -Infinity] = times;
	const last = times.at(-1) ?? Infinity;
	return last < sinceMs && first >= last;
}
