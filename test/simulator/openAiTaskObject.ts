import type { SimulatedTask, TaskStatus } from './task';
import { describeTask, type TaskView } from './taskObject';

/** Source: PowerTokens quick start, Successful Response Example (its members, and `error` of its Python sample). */
const shownOf2x = [
	'id',
	'model',
	'status',
	'error',
	'content',
	'seed',
	'resolution',
	'ratio',
	'duration',
	'framespersecond',
	'generate_audio',
	'usage',
];

/** Not documented but for the name: how far a task is, in percent. */
const progressByStatus: Readonly<Record<TaskStatus, number>> = {
	queued: 0,
	running: 50,
	succeeded: 100,
	failed: 100,
	expired: 100,
	cancelled: 100,
};

/**
 * The answer to a POST /v1/videos.
 * Source: PowerTokens Seedance 2.0 text-to-video reference and POST /v1/videos for Seedance 1.x, Response.
 */
export function describeCreated(task: SimulatedTask): Record<string, unknown> {
	const ids = { id: task.id, task_id: task.id };
	if (is2x(task)) return { ...ids, status: 'queued' };
	return {
		...ids,
		object: 'video',
		model: task.shownModel,
		status: 'pending',
		progress: 0,
		created_at: Math.floor(task.createdMs / 1000),
	};
}

/** A task in the form of GET /v1/videos/{id}. Source: PowerTokens quick start; POST /v1/videos for Seedance 1.x, status. */
export function describeOpenAiTask(task: SimulatedTask, view: TaskView): Record<string, unknown> {
	const whole = describeTask(task, view);
	if (is2x(task)) {
		return Object.fromEntries(Object.entries(whole).filter(([name]) => shownOf2x.includes(name)));
	}
	return {
		...whole,
		task_id: task.id,
		object: 'video',
		status: task.status === 'queued' ? 'pending' : task.status,
		progress: progressByStatus[task.status],
	};
}

function is2x({ generation }: SimulatedTask): boolean {
	return generation === '2.0' || generation === '2.5';
}
