import { toFailure } from '../seedance/failure';
import { retryDelayMs, type RequestKind } from '../seedance/retryPolicy';
import type { Clock } from './clock';

/** The retry loop for every request but a create, which the create queue sends again. Attempts that belong together share its patience. */
export class Retries {
	private retries = 0;
	private failingSinceMs: number | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly requestKind: RequestKind,
	) {}

	/**
	 * Runs an attempt, and again after each failure that the retry policy allows for this kind of request.
	 * Throws the SeedanceFailure of the last attempt, or one of kind `stopped`.
	 */
	async run<Result>(attempt: () => Promise<Result>): Promise<Result> {
		for (;;) {
			try {
				return await attempt();
			} catch (error) {
				const failure = toFailure(error);
				const nowMs = this.clock.monotonicMs();
				this.failingSinceMs ??= nowMs;
				const failingMs = nowMs - this.failingSinceMs;
				const { requestKind, retries } = this;
				const delayMs = retryDelayMs(requestKind, failure, retries, Math.random(), failingMs);
				if (delayMs === undefined) throw failure;
				this.retries++;
				await this.clock.sleep(delayMs);
			}
		}
	}

	/** Milliseconds that do not count: the attempt waited for others. */
	excuse(ms: number): void {
		if (this.failingSinceMs !== undefined) this.failingSinceMs += ms;
	}

	/** What failed so far no longer counts. */
	startAnew(): void {
		this.retries = 0;
		this.failingSinceMs = undefined;
	}
}

/** Runs an attempt, and again as {@link Retries} allows. Throws the same. */
export async function withRetries<Result>(
	clock: Clock,
	requestKind: RequestKind,
	attempt: () => Promise<Result>,
): Promise<Result> {
	return await new Retries(clock, requestKind).run(attempt);
}
