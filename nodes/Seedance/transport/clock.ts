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
	/** Lets go of n8n's signal when the run is over; n8n keeps it for the whole execution. */
	release(): void;
}

/** Takes n8n's cancel signal (some contexts have none) and gives the clock. */
export function createClock(executionSignal: AbortSignal | undefined): Clock {
	const controller = new AbortController();
	const { signal } = controller;
	const giveUp = () => controller.abort();
	if (executionSignal?.aborted === true) giveUp();
	executionSignal?.addEventListener('abort', giveUp, { once: true });
	// One listener for all that sleep: a signal warns of many.
	const sleepers = new Set<() => void>();
	signal.addEventListener(
		'abort',
		() => {
			for (const wake of sleepers) wake();
		},
		{ once: true },
	);

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
		release: () => executionSignal?.removeEventListener('abort', giveUp),
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
