import type { ItemEnd, RunEnd, TaskOfItem } from '../panel/runSummary';
import type { SeedanceFailure } from '../seedance/failure';
import type { Task } from '../seedance/task';

/** What n8n's log is told of the tasks of a run. */
export interface TaskLog {
	/** A task was created for an item, or existed already. After a stop, n8n saves nothing of the run, so the level is warn. */
	claimed(task: TaskOfItem, isNew: boolean, isStopped: boolean): void;
	/** The task of a create whose answer was lost was found in the provider's list. */
	foundAgain(task: TaskOfItem): void;
	/** A wait for a task begins; `isCancelledAtStop`: a stop cancels it, if it can. */
	waits(task: TaskOfItem, isCancelledAtStop: boolean): void;
	/** A wait saw a new status. */
	status(itemIndex: number, task: Task, elapsedMs: number): void;
	/** The task of an item failed, and a budget of the run allows no other. */
	notCreatedAgain(task: TaskOfItem): void;
	/** The outcome of an item's create is unknown. */
	outcomeUnknown(itemIndex: number, failure: SeedanceFailure): void;
	/** A create was answered after its outcome was reported as unknown. */
	lateTask(task: TaskOfItem): void;
	lastPollFailed(task: TaskOfItem, failure: SeedanceFailure): void;
	cancelled(task: TaskOfItem): void;
	notCancelled(task: TaskOfItem, reason: string): void;
	/** The time for Cancel on Stop is over, and these tasks may not be cancelled. */
	cancelOnStopEnded(tasks: readonly TaskOfItem[], afterMs: number): void;
	/** An item was returned. */
	returned(itemIndex: number, end: ItemEnd): void;
	failed(itemIndex: number, failure: SeedanceFailure): void;
	/** The run has ended; `isCharged`: some of its items were to create tasks. */
	ended(end: RunEnd, isCharged: boolean): void;
	limitFound(maxTasks: number): void;
	listGivenUp(failure: SeedanceFailure): void;
	/** What recording the creates of the run in n8n's database has cost. */
	recorded(calls: number, elapsedMs: number): void;
	/** n8n's database is not used. */
	notDurable(reason: string): void;
	/** n8n keeps no store for the node. */
	notKept(): void;
}
