/** Runs work, or lets it wait until less than the limit runs; in order of arrival. */
export type Limit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Takes how many may run at the same time and gives the limit. */
export function createLimit(most: number): Limit {
	const waiting: Array<() => void> = [];
	let running = 0;
	return async (work) => {
		if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
		running++;
		try {
			return await work();
		} finally {
			running--;
			waiting.shift()?.();
		}
	};
}
