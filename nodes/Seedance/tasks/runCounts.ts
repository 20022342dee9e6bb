import type { EndKind, ItemCounts, ItemEnd, RunTotals, TaskOfItem } from '../panel/runSummary';
import { isFinished, type TaskStatus } from '../seedance/task';
import { withoutNoise } from '../seedance/values';

/*
 * An item, as the log counts it:
 *
 *   not created ──has a task──▶ queued ──▶ running ──▶ downloading ──▶ ended
 *     └────────────────────────────┴─────────┴────────────────────────▶ ended
 *
 * An item whose task is created again is queued again. A task that existed already may be running or succeeded when it is first seen.
 * Until its item ends, a task that has failed counts as running, and one whose status is unknown as queued. How an item ended is what is returned of it.
 */

interface ItemState {
	readonly taskId: string | undefined;
	readonly status: TaskStatus;
	/** Whether a stop cancels the task while it is waited for. */
	readonly isCancelledAtStop: boolean;
	readonly end: ItemEnd | undefined;
}

const untouched: ItemState = {
	...{ taskId: undefined, status: 'unknown', isCancelledAtStop: false, end: undefined },
};

/** How far the items of one run are. */
export class RunCounts {
	private readonly states = new Map<number, ItemState>();
	private readonly created = new Set<string>();
	private readonly resumed = new Set<string>();
	private readonly foundAgain = new Set<string>();
	/** Whether any item has a task. */
	hasTasks = false;

	constructor(private readonly items: number) {}

	noteTask({ itemIndex, taskId }: TaskOfItem, origin: 'created' | 'resumed' | 'foundAgain'): void {
		if (origin === 'foundAgain') this.resumed.delete(taskId);
		// Items with the same Idempotency Key share a task.
		if (![this.created, this.foundAgain].some((known) => known.has(taskId))) {
			this[origin].add(taskId);
		}
		this.change(itemIndex, { taskId, status: 'queued' });
	}

	noteWait({ itemIndex, taskId }: TaskOfItem, isCancelledAtStop: boolean): void {
		this.change(itemIndex, { taskId, isCancelledAtStop });
	}

	noteStatus(itemIndex: number, status: TaskStatus): void {
		this.change(itemIndex, { status });
	}

	noteEnd(itemIndex: number, end: ItemEnd): void {
		this.change(itemIndex, { end });
	}

	/** How an item ended that fails; `isLeft`: it was stopped or its wait is over, whatever its task does. */
	endOfFailed(itemIndex: number, isLeft: boolean): ItemEnd {
		const { taskId, status } = this.stateOf(itemIndex);
		if (status === 'succeeded') return { kind: 'undelivered' };
		if (status === 'cancelled') return { kind: 'cancelled' };
		if (!isLeft) return { kind: 'failed' };
		if (taskId === undefined) return { kind: 'notCreated' };
		return { kind: isFinished(status) ? 'failed' : 'continuing' };
	}

	/** The tasks that a stop leaves at the provider, but for those that it cancels. */
	leftAtStop(): Record<'continuing' | 'finished', TaskOfItem[]> {
		const left = { continuing: [] as TaskOfItem[], finished: [] as TaskOfItem[] };
		for (const [itemIndex, { taskId, status, end, isCancelledAtStop }] of this.states) {
			if (taskId === undefined) continue;
			const task = { itemIndex, taskId };
			if (status === 'succeeded') left.finished.push(task);
			else if (!isFinished(status) && !(isCancelledAtStop && end === undefined)) {
				left.continuing.push(task);
			}
		}
		return left;
	}

	counts(): ItemCounts {
		const counts = { queued: 0, running: 0, downloading: 0 };
		const ended: Record<EndKind, number> = {
			...{ delivered: 0, failed: 0, outcomeUnknown: 0, continuing: 0 },
			...{ undelivered: 0, cancelled: 0, notCreated: 0, noTask: 0 },
		};
		let known = 0;
		for (const { taskId, status, end } of this.states.values()) {
			if (end === undefined && taskId === undefined) continue;
			known++;
			if (end !== undefined) ended[end.kind]++;
			else if (status === 'succeeded') counts.downloading++;
			else if (status === 'queued' || status === 'unknown') counts.queued++;
			else counts.running++;
		}
		return { items: this.items, notCreated: this.items - known, ...counts, ended };
	}

	totals(): RunTotals {
		const { created, resumed, foundAgain } = this;
		const videos = this.videos();
		const tokens = videos.flatMap((video) => video.tokens ?? []);
		const amounts = new Map<string | undefined, number[]>();
		for (const { cost } of videos) {
			if (cost === undefined) continue;
			const ofCurrency = amounts.get(cost.currency);
			if (ofCurrency === undefined) amounts.set(cost.currency, [cost.amount]);
			else ofCurrency.push(cost.amount);
		}
		return {
			counts: this.counts(),
			...{ created: created.size, resumed: resumed.size, foundAgain: foundAgain.size },
			videos: videos.length,
			tokens: tokens.length === 0 ? undefined : { sum: sumOf(tokens), videos: tokens.length },
			costs: [...amounts].map(([currency, all]) => ({
				...{ sum: { amount: sumOf(all), currency }, videos: all.length },
			})),
		};
	}

	/** The videos that were delivered, each once. */
	private videos() {
		const videos = new Map<string, Extract<ItemEnd, { kind: 'delivered' }>>();
		for (const [itemIndex, { taskId, end }] of this.states) {
			if (end?.kind === 'delivered') videos.set(taskId ?? `item ${itemIndex}`, end);
		}
		return [...videos.values()];
	}

	private stateOf(itemIndex: number): ItemState {
		return this.states.get(itemIndex) ?? untouched;
	}

	private change(itemIndex: number, changes: Partial<ItemState>): void {
		this.hasTasks ||= changes.taskId !== undefined;
		this.states.set(itemIndex, { ...this.stateOf(itemIndex), ...changes });
	}
}

const sumOf = (amounts: readonly number[]) =>
	withoutNoise(amounts.reduce((sum, one) => sum + one, 0));
