import { createTaskPoller, type TaskPoller } from '../../../nodes/Seedance/tasks/taskPoller';
import type { RenderTimes } from '../../../nodes/Seedance/tasks/renderTimes';
import { TaskSource } from '../../../nodes/Seedance/tasks/taskSource';
import type { FakeClock } from '../fakeClock';
import { policyOf, taskApiOf, taskOf, throttled } from '../given';

interface AccountTask {
	readonly id: string;
	readonly renderMs: number;
	readonly createdAtMs: number;
	endedAtMs: number;
	beganAtMs: number;
	polls: number;
	seenAtMs: number | undefined;
}

/** What an account may ask. Source: contract §12.2, Volcengine docs 1521309 and 1521675. */
const readsPerSecond = 20;
const listsPerSecond = 1;
const latencyMs = 80;

/** An account with so many slots, whose limits count for all executions together. */
export class FakeAccount {
	readonly tasks: AccountTask[] = [];
	readonly readsAtMs: number[] = [];
	readonly listsAtMs: number[] = [];
	readonly throttledAtMs: number[] = [];
	private readonly freeAtMs: number[];

	constructor(
		private readonly clock: FakeClock,
		slots: number,
		private readonly isLimited = true,
	) {
		this.freeAtMs = Array.from({ length: slots }, () => 0);
	}

	/** Creates a task; it waits for a slot. */
	create(renderMs: number): string {
		const nowMs = this.clock.monotonicMs();
		const slot = this.freeAtMs.indexOf(Math.min(...this.freeAtMs));
		const beganAtMs = Math.max(nowMs, this.freeAtMs[slot] ?? 0);
		const endedAtMs = beganAtMs + renderMs;
		this.freeAtMs[slot] = endedAtMs;
		const id = `t${this.tasks.length}`;
		const times = { createdAtMs: nowMs, beganAtMs, endedAtMs };
		this.tasks.push({ id, renderMs, ...times, polls: 0, seenAtMs: undefined });
		return id;
	}

	/** The poller of another execution. */
	execution(random: () => number, times: RenderTimes, canList = true): TaskPoller {
		const api = taskApiOf({
			pollTask: async (taskId) => {
				await this.ask(this.readsAtMs, readsPerSecond);
				return this.seen(taskId);
			},
			pollTasks: async (taskIds) => {
				await this.ask(this.listsAtMs, listsPerSecond);
				return taskIds.map((taskId) => this.seen(taskId));
			},
		});
		const source = new TaskSource(api, this.clock, canList, () => {}, random);
		return createTaskPoller(this.clock, source, random, times);
	}

	/** Waits for a task of the account. */
	async wait(poller: TaskPoller, taskId: string): Promise<void> {
		await poller.wait({
			...{ taskId, policy: policyOf({ maxWaitMs: 7_200_000 }), isNew: true },
			...{ needsOwnCall: false, facts: { durationSeconds: 5 }, onStatus: () => {} },
		});
		const task = this.taskOf(taskId);
		task.seenAtMs = this.clock.monotonicMs();
	}

	private async ask(atMs: number[], perSecond: number): Promise<void> {
		await this.clock.sleep(latencyMs / 2);
		const nowMs = this.clock.monotonicMs();
		const recent = atMs.filter((ms) => ms > nowMs - 1_000).length;
		if (this.isLimited && recent >= perSecond) {
			this.throttledAtMs.push(nowMs);
			throw throttled();
		}
		atMs.push(nowMs);
	}

	private seen(taskId: string) {
		const task = this.taskOf(taskId);
		task.polls++;
		const nowMs = this.clock.monotonicMs();
		if (nowMs < task.beganAtMs) return taskOf(taskId, 'queued');
		if (nowMs < task.endedAtMs) return taskOf(taskId, 'running');
		const members = { resolution: '720p', ratio: '16:9', durationSeconds: 5, totalTokens: 1 };
		return taskOf(taskId, 'succeeded', members);
	}

	private taskOf(taskId: string): AccountTask {
		const task = this.tasks[Number(taskId.slice(1))];
		if (task === undefined) throw new Error(`No task ${taskId}`);
		return task;
	}
}

/** How long after its end each task was seen, as a part of its render time. */
export function delaysOf({ tasks }: Pick<FakeAccount, 'tasks'>): number[] {
	return tasks.map(({ seenAtMs = NaN, endedAtMs, renderMs }) => (seenAtMs - endedAtMs) / renderMs);
}
