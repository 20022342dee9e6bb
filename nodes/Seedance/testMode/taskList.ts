import { createHash } from 'crypto';
import { describeEntry } from './taskObject';
import type { TaskMemory } from './taskMemory';
import { idOfTask, progressOf, taskOfId, type TestTask } from './testTask';

/** How long a task can be read. Source: PowerTokens create reference, id (stored for 7 days). */
const keptMs = 7 * 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Source: BytePlus docs 1521675 (page_size). */
const usualPageSize = 10;

/** One for each status, so that a list has all of them: the ending, and the minutes that it is older than the newest. */
const exampleEndings = ['ok', 'sr', 'sq', 'fa', 'ca', 'ex'] as const;
const ratiosInTurn = ['16:9', '9:16', '1:1'] as const;
const minutesBetween = 7;

/** Every minute, one task of each ending begins, so that a trigger has an event; the list shows those of the last minutes. */
const minuteEndings = ['ok', 'fa'] as const;
const minutesShown = 3;

/** The examples, newest first: those of the last minutes, and those of this hour, which are at least a quarter of an hour old. */
function examples(nowMs: number): TestTask[] {
	const minuteStartMs = Math.floor(nowMs / minuteMs) * minuteMs;
	const newestMs = Math.floor((nowMs - hourMs / 4) / hourMs) * hourMs;
	return [
		...Array.from({ length: minutesShown }, (_, minutes) =>
			minuteEndings.map((ending) => example(ending, minuteStartMs - minutes * minuteMs)),
		).flat(),
		...exampleEndings.map((ending, index) =>
			example(ending, newestMs - index * minutesBetween * minuteMs),
		),
	];
}

function example(ending: string, createdMs: number): TestTask {
	const minute = Math.floor(createdMs / minuteMs);
	return {
		...{ createdMs, ending, seconds: 8, durationSeconds: 5, expiresSeconds: 172_800 },
		...{ model: 'dreamina-seedance-2-0-260128', resolution: '720p' },
		ratio: ratiosInTurn[minute % ratiosInTurn.length] ?? '16:9',
		...{ frames: undefined, generateAudio: true, draft: false, priority: 0, seed: undefined },
		...{ returnLastFrame: false, isFlex: false, webSearch: false, isMov: false },
		random: createHash('sha256').update(`${createdMs} ${ending}`).digest('hex').slice(0, 10),
	};
}

/** The task with this ID as long as it can be read, or undefined. */
export function findTask(id: string, memory: TaskMemory, nowMs: number): TestTask | undefined {
	const task = taskOfId(id);
	if (task === undefined || memory.get(id) === 'deleted') return undefined;
	return nowMs - task.createdMs < keptMs ? task : undefined;
}

/** The status of a task that can be read. */
export function statusOf(task: TestTask, memory: TaskMemory, nowMs: number) {
	const isCancelled = memory.get(idOfTask(task)) === 'cancelled';
	return isCancelled ? 'cancelled' : progressOf(task, nowMs).status;
}

/** One page of the list: those that were asked for, or else those of this process and the examples, newest first. Source: BytePlus docs 1521675. */
export function listTasks(query: URLSearchParams, memory: TaskMemory, nowMs: number) {
	const asked = query.getAll('filter.task_ids');
	const known = [...memory.ids(), ...examples(nowMs).map(idOfTask)];
	const tasks = (asked.length > 0 ? asked : known)
		.map((id) => findTask(id, memory, nowMs))
		.filter((task) => task !== undefined)
		.filter((task) => isWanted(task, query, statusOf(task, memory, nowMs)))
		.sort((first, second) => second.createdMs - first.createdMs);
	const size = Number(query.get('page_size') ?? usualPageSize);
	const first = (Number(query.get('page_num') ?? 1) - 1) * size;
	const isCancelled = (task: TestTask) => memory.get(idOfTask(task)) === 'cancelled';
	return {
		total: tasks.length,
		items: tasks
			.slice(first, first + size)
			.map((task) => describeEntry(task, nowMs, isCancelled(task))),
	};
}

function isWanted({ model, isFlex }: TestTask, query: URLSearchParams, status: string): boolean {
	const is = (name: string, value: string) => (query.get(`filter.${name}`) ?? value) === value;
	return (
		is('status', status) && is('model', model) && is('service_tier', isFlex ? 'flex' : 'default')
	);
}
