import type { IExecuteFunctions } from 'n8n-workflow';
import { log } from '../n8n/log';
import { describeFailure } from '../panel/failureText';
import type { SeedanceFailure } from '../seedance/failure';
import type { Task } from '../seedance/task';

/** What n8n's log is told of the tasks of a run. When a worker dies, the log is all that is left of its task ids. */
export interface TaskLog {
	/** A task was created or resumed for an item. After a stop, n8n saves nothing of the run, so the level is warn. */
	claimed(itemIndex: number, taskId: string, isStopped: boolean): void;
	/** The task of a create whose answer was lost was found in the provider's list. */
	foundAgain(itemIndex: number, taskId: string): void;
	/** What recording the creates of the run in n8n's database has cost. */
	recorded(calls: number, elapsedMs: number): void;
	/** n8n's database is not used. */
	notDurable(reason: string): void;
	/** The task of an item failed, and a budget of the run allows no other. */
	notCreatedAgain(itemIndex: number, taskId: string): void;
	/** A wait saw a new status. */
	status(itemIndex: number, task: Task, elapsedMs: number): void;
	/** The outcome of an item's create is unknown. */
	outcomeUnknown(itemIndex: number, failure: SeedanceFailure): void;
	/** A create was answered after its outcome was reported as unknown. */
	lateTask(taskId: string): void;
	limitFound(maxTasks: number): void;
	listGivenUp(failure: SeedanceFailure): void;
	cancelled(taskId: string): void;
	notCancelled(taskId: string, reason: string): void;
	/** The time for Cancel on Stop is over, and these tasks may not be cancelled. */
	cancelOnStopEnded(taskIds: readonly string[], afterMs: number): void;
	lastPollFailed(taskId: string, failure: SeedanceFailure): void;
}

/** How far the items of a run are. */
export interface Progress {
	readonly itemsInAll: number;
	readonly itemsDone: number;
}

/** The log of one run of the node. */
export function createTaskLog(
	context: IExecuteFunctions,
	provider: string,
	executionId: string | undefined,
	progress: () => Progress,
): TaskLog {
	const ofExecution = executionId === undefined ? '' : ` of execution ${executionId}`;
	return {
		...itemLog(context, ofExecution, progress),
		...runLog(context, provider),
	};
}

type ItemLines = 'claimed' | 'foundAgain' | 'notCreatedAgain' | 'status' | 'outcomeUnknown';

/** The lines that name an item. */
function itemLog(
	context: IExecuteFunctions,
	ofExecution: string,
	progress: () => Progress,
): Pick<TaskLog, ItemLines> {
	const itemsCreated = new Set<number>();
	return {
		claimed(itemIndex, taskId, isStopped) {
			itemsCreated.add(itemIndex);
			const text = `Seedance task ${taskId} belongs to item ${itemIndex}${ofExecution}`;
			log(context, isStopped ? 'warn' : 'info', text, { taskId, itemIndex });
		},
		foundAgain(itemIndex, taskId) {
			const text = `The outcome of a Seedance create was unknown, and its task ${taskId} was found in the list, item ${itemIndex}${ofExecution}`;
			log(context, 'info', text, { taskId, itemIndex });
		},
		notCreatedAgain(itemIndex, taskId) {
			const text = `Seedance task ${taskId} failed and is not created again, since Token Budget or Cost Budget has no room for it, item ${itemIndex}${ofExecution}`;
			log(context, 'warn', text, { taskId, itemIndex });
		},
		status(itemIndex, { taskId, status }, elapsedMs) {
			const elapsedSeconds = Math.round(elapsedMs / 1000);
			const { itemsInAll, itemsDone } = progress();
			const created = itemsCreated.size;
			const counts =
				itemsInAll === 1 ? '' : `; ${created} of ${itemsInAll} created, ${itemsDone} done`;
			log(
				context,
				'info',
				`Seedance task ${taskId} is ${status} after ${elapsedSeconds} s${counts}`,
				{
					...{ taskId, itemIndex, status, elapsedSeconds },
					...{ itemsInAll, itemsCreated: created, itemsDone },
				},
			);
		},
		outcomeUnknown(itemIndex, failure) {
			const { message } = describeFailure(failure);
			const text = `The outcome of a Seedance create is unknown, item ${itemIndex}${ofExecution}: ${message}`;
			log(context, 'warn', text, { itemIndex });
		},
	};
}

/** The other lines. */
function runLog(context: IExecuteFunctions, provider: string): Omit<TaskLog, ItemLines> {
	return {
		notDurable(reason) {
			const text = `Seedance creates are not recorded in n8n's database, so a Retry after a crash creates them again: ${reason}`;
			log(context, 'debug', text, {});
		},
		recorded(calls, elapsedMs) {
			const text = `The Seedance node recorded its creates in n8n's database: ${calls} calls in ${elapsedMs} ms`;
			log(context, 'debug', text, { calls, elapsedMs });
		},
		lateTask(taskId) {
			const text = `A Seedance create whose outcome was unknown was answered late: its task is ${taskId}`;
			log(context, 'warn', text, { taskId });
		},
		limitFound(maxTasks) {
			const text = `${provider} accepts ${maxTasks} Seedance tasks in flight; the other items wait until one has finished`;
			log(context, 'info', text, { maxTasks });
		},
		listGivenUp(failure) {
			const { message } = describeFailure(failure);
			const text = `${provider} does not list Seedance tasks by ID, so each is read separately: ${message}`;
			log(context, 'info', text, {});
		},
		cancelled(taskId) {
			const text = `Seedance task ${taskId} was cancelled, because the execution was stopped`;
			log(context, 'info', text, { taskId, status: 'cancelled' });
		},
		notCancelled(taskId, reason) {
			log(context, 'warn', `Seedance task ${taskId} was not cancelled: ${reason}`, { taskId });
		},
		cancelOnStopEnded(taskIds, afterMs) {
			const text = `Cancel on Stop ended after ${afterMs / 1000} s. These Seedance tasks may continue, and are charged if they succeed: ${taskIds.join(', ')}`;
			log(context, 'warn', text, { taskIds: [...taskIds] });
		},
		lastPollFailed(taskId, failure) {
			const { message } = describeFailure(failure);
			log(context, 'warn', `The last poll of Seedance task ${taskId} failed: ${message}`, {
				taskId,
			});
		},
	};
}
