import type { IExecuteFunctions } from 'n8n-workflow';

/** The parts of n8n's context that a line of the log needs. */
export type LogContext = Pick<IExecuteFunctions, 'logger' | 'getNode' | 'getWorkflow'>;

/** Writes a line to n8n's log, with its workflow and node in the metadata; never throws. */
export function log(
	context: LogContext,
	level: 'debug' | 'info' | 'warn' | 'error',
	message: string,
	metadata: Record<string, unknown>,
): void {
	try {
		context.logger[level](message, { ...placeOf(context), ...metadata });
	} catch {
		// A log that cannot be written must not lose a task.
	}
}

function placeOf(context: LogContext): Record<string, unknown> {
	try {
		return { nodeName: context.getNode().name, workflowId: context.getWorkflow().id };
	} catch {
		return {};
	}
}
