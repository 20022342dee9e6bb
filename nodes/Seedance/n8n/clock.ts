import { sleep } from 'n8n-workflow';
import { stopped } from '../seedance/failure';

/** Time and cancellation of one run of the node. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Milliseconds since some moment; unlike now() it never jumps. */
	monotonicMs(): number;
	/** Aborted when the execution is stopped, or when the run is aborted. */
	readonly signal: AbortSignal;
	/** Whether the user or n8n has stopped the execution; false when the run alone was aborted. */
	isExecutionStopped(): boolean;
	/** Ends every wait, download and queued create of the run at once. */
	abortRun(): void;
	/** Throws a SeedanceFailure of kind `stopped` once the signal is aborted. */
	throwIfStopped(): void;
	/** Resolves after this many milliseconds; rejects at once, like throwIfStopped, when the signal is aborted. */
	sleep(ms: number): Promise<void>;
	/** Detaches from n8n's signal, which n8n keeps for the whole execution. */
	release(): void;
}

/** The clock of a run; some of n8n's contexts have no cancel signal. */
export function createClock(executionSignal: AbortSignal | undefined): Clock {
	const controller = new AbortController();
	const { signal } = controller;
	const abortRun = () => controller.abort();
	if (executionSignal?.aborted === true) abortRun();
	executionSignal?.addEventListener('abort', abortRun, { once: true });
	// One listener for all sleepers: Node.js warns about many listeners on one signal.
	const sleepers = new Set<() => void>();
	const wakeAll = () => sleepers.forEach((wake) => wake());
	signal.addEventListener('abort', wakeAll, { once: true });

	function throwIfStopped() {
		if (signal.aborted) throw stopped();
	}

	return {
		now: () => Date.now(),
		monotonicMs: () => performance.now(),
		signal,
		isExecutionStopped: () => executionSignal?.aborted === true,
		abortRun,
		throwIfStopped,
		async sleep(ms) {
			throwIfStopped();
			let wake = () => {};
			const aborted = new Promise<void>((resolve) => {
				wake = resolve;
				sleepers.add(wake);
			});
			try {
				await Promise.race([sleep(ms), aborted]);
			} finally {
				sleepers.delete(wake);
			}
			throwIfStopped();
		},
		release: () => executionSignal?.removeEventListener('abort', abortRun),
	};
}
