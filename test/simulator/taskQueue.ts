import type { TaskRecord } from './task';

interface QueueEvent {
	readonly atMs: number;
	readonly apply: () => void;
}

/**
 * Moves the tasks in flight, in order of creation, through everything that happens from `fromMs` to `untilMs`.
 * At most `concurrency` tasks render at a time. The others wait by priority, then first in, first out.
 * Source: PowerTokens create reference, priority and execution_expires_after.
 */
export function advanceQueue(
	tasks: readonly TaskRecord[],
	concurrency: number,
	fromMs: number,
	untilMs: number,
): void {
	let cursorMs = fromMs;
	for (;;) {
		const event = nextEvent(tasks, concurrency, cursorMs);
		if (event === undefined || event.atMs > untilMs) return;
		event.apply();
		cursorMs = Math.max(cursorMs, event.atMs);
	}
}

function nextEvent(
	tasks: readonly TaskRecord[],
	concurrency: number,
	cursorMs: number,
): QueueEvent | undefined {
	const running = tasks.filter((task) => task.status === 'running');
	const queued = tasks.filter((task) => task.status === 'queued');
	// The order breaks ties: a slot that frees up in the same millisecond is there for the next task.
	const events = [...running.map(endOfRendering), ...queued.map(expiryInQueue)];
	if (running.length < concurrency) {
		const start = nextStart(queued, cursorMs);
		if (start !== undefined) events.push(start);
	}
	let next: QueueEvent | undefined;
	for (const event of events) {
		if (next === undefined || event.atMs < next.atMs) next = event;
	}
	return next;
}

function endOfRendering(task: TaskRecord): QueueEvent {
	const expiresMs = task.createdMs + task.expiresSeconds * 1000;
	const endMs = (task.startedMs ?? task.createdMs) + task.renderMs;
	const status = endMs < expiresMs ? task.outcome.status : 'expired';
	return finish(task, status, Math.min(endMs, expiresMs));
}

function expiryInQueue(task: TaskRecord): QueueEvent {
	return finish(task, 'expired', task.createdMs + task.expiresSeconds * 1000);
}

function finish(task: TaskRecord, status: 'succeeded' | 'failed' | 'expired', atMs: number) {
	return {
		atMs,
		apply: () => {
			task.status = status;
			task.endedMs = atMs;
		},
	};
}

function nextStart(queued: readonly TaskRecord[], cursorMs: number): QueueEvent | undefined {
	const readyMs = (task: TaskRecord) => Math.max(cursorMs, task.createdMs + task.queueMs);
	const atMs = queued.reduce((soonest, task) => Math.min(soonest, readyMs(task)), Infinity);
	let chosen: TaskRecord | undefined;
	for (const task of queued) {
		if (readyMs(task) > atMs) continue;
		if (chosen === undefined || (task.priority ?? 0) > (chosen.priority ?? 0)) chosen = task;
	}
	if (chosen === undefined) return undefined;
	const task = chosen;
	return {
		atMs,
		apply: () => {
			task.status = 'running';
			task.startedMs = atMs;
		},
	};
}
