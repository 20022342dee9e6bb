import type { NodeStore } from '../n8n/nodeStore';
import type { FailureDetails } from '../seedance/failure';
import type { CreateKeys, CreatePlace, Occurrence } from './createIdentity';
import type { RecordedBy } from './durableLedger';
import { addTo } from './addTo';
import { indexOf, type LedgerIndex } from './ledgerIndex';
import type { Marker } from './marker';

/*
 * An entry of the ledger, one per create:
 *
 *   (none) ──recordTask──▶ task ──deliver, as a tool──▶ (none)
 *     │                     └─────forget──────────────▶ (none)
 *     └──recordUnknown──▶ unknown ──recordTask──▶ task
 *
 * An entry that has a task never loses it to `recordUnknown`, only to a later create of the same item.
 */

/** A create whose outcome is unknown, with what its task is recognized by. */
export interface LostCreate {
	readonly failure: FailureDetails;
	readonly marker: Marker | undefined;
	/** What n8n's database knows it by. */
	readonly keys: CreateKeys | undefined;
	/** By which of them an earlier process has recorded it; undefined when it was sent in this execution. */
	readonly by?: RecordedBy | undefined;
	/** When it was sent at the earliest, in milliseconds since 1970. */
	readonly sentAtMs: number;
}

interface EntryFacts {
	readonly executionId?: string | undefined;
	/** Fingerprint of the row, where it has one. */
	readonly row?: string | undefined;
	/** How many creates of the item came before it; undefined is 0. */
	readonly generation?: number | undefined;
}

/** What is known of a create. */
export type LedgerEntry = EntryFacts &
	(
		| {
				readonly taskId: string;
				/** What n8n's database knows the create by. */
				readonly keys?: CreateKeys | undefined;
				/** What marked the create. */
				readonly marker?: Marker | undefined;
		  }
		| { readonly unknown: LostCreate }
	);

/** What is known of a create whose task is known. */
export interface TaskFacts {
	readonly keys: CreateKeys | undefined;
	readonly marker: Marker | undefined;
	readonly generation: number;
}

/** The tasks that this execution created or may have created, in the node's store. It outlives the tries of Retry On Fail and Retry of an execution, but not the process. */
export interface Ledger {
	/** Keeps the entry of exactly this create at this place for its item; every item of the run does so before any of them finds an entry. */
	reserve(place: CreatePlace): void;
	/**
	 * The entry of an item's create, or undefined; no two items find the same entry.
	 * The create is known by its resolved request or by its row, at its place or another: `$now` resolves to another value in each try.
	 * Nobody can change the node between two tries of Retry On Fail, so there any create of the item counts.
	 */
	find(place: CreatePlace): LedgerEntry | undefined;
	/** How many equal creates earlier runs of the node have recorded, in a loop. */
	recordedBefore(place: CreatePlace): Occurrence;
	/** Records a task as soon as its create is answered. */
	recordTask(place: CreatePlace, taskId: string, facts: TaskFacts): void;
	/** Records a create whose outcome is unknown. */
	recordUnknown(place: CreatePlace, unknown: LostCreate, generation: number): void;
	/** Removes a task that was cancelled before it could be charged, and returns what n8n's database knows it by. */
	forget(taskId: string): CreateKeys[];
	/** Removes a task that an agent's tool has returned: the next call with the same request is for another video. */
	deliver(taskId: string): void;
}

/** The key in the node's store. */
const storeKey = 'seedanceTasks';

/** The ledger of the node's current run; each run of the node in a loop has entries of its own. */
export function openLedger(store: NodeStore): Ledger {
	return new StoredLedger(store);
}

class StoredLedger implements Ledger {
	private readonly entries: Record<string, LedgerEntry>;
	/** The node's run; agents before version 3 give each try of a tool's Retry On Fail a run index of its own, as they give each call one. */
	private readonly run: number | 'tool';
	/** Keys of the entries that items of this run have. */
	private readonly found = new Set<string>();
	/** Keys of the entries that are kept for the item at their place. */
	private readonly reserved = new Set<string>();
	/** The entries as they were at the first question; what is recorded later is found already. */
	private index: LedgerIndex | undefined;

	constructor(private readonly store: NodeStore) {
		this.entries = store.values(storeKey) as Record<string, LedgerEntry>;
		this.run = store.isTool ? 'tool' : store.runIndex;
	}

	reserve(place: CreatePlace): void {
		const key = this.keyOf(place);
		if (this.entries[key] !== undefined) this.reserved.add(key);
	}

	find(place: CreatePlace): LedgerEntry | undefined {
		const key = this.findKey(place);
		if (key === undefined) return undefined;
		this.found.add(key);
		return this.entries[key];
	}

	recordedBefore({ request, row }: CreatePlace): Occurrence {
		if (!(Number(this.run) > 0)) return { request: 0, row: 0 };
		const { earlierRuns } = this.indexed();
		const count = (of: string) => earlierRuns.get(of) ?? 0;
		return {
			request: count(`request ${request}`),
			row: row === undefined ? 0 : count(`row ${row}`),
		};
	}

	recordTask(place: CreatePlace, taskId: string, facts: TaskFacts): void {
		this.record(place, { taskId, ...facts });
	}

	recordUnknown(place: CreatePlace, unknown: LostCreate, generation: number): void {
		const known = this.entries[this.keyOf(place)];
		const isLater = generation > (known?.generation ?? 0);
		if (known !== undefined && 'taskId' in known && !isLater) return;
		this.record(place, { unknown, generation });
	}

	forget(taskId: string): CreateKeys[] {
		const forgotten: CreateKeys[] = [];
		for (const key of this.indexed().ofTask.get(taskId) ?? []) {
			const entry = this.entries[key];
			// A later create of the item may have taken its place.
			if (entry === undefined || !('taskId' in entry) || entry.taskId !== taskId) continue;
			if (entry.keys !== undefined) forgotten.push(entry.keys);
			delete this.entries[key];
		}
		return forgotten;
	}

	deliver(taskId: string): void {
		if (this.store.isTool) this.forget(taskId);
	}

	private record(place: CreatePlace, entry: LedgerEntry): void {
		const { executionId } = this.store;
		const key = this.keyOf(place);
		this.entries[key] = { ...entry, executionId, row: place.row };
		this.found.add(key);
		if ('taskId' in entry) addTo(this.indexed().ofTask, entry.taskId, key);
	}

	private findKey(place: CreatePlace): string | undefined {
		const { itemIndex, request, row } = place;
		const { isTool, retriesOnFail, executionId } = this.store;
		const key = this.keyOf(place);
		if (this.entries[key] !== undefined && !this.found.has(key)) return key;
		const { ofRequest, ofRow, ofItem } = this.indexed();
		const moved = this.firstFree(ofRequest.get(request));
		if (moved !== undefined) return moved;
		const free = (ofItem.get(itemIndex) ?? []).filter((one) => this.isFree(one));
		const asWritten =
			row === undefined
				? undefined
				: // Its own place comes first.
					(free.find((one) => this.entries[one]?.row === row) ?? this.firstFree(ofRow.get(row)));
		// An agent calls the same tool several times in one execution, each time for another video.
		const isRetried = !isTool && retriesOnFail && executionId !== undefined;
		const isEarlierTry = (one: string) => this.entries[one]?.executionId === executionId;
		return asWritten ?? (isRetried ? free.find(isEarlierTry) : undefined);
	}

	/** Keys that are not free now never will be, so they leave their list: every key is passed once. */
	private firstFree(keys: string[] = []): string | undefined {
		for (;;) {
			const last = keys.at(-1);
			if (last === undefined || this.isFree(last)) return last;
			keys.pop();
		}
	}

	private isFree(key: string): boolean {
		return this.entries[key] !== undefined && !this.found.has(key) && !this.reserved.has(key);
	}

	private indexed(): LedgerIndex {
		this.index ??= indexOf(this.entries, this.run);
		return this.index;
	}

	private placeOf(itemIndex: number): string {
		return `${this.run}:${itemIndex}:`;
	}

	private keyOf({ itemIndex, request }: CreatePlace): string {
		return this.placeOf(itemIndex) + request;
	}
}
