import type { RecordedRequest } from '../simulator/requestLog';
import type { SimulatedTask } from '../simulator/task';

/** What of a recorded request counts here. */
export type SeenRequest = Pick<RecordedRequest, 'at' | 'method' | 'path' | 'query' | 'status'>;

/** What of a simulated task counts here. */
export type SeenTask = Pick<SimulatedTask, 'id' | 'endedMs'>;

/** How an account was asked for the status of its tasks. */
export interface Looks {
	/** When each list request and each request for a single task arrived, refused ones too. */
	readonly listsAtMs: readonly number[];
	readonly readsAtMs: readonly number[];
	/** Requests for a single task that the list request before has shown to be finished, once for each task. */
	readonly readsOfFinished: number;
	/** How many tasks each list request covered. */
	readonly tasksPerList: readonly number[];
	/** When each request of any kind arrived that was refused with 429. */
	readonly throttledAtMs: readonly number[];
}

/** Counts the requests for the status of tasks. The requests are in order of arrival. */
export function countLooks(requests: readonly SeenRequest[], tasks: readonly SeenTask[]): Looks {
	const endedMs = new Map(tasks.map((task) => [task.id, task.endedMs ?? Infinity]));
	/** Tasks that a list has shown to be finished and that were not read since. */
	const foundFinished = new Set<string>();
	const read = new Set<string>();
	const tasksPerList: number[] = [];
	const listsAtMs: number[] = [];
	const readsAtMs: number[] = [];
	for (const { at, method, path, query, status } of requests) {
		if (method !== 'GET') continue;
		const id = taskIdOf(path);
		if (id !== undefined) {
			readsAtMs.push(at);
			if (foundFinished.delete(id)) read.add(id);
		} else if (path.endsWith('/tasks')) {
			listsAtMs.push(at);
			const asked = query.getAll('filter.task_ids');
			tasksPerList.push(asked.length);
			for (const one of asked) {
				const wasSeen = status === 200 && (endedMs.get(one) ?? Infinity) <= at;
				if (wasSeen && !read.has(one)) foundFinished.add(one);
			}
		}
	}
	return {
		...{ listsAtMs, readsAtMs, tasksPerList },
		readsOfFinished: read.size,
		throttledAtMs: requests.filter(({ status }) => status === 429).map(({ at }) => at),
	};
}

/** The most of these moments, in ascending order, that lie in any window of that length. */
export function mostWithin(windowMs: number, atMs: readonly number[]): number {
	let most = 0;
	let first = 0;
	for (const [index, ms] of atMs.entries()) {
		while ((atMs[first] ?? ms) <= ms - windowMs) first++;
		most = Math.max(most, index - first + 1);
	}
	return most;
}

/** How the end of one task was noticed. */
export interface Detection {
	/** From the end of the task to the first request that could see it. */
	readonly delayMs: number;
	/** Requests that covered the task, up to that one and after it. */
	readonly polls: number;
}

/** How the end of a task was noticed, or undefined if it was not. The task must have ended. A request that was refused shows nothing. */
export function detectionOf(
	requests: readonly SeenRequest[],
	{ id, endedMs = Infinity }: SeenTask,
): Detection | undefined {
	const polls = requests.filter(
		({ method, path, query }) =>
			method === 'GET' && (taskIdOf(path) === id || query.getAll('filter.task_ids').includes(id)),
	);
	const first = polls.find(({ at, status }) => at >= endedMs && status === 200);
	return first === undefined ? undefined : { delayMs: first.at - endedMs, polls: polls.length };
}

function taskIdOf(path: string): string | undefined {
	return /\/tasks\/([^/]+)$/.exec(path)?.[1];
}
