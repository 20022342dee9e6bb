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

/** So many looks in a row may fail before a wait is given up. */
const mostFailedLooks = 5;

/** The headers that the node takes a request id from. */
const requestIdHeaders = ['x-request-id', 'x-tt-logid', 'x-client-request-id'];

/** Takes an answer and gives what it says when it is a refusal, in one line. */
export function describeAnswer({ status, body }: Answer): string {
	const { code, message } = readProviderError(body);
	return [`HTTP ${status}`, code, message].filter(Boolean).join(' ');
}

/** Takes an answer that has to be a success; throws StepFailure with what it says instead. */
export function expectSuccess(answer: Answer): void {
	if (answer.status < 200 || answer.status >= 300) throw new StepFailure(describeAnswer(answer));
}

/** Takes an answer that has to be a refusal and compares status and body; throws StepFailure when it is a success or a fault of the server. */
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

/** Takes an answer to a delete that has to be a success. Source: Volcengine Python SDK, tasks.py, delete (an empty body). */
export function expectDeleted(findings: Findings, answer: Answer): void {
	expectSuccess(answer);
	const { body } = answer;
	const isEmpty =
		body === undefined ||
		(typeof body === 'object' && body !== null && Object.keys(body).length === 0);
	if (!isEmpty) findings.differs('the body of a delete is not empty');
	findings.note(`HTTP ${answer.status}`);
}

/** Asks for a page of tasks, compares it with the documents and gives its tasks; throws StepFailure when the node could not read it. */
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

/** Reads a task once, compares it with the documents and gives it; throws StepFailure for a refusal or what the node could not read. */
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
	// The node takes the id that it asked for.
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

/** Looks at a task every few seconds until it is as wanted; throws StepFailure when that takes too long, or when too many looks fail. */
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
