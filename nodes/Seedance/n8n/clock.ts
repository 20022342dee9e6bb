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
	/** Resolves after this many milliseconds, or up to half a second after the signal is aborted. A stop does not end it. */
	pause(ms: number, until: AbortSignal): Promise<void>;
	/** Calls the listener at a stop, or at once when there was one. Returns the function that detaches it. */
	onStop(listener: () => void): () => void;
	/** Detaches from n8n's signal, which n8n keeps for the whole execution. */
	release(): void;
}

/** n8n's older sleep cannot be ended, and a timer that is left keeps a process from exiting. */
const maxSliceMs = 500;
/** While the process stands still, answers that have arrived are not read: such time does not count against them. */
const maxCountedMs = 2_000;

/** The clock of a run; some of n8n's contexts have no cancel signal. */
export function createClock(executionSignal: AbortSignal | undefined): Clock {
	const controller = new AbortController();
	const { signal } = controller;
	const abortRun = () => controller.abort();
	if (executionSignal?.aborted === true) abortRun();
	executionSignal?.addEventListener('abort', abortRun, { once: true });
	// One listener for all: Node.js warns about many listeners on one signal.
	const listeners = new Set<() => void>();
	const tellAll = () => listeners.forEach((listener) => listener());
	signal.addEventListener('abort', tellAll, { once: true });

	function throwIfStopped() {
		if (signal.aborted) throw stopped();
	}

	function onStop(listener: () => void): () => void {
		if (signal.aborted) listener();
		else listeners.add(listener);
		return () => listeners.delete(listener);
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
			let detach = () => {};
			const aborted = new Promise<void>((resolve) => {
				detach = onStop(resolve);
			});
			try {
				await Promise.race([sleep(ms), aborted]);
			} finally {
				detach();
			}
			throwIfStopped();
		},
		async pause(ms, until) {
			let leftMs = ms;
			while (!until.aborted && leftMs > 0) {
				const startedMs = performance.now();
				await sleep(Math.min(leftMs, maxSliceMs));
				leftMs -= Math.min(performance.now() - startedMs, maxCountedMs);
			}
		},
		onStop,
		release: () => executionSignal?.removeEventListener('abort', abortRun),
	};
}
