import type { Clock } from '../n8n/clock';
import { withRetries } from '../n8n/retry';
import type { TaskApi } from '../n8n/taskApi';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { TaskStatus } from '../seedance/task';

/*
 * DELETE cancels a queued task and deletes the record of a finished one. So each attempt reads the task first and sends DELETE at most once:
 *
 *   read ──status may be deleted──▶ DELETE ──answered──▶ done
 *    ▲  └──any other status──▶ left alone    └──transient failure─┐
 *    └────────────────────────────────────────────────────────────┘
 *   read ──404 after a DELETE without a response──▶ done
 */

/** Reads a task and sends DELETE if its status allows that. Returns whether it was deleted, and the status that was read; undefined when the record was gone after a DELETE. */
async function deleteIf(
	api: Pick<TaskApi, 'readTask' | 'deleteTask'>,
	clock: Clock,
	taskId: string,
	isAllowed: (status: TaskStatus) => boolean,
): Promise<{ readonly isDeleted: boolean; readonly status: TaskStatus | undefined }> {
	let wasSent = false;
	return await withRetries(clock, 'delete', async () => {
		const status = await readStatus();
		if (status === undefined) return { isDeleted: true, status };
		if (!isAllowed(status)) return { isDeleted: false, status };
		wasSent = true;
		await api.deleteTask(taskId);
		return { isDeleted: true, status };
	});

	async function readStatus(): Promise<TaskStatus | undefined> {
		try {
			return (await api.readTask(taskId)).status;
		} catch (error) {
			const failure = toFailure(error);
			// DELETE was sent and no response arrived. Some providers remove the record at once.
			if (wasSent && failure.httpStatus === 404) return undefined;
			throw failure;
		}
	}
}

/** Cancels a task if it is queued. Returns `cancelled`, or the other status that it has. Throws SeedanceFailure. */
export async function cancelIfQueued(
	api: Pick<TaskApi, 'readTask' | 'deleteTask'>,
	clock: Clock,
	taskId: string,
): Promise<TaskStatus> {
	const isQueued = (status: TaskStatus) => status === 'queued';
	const { isDeleted, status } = await deleteIf(api, clock, taskId, isQueued);
	return isDeleted || status === undefined ? 'cancelled' : status;
}

/** Statuses in which DELETE removes the record. Source: BytePlus docs 1521720. */
const deletable: ReadonlySet<TaskStatus> = new Set<TaskStatus>(['succeeded', 'failed', 'expired']);

/** Deletes the record of a finished task. Throws a SeedanceFailure of kind `taskNotDeletable` in any other status. */
export async function deleteRecord(
	api: Pick<TaskApi, 'readTask' | 'deleteTask'>,
	clock: Clock,
	taskId: string,
): Promise<void> {
	const { isDeleted, status } = await deleteIf(api, clock, taskId, (current) =>
		deletable.has(current),
	);
	if (!isDeleted) {
		throw new SeedanceFailure({ kind: 'taskNotDeletable', values: { status }, taskId });
	}
}
