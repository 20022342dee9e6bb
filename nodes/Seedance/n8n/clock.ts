import { sleep } from 'n8n-workflow';
import { stopped } from '../seedance/failure';

/*
 * A run, from its start:
 *
 *   open ──close: an item fails for all──▶ closed ──what is charged has ended──▶ aborted
 *     └──────────────stopped───────────────────┴──────────stopped──────────────▶ aborted
 *
 * Closed: nothing more is created, and nothing is fetched that nobody gets. Tasks that exist are waited for.
 */

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
	/** Aborted when nothing more may be created: the run is closed, stopped or aborted. */
	readonly closed: AbortSignal;
	/** Closes the run. */
	close(): void;
	/** Throws a SeedanceFailure of kind `stopped` once nothing more may be created. */
	throwIfClosed(): void;
	/** Does work that nobody needs once the run is closed; throws like throwIfClosed as soon as it is, and leaves the work to `abortRun`. */
	whileOpen<Result>(work: () => Promise<Result>): Promise<Result>;
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
	const closing = new AbortController();
	const { signal } = controller;
	const { signal: closed } = closing;
	const close = () => closing.abort();
	const abortRun = () => {
		controller.abort();
		close();
	};
	if (executionSignal?.aborted === true) abortRun();
	executionSignal?.addEventListener('abort', abortRun, { once: true });
	// One listener for all: Node.js warns about many listeners on one signal.
	const onStop = listenersOf(signal);
	const onClose = listenersOf(closed);

	function throwIfStopped() {
		if (signal.aborted) throw stopped();
	}

	function throwIfClosed() {
		if (closed.aborted) throw stopped();
	}

	return {
		now: () => Date.now(),
		monotonicMs: () => performance.now(),
		signal,
		isExecutionStopped: () => executionSignal?.aborted === true,
		abortRun,
		...{ closed, close, throwIfStopped, throwIfClosed },
		async whileOpen(work) {
			throwIfClosed();
			// After a stop, the work rejects with a more specific failure than this would.
			const isLeft = () => !signal.aborted;
			return await unlessLeft(work, onClose, isLeft);
		},
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
		pause,
		onStop,
		release: () => executionSignal?.removeEventListener('abort', abortRun),
	};
}

/** Attaches listeners to a signal, with one listener of the signal for all. Returns the function that detaches one. */
function listenersOf(signal: AbortSignal): (listener: () => void) => () => void {
	const listeners = new Set<() => void>();
	const tellAll = () => listeners.forEach((listener) => listener());
	signal.addEventListener('abort', tellAll, { once: true });
	return (listener) => {
		if (signal.aborted) listener();
		else listeners.add(listener);
		return () => listeners.delete(listener);
	};
}

/** What work returns; throws like throwIfClosed when it is left. */
async function unlessLeft<Result>(
	work: () => Promise<Result>,
	onClose: (listener: () => void) => () => void,
	isLeft: () => boolean,
): Promise<Result> {
	let detach = () => {};
	const left = new Promise<never>((_resolve, reject) => {
		detach = onClose(() => {
			if (isLeft()) reject(stopped());
		});
	});
	try {
		return await Promise.race([work(), left]);
	} finally {
		detach();
	}
}

async function pause(ms: number, until: AbortSignal): Promise<void> {
	let leftMs = ms;
	while (!until.aborted && leftMs > 0) {
		const startedMs = performance.now();
		await sleep(Math.min(leftMs, maxSliceMs));
		leftMs -= Math.min(performance.now() - startedMs, maxCountedMs);
	}
}
