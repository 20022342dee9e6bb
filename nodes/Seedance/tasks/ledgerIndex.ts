import { addTo } from './addTo';

/** What an entry of the ledger is looked for by, besides its key. */
interface IndexedEntry {
	readonly taskId?: string;
	readonly row?: string | undefined;
}

/** Keys of entries by what they are looked for by, so that a run of thousands of items does not look through all entries for each of them. */
export interface LedgerIndex {
	/** Of this run of the node, the oldest last. */
	readonly ofRequest: Map<string, string[]>;
	readonly ofRow: Map<string, string[]>;
	/** Of this run of the node, the oldest first. */
	readonly ofItem: Map<number, string[]>;
	readonly ofTask: Map<string, string[]>;
	/** How many entries earlier runs of the node have: `request …` and `row …`. */
	readonly earlierRuns: Map<string, number>;
}

/** The index of the entries as they are. */
export function indexOf(
	entries: Readonly<Record<string, IndexedEntry>>,
	thisRun: number | 'tool',
): LedgerIndex {
	const index: LedgerIndex = {
		...{ ofRequest: new Map(), ofRow: new Map(), ofItem: new Map() },
		...{ ofTask: new Map(), earlierRuns: new Map() },
	};
	const { ofRequest, ofRow, ofItem, ofTask, earlierRuns } = index;
	for (const [key, entry] of Object.entries(entries)) {
		const [run = '', item = '', request = ''] = key.split(':');
		if (entry.taskId !== undefined) addTo(ofTask, entry.taskId, key);
		if (run === String(thisRun)) {
			addTo(ofRequest, request, key);
			addTo(ofItem, Number(item), key);
			if (entry.row !== undefined) addTo(ofRow, entry.row, key);
		} else if (Number(run) < Number(thisRun)) {
			count(earlierRuns, `request ${request}`);
			if (entry.row !== undefined) count(earlierRuns, `row ${entry.row}`);
		}
	}
	for (const keys of [...ofRequest.values(), ...ofRow.values()]) keys.reverse();
	return index;
}

function count(counts: Map<string, number>, of: string): void {
	counts.set(of, (counts.get(of) ?? 0) + 1);
}
