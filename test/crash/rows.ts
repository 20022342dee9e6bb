/** A row of a batch. Rows with the same story are its shots, in their order. */
export interface Row {
	readonly prompt: string;
	readonly story?: string;
}

/** The rows of a batch of single videos. */
export const singleRows: readonly Row[] = Array.from({ length: 40 }, (_, row) => ({
	prompt: `A lighthouse in the storm, take ${row}`,
}));

// Longer than n8n needs to start again.
const slowly = '[simulate:render 15s]';

/** Two stories side by side, of four and of three shots; shot 3 of each renders slowly. */
export const storyRows: readonly Row[] = [
	{ story: 'fox', prompt: 'A fox wakes up' },
	{ story: 'owl', prompt: 'An owl wakes up' },
	{ story: 'fox', prompt: 'The fox trots to a lake' },
	{ story: 'owl', prompt: 'The owl glides over a lake' },
	{ story: 'fox', prompt: `The fox looks into the water ${slowly}` },
	{ story: 'owl', prompt: `The owl dips a claw into the water ${slowly}` },
	{ story: 'fox', prompt: 'The fox and the owl meet' },
];
