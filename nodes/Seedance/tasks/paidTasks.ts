import type { Clock } from '../n8n/clock';
import type { TaskApi } from '../n8n/taskApi';
import type { WaitPolicy } from '../panel/wait';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { RenderFacts } from '../seedance/renderTime';
import type { CreateRequest } from '../seedance/request';
import type { Task } from '../seedance/task';
import { cancelOnStop, type AfterStop } from './cancelOnStop';
import type { CreateQueue } from './createQueue';
import { fingerprintOf, type Ledger } from './ledger';
import type { WaitResult } from './polled';
import type { TaskLog } from './taskLog';
import type { TaskPoller } from './taskPoller';

/*
 * The life of a paid task:
 *
 *   claim ──in the ledger: task──▶ resumed ───────┐
 *     ├──not in the ledger──create──answered──▶ created ──▶ claimed ──deliver( read or wait, download )──▶ delivered
 *     │                       ├──outcome unknown──▶ fails, and the ledger keeps that      │
 *     │                       └──refused, or run aborted──▶ fails, nothing was created     └──stopped, and Cancel on Stop──▶ cancelled if queued
 *     └──in the ledger: outcome unknown──▶ fails, nothing is created
 *
 * From `claimed` on, every outcome of the item carries the task id. The ledger is told before anything else.
 * The task keeps its room in the create queue until its wait ends or it is delivered.
 */

/** A create request of an item, before anything is sent. */
export interface PaidRequest {
	/** Everything that makes it the same request as another one; JSON. */
	readonly identity: unknown;
	readonly facts: RenderFacts;
	/** Runs before the create is queued, for what takes long: uploads. */
	prepare(): Promise<void>;
	/** The request as it is sent; runs when it is this create's turn, since embedded media are held in memory. */
	ready(): Promise<CreateRequest>;
}

/** A task that is charged when it succeeds: from claim to delivery. */
export interface PaidTask {
	readonly taskId: string;
	/** The task as it is: a task that was just created as its create was answered, any other with one read. */
	read(): Promise<Task>;
	/** Waits until the task is finished or the wait times out; cancels it at a stop where the policy says so. */
	wait(policy: WaitPolicy): Promise<WaitResult<Task>>;
	/** Runs the remaining work of the item and frees the room of its task, whatever happens. As an agent's tool, a complete item also ends its ledger entry; an item whose wait timed out is not complete. */
	deliver<Output>(
		produce: () => Promise<Output>,
		isComplete: (output: Output) => boolean,
	): Promise<Output>;
}

/** The paid tasks of one run of the node. */
export interface PaidTasks {
	/** The task of an item: resumed where an earlier try has created it, otherwise created. Throws a SeedanceFailure; with `outcomeUnknown` where a task may have been created. */
	claim(itemIndex: number, request: PaidRequest): Promise<PaidTask>;
	/** A task that another execution may have created. */
	existing(itemIndex: number, taskId: string): PaidTask;
	/** Sets a limit of the user for the tasks in flight; the lowest of several counts. */
	limitTo(maxTasks: number): void;
	/** The task of each item that has one, by the item's place in the input. */
	readonly claimed: ReadonlyMap<number, string>;
}

/** What the paid tasks of a run are made of. */
export interface PaidTaskParts {
	readonly clock: Clock;
	readonly api: TaskApi;
	readonly ledger: Ledger;
	readonly queue: CreateQueue;
	readonly poller: TaskPoller;
	readonly log: TaskLog;
	/** What is still allowed after a stop; one for all items. */
	afterStop(): AfterStop;
}

/** The owner of a run's paid tasks. */
export function createPaidTasks(parts: PaidTaskParts): PaidTasks {
	const { api, ledger, queue, log } = parts;
	const claimed = new Map<number, string>();

	function claimedTask(itemIndex: number, taskId: string, isNew: boolean, facts: RenderFacts) {
		return new ClaimedTask(parts, { itemIndex, taskId, isNew, facts });
	}

	function note(itemIndex: number, taskId: string): void {
		claimed.set(itemIndex, taskId);
		log.claimed(itemIndex, taskId);
	}

	async function create(itemIndex: number, fingerprint: string, request: PaidRequest) {
		await request.prepare();
		try {
			return await queue.create(async () => {
				const taskId = await api.createTask(await request.ready());
				ledger.recordTask(itemIndex, fingerprint, taskId);
				note(itemIndex, taskId);
				return taskId;
			});
		} catch (error) {
			const failure = toFailure(error);
			if (failure.outcomeUnknown) {
				ledger.recordUnknown(itemIndex, fingerprint, failure.details());
				log.outcomeUnknown(itemIndex, failure);
			}
			throw failure;
		}
	}

	return {
		claimed,
		limitTo: (maxTasks) => queue.limitTo(maxTasks),
		existing: (itemIndex, taskId) => claimedTask(itemIndex, taskId, false, {}),
		async claim(itemIndex, request) {
			const fingerprint = fingerprintOf(request.identity);
			const known = ledger.find(itemIndex, fingerprint);
			if (known !== undefined && 'unknown' in known) throw new SeedanceFailure(known.unknown);
			if (known !== undefined) {
				queue.hold(known.taskId);
				note(itemIndex, known.taskId);
				return claimedTask(itemIndex, known.taskId, false, request.facts);
			}
			const taskId = await create(itemIndex, fingerprint, request);
			return claimedTask(itemIndex, taskId, true, request.facts);
		},
	};
}

interface Claim {
	readonly itemIndex: number;
	readonly taskId: string;
	/** Whether it was created just now. */
	readonly isNew: boolean;
	readonly facts: RenderFacts;
}

class ClaimedTask implements PaidTask {
	readonly taskId: string;

	constructor(
		private readonly parts: PaidTaskParts,
		private readonly claim: Claim,
	) {
		this.taskId = claim.taskId;
	}

	async read(): Promise<Task> {
		const { taskId, isNew, facts } = this.claim;
		if (!isNew) return await this.parts.api.readTask(taskId);
		const { model } = facts;
		return { taskId, status: 'queued', statusWord: 'queued', model, raw: { id: taskId, model } };
	}

	async wait(policy: WaitPolicy): Promise<WaitResult<Task>> {
		const { poller, log, clock, queue, ledger, afterStop } = this.parts;
		const { itemIndex, taskId, isNew, facts } = this.claim;
		const onStatus = (task: Task, elapsedMs: number) => log.status(itemIndex, task, elapsedMs);
		try {
			return await poller.wait({ taskId, policy, isNew, facts, onStatus });
		} catch (error) {
			if (clock.isExecutionStopped() && policy.cancelOnStop) {
				await cancelOnStop(afterStop(), ledger, log, taskId);
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
