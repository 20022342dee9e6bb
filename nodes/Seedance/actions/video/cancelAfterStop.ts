import { toFailure } from '../../api/errors';
import { createClient } from '../../transport/client';
import { createClock } from '../../transport/clock';
import { log } from '../../transport/log';
import { withoutCancelSignal } from '../../transport/request';
import type { Session } from '../operation';
import { cancelIfQueued } from './decideAndDelete';

/** Cancels a task that is still queued after its execution was stopped, and writes to the log what became of it; never throws. */
export async function cancelAfterStop(session: Session, taskId: string): Promise<void> {
	const { context, connection, ledger } = session;
	// The run's own clock and context refuse every request by now.
	const clock = createClock(undefined);
	const client = createClient(withoutCancelSignal(context), clock, connection);
	try {
		const status = await cancelIfQueued(client, clock, taskId);
		if (status === 'queued') {
			ledger.forget(taskId);
			log(
				context,
				'info',
				`Seedance task ${taskId} was cancelled, because the execution was stopped`,
				{ taskId },
			);
		} else {
			log(context, 'warn', `Seedance task ${taskId} was not cancelled: it is ${status}`, {
				taskId,
				status,
			});
		}
	} catch (error) {
		const { message } = toFailure(error);
		log(context, 'warn', `Seedance task ${taskId} could not be cancelled: ${message}`, { taskId });
	}
}
