import { SeedanceFailure, toFailure } from '../api/errors';
import {
	longestRetryAfterOfLookMs,
	shortestPauseMs,
	slowedPauseMs,
	type WaitPolicy,
} from '../api/polling';
import { isPassing } from '../api/retry';
import { stopped, type Clock } from './clock';

/** One thing at the provider that a wait looks at until it is finished. */
export interface Watched<Seen> {
	/** Its id, which every failure of the wait carries. */
	readonly id: string;
	readonly policy: WaitPolicy;
	/** What is known before the first look. */
	readonly initial: Seen;
	/** Whether it was made just now: it may not be known or listed everywhere yet. */
	readonly isNew: boolean;
	/** Milliseconds before the first look; it may come earlier together with others, as it costs no call then. */
	readonly firstPauseMs: number;
	isFinished(seen: Seen): boolean;
	/** Gives the milliseconds before the next look. */
	pauseMs(seen: Seen): number;
	/** Told of everything that is seen, with the milliseconds since the wait began. */
	onSeen?(seen: Seen, elapsedMs: number): void;
}

/** How a wait ended: with something finished, or with what was seen last. */
export interface WaitResult<Seen> {
	readonly seen: Seen;
	/** True when the wait ran out first. */
	readonly timedOut: boolean;
	/** What went wrong with the last look, if it did. */
	readonly lastFailure?: SeedanceFailure | undefined;
}

/** Told what a look at one id has found. */
export type Report<Seen> = (id: string, outcome: Seen | SeedanceFailure) => void;

/** How things are looked at: each by itself, or many with one call. */
export interface Looker<Seen> {
	/** Takes the ids that are due and others that may be looked at as well, and gives the groups to look at, one call each. */
	group(due: readonly string[], others: readonly string[]): ReadonlyArray<readonly string[]>;
	/** Looks at one group, gives up after `timeoutMs`, and reports each id once. */
	look(ids: readonly string[], timeoutMs: number, report: Report<Seen>): Promise<void>;
}

/** One loop for all waits of a run. */
export interface Watcher<Seen> {
	/**
	 * Looks until the thing is finished or the wait is over; a look that is on its way at its end may take 5 s more.
	 * Passing faults of a look (network, 429, 5xx, an unreadable answer, a 404 right after the creation) do not end the wait.
	 * Throws a SeedanceFailure that carries the id when the execution is stopped or the provider refuses the look.
	 */
	wait(watched: Watched<Seen>): Promise<WaitResult<Seen>>;
}

interface Entry<Seen> {
	readonly watched: Watched<Seen>;
	readonly startedAtMs: number;
	readonly deadlineMs: number;
	readonly resolve: (result: WaitResult<Seen>) => void;
	readonly reject: (failure: SeedanceFailure) => void;
	dueAtMs: number;
	/** Before this moment it is not looked at just because others are. */
	earliestAtMs: number;
	isAsked: boolean;
	seen: Seen;
	wasSeen: boolean;
	notFoundInARow: number;
	throttledInARow: number;
	lastFailure: SeedanceFailure | undefined;
}

/** A look that begins at the end of a wait may still take this long. */
const shortestLookMs = 5_000;
const mostNotFoundInARow = 2;
/** So long something new may be unknown at the provider. */
const longestUnknownMs = 20_000;
/** Waits that begin within this time of each other are looked at together. */
const gatherMs = 50;
const longestSliceMs = 500;

/** Takes the clock and how things are looked at and gives the loop; it sleeps while nothing is due and ends with the last wait. */
export function createWatcher<Seen>(clock: Clock, looker: Looker<Seen>): Watcher<Seen> {
	const entries = new Set<Entry<Seen>>();
	let isRunning = false;
	/** The provider has asked for a pause until then. */
	let notBeforeMs = 0;
	function tick() {
		const nowMs = clock.monotonicMs();
		const idle = [...entries].filter(({ isAsked }) => !isAsked);
		const due = idle.filter(({ dueAtMs }) => dueAtMs <= nowMs);
		if (due.length === 0) return;
		const others = idle.filter(
			({ dueAtMs, earliestAtMs }) => dueAtMs > nowMs && earliestAtMs <= nowMs,
		);
		for (const ids of looker.group(idsOf(due), idsOf(others))) void ask(new Set(ids), idle);
	}

	/** A look that waits for its turn or for its answer does not keep a wait from its end. */
	function endOverdue() {
		const nowMs = clock.monotonicMs();
		for (const entry of entries) {
			if (entry.isAsked && nowMs > entry.deadlineMs + shortestLookMs) end(entry);
		}
	}

	function end(entry: Entry<Seen>, isFinished = false) {
		const { seen, lastFailure, wasSeen, resolve, reject } = entry;
		entries.delete(entry);
		// It was never there, so there is nothing that could be given.
		if (!wasSeen && lastFailure?.httpStatus === 404) reject(lastFailure);
		else resolve({ seen, timedOut: !isFinished, lastFailure });
	}

	async function ask(ids: ReadonlySet<string>, idle: ReadonlyArray<Entry<Seen>>) {
		const asked = idle.filter(({ watched }) => ids.has(watched.id));
		const leftMs = Math.min(...asked.map(({ deadlineMs }) => deadlineMs)) - clock.monotonicMs();
		for (const entry of asked) entry.isAsked = true;
		// An entry that was reported may be asked again before this group is done.
		const open = new Map<string, Array<Entry<Seen>>>();
		for (const entry of asked) {
			const { id } = entry.watched;
			open.set(id, [...(open.get(id) ?? []), entry]);
		}
		const report: Report<Seen> = (id, outcome) => {
			const reported = open.get(id) ?? [];
			open.delete(id);
			for (const entry of reported) settle(entry, outcome);
		};
		let failure: SeedanceFailure | undefined;
		try {
			await looker.look([...ids], Math.max(leftMs, shortestLookMs), report);
		} catch (error) {
			failure = toFailure(error);
		}
		for (const id of [...open.keys()]) report(id, failure ?? unanswered());
	}

	function settle(entry: Entry<Seen>, outcome: Seen | SeedanceFailure) {
		const { watched } = entry;
		const nowMs = clock.monotonicMs();
		entry.isAsked = false;
		if (!entries.has(entry)) return;
		if (outcome instanceof SeedanceFailure) {
			const isFresh = watched.isNew && nowMs - entry.startedAtMs < longestUnknownMs;
			const maybeLater = isFresh || entry.notFoundInARow < mostNotFoundInARow;
			if (outcome.httpStatus === 404 && maybeLater) entry.notFoundInARow++;
			else if (!isPassing(outcome)) {
				entries.delete(entry);
				entry.reject(outcome.with({ taskId: outcome.taskId ?? watched.id }));
				return;
			}
			entry.throttledInARow = outcome.httpStatus === 429 ? entry.throttledInARow + 1 : 0;
			entry.lastFailure = outcome.with({ taskId: outcome.taskId ?? watched.id });
			const { retryAfterMs } = outcome;
			if (retryAfterMs !== undefined) {
				pauseAll(nowMs + Math.min(retryAfterMs, longestRetryAfterOfLookMs));
			}
		} else {
			entry.seen = outcome;
			entry.wasSeen = true;
			entry.notFoundInARow = 0;
			entry.throttledInARow = 0;
			entry.lastFailure = undefined;
			watched.onSeen?.(outcome, nowMs - entry.startedAtMs);
		}
		const isFinished = entry.lastFailure === undefined && watched.isFinished(entry.seen);
		if (isFinished || nowMs >= entry.deadlineMs) {
			end(entry, isFinished);
			return;
		}
		entry.earliestAtMs = nowMs + (watched.policy.pollIntervalMs ?? shortestPauseMs);
		const pauseMs = slowedPauseMs(watched.pauseMs(entry.seen), entry.throttledInARow);
		schedule(entry, nowMs + pauseMs);
	}

	/** The last look falls on the end of the wait, never behind it, whatever pause the provider asks for. */
	function schedule(entry: Entry<Seen>, atMs: number) {
		entry.dueAtMs = Math.min(Math.max(atMs, notBeforeMs), entry.deadlineMs);
		entry.earliestAtMs = Math.max(entry.earliestAtMs, notBeforeMs);
	}

	function pauseAll(untilMs: number) {
		notBeforeMs = Math.max(notBeforeMs, untilMs);
		for (const entry of entries) schedule(entry, entry.dueAtMs);
	}

	/** Runs while there is something to wait for; all waits end when the execution is stopped, which ends the sleep at once. */
	async function loop() {
		isRunning = true;
		try {
			while (entries.size > 0) {
				let nextMs = Infinity;
				for (const { isAsked, dueAtMs } of entries) {
					if (!isAsked && dueAtMs < nextMs) nextMs = dueAtMs;
				}
				const leftMs = nextMs - clock.monotonicMs();
				// In slices, because a wait that begins meanwhile may be due earlier.
				await clock.sleep(Math.min(Math.max(leftMs, 0), longestSliceMs));
				endOverdue();
				tick();
			}
		} catch {
			for (const { watched, reject } of entries) reject(stopped().with({ taskId: watched.id }));
			entries.clear();
		} finally {
			isRunning = false;
		}
	}

	return {
		async wait(watched) {
			if (clock.signal.aborted) throw stopped().with({ taskId: watched.id });
			return await new Promise<WaitResult<Seen>>((resolve, reject) => {
				const startedAtMs = clock.monotonicMs();
				const { policy, firstPauseMs, initial } = watched;
				const entry: Entry<Seen> = {
					watched,
					startedAtMs,
					deadlineMs: startedAtMs + policy.maxWaitMs,
					resolve,
					reject,
					dueAtMs: 0,
					earliestAtMs: startedAtMs + (watched.isNew ? freshMs : 0),
					isAsked: false,
					seen: initial,
					wasSeen: false,
					notFoundInARow: 0,
					throttledInARow: 0,
					lastFailure: undefined,
				};
				// Waits that begin together are looked at together.
				schedule(entry, startedAtMs + Math.max(firstPauseMs, gatherMs));
				entries.add(entry);
				if (!isRunning) void loop();
			});
		},
	};
}

/** Something that was just made may not be listed yet. */
const freshMs = 1_000;

function idsOf<Seen>(entries: ReadonlyArray<Entry<Seen>>): string[] {
	return [...new Set(entries.map(({ watched }) => watched.id))];
}

function unanswered(): SeedanceFailure {
	return new SeedanceFailure({
		reason: 'unreadable',
		message: 'The answer does not say how it stands',
		description: '',
	});
}
