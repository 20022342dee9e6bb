import type { RecordedRequest } from '../simulator/requestLog';
import type { SimulatedTask } from '../simulator/task';

/** What of a recorded request counts here. */
export type SeenRequest = Pick<RecordedRequest, 'at' | 'method' | 'path' | 'query'>;

/** What of a simulated task counts here. */
export type SeenTask = Pick<SimulatedTask, 'id' | 'endedMs'>;

/** How a run polled its tasks. */
export interface Looks {
	/** List requests. */
	readonly lists: number;
	/** Requests for a single task that ask how it stands. */
	readonly singles: number;
	/** Requests for a single task that the list request before has shown to be finished, once for each task. */
	readonly readsOfFinished: number;
	/** How many tasks each list request covered. */
	readonly tasksPerList: readonly number[];
	/** How many lists and singles arrived at each polling moment. */
	readonly looksPerMoment: readonly number[];
}

/** Counts the polls of a run. The requests are in order of arrival. Polls that are closer together than the given time belong to the same moment. */
export function countLooks(
	requests: readonly SeenRequest[],
	tasks: readonly SeenTask[],
	momentMs: number,
): Looks {
	const endedMs = new Map(tasks.map((task) => [task.id, task.endedMs ?? Infinity]));
	/** Tasks that a list has shown to be finished and that were not read since. */
	const foundFinished = new Set<string>();
	const read = new Set<string>();
	const tasksPerList: number[] = [];
	const looksPerMoment: number[] = [];
	let momentAt = -Infinity;
	let singles = 0;
	const look = (at: number) => {
		if (at - momentAt >= momentMs) {
			momentAt = at;
			looksPerMoment.push(0);
		}
		looksPerMoment.push((looksPerMoment.pop() ?? 0) + 1);
	};

	for (const { at, method, path, query } of requests) {
		if (method !== 'GET') continue;
		if (path.endsWith('/tasks')) {
			const asked = query.getAll('filter.task_ids');
			tasksPerList.push(asked.length);
			for (const id of asked) {
				if (!read.has(id) && (endedMs.get(id) ?? Infinity) <= at) foundFinished.add(id);
			}
			look(at);
			continue;
		}
		const id = taskIdOf(path);
		if (id === undefined) continue;
		if (foundFinished.delete(id)) {
			read.add(id);
		} else {
			singles++;
			look(at);
		}
	}
	return {
		lists: tasksPerList.length,
		singles,
		readsOfFinished: read.size,
		tasksPerList,
		looksPerMoment,
	};
}

/** How the end of one task was noticed. */
export interface Detection {
	/** From the end of the task to the first request that could see it. */
	readonly delayMs: number;
	/** Requests that covered the task, up to that one and after it. */
	readonly polls: number;
}

/** How the end of a task was noticed, or undefined if it was not. The task must have ended. */
export function detectionOf(
	requests: readonly SeenRequest[],
	{ id, endedMs = Infinity }: SeenTask,
): Detection | undefined {
	const polls = requests.filter(
		({ method, path, query }) =>
			method === 'GET' && (taskIdOf(path) === id || query.getAll('filter.task_ids').includes(id)),
	);
	const first = polls.find(({ at }) => at >= endedMs);
	return first === undefined ? undefined : { delayMs: first.at - endedMs, polls: polls.length };
}

function taskIdOf(path: string): string | undefined {
	return /\/tasks\/([^/]+)$/.exec(path)?.[1];
}
