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
 *    └──the provider does not know it, in two polls──▶ settled
 *   due ──delivered, no longer wanted, or the provider does not know it, in two polls──▶ settled
 *    └──in flight after all: the list was ahead──▶ open
 *   settled: for good. Its ID is kept until the horizon is past its creation.
 *
 * The horizon is a moment of the provider's clock: what was created before it is settled, open or due.
 * It moves forward only, when the list was read as far as the last horizon or to its end: at most to 10 minutes before
 * the newest task, and to the 50 newest. A task that appears in the list later than others which were
 * created after it is found within that window. The horizon moves one poll late, so that every task has
 * to be in the list of two polls at least: an answer may leave one out. Where the list was not read that far, the
 * horizon stays, as long as the provider keeps tasks.
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
/** Where a page had entries that could not be read, they may be readable in the next poll. */
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
	/** Tasks about which the last answer was doubtful, such as that there is no such task. */
	private doubted: Times = new Map();

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
		for (const set of ['open', 'due', 'recent', 'doubted'] as const) {
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

	/** Tasks to deliver, the oldest first. */
	dueIds(): string[] {
		return [...this.due].sort(([, one], [, other]) => one - other).map(([taskId]) => taskId);
	}

	see({ taskId, createdAtMs, state }: Sighting): void {
		// The task's own call decides about one that is due.
		if (this.due.has(taskId) || this.recent.has(taskId)) return;
		const created = this.open.get(taskId) ?? secondsOf(createdAtMs);
		if (created < this.horizon && !this.open.has(taskId)) return;
		this.doubted.delete(taskId);
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

	/** A task that was due and has not ended. */
	reopen(taskId: string): void {
		this.open.set(taskId, this.due.get(taskId) ?? this.horizon);
		this.due.delete(taskId);
	}

	/** Notes a doubtful answer about a task; whether that of an earlier poll was doubtful as well. */
	doubt(taskId: string): boolean {
		if (this.doubted.has(taskId)) return true;
		this.doubted.set(taskId, this.horizon);
		return false;
	}

	/** A task that the provider does not know, as its list and its own call say: once may be a replica that is behind. */
	unknown(taskId: string): void {
		const created = this.open.get(taskId) ?? this.due.get(taskId) ?? this.horizon;
		if (this.doubt(taskId)) this.settle(taskId, created);
	}

	/** Sets the horizon where a trigger begins, from the tasks of the last {@link windowMs}. */
	begin(createdAtMs: readonly number[]): void {
		this.moveHorizon(nextHorizon(createdAtMs, true));
	}

	/** What has ended already is not settled, as far as it was created since a moment, in milliseconds since 1970. */
	reachBack(sinceMs: number): void {
		this.recent.clear();
		this.horizon = this.nextHorizon = Math.min(this.horizon, secondsOf(sinceMs));
	}

	/** Moves the horizon after the list was read as far as the last one, or to its end: to where the poll before has read it. `isWhole`: whether each entry could be read. */
	advance(createdAtMs: readonly number[], isWhole: boolean): void {
		this.moveHorizon(this.nextHorizon);
		this.nextHorizon = nextHorizon(createdAtMs, isWhole) ?? this.horizon;
	}

	/** Keeps the horizon after the list was not read as far, except for what the provider no longer keeps. */
	stay(createdAtMs: readonly number[]): void {
		const newestMs = createdAtMs.reduce((one, other) => Math.max(one, other), 0);
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
		if (created >= this.horizon) this.recent.set(taskId, created);
	}
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
