import { createHash } from 'crypto';
import type { NodeStore } from '../n8n/nodeStore';
import type { FailureDetails } from '../seedance/failure';

/*
 * An entry of the ledger, one per create:
 *
 *   (none) ──recordTask──▶ task ──deliver, as a tool──▶ (none)
 *     │                     └─────forget──────────────▶ (none)
 *     └──recordUnknown──▶ unknown
 *
 * An entry that has a task never loses it to `recordUnknown`. `find` changes nothing.
 */

/** What is known of a create. */
export type LedgerEntry =
	| { readonly taskId: string; readonly executionId?: string | undefined }
	| { readonly unknown: FailureDetails; readonly executionId?: string | undefined };

/** The tasks that this execution created or may have created. It outlives the tries of Retry On Fail and Retry of an execution. */
export interface Ledger {
	/**
	 * The entry of an item's create with this fingerprint, or undefined.
	 * Nobody can change the node between two tries of Retry On Fail, so there any create of the item counts: an expression such as `$now` gives another fingerprint in each try.
	 */
	find(itemIndex: number, fingerprint: string): LedgerEntry | undefined;
	/** Records a task as soon as its create is answered. */
	recordTask(itemIndex: number, fingerprint: string, taskId: string): void;
	/** Records a create whose outcome is unknown. */
	recordUnknown(itemIndex: number, fingerprint: string, failure: FailureDetails): void;
	/** Removes a task that was cancelled before it could be charged. */
	forget(taskId: string): void;
	/** Removes a task that an agent's tool has returned: the next call with the same request is for another video. */
	deliver(taskId: string): void;
}

/** The key in the node's store. */
const storeKey = 'seedanceTasks';

/** A text that is the same for the same request. */
export function fingerprintOf(request: unknown): string {
	return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}

/** The ledger of the node's current run; each run of the node in a loop has entries of its own. */
export function openLedger(store: NodeStore): Ledger {
	const entries = store.values(storeKey) as Record<string, LedgerEntry>;
	const { executionId, isTool, retriesOnFail } = store;
	// Agents before version 3 give each try of a tool's Retry On Fail a run index of its own, as they give each call one.
	const run = isTool ? 'tool' : store.runIndex;
	const placeOf = (itemIndex: number) => `${run}:${itemIndex}:`;
	const keyOf = (itemIndex: number, fingerprint: string) => placeOf(itemIndex) + fingerprint;
	// An agent calls the same tool several times in one execution, each time for another video.
	const isRetried = !isTool && retriesOnFail && executionId !== undefined;

	function ofEarlierTry(itemIndex: number): LedgerEntry | undefined {
		return Object.entries(entries).find(
			([key, entry]) => key.startsWith(placeOf(itemIndex)) && entry.executionId === executionId,
		)?.[1];
	}

	function forget(taskId: string) {
		for (const [key, entry] of Object.entries(entries)) {
			if ('taskId' in entry && entry.taskId === taskId) delete entries[key];
		}
	}

	return {
		find: (itemIndex, fingerprint) =>
			entries[keyOf(itemIndex, fingerprint)] ?? (isRetried ? ofEarlierTry(itemIndex) : undefined),
		recordTask(itemIndex, fingerprint, taskId) {
			entries[keyOf(itemIndex, fingerprint)] = { taskId, executionId };
		},
		recordUnknown(itemIndex, fingerprint, unknown) {
			const key = keyOf(itemIndex, fingerprint);
			const known = entries[key];
			if (known !== undefined && 'taskId' in known) return;
			entries[key] = { unknown, executionId };
		},
		forget,
		deliver(taskId) {
			if (isTool) forget(taskId);
		},
	};
}
