import type { Clock } from '../n8n/clock';
import { startDeadline } from '../n8n/deadline';
import type { TaskApi } from '../n8n/taskApi';
import { describeFailure } from '../panel/failureText';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { Task } from '../seedance/task';
import { listTasksSince, type Listed, type OwnedTasks } from './taskListing';
import { match, type Matching, type RecordedTasks, type SearchedCreate } from './taskMatch';

/*
 * The search for the task of a create whose answer was lost, from `find` to its end:
 *
 *   due ──listed, one task matches───────────────────────▶ found
 *    ▲ ├──listed, none or several, before its end──┐
 *    │ ├──listed, none or several, at its end──────┼─────▶ not found, or several
 *    │ ├──the list failed, or is not whole─────────┤
 *    │ ├──the list failed, a minute after its end─────────▶ not possible
 *    │ ├──the list is not whole, at its end───────────────▶ not possible
 *    │ ├──the host has no list──────────────────────────────▶ not possible
 *    │ └──run aborted: stopped──────────────────────────▶ not possible
 *    └──────────pause of 2, 4, 8, 16, 30, 30 … s───┘
 *
 * One loop serves all searches of a run with the same list requests, at most one a second. Source: BytePlus docs 1521675 (one list request a second).
 */

/** How a search ended without a task. Only `notFound` says that a whole list, read at the end of the search, had no such task. */
export interface Unresolved {
	readonly search: 'notFound' | 'several' | 'notPossible';
	/** IDs of the tasks that may be the one. */
	readonly candidates: readonly string[];
	/** Why the list could not be read, in words. */
	readonly searchFailure: string | undefined;
}

/** How a search ended. */
export type SearchResult = { readonly task: Task } | Unresolved;

/** Finds the tasks of creates whose answers were lost. */
export interface TaskSearch {
	/** Searches after `firstPauseMs`, and again until `searchMs` have passed. Never throws. */
	find(create: SearchedCreate, searchMs: number, firstPauseMs: number): Promise<SearchResult>;
}

interface Search {
	readonly create: SearchedCreate;
	/** In milliseconds since 1970. */
	readonly startedAtMs: number;
	/** By the monotonic clock, as `dueAtMs`. */
	readonly untilMs: number;
	readonly resolve: (result: SearchResult) => void;
	dueAtMs: number;
	scans: number;
	candidates: readonly string[];
}

const pausesMs = [2_000, 4_000, 8_000, 16_000];
const longestPauseMs = 30_000;
/** A search that begins while the loop sleeps waits this long at most. */
const sliceMs = 1_000;
/** A list that fails is asked for this long after the end of a search. */
const graceMs = 60_000;
/** Enough for a hundred pages; a host whose pages are slow or never end does not keep a search open. */
const maxScanMs = 150_000;

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
			const times = {
				startedAtMs: this.clock.now(),
				dueAtMs: nowMs + firstPauseMs,
				untilMs: nowMs + searchMs,
			};
			this.searches.add({ create, resolve, ...times, scans: 0, candidates: [] });
			if (!this.isRunning) void this.loop();
		});
	}

	private async loop(): Promise<void> {
		this.isRunning = true;
		try {
			while (this.searches.size > 0) {
				// A search that begins meanwhile may be due earlier than the others, so the loop sleeps in slices.
				await this.clock.sleep(sliceMs);
				const nowMs = this.clock.monotonicMs();
				if ([...this.searches].some(({ dueAtMs }) => dueAtMs <= nowMs)) await this.scan();
			}
		} catch (error) {
			// Stopped, no list, or a bug: nothing more is created for these.
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
		let listed: Listed;
		try {
			const sinceMs = Math.min(...searches.map(({ create }) => create.sinceMs));
			listed = await this.listInTime(sinceMs);
		} catch (error) {
			const failure = toFailure(error);
			if (failure.kind === 'stopped' || failure.kind === 'taskListNotSupported') throw failure;
			const { message } = describeFailure(failure);
			this.afterListFailure(searches, message);
			return;
		}
		const creates = searches.map(({ create }) => create);
		const matchings = await match(creates, listed, this.recorded);
		for (const [index, search] of searches.entries()) {
			const lacksNone = listed.missing.every((atMs) => atMs > search.startedAtMs);
			const isWhole = listed.isComplete && lacksNone;
			this.settle(search, matchings[index] ?? { candidates: [] }, startedAtMs, isWhole);
		}
	}

	private async listInTime(sinceMs: number): Promise<Listed> {
		const { clock, api, owned } = this;
		const deadline = startDeadline(clock, {
			...{ timeoutMs: maxScanMs, endsAtStop: true },
			timedOut: () =>
				new SeedanceFailure({ kind: 'answerTimedOut', values: { host: 'the provider' } }),
		});
		const isOver = () => deadline.signal.aborted;
		const listing = listTasksSince(clock, api, sinceMs, owned, isOver);
		return await deadline.race(listing).finally(() => deadline.release());
	}

	private settle(
		search: Search,
		{ task, candidates }: Matching,
		startedAtMs: number,
		isWhole: boolean,
	): void {
		// While the list was read, an item may have got the task by its own create.
		if (task !== undefined && !this.owned.has(task.taskId)) {
			this.searches.delete(search);
			search.resolve({ task });
			return;
		}
		search.candidates = candidates;
		if (startedAtMs < search.untilMs) return this.putOff(search);
		if (!isWhole) this.end(search, 'notPossible', 'it is not complete');
		else this.end(search, candidates.length === 0 ? 'notFound' : 'several');
	}

	private putOff(search: Search): void {
		const pauseMs = pausesMs[search.scans++] ?? longestPauseMs;
		const nowMs = this.clock.monotonicMs();
		const atMs = nowMs + pauseMs;
		search.dueAtMs = nowMs < search.untilMs ? Math.min(atMs, search.untilMs) : atMs;
	}

	private afterListFailure(searches: readonly Search[], reason: string): void {
		for (const search of searches) {
			const untilMs = search.untilMs + graceMs;
			// Gateways answer 404 or 401 for a moment, too.
			if (this.clock.monotonicMs() < untilMs) this.putOff(search);
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
}
