/** A signal that is aborted by Ctrl+C or SIGTERM, so that what was started is stopped in order. */
export function interruptionSignal(): AbortSignal {
	const controller = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM'] as const) {
		// Not once: Ctrl+C arrives from the terminal and again from tsx, and a second one must not
		// kill in mid-stop.
		process.on(name, () => controller.abort(new Error('Interrupted')));
	}
	return controller.signal;
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
	if (signal.aborted) return;
	await new Promise<void>((resolve) => {
		signal.addEventListener('abort', () => resolve(), { once: true });
	});
}

/**
 * Runs a script's work with an interruption signal. A failure becomes one message and exit code 1,
 * an interruption 130.
 */
export async function runScript(work: (signal: AbortSignal) => Promise<number>): Promise<void> {
	const signal = interruptionSignal();
	try {
		process.exitCode = await work(signal);
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		process.stderr.write(signal.aborted ? 'Stopped.\n' : `${message}\n`);
		process.exitCode = signal.aborted ? 130 : 1;
	}
}
