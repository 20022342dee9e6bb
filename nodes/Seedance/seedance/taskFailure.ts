import { findErrorCode } from './errorCodes';
import { SeedanceFailure, type FailureKind } from './failure';
import type { Task, TaskStatus } from './task';

const kindOfEnd: Readonly<Partial<Record<TaskStatus, FailureKind>>> = {
	cancelled: 'taskCancelled',
	expired: 'taskExpired',
	succeeded: 'videoUrlMissing',
};

/** The failure of a task that ended without a video. */
export function taskFailure({ taskId, status, failure = {} }: Task): SeedanceFailure {
	return new SeedanceFailure({
		kind: findErrorCode(failure)?.kind ?? kindOfEnd[status] ?? 'taskFailed',
		code: failure.code,
		providerMessage: failure.message,
		taskId,
	});
}
