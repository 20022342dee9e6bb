import type { Clock } from './clock';

/** Resolves when it is the caller's turn, in order of arrival. */
export type Pace = () => Promise<void>;

/** Turns of which each begins this long after the one before, or later. */
export function createPace(clock: Clock, intervalMs: number): Pace {
	let nextAtMs = -Infinity;
	return async () => {
		const nowMs = clock.monotonicMs();
		const atMs = Math.max(nextAtMs, nowMs);
		nextAtMs = atMs + intervalMs;
		if (atMs > nowMs) await clock.sleep(atMs - nowMs);
	};
}
