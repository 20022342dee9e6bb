import { toFailure } from '../seedance/failure';
import { retryDelayMs, type RequestKind } from '../seedance/retryPolicy';
import type { Clock } from './clock';

/**
 * Runs an attempt, and again after each failure that the retry policy allows for this kind of request. The retry loop for every request but a create, which the create queue sends again.
 * Throws the SeedanceFailure of the last attempt, or one of kind `stopped`.
 */
export async function withRetries<Result>(
	clock: Clock,
	requestKind: RequestKind,
	attempt: () => Promise<Result>,
): Promise<Result> {
	for (let retries = 0; ; retries++) {
		try {
			return await attempt();
		} catch (error) {
			const failure = toFailure(error);
			const delayMs = retryDelayMs(requestKind, failure, retries, Math.random());
			if (delayMs === undefined) throw failure;
			await clock.sleep(delayMs);
		}
	}
}
