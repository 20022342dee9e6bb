import type { IExecuteFunctions } from 'n8n-workflow';
import type { Clock } from '../n8n/clock';
import { openLog, type Log } from '../n8n/log';
import { describeFailure } from '../panel/failureText';
import {
	endText,
	progressText,
	summaryText,
	tasksText,
	type ItemEnd,
	type RunEnd,
	type TaskOfItem,
} from '../panel/runSummary';
import { itemNumber } from '../panel/values';
import type { SeedanceFailure } from '../seedance/failure';
import type { Task } from '../seedance/task';
import { ProgressLine } from './progressLine';
import { RunCounts } from './runCounts';
import type { TaskLog } from './taskLog';

/*
 * n8n's default level is info, and there its console prints the text alone. So the text says all that matters, and:
 *
 *   error  a bug
 *   warn   what may be charged and is in no item; what was to be done and was not: a create, a cancel, a last poll
 *   info   the task of each create, as soon as it is known: when a worker dies, the log is all that is left of it; the counts; the sum of a run; a cancelled task; a list that is given up
 *   debug  what the counts sum up, which is at info in a run with one item: a task that existed already, a new status, a new limit of the provider; whether creates are recorded
 */

/** What the lines of a run are about. */
export interface LoggedRun {
	readonly provider: string;
	readonly executionId: string | undefined;
	readonly itemsInAll: number;
}

/** What a line is about. */
interface Subject extends Readonly<Record<string, unknown>> {
	readonly itemIndex?: number;
}

/** Docker cuts a line after 16 KB. */
const maxTasksOfLine = 50;

/** The log of one run of the node. */
export function createRunLog(context: IExecuteFunctions, clock: Clock, run: LoggedRun): TaskLog {
	return new RunLog(context, clock, run);
}

class RunLog implements TaskLog {
	private readonly log: Log;
	private readonly counts: RunCounts;
	private readonly progress: ProgressLine;
	private lastProgress = '';
	private maxTasks: number | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		clock: Clock,
		private readonly run: LoggedRun,
	) {
		this.log = openLog(context);
		this.counts = new RunCounts(run.itemsInAll);
		this.progress = new ProgressLine(clock, () => this.writeProgress());
		clock.onStop(() => {
			if (!clock.isExecutionStopped()) return;
			this.progress.end();
			this.leftAtStop();
		});
	}

	claimed(task: TaskOfItem, isNew: boolean, isStopped: boolean): void {
		this.counts.noteTask(task, isNew ? 'created' : 'resumed');
		this.changed();
		const what = isNew ? 'was created' : 'existed already';
		const after = isStopped ? ' when the execution was stopped, and is charged if it succeeds' : '';
		const usual = isNew || !this.isBatch ? 'info' : 'debug';
		const level = isStopped ? 'warn' : usual;
		this.write(level, `Seedance task ${task.taskId} ${what}${after}`, { ...task });
	}

	foundAgain(task: TaskOfItem): void {
		this.counts.noteTask(task, 'foundAgain');
		this.changed();
		const text = `The outcome of a Seedance create was unknown, and its task ${task.taskId} was found in the list`;
		this.write('info', text, { ...task });
	}

	waits(task: TaskOfItem, isCancelledAtStop: boolean): void {
		this.counts.noteWait(task, isCancelledAtStop);
	}

	status(itemIndex: number, { taskId, status }: Task, elapsedMs: number): void {
		this.counts.noteStatus(itemIndex, status);
		this.changed();
		const elapsedSeconds = Math.round(elapsedMs / 1000);
		const text = `Seedance task ${taskId} is ${status} after ${elapsedSeconds} s`;
		this.write(this.isBatch ? 'debug' : 'info', text, {
			...{ taskId, itemIndex, status, elapsedSeconds },
		});
	}

	notCreatedAgain(task: TaskOfItem): void {
		const text = `Seedance task ${task.taskId} failed and is not created again, since Token Budget or Cost Budget has no room for it`;
		this.write('warn', text, { ...task });
	}

	outcomeUnknown(itemIndex: number, failure: SeedanceFailure): void {
		const { message } = describeFailure(failure);
		this.write('warn', 'The outcome of a Seedance create is unknown', { itemIndex }, message);
	}

	lateTask(task: TaskOfItem): void {
		const text = `A Seedance create whose outcome was unknown was answered late: its task is ${task.taskId}`;
		this.write('warn', text, { ...task });
	}

	lastPollFailed(task: TaskOfItem, failure: SeedanceFailure): void {
		const { message } = describeFailure(failure);
		const text = `The last poll of Seedance task ${task.taskId} failed`;
		this.write('warn', text, { ...task }, message);
	}

	cancelled(task: TaskOfItem): void {
		this.counts.noteStatus(task.itemIndex, 'cancelled');
		const text = `Seedance task ${task.taskId} was cancelled, because the execution was stopped`;
		this.write('info', text, { ...task, status: 'cancelled' });
	}

	notCancelled(task: TaskOfItem, reason: string): void {
		this.write('warn', `Seedance task ${task.taskId} was not cancelled`, { ...task }, reason);
	}

	cancelOnStopEnded(tasks: readonly TaskOfItem[], afterMs: number): void {
		const text = `Cancel on Stop ended after ${afterMs / 1000} s. These Seedance tasks may continue, and are charged if they succeed`;
		this.writeTasks(text, tasks);
	}

	returned(itemIndex: number, end: ItemEnd): void {
		this.counts.noteEnd(itemIndex, end);
		this.changed();
	}

	failed(itemIndex: number, failure: SeedanceFailure): void {
		const { kind, outcomeUnknown, cause } = failure;
		const isLeft = kind === 'stopped' || kind === 'waitTimedOut';
		const end = this.counts.endOfFailed(itemIndex, isLeft);
		this.counts.noteEnd(itemIndex, outcomeUnknown ? { kind: 'outcomeUnknown' } : end);
		this.changed();
		if (kind !== 'bug') return;
		const { stack } = Object(cause) as { stack?: unknown };
		this.write('error', 'Bug in the Seedance node', { itemIndex }, String(stack));
	}

	ended(end: RunEnd, isCharged: boolean): void {
		this.progress.end();
		const totals = this.counts.totals();
		const { items, ended } = totals.counts;
		if (ended.noTask === items || !(isCharged || this.counts.hasTasks)) return;
		this.write(
			'info',
			endText(this.context.getNode().name, end),
			{ end, ...totals },
			summaryText(totals),
		);
	}

	limitFound(maxTasks: number): void {
		this.maxTasks = maxTasks;
		const text = `${this.run.provider} accepts ${maxTasks} Seedance tasks in flight; the other items wait until one has finished`;
		this.write(this.isBatch ? 'debug' : 'info', text, { maxTasks });
	}

	listGivenUp(failure: SeedanceFailure): void {
		const { message } = describeFailure(failure);
		const text = `${this.run.provider} does not list Seedance tasks by ID, so each is read separately`;
		this.write('info', text, {}, message);
	}

	recorded(calls: number, elapsedMs: number): void {
		const text = `The Seedance node recorded its creates in n8n's database: ${calls} calls in ${elapsedMs} ms`;
		this.write('debug', text, { calls, elapsedMs });
	}

	notDurable(reason: string): void {
		const text = `Seedance creates are not recorded in n8n's database, so a Retry after a crash creates them again`;
		this.write('debug', text, {}, reason);
	}

	notKept(): void {
		const text = 'n8n keeps no store here: a retry does not find the Seedance tasks of this call';
		this.write('debug', text, {});
	}

	/** n8n has ended the execution by now, and keeps no items of a node that it has stopped. */
	private leftAtStop(): void {
		const { continuing, finished } = this.counts.leftAtStop();
		this.writeTasks(
			'The execution was stopped. These Seedance tasks continue, and are charged if they succeed',
			continuing,
		);
		this.writeTasks(
			'The execution was stopped. The videos of these Seedance tasks are finished and in no item; Get fetches them',
			finished,
		);
	}

	private writeTasks(text: string, tasks: readonly TaskOfItem[]): void {
		for (let first = 0; first < tasks.length; first += maxTasksOfLine) {
			const listed = tasks.slice(first, first + maxTasksOfLine);
			this.write('warn', text, { tasks: listed }, tasksText(listed));
		}
	}

	/** The lines of one item say more than its count. */
	private get isBatch(): boolean {
		return this.run.itemsInAll > 1;
	}

	private changed(): void {
		if (this.isBatch && this.counts.hasTasks) this.progress.changed();
	}

	private writeProgress(): void {
		const counts = this.counts.counts();
		const { maxTasks, run } = this;
		const limit =
			maxTasks === undefined ? undefined : `${run.provider} accepts ${maxTasks} in flight`;
		const text = progressText(counts, limit);
		if (text === this.lastProgress) return;
		this.lastProgress = text;
		this.write('info', this.context.getNode().name, { counts }, text);
	}

	/** Every line goes through here, so that none lacks its item and execution. */
	private write(level: Parameters<Log>[0], text: string, subject: Subject, reason?: string): void {
		const { executionId } = this.run;
		const { itemIndex } = subject;
		const place = [
			itemIndex === undefined ? [] : `item ${itemNumber(itemIndex)}`,
			executionId === undefined ? [] : `execution ${executionId}`,
		].flat();
		const line = [text, ...(place.length === 0 ? [] : [place.join(' of ')])].join(', ');
		const message = reason === undefined ? line : `${line}: ${reason}`;
		this.log(level, message, { executionId, ...subject });
	}
}
