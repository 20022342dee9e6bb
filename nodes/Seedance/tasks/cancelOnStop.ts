import type { Clock } from '../n8n/clock';
import { describeFailure } from '../panel/failureText';
import type { TaskOfItem } from '../panel/runSummary';
import { toFailure } from '../seedance/failure';
import type { Deletes } from './cancel';
import type { DurableLedger } from './durableLedger';
import type { Ledger } from './ledger';
import type { TaskLog } from './taskLog';

/** Cancels the tasks of an execution that was stopped, all within 15 s. */
export interface CancelOnStop {
	/** Cancels a task that is still queued, and logs what became of it. Never throws. */
	cancel(task: TaskOfItem): Promise<void>;
}

/** What is still allowed after a stop: calls with a clock that the stop does not end. */
interface AfterStop {
	readonly deletes: Deletes;
	readonly clock: Clock;
}

/** Who is told what became of a task. */
interface Told {
	readonly ledger: Ledger;
	readonly durable: DurableLedger;
	readonly log: Pick<TaskLog, 'cancelled' | 'notCancelled' | 'cancelOnStopEnded'>;
}

/** From the first task on. n8n has ended the execution by then, and may be about to shut down. */
const maxCancelMs = 15_000;
const maxSleepMs = 500;

/** The cancels of one run; their clock is aborted when the time is over. */
export function createCancelOnStop(afterStop: AfterStop, told: Told): CancelOnStop {
	return new StopCancels(afterStop, told);
}

class StopCancels implements CancelOnStop {
	private readonly open = new Set<TaskOfItem>();
	private endsAtMs: number | undefined;
	private watching: Promise<void> | undefined;

	constructor(
		private readonly afterStop: AfterStop,
		private readonly told: Told,
	) {}

	async cancel(task: TaskOfItem): Promise<void> {
		this.endsAtMs ??= this.afterStop.clock.monotonicMs() + maxCancelMs;
		this.open.add(task);
		this.watching ??= this.watch(this.endsAtMs);
		await Promise.race([this.watching, this.tryCancel(task)]);
	}

	/** Ends when no task is left, or the time is over. */
	private async watch(endsAtMs: number): Promise<void> {
		const { clock } = this.afterStop;
		while (this.open.size > 0) {
			const leftMs = endsAtMs - clock.monotonicMs();
			if (leftMs > 0) await clock.sleep(Math.min(leftMs, maxSleepMs));
			else this.giveUp();
		}
		this.watching = undefined;
	}

	private giveUp(): void {
		this.told.log.cancelOnStopEnded([...this.open], maxCancelMs);
		this.open.clear();
		this.afterStop.clock.abortRun();
	}

	private async tryCancel(task: TaskOfItem): Promise<void> {
		const { ledger, durable, log } = this.told;
		const { taskId } = task;
		try {
			const status = await this.afterStop.deletes.cancelIfQueued(taskId);
			if (status !== 'cancelled') return log.notCancelled(task, `it is ${status}`);
			for (const keys of ledger.forget(taskId)) durable.cancelled(keys);
			log.cancelled(task);
		} catch (error) {
			const failure = toFailure(error);
			// The time was over, and the log has said so.
			if (failure.kind === 'stopped') return;
			log.notCancelled(task, describeFailure(failure).message);
		} finally {
			this.open.delete(task);
		}
	}
}
