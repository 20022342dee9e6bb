import { sleep } from 'n8n-workflow';
import { SeedanceFailure } from '../api/errors';

/** Time and cancellation of one run of the node. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Milliseconds since some moment; unlike now() it never jumps. */
	monotonicMs(): number;
	/** Aborted when the execution is stopped, or when the run is given up. */
	readonly signal: AbortSignal;
	/** Whether the user or n8n has stopped the execution; false when the run was merely given up. */
	isExecutionStopped(): boolean;
	/** Gives the run up: every wait and download ends at once. */
	giveUp(): void;
	/** Throws a SeedanceFailure of reason `stopped` once the signal is aborted. */
	throwIfStopped(): void;
	/** Resolves after this many milliseconds; rejects at once, like throwIfStopped, when the signal is aborted. */
	sleep(ms: number): Promise<void>;
}

// Up to n8n-workflow 2.33 `sleep` ignores a second argument; from 2.34 on it takes the signal and clears its timer.
const sleepUntilAborted: (ms: number, signal: AbortSignal) => Promise<void> = sleep;

/** Takes n8n's cancel signal (some contexts have none) and gives the clock. */
export function createClock(executionSignal: AbortSignal | undefined): Clock {
	const controller = new AbortController();
	const { signal } = controller;
	const giveUp = () => controller.abort();
	if (executionSignal?.aborted === true) giveUp();
	executionSignal?.addEventListener('abort', giveUp, { once: true });

	function throwIfStopped() {
		if (signal.aborted) throw stopped();
	}

	return {
		now: () => Date.now(),
		monotonicMs: () => performance.now(),
		signal,
		isExecutionStopped: () => executionSignal?.aborted === true,
		giveUp,
		throwIfStopped,
		async sleep(ms) {
			throwIfStopped();
			let onAbort = () => {};
			const aborted = new Promise<void>((resolve) => {
				onAbort = resolve;
				signal.addEventListener('abort', onAbort, { once: true });
			});
			try {
				await Promise.race([sleepUntilAborted(ms, signal).catch(() => {}), aborted]);
			} finally {
				signal.removeEventListener('abort', onAbort);
			}
			throwIfStopped();
		},
	};
}

/** Gives the failure of a stopped execution. */
export function stopped(): SeedanceFailure {
	return new SeedanceFailure({
		reason: 'stopped',
		message: 'The execution was stopped',
		description:
			'Tasks that were created go on at the provider. Use the Get operation with their ids to fetch the videos.',
	});
}
