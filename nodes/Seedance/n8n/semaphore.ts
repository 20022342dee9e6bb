/** Runs work when fewer than the maximum run, in order of arrival. */
export type Semaphore = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** A semaphore with this many permits. */
export function createSemaphore(permits: number): Semaphore {
	const waiting: Array<() => void> = [];
	let running = 0;
	return async (work) => {
		if (running < permits) running++;
		else await new Promise<void>((resolve) => waiting.push(resolve));
		try {
			return await work();
		} finally {
			// The permit goes to the next in line without being free in between.
			const next = waiting.shift();
			if (next === undefined) running--;
			else next();
		}
	};
}
