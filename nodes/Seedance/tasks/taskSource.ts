import type { TaskApi } from '../n8n/taskApi';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import { isTransient } from '../seedance/retryPolicy';
import { isFinished, type Task } from '../seedance/task';
import { maxTasksPerPage } from '../seedance/wire/official';
import type { PollSource, Report } from './polled';

/*
 * The list, for the whole run:
 *
 *   trusted ──refused (not transient)───────────────────────────────────────▶ given up
 *   trusted ──3 transient failures in a row──▶ doubted
 *   doubted ──read one at a time; that works twice right after a failure────▶ given up
 *   doubted ──a list request works──▶ trusted
 *
 * A task that the list leaves out although its own call finds it is read by its own call for the next five polls.
 * A task that is overdue by what the list says is read by its own call after every three lists: a list may be stale for ever.
 */

/** Failures of the list in a row after which tasks are read one at a time as well. */
const maxListFailuresInARow = 3;
/** Times that reading one at a time works right after the list has failed: then it is the list that does not work. */
const maxContradictions = 2;
/** Polls of a task by its own call before the list is asked for it again. */
const pollsBetweenLists = 5;
/** Lists with an overdue task until it is read by its own call. */
const listsBetweenReads = 3;

type TaskReport = Report<Task>;

/** Polls one task with its own call, and many with the list where the provider has one that can be trusted. */
export class TaskSource implements PollSource<Task> {
	private listFailuresInARow = 0;
	private contradictions = 0;
	/** Tasks that the list leaves out, with the polls left before it is asked for them again. */
	private readonly unlisted = new Map<string, number>();
	/** Lists with a task since its own call was last asked. */
	private readonly listsSinceRead = new Map<string, number>();

	/** `onListGivenUp` is told the failure because of which tasks are read one at a time from now on. */
	constructor(
		private readonly api: TaskApi,
		private canList: boolean,
		private readonly onListGivenUp: (failure: SeedanceFailure) => void,
	) {}

	group(
		due: readonly string[],
		others: readonly string[],
		overdue: ReadonlySet<string> = new Set(),
	): string[][] {
		const isDoubtful = (taskId: string) =>
			overdue.has(taskId) && (this.listsSinceRead.get(taskId) ?? 0) >= listsBetweenReads;
		const isSingle = (taskId: string) =>
			!this.canList || this.unlisted.has(taskId) || isDoubtful(taskId);
		const single = due.filter(isSingle);
		const listed = due.filter((taskId) => !isSingle(taskId));
		for (const taskId of single) this.countDown(taskId);
		const groups: string[][] = [];
		for (let first = 0; first < listed.length; first += maxTasksPerPage) {
			groups.push(listed.slice(first, first + maxTasksPerPage));
		}
		// They cost no request of their own.
		const last = groups.at(-1);
		const alongside = others.filter((taskId) => !isSingle(taskId));
		last?.push(...alongside.slice(0, maxTasksPerPage - last.length));
		return [...groups, ...single.map((taskId) => [taskId])];
	}

	async poll(taskIds: readonly string[], timeoutMs: number, report: TaskReport): Promise<void> {
		if (taskIds.length < 2) return await this.pollEach(taskIds, timeoutMs, report);
		let tasks: readonly Task[];
		try {
			tasks = await this.api.pollTasks(taskIds, timeoutMs);
		} catch (error) {
			return await this.afterListFailure(toFailure(error), taskIds, timeoutMs, report);
		}
		this.listFailuresInARow = 0;
		this.contradictions = 0;
		await this.reportListed(tasks, taskIds, timeoutMs, report);
	}

	private async pollOne(taskId: string, timeoutMs: number): Promise<Task | SeedanceFailure> {
		this.listsSinceRead.delete(taskId);
		return await this.api.pollTask(taskId, timeoutMs).catch(toFailure);
	}

	private async pollEach(
		taskIds: readonly string[],
		timeoutMs: number,
		report: TaskReport,
	): Promise<void> {
		await Promise.all(
			taskIds.map(async (taskId) => report(taskId, await this.pollOne(taskId, timeoutMs))),
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
			if (task === undefined || isFinished(task.status)) {
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

	private async afterListFailure(
		failure: SeedanceFailure,
		taskIds: readonly string[],
		timeoutMs: number,
		report: TaskReport,
	): Promise<void> {
		if (failure.kind === 'stopped') throw failure;
		if (!isTransient(failure)) this.giveUpList(failure);
		else if (failure.httpStatus === 429 || ++this.listFailuresInARow < maxListFailuresInARow) {
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
