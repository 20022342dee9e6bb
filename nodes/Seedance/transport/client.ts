import type { Connection } from '../api/connection';
import type { CreateRequest } from '../api/createRequest';
import { createBody, listUrl, taskUrl } from '../api/dialects/arkTasks';
import { lostAnswerFailure, toFailure } from '../api/errors';
import { retryDelayMs } from '../api/retry';
import { readCreatedTaskId, readTask, type Task } from '../api/task';
import type { Clock } from './clock';
import {
	sendRequest,
	type ProviderAnswer,
	type ProviderRequest,
	type RequestContext,
} from './request';

/** The provider's task calls, with what may be repeated repeated. Every method throws SeedanceFailure. */
export interface SeedanceClient {
	/** Creates a task, which is paid for, and gives its id. */
	createTask(request: CreateRequest): Promise<string>;
	/** Reads a task; passing faults are retried a few times. */
	readTask(taskId: string): Promise<Task>;
	/** Reads a task with one single request that is given up after `timeoutMs`. */
	lookAtTask(taskId: string, timeoutMs: number): Promise<Task>;
	/** Reads one page of the tasks of the last 7 days, newest first. */
	listTasks(page: { pageNumber: number; pageSize: number }): Promise<Task[]>;
}

const createTimeoutMs = 120_000;
const readTimeoutMs = 30_000;

/** Takes n8n's helpers, the clock and the connection and gives the client. */
export function createClient(
	context: RequestContext,
	clock: Clock,
	connection: Connection,
): SeedanceClient {
	const host = new URL(connection.tasksUrl).host;

	async function send(request: ProviderRequest): Promise<ProviderAnswer> {
		for (let retries = 0; ; retries++) {
			try {
				return await sendRequest(context, clock, request);
			} catch (error) {
				const failure = toFailure(error);
				const delayMs = retryDelayMs(request.kind, failure, retries, Math.random());
				if (delayMs === undefined) throw failure;
				await clock.sleep(delayMs);
			}
		}
	}

	async function read(
		taskId: string,
		timeoutMs: number,
		call: (request: ProviderRequest) => Promise<ProviderAnswer>,
	): Promise<Task> {
		try {
			const url = taskUrl(connection.tasksUrl, taskId);
			const answer = await call({ kind: 'read', method: 'GET', url, timeoutMs });
			const task = readTask(answer.body, taskId);
			if (task !== undefined) return task;
			throw lostAnswerFailure('read', 'unreadable', host, { requestId: answer.requestId });
		} catch (error) {
			throw toFailure(error).with({ taskId });
		}
	}

	return {
		async createTask(request) {
			const answer = await send({
				kind: 'create',
				method: 'POST',
				url: connection.tasksUrl,
				body: createBody(request),
				timeoutMs: createTimeoutMs,
			});
			const taskId = readCreatedTaskId(answer.body);
			if (taskId !== undefined) return taskId;
			throw lostAnswerFailure('create', 'unreadable', host, { requestId: answer.requestId });
		},
		readTask: async (taskId) => await read(taskId, readTimeoutMs, send),
		lookAtTask: async (taskId, timeoutMs) =>
			await read(taskId, Math.min(timeoutMs, readTimeoutMs), async (request) => {
				return await sendRequest(context, clock, request);
			}),
		async listTasks(page) {
			const answer = await send({
				kind: 'list',
				method: 'GET',
				url: listUrl(connection.tasksUrl, page),
				timeoutMs: readTimeoutMs,
			});
			return tasksIn(answer.body);
		},
	};
}

/** Source: BytePlus docs 1521675 (`items`); github byteplus-sa/ark-mcp (`data` in some wrappers). */
function tasksIn(body: unknown): Task[] {
	if (typeof body !== 'object' || body === null) return [];
	const list = 'items' in body ? body.items : 'data' in body ? body.data : [];
	if (!Array.isArray(list)) return [];
	return list.map((entry) => readTask(entry)).filter((task) => task !== undefined);
}
