import { createHash } from 'node:crypto';
import { withRequestId } from './errors';
import { filePath } from './mediaFiles';
import { billedTokens } from './bill';
import { framesPerSecond } from './pixels';
import type { SimulatedTask } from './task';

/** The absolute signed URL of a file path, signed at a time in milliseconds. */
export type SignFile = (path: string, signedAtMs: number) => string;

/** What an entry of the list has: all that the get call has, or less of it. Sources: Volcengine docs 1521675 (whole); Volcengine Ark CLI (short: failure_reason; no resolution, ratio, duration). */
export type ListEntries = 'whole' | 'short';

/** How tasks are shown, in every interface. */
export interface TaskView {
	readonly signFile: SignFile;
	readonly echoesMarkers: boolean;
	readonly listEntries: ListEntries;
}

/** A task in the form of the get call. Source: PowerTokens get reference (sample); Volcengine SDK (field names). */
export function describeTask(task: SimulatedTask, view: TaskView): Record<string, unknown> {
	const updatedMs = task.endedMs ?? task.startedMs ?? task.createdMs;
	const succeeded = task.status === 'succeeded';
	return withoutUndefined({
		id: task.id,
		model: task.shownModel,
		status: task.status,
		error: describeError(task),
		...(succeeded ? describeFiles(task, view.signFile) : {}),
		created_at: Math.floor(task.createdMs / 1000),
		updated_at: Math.floor(updatedMs / 1000),
		...(succeeded ? describeVideo(task) : {}),
		service_tier: task.serviceTier,
		execution_expires_after: view.echoesMarkers ? task.expiresSeconds : undefined,
		generate_audio: task.generateAudio,
		draft: task.draft,
		draft_task_id: task.draftTaskId,
		priority: task.priority,
		safety_identifier: shownSafetyIdentifier(task, view),
		tools: task.webSearch ? [{ type: 'web_search' }] : undefined,
	});
}

/** A task in the form of the list call. */
export function describeListItem(task: SimulatedTask, view: TaskView): Record<string, unknown> {
	const whole = describeTask(task, view);
	if (view.listEntries === 'whole') return whole;
	const { error, resolution, ratio, duration, ...item } = whole;
	return error === undefined ? item : { ...item, failure_reason: error };
}

/** The answer to a create. */
export function describeCreated(task: SimulatedTask, view: TaskView): Record<string, unknown> {
	return withoutUndefined({ id: task.id, safety_identifier: shownSafetyIdentifier(task, view) });
}

function shownSafetyIdentifier(task: SimulatedTask, { echoesMarkers }: TaskView) {
	return echoesMarkers ? task.safetyIdentifier : undefined;
}

function describeError(task: SimulatedTask) {
	if (task.status !== 'failed' || task.outcome.status !== 'failed') return undefined;
	const { code } = task.outcome;
	return { code, message: withRequestId(explainFailure(code), task.requestId) };
}

function explainFailure(code: string): string {
	if (code.startsWith('Output')) return 'The generated video was withheld by moderation.';
	if (code.startsWith('Input')) return 'The input was refused by moderation.';
	if (code === 'InternalServiceError') return 'The service met an unexpected internal error.';
	return 'The task could not be completed.';
}

function describeFiles(task: SimulatedTask, signFile: SignFile) {
	const signedAtMs = task.endedMs ?? task.createdMs;
	const withUrl = task.outcome.status === 'succeeded' && task.outcome.withUrl;
	const content = withUrl
		? withoutUndefined({
				video_url: signFile(filePath(task.id, task.fileExtension), signedAtMs),
				last_frame_url: task.returnLastFrame
					? signFile(filePath(task.id, 'png'), signedAtMs)
					: undefined,
			})
		: {};
	const tokens = billedTokens(task);
	// Source: Volcengine SDK (usage.tool_usage.web_search).
	const toolUsage = task.webSearch ? { tool_usage: { web_search: 1 } } : {};
	return { content, usage: { completion_tokens: tokens, total_tokens: tokens, ...toolUsage } };
}

function describeVideo(task: SimulatedTask) {
	return {
		seed: task.seed ?? seedOf(task.id),
		resolution: task.resolution,
		ratio: task.ratio,
		duration: task.frames === undefined ? task.durationSeconds : undefined,
		frames: task.frames,
		framespersecond: framesPerSecond,
	};
}

function seedOf(id: string): number {
	return createHash('sha256').update(id).digest().readUInt32BE() % 100_000;
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
