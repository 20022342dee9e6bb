import { withoutNoise } from '../seedance/values';

/*
 * What the creates of a run may come to, in tokens or in money:
 *
 *   opened, with the estimate of each item ──create again──▶ within the limit: counted once more, and created
 *                                                      └──▶ above it: not created
 *
 * Each create counts as if it were charged, also one whose task failed: ByteDance does not charge that, but a reseller may, and nobody tells.
 */

/** The creates of a run, as far as the user limits what they cost. */
export interface RunBudget {
	/** Sets a limit, and what one create of each item counts at most, by the item's place in the input. */
	limitTo(limit: number, ofItem: ReadonlyMap<number, number>): void;
	/** Tells how many creates an item has had, those of earlier tries included. */
	noteCreates(itemIndex: number, creates: number): void;
	/** Whether one more create of an item is within every limit; if so, it is counted. */
	takeAnother(itemIndex: number): boolean;
}

/** The budget of one run; without a limit it allows everything. */
export function createRunBudget(): RunBudget {
	const limits: Array<{ readonly limit: number; readonly ofItem: ReadonlyMap<number, number> }> =
		[];
	const creates = new Map<number, number>();
	const createsOf = (itemIndex: number) => creates.get(itemIndex) ?? 1;

	/** Every item counts from the beginning, whether it is created yet or not. */
	const counted = (ofItem: ReadonlyMap<number, number>) =>
		[...ofItem].reduce((sum, [itemIndex, one]) => sum + one * createsOf(itemIndex), 0);

	return {
		limitTo: (limit, ofItem) => void limits.push({ limit, ofItem }),
		noteCreates(itemIndex, count) {
			creates.set(itemIndex, Math.max(count, createsOf(itemIndex)));
		},
		takeAnother(itemIndex) {
			const isAllowed = limits.every(
				({ limit, ofItem }) =>
					withoutNoise(counted(ofItem) + (ofItem.get(itemIndex) ?? 0)) <= limit,
			);
			if (isAllowed) creates.set(itemIndex, createsOf(itemIndex) + 1);
			return isAllowed;
		},
	};
}
