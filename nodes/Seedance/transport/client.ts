import type { Connection } from '../api/connection';
import type { CreateRequest } from '../api/createRequest';
import { listUrl, type ListFilter } from '../api/dialects/arkTasks';
import { taskUrl } from '../api/dialects/dialect';
import {
	isRefusal,
	lostAnswerFailure,
	readProviderError,
	refusedFailure,
	toFailure,
} from '../api/errors';
import { retryDelayMs, type RequestKind } from '../api/retry';
import { readCreatedTaskId, readTask, readTaskList, type Task, type TaskList } from '../api/task';
import type { Clock } from './clock';
import { createLimit } from './limit';
import {
	sendRequest,
	type ProviderAnswer,
	type ProviderRequest,
	type RequestContext,
} from './request';

/** The provider's task calls, with what may be repeated repeated. Every method throws SeedanceFailure. */
export interface SeedanceClient {
	/** Creates a task, which is paid for, with one single request, and gives its id. */
	createTask(request: CreateRequest): Promise<string>;
	/** Reads a task; passing faults are retried a few times. */
	readTask(taskId: string): Promise<Task>;
	/** Reads a task with one single request that is given up after `timeoutMs`. */
	lookAtTask(taskId: string, timeoutMs: number): Promise<Task>;
	/** Reads tasks by their ids, at most 100, with one single list request that is given up after `timeoutMs`. */
	lookAtTasks(taskIds: readonly string[], timeoutMs: number): Promise<readonly Task[]>;
	/** Reads one page of the tasks of the last 7 days, newest first. */
	listTasks(page: Page, filter?: ListFilter): Promise<TaskPage>;
	/** Asks the provider, once, to cancel a queued task or to delete the record of a finished one: the same call, told apart by the task's status alone, so a repeat needs a new look first. */
	deleteTask(taskId: string): Promise<void>;
}

/** Which page of the task list; pages count from 1. */
interface Page {
	readonly pageNumber: number;
	readonly pageSize: number;
}

/** One page of the task list. */
export interface TaskPage {
	readonly tasks: readonly Task[];
	/** Whether another page follows. */
	readonly hasMore: boolean;
}

/** A request without what is the same for all of a connection. */
type ClientRequest = Omit<ProviderRequest, 'headers' | 'secrets'>;

const createTimeoutMs = 120_000;
const readTimeoutMs = 30_000;
/** Requests of one run in flight at the same time; creates are counted by the slots of their tasks. */
const mostRequestsAtOnce = 8;

/** Takes n8n's helpers, the clock and the connection and gives the client. */
export function createClient(
	context: RequestContext,
	clock: Clock,
	connection: Connection,
): SeedanceClient {
	const { dialect, secrets, tasksUrl } = connection;
	const { headers } = connection.provider;
	const host = new URL(tasksUrl).host;

	const limit = createLimit(mostRequestsAtOnce);

	async function sendOnce(request: ClientRequest): Promise<ProviderAnswer> {
		const call = async () => await sendRequest(context, clock, { ...request, headers, secrets });
		return request.kind === 'create' ? await call() : await limit(call);
	}

	async function send(request: ClientRequest): Promise<ProviderAnswer> {
		for (let retries = 0; ; retries++) {
			try {
				return await sendOnce(request);
			} catch (error) {
				const failure = toFailure(error);
				const delayMs = retryDelayMs(request.kind, failure, retries, Math.random());
				if (delayMs === undefined) throw failure;
				await clock.sleep(delayMs);
			}
		}
	}

	/** An answer of success without what it should hold: a refusal in its own words, or nothing that can be read. */
	function unreadable(kind: RequestKind, { body, httpStatus, requestId }: ProviderAnswer) {
		if (isRefusal(body))
			return refusedFailure(kind, httpStatus, readProviderError(body), { requestId });
		const failure = lostAnswerFailure(kind, 'unreadable', host, { requestId });
		const start = JSON.stringify(body)?.slice(0, 300) ?? '';
		return failure.with({ description: `${failure.description} The answer begins: ${start}` });
	}

	async function read(taskId: string, timeoutMs: number, call: typeof send): Promise<Task> {
		try {
			const url = taskUrl(tasksUrl, taskId);
			const answer = await call({ kind: 'read', method: 'GET', url, timeoutMs });
			const task = readTask(answer.body, taskId);
			if (task !== undefined) return task;
			throw unreadable('read', answer);
		} catch (error) {
			throw toFailure(error).with({ taskId });
		}
	}

	async function listOnce(
		page: Page,
		filter: ListFilter | undefined,
		timeoutMs: number,
		call: typeof send,
	): Promise<TaskList> {
		const url = listUrl(tasksUrl, page, filter);
		const answer = await call({ kind: 'list', method: 'GET', url, timeoutMs });
		const list = readTaskList(answer.body);
		if (list !== undefined) return list;
		throw lostAnswerFailure('list', 'unreadable', host, { requestId: answer.requestId });
	}

	return {
		async createTask(request) {
			const answer = await sendOnce({
				kind: 'create',
				method: 'POST',
				url: tasksUrl,
				body: dialect.createBody(request),
				timeoutMs: createTimeoutMs,
			});
			const taskId = readCreatedTaskId(answer.body);
			if (taskId !== undefined) return taskId;
			throw unreadable('create', answer);
		},
		readTask: async (taskId) => await read(taskId, readTimeoutMs, send),
		lookAtTask: async (taskId, timeoutMs) =>
			await read(taskId, Math.min(timeoutMs, readTimeoutMs), sendOnce),
		async lookAtTasks(taskIds, timeoutMs) {
			const page = { pageNumber: 1, pageSize: Math.max(taskIds.length, 1) };
			const list = await listOnce(page, { taskIds }, Math.min(timeoutMs, readTimeoutMs), sendOnce);
			return list.tasks;
		},
		async listTasks(page, filter) {
			const { tasks, count, total } = await listOnce(page, filter, readTimeoutMs, send);
			const seen = page.pageNumber * page.pageSize;
			// Not every gateway counts; then a full page may have a successor. Source: BytePlus docs 1521675 (total).
			const hasMore = total === undefined ? count === page.pageSize : seen < total;
			return { tasks, hasMore: hasMore && count > 0 };
		},
		async deleteTask(taskId) {
			try {
				const url = taskUrl(tasksUrl, taskId);
				await sendOnce({ kind: 'delete', method: 'DELETE', url, timeoutMs: readTimeoutMs });
			} catch (error) {
				throw toFailure(error).with({ taskId });
			}
		},
	};
}
