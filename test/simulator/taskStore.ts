import { quotaExceeded } from './errors';
import { newId } from './ids';
import type { SimulatedTask, TaskPlan, TaskRecord } from './task';
import { advanceQueue } from './taskQueue';

const dayMs = 24 * 60 * 60 * 1000;

/** How long a task can be read, from its creation. Source: PowerTokens create reference, id (stored for 7 days). */
const keptMs = 7 * dayMs;

/** How long a cancelled task can be read. Source: PowerTokens quick start, Task Statuses (auto-deleted after 24h). */
const cancelledKeptMs = dayMs;

/** The pace of the queue and the lag of the list. Times are in milliseconds; `now` returns the current time since the epoch. */
export interface QueuePace {
	readonly now: () => number;
	readonly concurrency: number;
	readonly mostUnfinished: number;
	readonly queueMs: number;
	readonly renderMs: number | ((task: TaskPlan) => number);
	readonly listLagMs: number;
}

/** Every accepted task. A task's state follows from the clock alone, whenever it is read. */
export class TaskStore {
	private readonly records = new Map<string, TaskRecord>();
	private unfinished: TaskRecord[] = [];
	private advancedToMs = 0;

	constructor(private readonly pace: QueuePace) {}

	/** Every task ever accepted, oldest first, including deleted ones. */
	all(): SimulatedTask[] {
		this.advance();
		return [...this.records.values()].map((record) => ({ ...record }));
	}

	/** Adds a task to the queue. Throws the 429 when too many are in flight. */
	accept(plan: TaskPlan, requestId: string): SimulatedTask {
		const nowMs = this.advance();
		if (this.unfinished.filter(isUnfinished).length >= this.pace.mostUnfinished) {
			throw quotaExceeded(this.pace.mostUnfinished);
		}
		const { renderMs, queueMs } = this.pace;
		const usualRenderMs = typeof renderMs === 'number' ? renderMs : renderMs(plan);
		const record: TaskRecord = {
			...plan,
			id: newId('cgt', nowMs, (id) => this.records.has(id)),
			requestId,
			createdMs: nowMs,
			queueMs: plan.markedQueueMs ?? queueMs,
			renderMs: plan.markedRenderMs ?? usualRenderMs,
			status: 'queued',
			startedMs: undefined,
			endedMs: undefined,
			deletedMs: undefined,
		};
		this.records.set(record.id, record);
		this.unfinished.push(record);
		return { ...record };
	}

	/** Finds a task that can still be read, or returns undefined. */
	find(id: string): SimulatedTask | undefined {
		const nowMs = this.advance();
		const record = this.records.get(id);
		return record !== undefined && isReadable(record, nowMs) ? { ...record } : undefined;
	}

	/** The tasks that the list shows, newest first: those that can still be read, but not the latest ones if it lags. */
	listed(): SimulatedTask[] {
		const nowMs = this.advance();
		return [...this.records.values()]
			.filter((record) => isReadable(record, nowMs))
			.filter(({ createdMs }) => nowMs - createdMs >= this.pace.listLagMs)
			.reverse()
			.map((record) => ({ ...record }));
	}

	/** Cancels a task. The caller must make sure that it is queued. */
	cancel(id: string): void {
		const nowMs = this.advance();
		const record = this.records.get(id);
		if (record === undefined) return;
		record.status = 'cancelled';
		record.endedMs = nowMs;
	}

	/** Deletes the record of a task, which then can no longer be read. */
	remove(id: string): void {
		const record = this.records.get(id);
		if (record !== undefined) record.deletedMs = this.pace.now();
	}

	private advance(): number {
		const nowMs = this.pace.now();
		this.unfinished = this.unfinished.filter(isUnfinished);
		advanceQueue(this.unfinished, this.pace.concurrency, this.advancedToMs, nowMs);
		this.advancedToMs = nowMs;
		return nowMs;
	}
}

function isUnfinished(record: TaskRecord): boolean {
	return record.status === 'queued' || record.status === 'running';
}

function isReadable(record: TaskRecord, nowMs: number): boolean {
	if (record.deletedMs !== undefined) return false;
	if (record.status === 'cancelled') {
		return nowMs - (record.endedMs ?? record.createdMs) < cancelledKeptMs;
	}
	return nowMs - record.createdMs < keptMs;
}
