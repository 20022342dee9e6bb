import type { TaskApi } from '../../nodes/Seedance/n8n/taskApi';
import type { WaitPolicy } from '../../nodes/Seedance/panel/wait';
import { SeedanceFailure, type FailureDetails } from '../../nodes/Seedance/seedance/failure';
import type { Task, TaskStatus } from '../../nodes/Seedance/seedance/task';

/** A failure with these details. */
export function failureOf(details: Partial<FailureDetails>): SeedanceFailure {
	return new SeedanceFailure({ kind: 'unexpectedStatus', ...details });
}

/** A create or a poll was refused because of its rate. */
export const throttled = (retryAfterMs?: number) =>
	failureOf({ kind: 'rateLimited', httpStatus: 429, retryAfterMs });

/** A create was refused because too many tasks are in flight. */
export const tooManyTasks = () => failureOf({ kind: 'limitReached', httpStatus: 429 });

/** The provider does not know the task. */
export const notFound = () => failureOf({ kind: 'taskNotFound', httpStatus: 404 });

/** The provider failed, and may not the next time. */
export const unavailable = () => failureOf({ kind: 'unexpectedStatus', httpStatus: 503 });

/** The provider refuses for good. */
export const forbidden = () => failureOf({ kind: 'notAllowed', httpStatus: 403 });

/** A task in a status; one that succeeded has a video. */
export function taskOf(taskId: string, status: TaskStatus, more: Partial<Task> = {}): Task {
	const video = status === 'succeeded' ? { videoUrl: `https://cdn.example/${taskId}.mp4` } : {};
	return { taskId, status, statusWord: status, raw: { id: taskId }, ...video, ...more };
}

/** A wait for a video, an hour long. */
export function policyOf(changes: Partial<WaitPolicy> = {}): WaitPolicy {
	return {
		...{ pollIntervalMs: undefined, maxWaitMs: 3_600_000, onTimeout: 'returnTask' },
		...{ cancelOnStop: false },
		...changes,
	};
}

/** Task calls of which a test expects only some. */
export function taskApiOf(calls: Partial<TaskApi>): TaskApi {
	const unexpected = async () => await Promise.reject(new TypeError('This call is not expected'));
	return {
		...{ createTask: unexpected, readTask: unexpected, pollTask: unexpected },
		...{ pollTasks: unexpected, listTasks: unexpected, deleteTask: unexpected },
		...calls,
	};
}
