import type { Draw } from './draw';

/** For how much of a route a kind of fault is drawn. */
export interface Share {
	/** Part of the rows; at least one row has it. */
	readonly share: number;
	/** For faults that hold something up: one takes up to two minutes of real time. */
	readonly maxRows?: number;
	/** For faults that a node need not survive twice in a row: a row has one of them at most. */
	readonly isOnce?: boolean;
}

/** The fault of each row that has one. Where the rows do not suffice, the last kinds are left out of second requests alone. */
export function planOf<Kind extends string>(
	draw: Draw,
	name: string,
	rows: number,
	kinds: Record<Kind, Share>,
	part: number,
): Map<number, Kind> {
	const free = draw.shuffled(rows, name);
	const planned = new Map<number, Kind>();
	for (const [kind, { share, maxRows }] of Object.entries<Share>(kinds)) {
		// What holds something up would do so twice for no more knowledge.
		if (maxRows !== undefined && part < 1) continue;
		const count = Math.min(Math.max(1, Math.round(rows * share * part)), maxRows ?? rows);
		for (const row of free.splice(0, count)) planned.set(row, kind as Kind);
	}
	return planned;
}
