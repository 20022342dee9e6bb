import { idIn, numberIn, objectIn, textIn } from './values';

/** The statuses of items; `unknown` stands for a word that no document has. */
export const taskStatuses = [
	'queued',
	'running',
	'succeeded',
	'failed',
	'cancelled',
	'expired',
	'unknown',
] as const;

/** One of {@link taskStatuses}. */
export type TaskStatus = (typeof taskStatuses)[number];

/**
 * Every word of a provider or gateway for a status.
 * Source: PowerTokens Seedance 2.0 quick start, task statuses; PowerTokens API reference, POST /v1/videos (pending);
 * github PowerTokens/video-studio (completed, success); github QuantumNous/new-api (in_progress, submitted, not_start);
 * github BerriAI/litellm (deleted).
 */
const statusOfWord: ReadonlyMap<string, TaskStatus> = new Map(
	Object.entries<TaskStatus>({
		queued: 'queued',
		pending: 'queued',
		submitted: 'queued',
		not_start: 'queued',
		running: 'running',
		processing: 'running',
		in_progress: 'running',
		succeeded: 'succeeded',
		completed: 'succeeded',
		success: 'succeeded',
		failed: 'failed',
		cancelled: 'cancelled',
		canceled: 'cancelled',
		deleted: 'cancelled',
		expired: 'expired',
	}),
);

const finishedStatuses: ReadonlySet<TaskStatus> = new Set<TaskStatus>([
	'succeeded',
	'failed',
	'cancelled',
	'expired',
]);

/** Whether a task in this status never changes again. */
export function isFinished(status: TaskStatus): boolean {
	return finishedStatuses.has(status);
}

/** Whether a task succeeded without the URL of its video, as some gateways say for a moment. */
export function lacksVideo({ status, videoUrl }: Task): boolean {
	return status === 'succeeded' && videoUrl === undefined;
}

/** Whether a finished task has everything that items say of one, so that its own call would say no more. Source: BytePlus docs 1521675 (the same structure as the single task); github volcengine/ark-cli, gen-meta.md (entries without resolution, ratio and duration). */
export function isCompleteEntry(task: Task): boolean {
	const { status, videoUrl, resolution, ratio, durationSeconds, totalTokens, failure } = task;
	if (status !== 'succeeded') return failure?.code !== undefined;
	return [videoUrl, resolution, ratio, durationSeconds, totalTokens].every(
		(member) => member !== undefined,
	);
}

/** Why a task failed, as far as the provider says. */
export interface TaskFailure {
	readonly code?: string | undefined;
	readonly message?: string | undefined;
}

/** A task as the rest of the package knows it, whichever interface it came from. */
export interface Task {
	readonly taskId: string;
	readonly status: TaskStatus;
	/** The provider's own word. */
	readonly statusWord: string;
	readonly model?: string | undefined;
	readonly videoUrl?: string | undefined;
	readonly lastFrameUrl?: string | undefined;
	readonly failure?: TaskFailure | undefined;
	readonly resolution?: string | undefined;
	readonly ratio?: string | undefined;
	readonly durationSeconds?: number | undefined;
	readonly totalTokens?: number | undefined;
	readonly createdAtMs?: number | undefined;
	readonly updatedAtMs?: number | undefined;
	/** The provider's object as it came. */
	readonly raw: Readonly<Record<string, unknown>>;
}

/** Tokens of a video. None has 0: such a number is of a gateway that does not count. */
function tokensIn(value: unknown): number | undefined {
	const isCount = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1e12;
	return isCount ? Number(value) : undefined;
}

/** An error object, or the error as a text. */
function failureIn(value: unknown): TaskFailure | undefined {
	const members = objectIn(value);
	if (members !== undefined) {
		return { code: textIn(members['code']), message: textIn(members['message']) };
	}
	const message = textIn(value);
	return message === undefined ? undefined : { code: undefined, message };
}

/**
 * The task in the body of an answer, or undefined when it has neither an id nor a status.
 * `requestedId` is the id in the request.
 * Source: Volcengine Python SDK, types/content_generation/content_generation_task.py; github volcengine/ark-cli, gen-meta.md (failure_reason in lists);
 * github PowerTokens/video-studio, wan_core.py (video_url, metadata.url).
 */
export function readTask(body: unknown, requestedId?: string): Task | undefined {
	const members = objectIn(body);
	if (members === undefined) return undefined;
	const answeredId = idIn(members['task_id']) ?? idIn(members['id']);
	const statusWord = textIn(members['status']);
	// The provider knows the task by the id of the request; a gateway's answer may have another one.
	const taskId = requestedId ?? answeredId;
	if (taskId === undefined || (statusWord === undefined && answeredId === undefined)) {
		return undefined;
	}
	const content = objectIn(members['content']);
	const metadata = objectIn(members['metadata']);
	const usage = objectIn(members['usage']);
	return {
		taskId,
		status: statusOfWord.get(statusWord?.toLowerCase() ?? '') ?? 'unknown',
		statusWord: statusWord ?? 'unknown',
		model: textIn(members['model']),
		videoUrl:
			textIn(content?.['video_url']) ?? textIn(members['video_url']) ?? textIn(metadata?.['url']),
		lastFrameUrl: textIn(content?.['last_frame_url']),
		failure: failureIn(members['error']) ?? failureIn(members['failure_reason']),
		resolution: textIn(members['resolution']),
		ratio: textIn(members['ratio']),
		durationSeconds: numberIn(members['duration']),
		totalTokens: tokensIn(usage?.['total_tokens']) ?? tokensIn(usage?.['completion_tokens']),
		createdAtMs: millisecondsIn(members['created_at']),
		updatedAtMs: millisecondsIn(members['updated_at']),
		raw: members,
	};
}

function millisecondsIn(value: unknown): number | undefined {
	const seconds = numberIn(value);
	return seconds === undefined ? undefined : seconds * 1000;
}

/** A whole number; some gateways count in text. */
function countIn(value: unknown): number | undefined {
	const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
	return Number.isInteger(count) && Number(count) >= 0 ? Number(count) : undefined;
}

/** One answer of the task list. */
export interface TaskList {
	readonly tasks: readonly Task[];
	/** Entries on this page, including those that cannot be read. */
	readonly count: number;
	readonly total: number | undefined;
	/** Whether `has_more` is true. Source: OpenAI API reference, list; gateways copy it. */
	readonly saysMore: boolean;
}

/**
 * The tasks in the body of a list answer and their total number, or undefined when it has no list.
 * Source: BytePlus docs 1521675 (`items`, `total`); github byteplus-sa/ark-mcp (`data` in some wrappers).
 */
export function readTaskList(body: unknown): TaskList | undefined {
	const { items, data, total, has_more: hasMore } = objectIn(body) ?? {};
	const lists = [items, data].filter((list) => list !== undefined);
	const [list] = lists;
	// Something else in place of a list does not say that there are no tasks.
	if (!lists.every(Array.isArray) || !Array.isArray(list)) return undefined;
	const tasks = list.map((entry) => readTask(entry)).filter((task) => task !== undefined);
	return { tasks, count: list.length, total: countIn(total), saysMore: hasMore === true };
}

/** The ids that the body of an answer gives its task. */
export function answeredIdsOf(body: unknown): string[] {
	const members = objectIn(body);
	return [idIn(members?.['task_id']), idIn(members?.['id'])].filter((id) => id !== undefined);
}

/** ISO 8601 of milliseconds since 1970, or undefined for what is not a time. */
export function isoTime(ms: number | undefined): string | undefined {
	return ms === undefined || !(Math.abs(ms) <= 8.64e15) ? undefined : new Date(ms).toISOString();
}

/** The id in the body of a create answer, or undefined. Source: PowerTokens quick start (`task_id` or `id`). */
export function readCreatedTaskId(body: unknown): string | undefined {
	const { data } = objectIn(body) ?? {};
	return answeredIdsOf(body)[0] ?? answeredIdsOf(data)[0];
}

const signedForSeconds = 86_400;

/**
 * When the video URL of a task stops working, in milliseconds since 1970, or undefined when that is not known.
 * Source: APIYI Seedance 2.0 reference and BytePlus docs 1520757: signed URLs last 24 hours (`X-Tos-Expires=86400`).
 */
export function videoUrlExpiresAtMs(task: Task): number | undefined {
	return expiresAtMs(task, task.videoUrl);
}

/** When the URL of a task's last frame stops working, like that of its video. */
export function lastFrameExpiresAtMs(task: Task): number | undefined {
	return expiresAtMs(task, task.lastFrameUrl);
}

function expiresAtMs(task: Task, url: string | undefined): number | undefined {
	if (url === undefined) return undefined;
	const query = URL.canParse(url) ? new URL(url).searchParams : undefined;
	const signedAt = query
		?.get('X-Tos-Date')
		?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
	const signedAtMs = signedAt === undefined ? NaN : Date.parse(signedAt);
	const seconds = Number(query?.get('X-Tos-Expires') ?? signedForSeconds);
	const startMs = Number.isNaN(signedAtMs) ? task.updatedAtMs : signedAtMs;
	return startMs === undefined || Number.isNaN(seconds) ? undefined : startMs + seconds * 1000;
}
