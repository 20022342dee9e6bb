/** Lets fewer than a maximum do something at once, in order of arrival. */
export interface Semaphore {
	/** Runs work when there is a permit. */
	<Result>(work: () => Promise<Result>): Promise<Result>;
	/** Resolves when there is a permit, with the function that gives it back. */
	acquire(): Promise<() => void>;
}

/** A semaphore with this many permits. */
export function createSemaphore(permits: number): Semaphore {
	const waiting: Array<() => void> = [];
	let running = 0;

	/** Undefined when there is a permit at once. */
	function take(): Promise<void> | undefined {
		if (running >= permits) return new Promise((resolve) => waiting.push(resolve));
		running++;
		return undefined;
	}

	function giveBack(): void {
		// The permit goes to the next in line without being free in between.
		const next = waiting.shift();
		if (next === undefined) running--;
		else next();
	}

	async function run<Result>(work: () => Promise<Result>): Promise<Result> {
		const turn = take();
		if (turn !== undefined) await turn;
		try {
			return await work();
		} finally {
			giveBack();
		}
	}

	async function acquire(): Promise<() => void> {
		await take();
		let isHeld = true;
		return () => {
			if (isHeld) giveBack();
			isHeld = false;
		};
	}
	return Object.assign(run, { acquire });
}
