import type { Clock } from '../n8n/clock';
import type { TaskApi } from '../n8n/taskApi';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import { isTransient } from '../seedance/retryPolicy';
import { isCompleteEntry, isFinished, type Task } from '../seedance/task';
import { maxTasksPerPage } from '../seedance/wire/official';
import { ListPace } from './listPace';
import { pauseForEachMs } from './pollSchedule';
import type { Due, Report, Round } from './polled';
import { ReadRate } from './readRate';
import type { TaskPollSource } from './taskPoller';

/*
 * The list, for the whole run:
 *
 *   trusted or doubted ──refused (not transient)────────────────────────────▶ given up
 *   trusted ──3 transient failures in a row, 429 not counted──▶ doubted
 *   doubted ──read one at a time; that works twice right after a failure────▶ given up
 *   doubted ──a list request works──▶ trusted
 *
 * Few tasks are read by their own calls, as often as the rate allows. Of many, one list at a time shows those that are due and as many others as fit; between two lists, only what cannot wait for the next is read by its own call.
 * A list that is throttled comes later and later, so that more and more of what is due cannot wait for it.
 * A task that the list leaves out although its own call finds it is read by its own call for the next five polls.
 * A task that is overdue by what the list says is read by its own call after every three lists: a list may be stale for ever.
 */

/** Failures of the list in a row after which tasks are read one at a time as well. */
const maxListFailuresInARow = 3;
/** Times that reading one at a time works right after the list has failed: then it is the list that does not work. */
const maxContradictions = 2;
/** Polls of a task by its own call before the list is asked for it again. */
const pollsBetweenLists = 5;
/** Tasks of a run up to which each is read by its own call: the documents keep the list for other uses. Source: Volcengine docs 1521675. */
const fewTasks = 12;
/** A pause of a task, jitter included, is not shorter than that of the list, so that it can wait for it. */
const listsBetweenPolls = 4 / 3;
/** Lists with an overdue task until it is read by its own call. */
const listsBetweenReads = 3;

type TaskReport = Report<Task>;

/** Polls one task with its own call, and many with the list where the provider has one that can be trusted. */
export class TaskSource implements TaskPollSource {
	private listFailuresInARow = 0;
	private contradictions = 0;
	/** Tasks that the list leaves out, with the polls left before it is asked for them again. */
	private readonly unlisted = new Map<string, number>();
	/** Lists with a task since its own call was last asked. */
	private readonly listsSinceRead = new Map<string, number>();

	/** Listed tasks whose entry is never enough. */
	private readonly needsOwnCall = new Set<string>();
	private readonly reads: ReadRate;
	private readonly lists: ListPace;

	/** `onListGivenUp` is told the failure because of which tasks are read one at a time from now on. */
	constructor(
		private readonly api: TaskApi,
		clock: Clock,
		private canList: boolean,
		private readonly onListGivenUp: (failure: SeedanceFailure) => void,
		random: () => number = Math.random,
	) {
		this.reads = new ReadRate(clock);
		this.lists = new ListPace(clock, random);
	}

	group({ due, others, overdue, needsOwnCall, waiting }: Round): string[][] {
		const isDoubtful = (taskId: string) =>
			(this.listsSinceRead.get(taskId) ?? 0) >= listsBetweenReads && overdue.has(taskId);
		const isSingle = (taskId: string) =>
			!this.canList || waiting <= fewTasks || this.unlisted.has(taskId) || isDoubtful(taskId);
		const listable = due.filter(({ id }) => !isSingle(id));
		const page = pageOf(listable, others, isSingle);
		const isListWorth = listable.length > 0 && page.length > 1;
		const isListNow = isListWorth && this.lists.take(waiting);
		const list = isListNow ? page : [];
		const isInList = new Set(list);
		for (const id of list) if (needsOwnCall.has(id)) this.needsOwnCall.add(id);
		const listPauseMs = isListWorth ? this.lists.pauseMs(waiting) : Infinity;
		const canBeListed = new Set(listable);
		const single = due.filter(
			(one) => !canBeListed.has(one) || (!isInList.has(one.id) && cannotWait(one, listPauseMs)),
		);
		const now = single.slice(0, this.reads.take(single.length));
		for (const { id } of now) this.countDown(id);
		return [...(isListNow ? [list] : []), ...now.map(({ id }) => [id])];
	}

	roundMs(waiting: number): number {
		const readsMs = waiting * pauseForEachMs;
		const isListed = this.canList && waiting > fewTasks;
		return isListed ? Math.min(readsMs, this.lists.pauseMs(waiting) * listsBetweenPolls) : readsMs;
	}

	async poll(taskIds: readonly string[], timeoutMs: number, report: TaskReport): Promise<void> {
		const [only] = taskIds;
		if (only !== undefined && taskIds.length === 1) {
			report(only, await this.pollOne(only, timeoutMs));
			return;
		}
		let tasks: readonly Task[];
		try {
			tasks = await this.api.pollTasks(taskIds, timeoutMs);
		} catch (error) {
			return await this.afterListFailure(toFailure(error), taskIds, timeoutMs, report);
		}
		this.listFailuresInARow = 0;
		this.contradictions = 0;
		this.lists.worked();
		await this.reportListed(tasks, taskIds, timeoutMs, report);
	}

	private async pollOne(taskId: string, timeoutMs: number): Promise<Task | SeedanceFailure> {
		this.listsSinceRead.delete(taskId);
		const outcome = await this.api.pollTask(taskId, timeoutMs).catch(toFailure);
		if (outcome instanceof SeedanceFailure && outcome.httpStatus === 429) this.reads.throttled();
		return outcome;
	}

	/** Reads each by its own call, as fast as the rate allows. */
	private async pollEach(
		taskIds: readonly string[],
		timeoutMs: number,
		report: TaskReport,
	): Promise<void> {
		await Promise.all(
			taskIds.map(async (taskId) => {
				await this.reads.turn();
				report(taskId, await this.pollOne(taskId, timeoutMs));
			}),
		);
	}

	private async reportListed(
		tasks: readonly Task[],
		taskIds: readonly string[],
		timeoutMs: number,
		report: TaskReport,
	): Promise<void> {
		const found = new Map(tasks.map((task) => [task.taskId, task]));
		const open: string[] = [];
		for (const taskId of taskIds) {
			const task = found.get(taskId);
			// The entry of a finished task may have fewer members than its own call. Source: github volcengine/ark-cli, gen-meta.md.
			if (task === undefined || (isFinished(task.status) && !this.isEnough(task))) {
				open.push(taskId);
				continue;
			}
			this.listsSinceRead.set(taskId, (this.listsSinceRead.get(taskId) ?? 0) + 1);
			report(taskId, task);
		}
		await this.pollEach(open, timeoutMs, (taskId, outcome) => {
			const isLeftOut = !found.has(taskId) && !(outcome instanceof SeedanceFailure);
			if (isLeftOut) this.unlisted.set(taskId, pollsBetweenLists);
			report(taskId, outcome);
		});
	}

	private isEnough(entry: Task): boolean {
		return isCompleteEntry(entry) && !this.needsOwnCall.has(entry.taskId);
	}

	private async afterListFailure(
		failure: SeedanceFailure,
		taskIds: readonly string[],
		timeoutMs: number,
		report: TaskReport,
	): Promise<void> {
		if (failure.kind === 'stopped') throw failure;
		if (failure.httpStatus === 429) {
			this.lists.throttled();
			for (const taskId of taskIds) report(taskId, undefined);
			return;
		}
		if (!isTransient(failure)) this.giveUpList(failure);
		else if (++this.listFailuresInARow < maxListFailuresInARow) {
			for (const taskId of taskIds) report(taskId, failure.with({ taskId }));
			return;
		}
		let isContradicted = false;
		await this.pollEach(taskIds, timeoutMs, (taskId, outcome) => {
			isContradicted ||= !(outcome instanceof SeedanceFailure);
			report(taskId, outcome);
		});
		if (isContradicted && ++this.contradictions >= maxContradictions) this.giveUpList(failure);
	}

	private giveUpList(failure: SeedanceFailure): void {
		if (this.canList) this.onListGivenUp(failure);
		this.canList = false;
	}

	private countDown(taskId: string): void {
		const left = (this.unlisted.get(taskId) ?? 0) - 1;
		if (left > 0) this.unlisted.set(taskId, left);
		else this.unlisted.delete(taskId);
	}
}

/** What one list can show: what is due, and as much else as fits. */
function pageOf(
	listable: readonly Due[],
	others: Iterable<string>,
	isSingle: (taskId: string) => boolean,
): string[] {
	const page = new Set(listable.slice(0, maxTasksPerPage).map(({ id }) => id));
	for (const id of page.size > 0 ? others : []) {
		if (page.size >= maxTasksPerPage) break;
		if (!isSingle(id)) page.add(id);
	}
	return [...page];
}

/** Whether it is the last poll, or the task is polled more often than the list. */
function cannotWait({ pauseMs, isLast }: Due, listPauseMs: number): boolean {
	return isLast || pauseMs < listPauseMs;
}
