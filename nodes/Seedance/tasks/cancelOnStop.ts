import type { Clock } from '../n8n/clock';
import type { TaskApi } from '../n8n/taskApi';
import { describeFailure } from '../panel/failureText';
import { toFailure } from '../seedance/failure';
import { cancelIfQueued } from './cancel';
import type { DurableLedger } from './durableLedger';
import type { Ledger } from './ledger';
import type { TaskLog } from './taskLog';

/** What is still allowed after a stop: calls with a clock that the stop does not end. */
export interface AfterStop {
	readonly api: TaskApi;
	readonly clock: Clock;
}

interface Told {
	readonly ledger: Ledger;
	readonly durable: DurableLedger;
	readonly log: TaskLog;
}

/** Cancels a task that is still queued after its execution was stopped, and logs what became of it. Never throws. */
export async function cancelOnStop(
	{ api, clock }: AfterStop,
	{ ledger, durable, log }: Told,
	taskId: string,
): Promise<void> {
	try {
		const status = await cancelIfQueued(api, clock, taskId);
		if (status !== 'cancelled') return log.notCancelled(taskId, `it is ${status}`);
		for (const keys of ledger.forget(taskId)) durable.cancelled(keys);
		log.cancelled(taskId);
	} catch (error) {
		log.notCancelled(taskId, describeFailure(toFailure(error)).message);
	}
}
