import type { Clock } from '../n8n/clock';
import { maxRequestsInFlight } from '../n8n/http';
import { withRetries } from '../n8n/retry';
import { createSemaphore, type Semaphore } from '../n8n/semaphore';
import type { TaskApi } from '../n8n/taskApi';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { TaskStatus } from '../seedance/task';

/*
 * DELETE cancels a queued task and deletes the record of a finished one, video included. So each attempt reads the task first and sends DELETE at most once:
 *
 *   waiting ──its turn──▶ read ──status may be deleted──▶ DELETE ──answered──▶ accepted
 *     ▲                   │ ▲ ├──any other status──▶ left alone  │
 *     │                   │ └─┘ answered after a render's time: read again, twice at most
 *     └──transient failure┴──────────────────────────────────────┘
 *   read ──404 after a DELETE without a response──▶ accepted
 *
 * As many attempts run at once as requests may be in flight: no DELETE waits behind the read of another task while its own task renders.
 * An accepted DELETE proves nothing, so a task that was queued is read after it:
 *
 *   accepted ──shown as cancelled─────────────────────────▶ cancelled
 *     │  ▲ ├──no such task, sooner than any video renders─▶ cancelled
 *     │  │ ├──no such task, later────────────────────────▶ not known: it may have finished, and been deleted
 *     │  │ └──any other status───────────────────────────▶ as it is
 *     └──┘ still queued, or not readable: read again after 1 s and after 2 s, then not known
 */

/** The calls that send DELETE, for all items of a run. */
export interface Deletes {
	/** Cancels a task if it is queued. Returns `cancelled`, or the other status that it has. Throws SeedanceFailure; of kind `cancelUnconfirmed` when the task may continue, or may have been finished and deleted. */
	cancelIfQueued(taskId: string): Promise<TaskStatus>;
	/** Deletes the record of a finished task. Throws a SeedanceFailure of kind `taskNotDeletable` in any other status. */
	deleteRecord(taskId: string): Promise<void>;
}

type DeleteApi = Pick<TaskApi, 'pollTask' | 'readTask' | 'deleteTask'>;

/** What a read after DELETE shows. */
type Seen = TaskStatus | SeedanceFailure;

/** The status that was read; and, where DELETE was accepted, the milliseconds since that read was sent. */
interface Attempt {
	readonly status: TaskStatus;
	readonly accepted?: { readonly afterMs: number; readonly seen: Seen | undefined };
}

const readTimeoutMs = 10_000;
const maxLooks = 3;
/** No video renders in less: whatever was queued at the beginning of this time has not finished at its end. */
const minRenderMs = 2_000;
/** A provider may show late what DELETE did. */
const pausesBeforeLooksMs = [1_000, 2_000];

/** Statuses in which DELETE removes the record. Source: BytePlus docs 1521720. */
const deletable: ReadonlySet<TaskStatus> = new Set<TaskStatus>(['succeeded', 'failed', 'expired']);

/** The deletes of one run; `maxAtOnce` is how many requests may be in flight. */
export function createDeletes(
	api: DeleteApi,
	clock: Clock,
	maxAtOnce: number = maxRequestsInFlight,
): Deletes {
	return new RunDeletes(api, clock, maxAtOnce);
}

class RunDeletes implements Deletes {
	private readonly inTurn: Semaphore;

	constructor(
		private readonly api: DeleteApi,
		private readonly clock: Clock,
		maxAtOnce: number,
	) {
		this.inTurn = createSemaphore(maxAtOnce);
	}

	async cancelIfQueued(taskId: string): Promise<TaskStatus> {
		const isQueued = (status: TaskStatus) => status === 'queued';
		const look = async () => await this.look(taskId);
		const { status, accepted } = await this.deleteIf(taskId, isQueued, look);
		if (accepted === undefined) return status;
		return await this.confirmed(taskId, accepted.afterMs < minRenderMs, accepted.seen ?? 'queued');
	}

	async deleteRecord(taskId: string): Promise<void> {
		const isDeletable = (status: TaskStatus) => deletable.has(status);
		const { status, accepted } = await this.deleteIf(taskId, isDeletable);
		if (accepted !== undefined) return;
		throw new SeedanceFailure({ kind: 'taskNotDeletable', values: { status }, taskId });
	}

	/** Reads a task and sends DELETE if its status allows that. Each attempt begins with a read, so it is repeated as often as one; `look` is a part of the attempt whose DELETE is accepted, and throws nothing. */
	private async deleteIf(
		taskId: string,
		isAllowed: (status: TaskStatus) => boolean,
		look?: () => Promise<Seen>,
	): Promise<Attempt> {
		let sent: { readonly status: TaskStatus; readonly readAtMs: number } | undefined;
		const attempt = async (): Promise<Attempt> => {
			const { status, readAtMs } = await this.freshRead(taskId, sent !== undefined);
			if (status !== 'gone' && !isAllowed(status)) return { status };
			if (status !== 'gone') {
				sent = { status, readAtMs };
				await this.api.deleteTask(taskId);
			}
			const since = sent ?? { status: 'unknown', readAtMs };
			const afterMs = this.clock.monotonicMs() - since.readAtMs;
			return { status: since.status, accepted: { afterMs, seen: await look?.() } };
		};
		return await withRetries(this.clock, 'read', async () => await this.inTurn(attempt));
	}

	/** What a slow answer says may be over, so it is read again. Where every answer is slow, the last one counts, and what DELETE did is looked up. */
	private async freshRead(taskId: string, wasSent: boolean) {
		for (let looks = 1; ; looks++) {
			const readAtMs = this.clock.monotonicMs();
			const status = await this.read(taskId, wasSent);
			const isLate = this.clock.monotonicMs() - readAtMs >= minRenderMs;
			if (status !== 'queued' || !isLate || looks === maxLooks) return { status, readAtMs };
		}
	}

	/** `gone`: DELETE was sent and no response arrived, and now there is no such task. */
	private async read(taskId: string, wasSent: boolean): Promise<TaskStatus | 'gone'> {
		try {
			return (await this.api.pollTask(taskId, readTimeoutMs)).status;
		} catch (error) {
			const failure = toFailure(error);
			if (wasSent && failure.httpStatus === 404) return 'gone';
			throw failure;
		}
	}

	/** The status that DELETE has left. `wasSoon`: no video can have finished before it. */
	private async confirmed(taskId: string, wasSoon: boolean, first: Seen): Promise<TaskStatus> {
		let seen = first;
		for (const pauseMs of pausesBeforeLooksMs) {
			if (isClear(seen)) break;
			await this.clock.sleep(pauseMs);
			seen = await this.inTurn(async () => await this.look(taskId));
		}
		if (wasSoon && isGone(seen)) return 'cancelled';
		if (seen !== 'queued' && !(seen instanceof SeedanceFailure)) return seen;
		this.clock.throwIfStopped();
		const cause = seen instanceof SeedanceFailure ? seen : undefined;
		throw new SeedanceFailure({ kind: 'cancelUnconfirmed', taskId }, cause);
	}

	private async look(taskId: string): Promise<Seen> {
		try {
			return (await this.api.pollTask(taskId, readTimeoutMs)).status;
		} catch (error) {
			return toFailure(error);
		}
	}
}

const isGone = (seen: Seen) => seen instanceof SeedanceFailure && seen.httpStatus === 404;

/** Whether another read would show the same. */
const isClear = (seen: Seen) =>
	isGone(seen) || (seen !== 'queued' && !(seen instanceof SeedanceFailure));
