/** Runs work, or lets it wait until less than the limit runs; in order of arrival. */
export type Limit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Takes how many may run at the same time and gives the limit. */
export function createLimit(most: number): Limit {
	const waiting: Array<() => void> = [];
	let running = 0;
	return async (work) => {
		if (running < most) running++;
		else await new Promise<void>((resolve) => waiting.push(resolve));
		try {
			return await work();
		} finally {
			// The place goes to the next in line without being free in between.
			const next = waiting.shift();
			if (next === undefined) running--;
			else next();
		}
	};
}
