import { createHash } from 'crypto';
import { findFamilyOfModelId } from '../seedance/models';
import type { MediaReference } from '../seedance/media';
import type { UnsentRequest } from '../seedance/request';
import { estimateTokens } from '../seedance/tokens';
import { withoutUndefined } from '../seedance/values';
import { endingOf } from './magicPrompts';
import type { Remembered } from './taskMemory';
import { idOfTask, progressOf, type TestTask } from './testTask';

/** Where the files of a task are. */
export const filesOrigin = 'https://test-mode.invalid';

const framesPerSecond = 24;

/** A task in the form of the provider's answer about one task. Source: PowerTokens get reference (sample); Volcengine Python SDK, content_generation_task.py (names). */
export function describeTask(
	task: TestTask,
	nowMs: number,
	remembered: Remembered | undefined,
): Record<string, unknown> {
	const progress = progressOf(task, nowMs);
	const { sinceMs } = progress;
	const status = remembered?.state === 'cancelled' ? 'cancelled' : progress.status;
	const isDone = status === 'succeeded';
	return withoutUndefined<unknown>({
		id: idOfTask(task),
		model: task.model,
		status,
		error: status === 'failed' ? errorOf(task) : undefined,
		content: isDone ? filesOf(task) : undefined,
		usage: isDone ? usageOf(task) : undefined,
		created_at: Math.floor(task.createdMs / 1000),
		updated_at: Math.floor(sinceMs / 1000),
		...(isDone ? videoOf(task) : {}),
		service_tier: task.isFlex ? 'flex' : 'default',
		execution_expires_after: task.expiresSeconds,
		generate_audio: task.generateAudio,
		draft: task.draft,
		priority: task.priority,
		safety_identifier: remembered?.safetyIdentifier,
		tools: task.webSearch ? [{ type: 'web_search' }] : undefined,
	});
}

/** A task as an entry of the list. Source: github volcengine/ark-cli, gen-meta.md (failure_reason; no resolution, ratio, duration). */
export function describeEntry(task: TestTask, nowMs: number, remembered: Remembered | undefined) {
	const { error, ...whole } = describeTask(task, nowMs, remembered);
	const left = new Set(['resolution', 'ratio', 'duration']);
	const entry = Object.fromEntries(Object.entries(whole).filter(([name]) => !left.has(name)));
	return error === undefined ? entry : { ...entry, failure_reason: error };
}

/** The message of an error code; Ark ends its messages with the ID of the request. */
export function explanationOf(code: string, requestId: string, explanation?: string): string {
	const [known = 'The request was refused.'] =
		explanations.find(([, pattern]) => pattern.test(code)) ?? [];
	return `${explanation ?? known} (Test Mode) Request id: ${requestId}`;
}

const explanations: ReadonlyArray<readonly [string, RegExp]> = [
	['The generated video was withheld by moderation.', /^Output/],
	['The input was refused by moderation.', /^Input.*Sensitive/],
	['The service met an unexpected internal error.', /^InternalServiceError$/],
	['The account has an overdue balance.', /^AccountOverdueError$/],
	['The API key is missing or invalid.', /^AuthenticationError$/],
	['Too many requests.', /^RateLimitExceeded/],
	['The model does not exist, or it has no such name.', /^InvalidEndpointOrModel/],
	['The task was not found.', /^NotFound/],
	['A task that is running or cancelled cannot be deleted.', /^InvalidAction/],
];

function errorOf({ endingId, random }: TestTask) {
	const end = endingOf(endingId);
	const code = end?.status === 'failed' ? end.code : 'InternalServiceError';
	return { code, message: explanationOf(code, `test-${random}`) };
}

function filesOf(task: TestTask) {
	const url = `${filesOrigin}/${idOfTask(task)}`;
	return withoutUndefined({
		video_url: `${url}.${task.isMov ? 'mov' : 'mp4'}`,
		last_frame_url: task.returnLastFrame ? `${url}.png` : undefined,
	});
}

/** Stands for all of a request: what they are does not count. */
const inputVideo: MediaReference = { kind: 'video', role: 'reference_video', url: '' };

/** What a video of this size uses at a real provider. 4k is not documented: it has four times the pixels of 1080p. Nothing looks at input videos: together they count as long as the output, which is the least that is counted. */
function usageOf(task: TestTask) {
	const { model, resolution, ratio, durationSeconds, frames, draft, generateAudio } = task;
	const isHuge = resolution === '4k';
	const family = findFamilyOfModelId(model) ?? findFamilyOfModelId('seedance-2-0-260128');
	const request: UnsentRequest = {
		model,
		family,
		mode: 'textToVideo',
		media: task.hasInputVideo ? [inputVideo] : [],
		ratio,
		durationSeconds,
		frames,
		draft,
		generateAudio,
		wireFields: {},
		extraBody: {},
		resolution: isHuge ? '1080p' : resolution,
	};
	const estimate = estimateTokens(request, () => 0);
	const tokens = (estimate?.tokens ?? 0) * (isHuge ? 4 : 1);
	const toolUsage = task.webSearch ? { tool_usage: { web_search: 1 } } : {};
	return { completion_tokens: tokens, total_tokens: tokens, ...toolUsage };
}

function videoOf(task: TestTask) {
	const { resolution, ratio, durationSeconds, frames, random } = task;
	return {
		seed: task.seed ?? createHash('sha256').update(random).digest().readUInt32BE() % 100_000,
		resolution,
		ratio,
		duration: frames === undefined ? durationSeconds : undefined,
		frames,
		framespersecond: framesPerSecond,
	};
}
