import { taskUrl } from '../../nodes/Seedance/seedance/wire/wire';
import {
	isFinished,
	readCreatedTaskId,
	videoUrlExpiresAtMs,
	type Task,
} from '../../nodes/Seedance/seedance/task';
import {
	describeAnswer,
	expectDeleted,
	expectRefusal,
	expectSuccess,
	listTasks,
	lookAtTask,
	waitForTask,
} from './answers';
import { CallFailure, type Answer } from './calls';
import { createdShape, differencesFrom } from './shapes';
import { need, StepFailure, StepSkipped, type Check, type Findings, type Step } from './step';

const hourMs = 3_600_000;
/** Source: APIYI Seedance 2.0 reference and BytePlus docs 1520757 (24 hours). */
const urlLastsHours = 24;
/** A clock of another machine may be off by this much. */
const clockSkewMs = 60_000;
/** By how much the tokens may be off before the estimate counts as wrong. */
const tokenTolerance = 0.02;

const noTask = 'there is no task';
const noFinished = 'there is no finished video';

/** Creates the task and polls it at once. */
export const createSteps: readonly Step[] = [
	{
		name: 'create',
		plan: 'POST the task below, once: it is charged if it succeeds',
		run: async (check, findings) => await createTask(check, findings, 'create'),
	},
	{
		name: 'first look',
		plan: 'GET the task at once',
		run: async (check, findings) => await firstLook(check, findings),
	},
];

/** Cancels the task while it is queued, and then needs another. */
export const cancelSteps: readonly Step[] = [
	{
		name: 'cancel',
		plan: 'if it is queued: DELETE it, GET it and find it cancelled',
		async run(check, findings) {
			const task = need(check.state.task, noTask);
			if (task.status !== 'queued') {
				throw new StepSkipped(`the task was ${task.status} at once`);
			}
			const answer = await deleteTask(check, task, 'cancel');
			if (answer.status === 409) {
				throw new StepSkipped('the task began to run in between and may not be cancelled');
			}
			expectDeleted(findings, answer);
			// Whatever the next answer says, this task becomes no video.
			delete check.state.task;
			check.state.cancelledTaskId = task.taskId;
			const { status } = await lookAtTask(check, findings, task.taskId);
			if (status !== 'cancelled') throw new StepFailure(`the task is ${status} after the DELETE`);
		},
	},
	{
		name: 'create again',
		plan: 'if it was cancelled: POST the task once more, which is charged if it succeeds',
		async run(check, findings) {
			if (check.state.task !== undefined) throw new StepSkipped('the first task goes on');
			need(check.state.cancelledTaskId, noTask);
			await createTask(check, findings, 'create-again');
			await firstLook(check, findings);
		},
	},
];

/** Finds the task running and may not delete it then. */
export const runningSteps: readonly Step[] = [
	{
		name: 'until it runs',
		plan: 'GET the task every 10 seconds',
		async run(check, findings) {
			const task = need(check.state.task, noTask);
			const seen = await waitForTask(
				check,
				findings,
				task,
				({ status }) => status === 'running' || isFinished(status),
			);
			findings.note(seen.status);
		},
	},
	{
		name: 'delete while it runs',
		plan: 'if it runs: DELETE it, which has to be refused',
		async run(check, findings) {
			const task = need(check.state.task, noTask);
			if (task.status !== 'running') throw new StepSkipped(`the task is ${task.status}`);
			const answer = await deleteTask(check, task, 'delete-while-running');
			if (answer.status < 300) {
				delete check.state.task;
				throw new StepFailure(
					`${describeAnswer(answer)}: it was not refused, and the video may be lost`,
				);
			}
			expectRefusal(check, findings, 'delete', answer, 409);
		},
	},
];

/** Waits for the video and compares what it cost. */
export const finishSteps: readonly Step[] = [
	{
		name: 'until it has finished',
		plan: 'GET the task every 10 seconds',
		async run(check, findings) {
			const task = need(check.state.task, noTask);
			const seen = await waitForTask(check, findings, task, ({ status }) => isFinished(status));
			if (seen.status !== 'succeeded') {
				const { code, message } = seen.failure ?? {};
				throw new StepFailure(['the task', seen.status, code, message].filter(Boolean).join(' '));
			}
			if (seen.videoUrl === undefined) throw new StepFailure('the node finds no URL of the video');
			compareWithRequest(check, findings, seen);
			compareLifetime(findings, seen);
		},
	},
	{
		name: 'tokens',
		plan: 'compare usage.total_tokens with the estimate',
		async run(check, findings) {
			const { totalTokens } = finishedTask(check);
			const { estimatedTokens } = check.sample;
			if (totalTokens === undefined) {
				findings.differs('the node reads no tokens from the task');
			} else if (estimatedTokens === undefined) {
				findings.note(`${totalTokens.toLocaleString('en-US')}, without an estimate`);
			} else {
				const words = `${totalTokens.toLocaleString('en-US')} of ${estimatedTokens.toLocaleString('en-US')} estimated`;
				const isNear = Math.abs(totalTokens - estimatedTokens) <= estimatedTokens * tokenTolerance;
				if (isNear) findings.note(words);
				else findings.differs(words);
			}
		},
	},
];

/** Finds the finished task in the list. */
export const listFinishedStep: Step = {
	name: 'list shows it',
	plan: 'GET tasks with filter.task_ids',
	async run(check, findings) {
		const { taskId } = finishedTask(check);
		const taskIds = [taskId, check.state.cancelledTaskId].filter((id) => id !== undefined);
		const { tasks } = await listTasks(check, findings, { taskIds }, 'list-finished');
		const listed = tasks.find((task) => task.taskId === taskId);
		if (listed === undefined) findings.differs('the list does not show the finished task');
		else if (listed.status !== 'succeeded') findings.differs(`the list says ${listed.status}`);
		if (tasks.some((task) => !taskIds.includes(task.taskId))) {
			findings.differs('tasks that were not asked for');
		}
	},
};

/** Removes the record of the finished task. */
export const deleteStep: Step = {
	name: 'delete',
	plan: 'DELETE the record of the finished task, GET it and find it unknown',
	async run(check, findings) {
		const task = finishedTask(check);
		const answer = await deleteTask(check, task, 'delete');
		expectDeleted(findings, answer);
		check.book.remove(task.taskId);
		const url = taskUrl(check.connection.tasksUrl, task.taskId);
		const { signal } = check;
		const gone = await check.calls.send({ method: 'GET', url, signal, fixture: 'deleted-task' });
		if (gone.status < 300) check.book.add(task.taskId, 'succeeded, not deleted');
		expectRefusal(check, findings, 'read', gone, 404);
	},
};

/** The check's finished task. Throws StepSkipped without one. */
export function finishedTask({ state }: Check): Task {
	const task = need(state.task, noTask);
	if (task.status !== 'succeeded') throw new StepSkipped(noFinished);
	return task;
}

async function createTask(check: Check, findings: Findings, fixture: string): Promise<void> {
	const { connection, calls, sample, book, state, maxWaitMs } = check;
	if (state.noCreate !== undefined) throw new StepSkipped(state.noCreate);
	const sentAtMs = Date.now();
	let answer: Answer;
	try {
		// Without a signal: Ctrl+C must not lose the ID of a task that is charged.
		answer = await calls.send({
			method: 'POST',
			url: connection.tasksUrl,
			body: sample.body,
			fixture,
		});
	} catch (error) {
		if (error instanceof CallFailure && !error.neverSent) {
			throw await lostCreate(check, sentAtMs, error.message);
		}
		throw error;
	}
	const taskId = readCreatedTaskId(answer.body);
	if (answer.status >= 500 || answer.status === 408 || (answer.status < 300 && !taskId)) {
		throw await lostCreate(check, sentAtMs, describeAnswer(answer));
	}
	expectSuccess(answer);
	if (taskId === undefined) return;
	book.add(taskId, 'created');
	state.deadlineMs = sentAtMs + maxWaitMs;
	state.task = { taskId, status: 'unknown', statusWord: 'created', raw: {} };
	findings.differs(...differencesFrom(createdShape(connection.wire.style), answer.body));
	findings.note(`HTTP ${answer.status}`);
}

/** Searches for the task of a create with an ambiguous answer, to report its ID. The create is never sent again. */
async function lostCreate(check: Check, sentAtMs: number, reason: string): Promise<StepFailure> {
	const silent: Findings = { differs: () => undefined, note: () => undefined };
	let found = 0;
	if (check.connection.wire.managesTasks) {
		// After Ctrl+C too: the user still needs to know which tasks exist.
		const uninterrupted = { ...check, signal: new AbortController().signal };
		const { tasks } = await listTasks(uninterrupted, silent, {}).catch(() => ({ tasks: [] }));
		const known = check.book.existing().map(({ taskId }) => taskId);
		for (const { taskId, createdAtMs = 0 } of tasks) {
			if (createdAtMs < sentAtMs - clockSkewMs || known.includes(taskId)) continue;
			if (check.state.earlierTaskIds.includes(taskId)) continue;
			check.book.add(taskId, 'perhaps of the create whose answer was lost');
			found++;
		}
	}
	const seen = found === 0 ? 'look for it in the provider’s console' : 'see the ids below';
	return new StepFailure(`${reason}; it is not sent again, but the task may exist: ${seen}`);
}

async function firstLook(check: Check, findings: Findings): Promise<void> {
	const { taskId } = need(check.state.task, noTask);
	const task = await lookAtTask(check, findings, taskId);
	check.state.task = task;
	findings.note(task.status);
}

/** Once, and not broken off: the same call does another thing a moment later. */
async function deleteTask(check: Check, { taskId }: Task, fixture: string): Promise<Answer> {
	const url = taskUrl(check.connection.tasksUrl, taskId);
	return await check.calls.send({ method: 'DELETE', url, fixture });
}

function compareWithRequest({ sample }: Check, findings: Findings, task: Task): void {
	const { request } = sample;
	const pairs = [
		['resolution', request.resolution, task.resolution],
		['ratio', request.ratio, task.ratio],
		['duration', request.durationSeconds, task.durationSeconds],
	] as const;
	for (const [name, asked, got] of pairs) {
		if (got !== undefined && got !== asked) findings.differs(`${name} is ${got}, not ${asked}`);
	}
	// Source: PowerTokens Seedance 2.0 quick start (doubao-… in answers to dreamina-… requests), so this is no difference.
	findings.note(`model ${task.model}`);
}

function compareLifetime(findings: Findings, task: Task): void {
	const untilMs = videoUrlExpiresAtMs(task);
	if (untilMs === undefined || task.updatedAtMs === undefined) return;
	const hours = Math.round((untilMs - task.updatedAtMs) / hourMs);
	if (hours !== urlLastsHours) {
		findings.differs(`the URL works for ${hours} hours instead of ${urlLastsHours}`);
	}
}
