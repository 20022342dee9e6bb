import { toFailure } from '../../api/errors';
import { log } from '../../transport/log';
import type { Session } from '../operation';
import { cancelIfQueued } from './decideAndDelete';

/** Cancels a task that is still queued after its execution was stopped, and writes to the log what became of it; never throws. */
export async function cancelAfterStop(session: Session, taskId: string): Promise<void> {
	const { context, ledger } = session;
	const { client, clock } = session.afterStop();
	try {
		const status = await cancelIfQueued(client, clock, taskId);
		const isCancelled = status === 'cancelled';
		if (isCancelled) ledger.forget(taskId);
		log(
			context,
			isCancelled ? 'info' : 'warn',
			isCancelled
				? `Seedance task ${taskId} was cancelled, because the execution was stopped`
				: `Seedance task ${taskId} was not cancelled: it is ${status}`,
			{ taskId, status },
		);
	} catch (error) {
		const { message } = toFailure(error);
		log(context, 'warn', `Seedance task ${taskId} could not be cancelled: ${message}`, { taskId });
	}
}
