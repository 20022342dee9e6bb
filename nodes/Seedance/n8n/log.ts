import type { IExecuteFunctions } from 'n8n-workflow';

/** The parts of n8n's context that lines of the log need. */
type LogContext = Pick<IExecuteFunctions, 'logger' | 'getNode' | 'getWorkflow'>;

/** Writes a line to n8n's log, with its workflow and node in the metadata; never throws. */
export type Log = (
	level: 'debug' | 'info' | 'warn' | 'error',
	message: string,
	metadata: Record<string, unknown>,
) => void;

/** The log of one run. */
export function openLog(context: LogContext): Log {
	// n8n copies the whole node each time.
	const place = placeOf(context);
	return (level, message, metadata) => {
		try {
			context.logger[level](message, { ...place, ...metadata });
		} catch {
			// A log that cannot be written must not lose a task.
		}
	};
}

function placeOf(context: LogContext): Record<string, unknown> {
	try {
		return { nodeName: context.getNode().name, workflowId: context.getWorkflow().id };
	} catch {
		return {};
	}
}
