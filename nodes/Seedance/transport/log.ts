import type { IExecuteFunctions } from 'n8n-workflow';

/** Takes n8n's context, a level, a line and what it is about, and writes the line to n8n's log; never throws. */
export function log(
	{ logger }: Pick<IExecuteFunctions, 'logger'>,
	level: 'info' | 'warn',
	message: string,
	metadata: Record<string, unknown>,
): void {
	try {
		logger[level](message, metadata);
	} catch {
		// A log that cannot be written must not cost a task.
	}
}
