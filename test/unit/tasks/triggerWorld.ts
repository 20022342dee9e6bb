import type { TaskPage } from '../../../nodes/Seedance/n8n/taskApi';
import type { Clock } from '../../../nodes/Seedance/n8n/clock';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import type { ListFilter, Page } from '../../../nodes/Seedance/seedance/wire/official';
import type { WatchApi } from '../../../nodes/Seedance/tasks/accountWatch';
import { FakeClock } from '../fakeClock';
import { notFound, taskOf, unavailable } from '../given';

const keptMs = 7 * 86_400_000;

/** A task of the provider. Times are in milliseconds of the provider's clock. */
export interface WorldTask {
	readonly id: string;
	readonly createdMs: number;
	readonly endsMs: number;
	readonly end: 'succeeded' | 'failed';
	/** How long after its creation the list shows it. */
	readonly lagMs: number;
	isRemoved: boolean;
}

/** What happens while the trigger asks. */
export interface Weather {
	/** From 0 to below 1. */
	random(): number;
	/** Share of the calls that fail for good. */
	failing: number;
	/** Whether tasks come and go between two calls. */
	isBusy: boolean;
}

/** A provider whose list shifts, lags and fails, with a clock of its own. */
export class TriggerWorld {
	readonly tasks: WorldTask[] = [];
	/** The task whose entry in the list cannot be read. */
	unreadable: string | undefined;
	/** The page that is answered without entries. */
	emptyPage: number | undefined;
	/** What the own calls of tasks fail with. */
	readonly failures = new Map<string, () => Error>();
	/** Tasks that succeed and do not say yet where their video is. */
	readonly withoutVideo = new Set<string>();
	/** Tasks whose own call gets no answer. */
	readonly hanging = new Set<string>();
	/** Tasks whose entry says nothing about their creation. */
	readonly withoutTime = new Set<string>();
	/** Tasks that the list does not show. */
	readonly hidden = new Set<string>();
	/** Whether the list shows tasks of every status, whatever was asked for. */
	ignoresStatus = false;
	lists = 0;
	reads = 0;
	private nowMs = Date.UTC(2026, 10, 21);
	private created = 0;

	constructor(
		readonly weather: Weather,
		/** By how much the provider's clock is ahead. */
		public aheadMs = 0,
	) {}

	/** A clock of this machine, whose sleeps end at once and let the world's time pass. */
	clock(): Clock {
		const clock: Clock = new FakeClock();
		return Object.assign(Object.create(clock) as Clock, {
			now: () => this.nowMs,
			monotonicMs: () => this.nowMs,
			sleep: async (ms: number) => this.pass(ms),
		});
	}

	get providerMs(): number {
		return this.nowMs + this.aheadMs;
	}

	pass(ms: number): void {
		this.nowMs += ms;
	}

	create(renderMs: number, end: WorldTask['end'] = 'succeeded', lagMs = 0): WorldTask {
		const createdMs = this.providerMs;
		const time = new Date(createdMs).toISOString().replace(/\D/g, '').slice(0, 14);
		const id = `cgt-${time}-${(++this.created).toString(36).padStart(5, '0')}`;
		const task = { id, createdMs, endsMs: createdMs + renderMs, end, lagMs, isRemoved: false };
		this.tasks.push(task);
		return task;
	}

	/** Removes a task that nobody waits for, which moves the entries behind it. */
	removeOne(): void {
		const removable = this.tasks.filter((task) => task.end === 'failed' && !task.isRemoved);
		const task = removable[Math.floor(this.weather.random() * removable.length)];
		if (task !== undefined) task.isRemoved = true;
	}

	readonly api: WatchApi = {
		listTasks: async (page, filter) => this.list(page, filter),
		pollTask: async (taskId, timeoutMs) => {
			if (this.hanging.has(taskId)) {
				this.pass(timeoutMs);
				throw unavailable();
			}
			return await this.api.readTask(taskId);
		},
		readTask: async (taskId) => {
			this.reads++;
			if (this.fails()) throw unavailable();
			const failure = this.failures.get(taskId);
			if (failure !== undefined) throw failure();
			const task = this.tasks.find(({ id }) => id === taskId);
			if (task === undefined || !this.isKept(task)) throw notFound();
			return this.shown(task);
		},
	};

	private list({ pageNumber, pageSize }: Page, filter: ListFilter = {}): TaskPage {
		this.lists++;
		this.pass(1_000);
		if (this.fails()) throw unavailable();
		const { taskIds } = filter;
		const status = this.ignoresStatus ? undefined : filter.status;
		const all = this.tasks
			.filter((task) => this.isKept(task) && !this.hidden.has(task.id))
			.filter((task) => this.providerMs - task.createdMs >= task.lagMs)
			.filter(({ id }) => taskIds === undefined || taskIds.includes(id))
			.reverse()
			.sort((one, other) => other.createdMs - one.createdMs)
			.map((task) => this.shown(task))
			.filter((task) => status === undefined || task.status === status);
		const isEmpty = pageNumber === this.emptyPage && taskIds === undefined;
		const first = isEmpty ? all.length : (pageNumber - 1) * pageSize;
		const entries = all.slice(first, first + pageSize);
		const tasks = entries.filter(({ taskId }) => taskId !== this.unreadable);
		const page = {
			...{ tasks, count: entries.length, total: all.length, answeredAtMs: undefined },
			hasMore: first + pageSize < all.length,
		};
		if (this.weather.isBusy) this.comeAndGo();
		return page;
	}

	private comeAndGo(): void {
		const { random } = this.weather;
		for (let left = Math.floor(random() * 3); left > 0; left--) {
			this.create(random() * 400_000, random() < 0.3 ? 'failed' : 'succeeded', random() * 300_000);
		}
		for (let left = Math.floor(random() * 4); left > 0; left--) this.removeOne();
	}

	private fails(): boolean {
		return this.weather.random() < this.weather.failing;
	}

	private isKept({ isRemoved, createdMs }: WorldTask): boolean {
		return !isRemoved && this.providerMs - createdMs < keptMs;
	}

	private shown({ id, createdMs, endsMs, end }: WorldTask): Task {
		const nowMs = this.providerMs;
		const status = nowMs >= endsMs ? end : nowMs - createdMs < 2_000 ? 'queued' : 'running';
		const createdAtMs = this.withoutTime.has(id) ? undefined : Math.floor(createdMs / 1000) * 1000;
		const times = { createdAtMs, updatedAtMs: endsMs };
		return taskOf(
			id,
			status,
			this.withoutVideo.has(id) ? { ...times, videoUrl: undefined } : times,
		);
	}
}
