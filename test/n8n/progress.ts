/** Prints one line of text for a person who waits. */
export type OnProgress = (line: string) => void;

const intervalMs = 10_000;

/**
 * Announces a step, repeats it with the elapsed seconds every 10 s until the work ends, and says
 * how long it took.
 */
export async function withProgress<Result>(
	step: string,
	onProgress: OnProgress,
	work: PromiseLike<Result>,
): Promise<Result> {
	const startedAtMs = Date.now();
	const elapsedSeconds = () => Math.round((Date.now() - startedAtMs) / 1000);
	onProgress(`${step} …`);
	const timer = setInterval(() => onProgress(`${step} … ${elapsedSeconds()} s`), intervalMs);
	try {
		const result = await work;
		onProgress(`${step}: ${elapsedSeconds()} s`);
		return result;
	} finally {
		clearInterval(timer);
	}
}
