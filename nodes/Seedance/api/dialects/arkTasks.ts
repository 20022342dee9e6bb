import { modes, type CreateOptions, type CreateRequest } from '../createRequest';
import type { MediaReference } from '../mediaReference';
import { withoutUndefined } from '../values';
import type { Dialect } from './dialect';

/** Most tasks on one page, and most ids in one filter. Source: github byteplus-sa/ark-mcp (100; the documents say 500). */
export const mostTasksPerPage = 100;

const options: ReadonlyArray<keyof CreateOptions> = [
	'seed',
	'watermark',
	'returnLastFrame',
	'cameraFixed',
	'draft',
	'frames',
	'serviceTier',
	'priority',
	'executionExpiresAfter',
	'safetyIdentifier',
	'callbackUrl',
	'webSearch',
	'outputFormat',
	'taskType',
	'extraBody',
	'dryRun',
];

/**
 * The official-compatible interface: `/contents/generations/tasks`, as ByteDance's Ark and its resellers speak it.
 * Source: PowerTokens Seedance 2.0 quick start, endpoint list; PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks;
 * Volcengine Python SDK, tasks.py (draft_task, order of members).
 */
export const arkTasks: Dialect = {
	style: 'official',
	label: 'Official',
	collectionPath: '/contents/generations/tasks',
	managesTasks: true,
	createBody: (request) => ({
		...withoutUndefined({
			model: request.model,
			content: contentOf(request),
			safety_identifier: request.options.safetyIdentifier,
			callback_url: request.options.callbackUrl,
			return_last_frame: request.options.returnLastFrame,
			service_tier: request.options.serviceTier,
			execution_expires_after: request.options.executionExpiresAfter,
			priority: request.options.priority,
			generate_audio: request.generateAudio,
			draft: request.options.draft,
			camera_fixed: request.options.cameraFixed,
			watermark: request.options.watermark,
			seed: request.options.seed,
			resolution: request.resolution,
			ratio: request.ratio,
			duration: request.durationSeconds,
			frames: request.options.frames,
			tools: request.options.webSearch === true ? [{ type: 'web_search' }] : undefined,
			output_format: request.options.outputFormat,
			omni_reference_task_type: request.options.taskType,
		}),
		...request.options.extraBody,
	}),
	modes: () => modes,
	options: () => options,
	promptRequired: false,
};

/** What to ask the task list for. */
export interface ListFilter {
	readonly status?: string | undefined;
	readonly model?: string | undefined;
	readonly serviceTier?: string | undefined;
	readonly taskIds?: readonly string[] | undefined;
}

/**
 * Takes a page and filters and gives the URL of that page of the task list; `filter.task_ids` is repeated for each id.
 * Source: Volcengine Python SDK, tasks.py, list; BytePlus docs 1521675.
 */
export function listUrl(
	tasksUrl: string,
	page: { readonly pageNumber: number; readonly pageSize: number },
	filter: ListFilter = {},
): string {
	const query = new URLSearchParams({
		page_num: String(page.pageNumber),
		page_size: String(page.pageSize),
	});
	const { status, model, serviceTier, taskIds = [] } = filter;
	if (status !== undefined) query.append('filter.status', status);
	if (model !== undefined) query.append('filter.model', model);
	if (serviceTier !== undefined) query.append('filter.service_tier', serviceTier);
	for (const taskId of taskIds) query.append('filter.task_ids', taskId);
	return `${tasksUrl}?${query.toString()}`;
}

function contentOf({ mode, prompt, media, draftTaskId }: CreateRequest): unknown[] {
	if (mode === 'draftTask') return [{ type: 'draft_task', draft_task: { id: draftTaskId } }];
	const text = prompt === undefined ? [] : [{ type: 'text', text: prompt }];
	// A lone first frame carries no role; with a last frame both need one. Source: APIYI Seedance 2.0 reference, generation modes.
	return [...text, ...media.map((reference) => contentItem(reference, mode !== 'firstFrame'))];
}

function contentItem({ kind, role, url }: MediaReference, withRole: boolean): unknown {
	const type = `${kind}_url`;
	return { type, [type]: { url }, ...(withRole ? { role } : {}) };
}
