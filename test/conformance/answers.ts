import { setTimeout as sleep } from 'node:timers/promises';
import { taskUrl } from '../../nodes/Seedance/seedance/wire/wire';
import { listUrl, type ListFilter } from '../../nodes/Seedance/seedance/wire/official';
import { describeFailure } from '../../nodes/Seedance/panel/failureText';
import {
	readProviderError,
	refusedFailure,
} from '../../nodes/Seedance/seedance/wire/providerError';
import type { RequestKind } from '../../nodes/Seedance/seedance/retryPolicy';
import {
	readCreatedTaskId,
	readTask,
	readTaskList,
	type Task,
} from '../../nodes/Seedance/seedance/task';
import { CallFailure, type Answer } from './calls';
import { differencesFrom, listShape, refusalShape, taskShape } from './shapes';
import { StepFailure, type Check, type Findings } from './step';

/** How many polls in a row may fail before a wait gives up. */
const mostFailedLooks = 5;

/** The headers from which the node reads a request ID. */
const requestIdHeaders = ['x-request-id', 'x-tt-logid', 'x-client-request-id'];

/** The message of a refusal, in one line. */
export function describeAnswer({ status, body }: Answer): string {
	const { code, message } = readProviderError(body);
	return [`HTTP ${status}`, code, message].filter(Boolean).join(' ');
}

/** Requires a success. Otherwise throws StepFailure with the answer's message. */
export function expectSuccess(answer: Answer): void {
	if (answer.status < 200 || answer.status >= 300) throw new StepFailure(describeAnswer(answer));
}

/** Requires a refusal and compares its status and body. Throws StepFailure for a success or a server fault. */
export function expectRefusal(
	{ connection }: Check,
	findings: Findings,
	kind: RequestKind,
	answer: Answer,
	status: number,
): void {
	if (answer.status < 400 || answer.status >= 500) {
		throw new StepFailure(`${describeAnswer(answer)} instead of HTTP ${status}`);
	}
	if (answer.status !== status) findings.differs(`HTTP ${answer.status} instead of ${status}`);
	findings.differs(...differencesFrom(refusalShape(connection.wire.style), answer.body));
	const error = readProviderError(answer.body);
	if (error.code === undefined && error.message === undefined) {
		findings.differs('the node reads neither a code nor a message from it');
	}
	const { message } = describeFailure(refusedFailure(kind, answer.status, error, {}));
	findings.note(
		`HTTP ${answer.status} ${error.code ?? 'without a code'}, in the node: "${message}"`,
	);
	const header = requestIdHeaders.find((name) => answer.headers[name] !== undefined);
	if (header === undefined) findings.differs(`no header ${requestIdHeaders.join(' or ')}`);
	else findings.note(`request id in ${header}`);
}

/** Requires that a delete succeeded. Source: Volcengine Python SDK, tasks.py, delete (an empty body). */
export function expectDeleted(findings: Findings, answer: Answer): void {
	expectSuccess(answer);
	const { body } = answer;
	const isEmpty =
		body === undefined ||
		(typeof body === 'object' && body !== null && Object.keys(body).length === 0);
	if (!isEmpty) findings.differs('the body of a delete is not empty');
	findings.note(`HTTP ${answer.status}`);
}

/** Requests a page of tasks, compares it with the documents and returns its tasks. Throws StepFailure if the node could not read it. */
export async function listTasks(
	{ connection, calls, signal }: Check,
	findings: Findings,
	filter: ListFilter,
	fixture?: string,
): Promise<{ readonly tasks: readonly Task[]; readonly total: number | undefined }> {
	const pageSize = Math.max(2, filter.taskIds?.length ?? 0);
	const url = listUrl(connection.tasksUrl, { pageNumber: 1, pageSize }, filter);
	const answer = await calls.send({
		method: 'GET',
		url,
		signal,
		...(fixture === undefined ? {} : { fixture }),
	});
	expectSuccess(answer);
	const list = readTaskList(answer.body);
	if (list === undefined) throw new StepFailure('the node finds no list in the answer');
	findings.differs(...differencesFrom(listShape, answer.body));
	if (list.tasks.length < list.count) {
		findings.differs(`the node reads ${list.tasks.length} of ${list.count} entries`);
	}
	return list;
}

/** Reads a task once, compares it with the documents and returns it. Throws StepFailure for a refusal or an answer that the node could not read. */
export async function lookAtTask(check: Check, findings: Findings, taskId: string): Promise<Task> {
	const { connection, calls, book, signal } = check;
	const { style } = connection.wire;
	const answer = await calls.send({
		method: 'GET',
		url: taskUrl(connection.tasksUrl, taskId),
		signal,
		fixture: ({ body }) => `task-${readTask(body)?.status ?? 'unreadable'}`,
	});
	expectSuccess(answer);
	const task = readTask(answer.body, taskId);
	if (task === undefined) throw new StepFailure('the node finds no task in the answer');
	// The node uses the ID that it requested.
	if (readCreatedTaskId(answer.body) !== taskId) {
		findings.differs('the answer is about another task');
	}
	if (task.status === 'unknown') {
		findings.differs(`the status "${task.statusWord}" is none that the node knows`);
	}
	findings.differs(...differencesFrom(taskShape(style, task.status), answer.body));
	book.see(task);
	return task;
}

/** Polls a task every few seconds until it is as expected. Throws StepFailure if that takes too long, or if too many polls fail. */
export async function waitForTask(
	check: Check,
	findings: Findings,
	task: Task,
	isWanted: (task: Task) => boolean,
): Promise<Task> {
	let failures = 0;
	for (let seen = task; ;) {
		if (isWanted(seen)) return seen;
		if (Date.now() >= (check.state.deadlineMs ?? Infinity)) {
			throw new StepFailure(`the task is still ${seen.status} after the longest wait`);
		}
		await sleep(check.pollMs, undefined, { signal: check.signal });
		try {
			seen = await lookAtTask(check, findings, task.taskId);
			check.state.task = seen;
			failures = 0;
		} catch (error) {
			check.signal.throwIfAborted();
			if (!(error instanceof StepFailure || error instanceof CallFailure)) throw error;
			failures++;
			if (failures >= mostFailedLooks) throw error;
			findings.differs(`a look failed: ${error.message}`);
		}
	}
}
