import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draw } from './draw';

export type ProviderStatus = 'queued' | 'running' | 'succeeded' | 'cancelled';

/** A task as the provider knows it: what really happened. */
export interface ProviderTask {
	readonly id: string;
	readonly row: number;
	readonly createdAtMs: number;
	/** Members of the create that every answer about the task has. */
	readonly echoed: Readonly<Record<string, unknown>>;
	/** It is not listed before. */
	readonly listedFromMs: number;
	status: ProviderStatus;
	endedAtMs: number | undefined;
	/** Whether the answer to its create was an ordinary one, and the execution that got it goes on. */
	isAnswered: boolean;
	/** The status in which its record was deleted. */
	deletedWhile: ProviderStatus | undefined;
	/** Times that its own call has shown it finished; its video has another URL each time. */
	readsOfFinished: number;
	/** URLs up to this one have expired. */
	expiredUpTo: number;
}

const clip = readFileSync(join(__dirname, '..', 'simulator', 'media', 'clip.mp4'));
const videoBytes = 48_000;
/** All of them render at the same time. */
const usualPace = { maxRunning: 25, renderMs: { min: 1_000, max: 4_000 } };
/** Nothing begins. */
const heldPace = { ...usualPace, maxRunning: 0 };
/** Most wait for others. No video takes less. */
const narrowPace = { maxRunning: 3, renderMs: { min: 2_000, max: 2_000 } };
/** A list may show a task late. */
const maxListLagMs = 20_000;

/** The tasks of an account: accepted, rendered, cancelled, deleted. */
export class ProviderTasks {
	readonly all: ProviderTask[] = [];
	private readonly byId = new Map<string, ProviderTask>();
	private readonly queued: ProviderTask[] = [];
	private readonly timers = new Set<NodeJS.Timeout>();
	private running = 0;
	private pace = usualPace;

	constructor(private readonly draw: Draw) {}

	accept(row: number, echoed: ProviderTask['echoed']): ProviderTask {
		const number = this.all.length;
		const { draw } = this;
		const isListedLate = draw.share(`listed late ${row}`) < 0.1;
		const lagMs = isListedLate ? draw.between(0, maxListLagMs, `list lag ${row}`) : 0;
		const task: ProviderTask = {
			id: `cgt-20261201120000-${draw.hex(4, 'ids')}${String(number).padStart(4, '0')}`,
			...{ row, echoed, createdAtMs: Date.now(), listedFromMs: Date.now() + lagMs },
			...{ status: 'queued', endedAtMs: undefined, isAnswered: false, deletedWhile: undefined },
			...{ readsOfFinished: 0, expiredUpTo: -1 },
		};
		this.all.push(task);
		this.byId.set(task.id, task);
		this.queued.push(task);
		this.startQueued();
		return task;
	}

	/** A task whose record exists. */
	find(id: string): ProviderTask | undefined {
		const task = this.byId.get(id);
		return task?.deletedWhile === undefined ? task : undefined;
	}

	get unfinished(): number {
		return this.queued.length + this.running;
	}

	/** Cancels a queued task, and deletes the record of a finished one. Returns whether the status allows it. */
	delete(task: ProviderTask): boolean {
		if (task.status === 'queued') {
			this.queued.splice(this.queued.indexOf(task), 1);
			this.end(task, 'cancelled');
			return true;
		}
		if (task.status !== 'succeeded') return false;
		task.deletedWhile = task.status;
		return true;
	}

	/** From now on no task begins to render. */
	hold(): void {
		this.pace = heldPace;
	}

	/** From now on tasks render behind each other, a few at a time. */
	renderBehindEachOther(): void {
		this.pace = narrowPace;
		this.startQueued();
	}

	close(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.queued.length = 0;
	}

	private startQueued(): void {
		const { maxRunning, renderMs } = this.pace;
		while (this.running < maxRunning) {
			const task = this.queued.shift();
			if (task === undefined) return;
			task.status = 'running';
			this.running++;
			const ms = this.draw.between(renderMs.min, renderMs.max, `render ${task.row}`);
			const timer = setTimeout(() => {
				this.timers.delete(timer);
				this.running--;
				this.end(task, 'succeeded');
				this.startQueued();
			}, ms);
			this.timers.add(timer);
		}
	}

	private end(task: ProviderTask, status: ProviderStatus): void {
		task.status = status;
		task.endedAtMs = Date.now();
	}
}

/** The video of a task: a clip that plays, and a box that players skip, which no other video has. */
export function videoOf({ id }: Pick<ProviderTask, 'id'>): Buffer {
	const box = Buffer.alloc(videoBytes - clip.length, id);
	box.writeUInt32BE(box.length, 0);
	box.write('free', 4, 'latin1');
	return Buffer.concat([clip, box]);
}

/** The SHA-256 of the video of a task. */
export function sha256OfVideo(task: Pick<ProviderTask, 'id'>): string {
	return createHash('sha256').update(videoOf(task)).digest('hex');
}
