import type { IExecuteFunctions } from 'n8n-workflow';

/** Writes a line to n8n's log; never throws. */
export function log(
	{ logger }: Pick<IExecuteFunctions, 'logger'>,
	level: 'debug' | 'info' | 'warn' | 'error',
	message: string,
	metadata: Record<string, unknown>,
): void {
	try {
		logger[level](message, metadata);
	} catch {
		// A log that cannot be written must not lose a task.
	}
}
