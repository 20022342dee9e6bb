import type { Clock } from '../n8n/clock';
import type { TaskApi } from '../n8n/taskApi';
import type { WaitPolicy } from '../panel/wait';
import { toFailure } from '../seedance/failure';
import type { RenderFacts } from '../seedance/renderTime';
import { isFinished, type Task, type TaskStatus } from '../seedance/task';
import type { CancelOnStop } from './cancelOnStop';
import type { CreateQueue } from './createQueue';
import type { DurableLedger } from './durableLedger';
import type { Ledger } from './ledger';
import type { WaitResult } from './polled';
import type { TaskLog } from './taskLog';
import type { TaskPoller } from './taskPoller';

/** A task that is charged when it succeeds: from claim to delivery. */
export interface PaidTask {
	readonly itemIndex: number;
	readonly taskId: string;
	/** The task as it is: a task that was just created as its create was answered, any other with one read. */
	read(): Promise<Task>;
	/** Waits until the task is finished or the wait times out; cancels it at a stop where the policy says so. `needsWhole`: with every member that the provider has of it. */
	wait(policy: WaitPolicy, needsWhole: boolean): Promise<WaitResult<Task>>;
	/** Runs the remaining work of the item and frees the room of its task, whatever happens. As an agent's tool, a complete item also ends its ledger entry; an item whose wait timed out is not complete. */
	deliver<Output>(
		produce: () => Promise<Output>,
		isComplete: (output: Output) => boolean,
	): Promise<Output>;
	/** How many creates of the item came before this task. */
	readonly generation: number;
}

/** What the paid tasks of a run are made of. */
export interface PaidTaskParts {
	readonly clock: Clock;
	readonly api: TaskApi;
	readonly ledger: Ledger;
	readonly durable: DurableLedger;
	readonly queue: CreateQueue;
	readonly poller: TaskPoller;
	readonly log: TaskLog;
	/** Opened at a stop; one for all items. */
	cancelOnStop(): CancelOnStop;
}

/** How an item got its task. */
interface Claim {
	readonly itemIndex: number;
	readonly taskId: string;
	/** Whether it was created just now. */
	readonly isNew: boolean;
	readonly generation: number;
	readonly facts: RenderFacts;
}

/** The only kind of paid task. */
export class ClaimedTask implements PaidTask {
	readonly itemIndex: number;
	readonly taskId: string;
	readonly generation: number;
	/** The last status that was seen of a task that is no longer queued. */
	private begun: TaskStatus | undefined;

	constructor(
		private readonly parts: PaidTaskParts,
		private readonly claim: Claim,
	) {
		this.itemIndex = claim.itemIndex;
		this.taskId = claim.taskId;
		this.generation = claim.generation;
	}

	async read(): Promise<Task> {
		const { taskId, isNew, facts } = this.claim;
		if (!isNew) return await this.parts.api.readTask(taskId);
		const { model } = facts;
		return { taskId, status: 'queued', statusWord: 'queued', model, raw: { id: taskId, model } };
	}

	async wait(policy: WaitPolicy, needsWhole: boolean): Promise<WaitResult<Task>> {
		const { poller, log, clock, queue, cancelOnStop } = this.parts;
		const { itemIndex, taskId, isNew, facts } = this.claim;
		const task = { itemIndex, taskId };
		// The entry of a list may lack the URL of a last frame.
		const needsOwnCall = needsWhole || facts.hasLastFrame !== false;
		const onStatus = (seen: Task, elapsedMs: number) => {
			if (hasBegun(seen.status)) this.begun = seen.status;
			log.status(itemIndex, seen, elapsedMs);
		};
		log.waits(task, policy.cancelOnStop);
		try {
			return await poller.wait({ taskId, policy, isNew, needsOwnCall, facts, onStatus });
		} catch (error) {
			if (clock.isExecutionStopped() && policy.cancelOnStop) {
				// DELETE would remove its video as soon as that is finished, and a read may be out of date.
				if (this.begun === undefined) await cancelOnStop().cancel(task);
				else log.notCancelled(task, `it is ${this.begun}`);
			}
			throw toFailure(error);
		} finally {
			queue.release(taskId);
		}
	}

	async deliver<Output>(
		produce: () => Promise<Output>,
		isComplete: (output: Output) => boolean,
	): Promise<Output> {
		const { ledger, queue } = this.parts;
		try {
			const output = await produce();
			if (isComplete(output)) ledger.deliver(this.taskId);
			return output;
		} finally {
			queue.release(this.taskId);
		}
	}
}

const hasBegun = (status: TaskStatus) => status === 'running' || isFinished(status);
