import type { CreateRequest } from '../createRequest';

/**
 * The official-compatible interface: `/contents/generations/tasks`, as ByteDance's Ark and its resellers speak it.
 * Source: PowerTokens Seedance 2.0 quick start, endpoint list; PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks.
 */

/** Takes a checked request and gives the body of the create call; what the request does not hold is not in the body. */
export function createBody(request: CreateRequest): Record<string, unknown> {
	return withoutUndefined({
		model: request.model,
		content: [{ type: 'text', text: request.prompt }],
		generate_audio: request.generateAudio,
		resolution: request.resolution,
		ratio: request.ratio,
		duration: request.durationSeconds,
	});
}

/** Takes the URL of the task collection and a task id and gives the task's own URL; throws a RangeError for an id that would name the collection or another path. */
export function taskUrl(tasksUrl: string, taskId: string): string {
	if (!isTaskId(taskId)) throw new RangeError(`Not a task id: ${taskId}`);
	return `${tasksUrl}/${encodeURIComponent(taskId)}`;
}

/** Takes any text and says whether it can be a task id: an empty one would turn a read into a list. */
export function isTaskId(text: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(text);
}

/** Takes page and status filters and gives the URL of one page of the task list. Source: Volcengine Python SDK, tasks.py, list. */
export function listUrl(tasksUrl: string, page: { pageNumber: number; pageSize: number }): string {
	const query = new URLSearchParams({
		page_num: String(page.pageNumber),
		page_size: String(page.pageSize),
	});
	return `${tasksUrl}?${query.toString()}`;
}

function withoutUndefined(members: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
