import type { SeedanceFailure } from '../seedance/failure';
import { isTransient } from '../seedance/retryPolicy';
import type { Wait } from './polled';

/** Times in a row that a task may be unknown. */
const maxNotFoundInARow = 2;
/** Something new may be unknown at the provider for this long. */
const maxUnknownMs = 20_000;
/** Gateways refuse requests for some seconds that they accept a moment later, and the task exists. */
const maxRefusedMs = 10_000;

/** Whether a wait continues after a poll that failed; counts it. */
export function continuesAfter<Seen>(
	wait: Wait<Seen>,
	failure: SeedanceFailure,
	nowMs: number,
): boolean {
	const { failed, polled, startedAtMs } = wait;
	const { httpStatus, kind } = failure;
	const isFresh = polled.isNew && nowMs - startedAtMs < maxUnknownMs;
	const isNotFound = httpStatus === 404;
	const maybeLater = isNotFound && (isFresh || failed.notFoundInARow < maxNotFoundInARow);
	const isRefused = !maybeLater && !isTransient(failure);
	wait.failed = {
		inARow: failed.inARow + (maybeLater ? 0 : 1),
		notFoundInARow: failed.notFoundInARow + (maybeLater ? 1 : 0),
		throttledInARow: httpStatus === 429 ? failed.throttledInARow + 1 : 0,
		refusedSinceMs: failed.refusedSinceMs ?? (isRefused ? nowMs : undefined),
	};
	if (!isRefused) return true;
	const isAnswer = httpStatus !== undefined && !isNotFound && kind !== 'bug';
	const { refusedSinceMs = nowMs } = failed;
	return isAnswer && nowMs - refusedSinceMs < maxRefusedMs;
}
