import type { IDataObject } from 'n8n-workflow';
import { packTimes, unpackTimes, type Times } from './packedTimes';

/*
 * A task, as the memory of a trigger knows it:
 *
 *   unknown ──listed, created before the horizon──────────────▶ settled
 *    ├──listed in flight──▶ open
 *    └──listed, has ended: as from open
 *   open ──has ended, wanted──▶ due
 *    ├──has ended, not wanted──▶ settled
 *    └──neither the list nor its own call knows it, in two polls──▶ settled
 *   due ──delivered, no longer wanted, or neither knows it, in two polls──▶ settled
 *    └──in flight after all: the list was ahead──▶ open
 *   settled: for good. Its ID is kept until the horizon is past its creation.
 *
 * The horizon is a moment of the provider's clock: what was created before it is settled, open or due. A time in the future
 * of this machine's clock counts as now: a provider whose clock was ahead and is corrected creates tasks that look older.
 * It moves forward only, when the list was read as far as the last horizon or to its end: at most to 10 minutes before
 * the newest task, and to the 50 newest. A task that appears in the list later than others which were
 * created after it is found within that window. The horizon moves one poll late, so that every task has
 * to be in the list of two polls at least: an answer may leave one out. Where the list was not read that far, the
 * horizon stays, as long as the provider keeps tasks.
 *
 * Of the tasks that are due, those whose own call failed come last, the one that was asked longest ago before the others.
 *
 * From a memory of any earlier poll after which nothing was delivered, the same list leads to the same deliveries.
 * So it does not matter that n8n saves the memory only with a delivery.
 */

/** What a list or a task's own call says of a task. */
export interface Sighting {
	readonly taskId: string;
	/** In milliseconds since 1970, by the provider's clock. */
	readonly createdAtMs: number;
	/** Whether it has ended, and if so, whether the trigger is to deliver it. */
	readonly state: 'inFlight' | 'wanted' | 'unwanted';
}

const version = 1;
/** Longest time that a task may appear in the list later than one that was created after it. */
export const windowMs = 600_000;
/** Where tasks are rare, as many of them as leave room on the first page for new ones. */
const windowTasks = 50;
/** Where a page had entries that could not be read or lack their time, they may be readable in the next poll. */
const maxStallSeconds = 3_600;
/** Source: BytePlus docs 1521675 (the tasks of the last 7 days). */
const keptSeconds = 7 * 86_400;

const secondsOf = (ms: number) => Math.floor(ms / 1000);

/** Which tasks of an account a trigger has to deliver, and which are done with. */
export class TriggerMemory {
	private horizon: number;
	/** Where the next poll moves the horizon. */
	private nextHorizon: number;
	private open: Times = new Map();
	private due: Times = new Map();
	private recent: Times = new Map();
	/** Tasks that neither the list nor their own call knew when they were asked last. */
	private doubted: Times = new Map();
	/** Tasks that are due and did not say where their video is. */
	private lacking: Times = new Map();
	/** Tasks that are due and whose own call failed, by the moment of that. */
	private late: Times = new Map();
	/** Tasks that the answers of this poll have shown. */
	private readonly shown = new Set<string>();

	/** A memory to which every task that was created before a moment is settled; in milliseconds since 1970. */
	constructor(horizonMs: number) {
		this.horizon = this.nextHorizon = secondsOf(horizonMs);
	}

	/** The memory that was kept, or undefined where there is none, or that of another account. */
	static read(kept: unknown, account: string): TriggerMemory | undefined {
		const stored = Object(kept) as Readonly<Record<string, unknown>>;
		const { horizon, nextHorizon } = stored;
		if (stored['version'] !== version || stored['account'] !== account) return undefined;
		if (!Number.isSafeInteger(horizon) || !Number.isSafeInteger(nextHorizon)) return undefined;
		const memory = new TriggerMemory(0);
		memory.horizon = horizon as number;
		memory.nextHorizon = nextHorizon as number;
		for (const set of ['open', 'due', 'recent', 'doubted', 'lacking', 'late'] as const) {
			memory[set] = unpackTimes(stored[set], memory.horizon);
		}
		return memory;
	}

	/** What to keep; plain JSON. */
	stored(account: string): IDataObject {
		const packed = (times: Times) => ({ ...packTimes(times, this.horizon) });
		return {
			...{ version, account, horizon: this.horizon, nextHorizon: this.nextHorizon },
			...{ open: packed(this.open), due: packed(this.due) },
			...{ recent: packed(this.recent), doubted: packed(this.doubted) },
			...{ lacking: packed(this.lacking), late: packed(this.late) },
		};
	}

	/** How far back the list has to be read, in milliseconds since 1970. */
	get horizonMs(): number {
		return this.horizon * 1000;
	}

	/** Tasks that were in flight when they were seen last. */
	openIds(): string[] {
		return [...this.open.keys()];
	}

	/** Tasks to deliver, the oldest first; behind them those whose own call failed. */
	dueIds(): string[] {
		const failedAt = (taskId: string) => this.late.get(taskId) ?? 0;
		return [...this.due]
			.sort(([, one], [, other]) => one - other)
			.map(([taskId]) => taskId)
			.sort((one, other) => failedAt(one) - failedAt(other));
	}

	see({ taskId, createdAtMs, state }: Sighting): void {
		this.shown.add(taskId);
		this.doubted.delete(taskId);
		// The task's own call decides about one that is due.
		if (this.due.has(taskId) || this.recent.has(taskId)) return;
		const created = this.open.get(taskId) ?? secondsOf(createdAtMs);
		if (created < this.horizon && !this.open.has(taskId)) return;
		if (state === 'inFlight') this.open.set(taskId, created);
		else if (state === 'unwanted') this.settle(taskId, created);
		else {
			this.open.delete(taskId);
			this.due.set(taskId, created);
		}
	}

	/** A task that was due and is delivered, or no longer wanted. */
	done(taskId: string): void {
		this.settle(taskId, this.due.get(taskId) ?? this.horizon);
	}

	/** A task that is due and whose own call failed, at a moment of this machine's clock in milliseconds since 1970. Returns whether it did in an earlier poll as well. */
	noteFailedRead(taskId: string, atMs: number): boolean {
		const hasFailed = this.late.has(taskId);
		this.late.set(taskId, secondsOf(atMs));
		return hasFailed;
	}

	/** A task that was due and has not ended. */
	reopen(taskId: string): void {
		this.open.set(taskId, this.due.get(taskId) ?? this.horizon);
		this.due.delete(taskId);
		this.doubted.delete(taskId);
		this.lacking.delete(taskId);
		this.late.delete(taskId);
	}

	/** Whether an answer of this poll has shown a task. */
	isShown(taskId: string): boolean {
		return this.shown.has(taskId);
	}

	/** Notes that a task that is due lacks its video; whether it did in an earlier poll as well. */
	noteMissingVideo(taskId: string): boolean {
		this.doubted.delete(taskId);
		return isSecond(this.lacking, taskId, this.horizon);
	}

	/** A task that its own call does not know: nothing where the list shows it, and once may be a replica that is behind. */
	noteUnknown(taskId: string): void {
		if (this.isShown(taskId)) return;
		const created = this.open.get(taskId) ?? this.due.get(taskId) ?? this.horizon;
		if (isSecond(this.doubted, taskId, this.horizon)) this.settle(taskId, created);
	}

	/** Sets the horizon where a trigger begins, from the tasks of the last {@link windowMs}. */
	begin(createdAtMs: readonly number[], nowMs: number): void {
		this.moveHorizon(nextHorizon(untilNow(createdAtMs, nowMs), true));
	}

	/** What has ended already is not settled, as far as it was created since a moment, in milliseconds since 1970. */
	reachBack(sinceMs: number): void {
		this.recent.clear();
		this.horizon = this.nextHorizon = Math.min(this.horizon, secondsOf(sinceMs));
	}

	/** Moves the horizon after the list was read as far as the last one, or to its end: to where the poll before has read it. `isWhole`: whether each entry could be read. */
	advance(createdAtMs: readonly number[], isWhole: boolean, nowMs: number): void {
		this.moveHorizon(this.nextHorizon);
		this.nextHorizon = nextHorizon(untilNow(createdAtMs, nowMs), isWhole) ?? this.horizon;
	}

	/** Keeps the horizon after the list was not read as far, except for what the provider no longer keeps. */
	stay(createdAtMs: readonly number[], nowMs: number): void {
		const newestMs = untilNow(createdAtMs, nowMs).reduce((one, other) => Math.max(one, other), 0);
		this.moveHorizon(secondsOf(newestMs) - keptSeconds);
	}

	private moveHorizon(to = this.horizon): void {
		this.horizon = Math.max(this.horizon, to);
		for (const [taskId, created] of this.recent) {
			if (created < this.horizon) this.recent.delete(taskId);
		}
	}

	private settle(taskId: string, created: number): void {
		this.open.delete(taskId);
		this.due.delete(taskId);
		this.doubted.delete(taskId);
		this.lacking.delete(taskId);
		this.late.delete(taskId);
		if (created >= this.horizon) this.recent.set(taskId, created);
	}
}

/** Whether a task was noted in an earlier poll; it is noted now. */
function isSecond(noted: Times, taskId: string, horizon: number): boolean {
	if (noted.has(taskId)) return true;
	noted.set(taskId, horizon);
	return false;
}

function untilNow(createdAtMs: readonly number[], nowMs: number): number[] {
	return createdAtMs.map((ms) => Math.min(ms, nowMs));
}

/** How far a reading of the list allows the horizon to move; undefined where the list is empty. */
function nextHorizon(createdAtMs: readonly number[], isWhole: boolean): number | undefined {
	const newestFirst = createdAtMs.map(secondsOf).sort((one, other) => other - one);
	const newest = newestFirst[0];
	const last = newestFirst[Math.min(newestFirst.length, windowTasks) - 1];
	if (newest === undefined || last === undefined) return undefined;
	const next = Math.min(newest - secondsOf(windowMs), last + 1);
	return isWhole ? next : Math.min(next, newest - maxStallSeconds);
}
