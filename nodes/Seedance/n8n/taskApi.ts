import type { Connection } from '../seedance/connection';
import { toFailure, type SeedanceFailure } from '../seedance/failure';
import type { CreateRequest } from '../seedance/request';
import type { RequestKind } from '../seedance/retryPolicy';
import {
	answeredIdsOf,
	readCreatedTaskId,
	readTask,
	readTaskList,
	type Task,
	type TaskList,
} from '../seedance/task';
import { listUrl, type ListFilter, type Page } from '../seedance/wire/official';
import {
	isRefusal,
	noUsableAnswerFailure,
	readProviderError,
	refusedFailure,
	speaksOfError,
} from '../seedance/wire/providerError';
import { isTaskId, taskUrl } from '../seedance/wire/wire';
import { maxExcerptCharacters, type ProviderAnswer } from './answer';
import type { Clock } from './clock';
import type { Send } from './http';
import { ListSupport } from './listSupport';
import { createPace } from './pace';
import { withRetries } from './retry';
import { TaskIds } from './taskIds';

/** The provider's task calls. Every method throws SeedanceFailure. */
export interface TaskApi {
	/** Creates a task, which may be charged, with a single request. Returns its id; `onLateTask` is told it where the answer comes after the outcome was reported as unknown. */
	createTask(request: CreateRequest, onLateTask?: (taskId: string) => void): Promise<string>;
	/** Reads a task; transient failures are retried. */
	readTask(taskId: string): Promise<Task>;
	/** Reads a task with a single request that ends after `timeoutMs`. */
	pollTask(taskId: string, timeoutMs: number): Promise<Task>;
	/** Reads tasks by their ids, at most 100, with a single list request that ends after `timeoutMs`. */
	pollTasks(taskIds: readonly string[], timeoutMs: number): Promise<readonly Task[]>;
	/** Reads one page of the tasks of the last 7 days, newest first; transient failures are retried. */
	listTasks(page: Page, filter?: ListFilter): Promise<TaskPage>;
	/** Sends DELETE once: it cancels a queued task and deletes the record of a finished one, so a retry needs a new read first. */
	deleteTask(taskId: string): Promise<void>;
}

/** One page of the task list. */
export interface TaskPage {
	readonly tasks: readonly Task[];
	/** Entries on this page, including those that cannot be read. */
	readonly count: number;
	/** Entries of all pages; undefined where the provider does not say. */
	readonly total: number | undefined;
	/** Whether another page may follow. */
	readonly hasMore: boolean;
	/** The moment of the answer by the provider's clock, in milliseconds since 1970; undefined where it does not say. */
	readonly answeredAtMs: number | undefined;
}

/** Source: Volcengine docs 1521675 (one list a second). */
const pauseBetweenListsMs = 1_000;
const createTimeoutMs = 120_000;
const readTimeoutMs = 30_000;

/** The task calls of one connection; `taskIds` is shared by all task calls of a run. */
export function createTaskApi(
	send: Send,
	clock: Clock,
	connection: Connection,
	taskIds: TaskIds = new TaskIds(),
): TaskApi {
	const { wire, tasksUrl } = connection;
	const { host } = new URL(tasksUrl);
	const listSupport = new ListSupport(host, connection.provider);
	const listTurn = createPace(clock, pauseBetweenListsMs);

	const read = async (taskId: string, timeoutMs: number) =>
		await readOnce({ send, tasksUrl, taskIds }, taskId, timeoutMs);

	async function list(page: Page, filter: ListFilter | undefined, timeoutMs: number) {
		const url = listUrl(tasksUrl, page, filter);
		const request = { kind: 'list', method: 'GET', url, timeoutMs } as const;
		const answer = await listSupport.ask(async () => {
			await listTurn();
			return await send(request);
		});
		const tasks = readTaskList(answer.body);
		const { requestId, answeredAtMs } = answer;
		// An error beside an empty list does not say that there are no tasks.
		if (tasks !== undefined && !speaksOfError(answer.body)) return { ...tasks, answeredAtMs };
		throw noUsableAnswerFailure('list', 'answerUnreadable', host, { requestId });
	}

	return {
		async createTask(request, onLateTask = () => {}) {
			const call = { kind: 'create', method: 'POST', url: tasksUrl } as const;
			const body = wire.createBody(request);
			const onLateAnswer = (late: ProviderAnswer) => onLateTask(createdTaskId(late, host));
			const timeoutMs = createTimeoutMs;
			const answer = await send({ ...call, body, timeoutMs, onLateAnswer });
			return createdTaskId(answer, host, taskIds);
		},
		readTask: async (taskId) =>
			await withTaskId(taskId, async () =>
				withRetries(clock, 'read', async () => await read(taskId, readTimeoutMs)),
			),
		pollTask: async (taskId, timeoutMs) =>
			await withTaskId(taskId, async () => await read(taskId, Math.min(timeoutMs, readTimeoutMs))),
		async pollTasks(asked, timeoutMs) {
			taskIds.note(asked);
			const page = { pageNumber: 1, pageSize: Math.max(asked.length, 1) };
			return (await list(page, { taskIds: asked }, Math.min(timeoutMs, readTimeoutMs))).tasks;
		},
		async listTasks(page, filter) {
			const read = async () => await list(page, filter, readTimeoutMs);
			const listed = await withRetries(clock, 'list', read);
			return { ...listed, hasMore: mayHaveMore(page, listed) };
		},
		deleteTask: async (taskId) =>
			await withTaskId(taskId, async () => await sendDelete(send, taskUrl(tasksUrl, taskId))),
	};
}

/** Reads a task with a single request. An answer that is certainly that of another task counts as none. */
async function readOnce(
	{ send, tasksUrl, taskIds }: { send: Send; tasksUrl: string; taskIds: TaskIds },
	taskId: string,
	timeoutMs: number,
): Promise<Task> {
	const url = taskUrl(tasksUrl, taskId);
	taskIds.note([taskId]);
	const answer = await send({ kind: 'read', method: 'GET', url, timeoutMs });
	const task = readTask(answer.body, taskId);
	if (task === undefined || taskIds.isForeign(taskId, answeredIdsOf(answer.body))) {
		throw unreadable('read', answer, new URL(tasksUrl).host);
	}
	return task;
}

/** Whether another page may follow. Source: BytePlus docs 1521675 (total). */
function mayHaveMore(
	{ pageNumber, pageSize }: Page,
	{ count, total, saysMore }: TaskList,
): boolean {
	if (saysMore) return true;
	if (count === 0) return false;
	// Not every gateway counts; then a full page may have a successor.
	if (total === undefined) return count >= pageSize;
	// Some gateways count the entries of the page, or those that are left.
	if (count >= pageSize && (total <= count || total < pageNumber * pageSize)) return true;
	const expected = Math.min(pageSize, total - (pageNumber - 1) * pageSize);
	// Any other count shows that the host has pages of another size.
	return pageNumber * (count === expected ? pageSize : count) < total;
}

async function sendDelete(send: Send, url: string): Promise<void> {
	const request = { kind: 'delete', method: 'DELETE', url } as const;
	const { body, httpStatus, requestId } = await send({ ...request, timeoutMs: readTimeoutMs });
	// A gateway may say with a status of success that nothing was deleted.
	if (isRefusal(body)) {
		throw refusedFailure('delete', httpStatus, readProviderError(body), { requestId });
	}
}

/** The id in the answer to a create. Whatever goes wrong here, the outcome is unknown: even an error in the body does not prove that nothing was created. */
function createdTaskId(
	answer: ProviderAnswer,
	host: string,
	taskIds: TaskIds = new TaskIds(),
): string {
	try {
		const taskId = readCreatedTaskId(answer.body);
		const isUsable = taskId !== undefined && isTaskId(taskId) && !speaksOfError(answer.body);
		// With the ID of another create, that of this one is unknown.
		if (isUsable && taskIds.takeNew(taskId)) return taskId;
		throw unreadable('create', answer, host);
	} catch (error) {
		throw toFailure(error).with({ outcomeUnknown: true });
	}
}

/** Adds the task id to the failure of a call about one task. */
async function withTaskId<Result>(taskId: string, call: () => Promise<Result>): Promise<Result> {
	try {
		return await call();
	} catch (error) {
		throw toFailure(error).with({ taskId });
	}
}

/** An answer with a status of success that lacks what it should have: a refusal, or nothing that can be read. */
function unreadable(
	kind: RequestKind,
	{ body, httpStatus, requestId }: ProviderAnswer,
	host: string,
): SeedanceFailure {
	if (isRefusal(body)) {
		return refusedFailure(kind, httpStatus, readProviderError(body), { requestId });
	}
	const excerpt = excerptOf(body);
	return noUsableAnswerFailure(kind, 'answerUnreadable', host, { requestId, values: { excerpt } });
}

/** The beginning of an answer, for a message; nothing in an answer makes it throw. */
function excerptOf(body: unknown): string {
	try {
		return JSON.stringify(body)?.slice(0, maxExcerptCharacters) ?? '';
	} catch {
		return '';
	}
}
