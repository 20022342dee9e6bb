import type { MediaReference } from '../media';
import { modes, type CreateRequest } from '../request';
import { withoutUndefined } from '../values';
import type { WireFormat } from './wire';

/** Maximum number of tasks on one page, and of ids in one filter. Source: github byteplus-sa/ark-mcp (100; the documents say 500). */
export const maxTasksPerPage = 100;

/**
 * The official-compatible interface: `/contents/generations/tasks`, as ByteDance's Ark and its resellers have it.
 * Source: PowerTokens Seedance 2.0 quick start, endpoint list; PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks;
 * Volcengine Python SDK, tasks.py (draft_task, order of members).
 */
export const officialFormat: WireFormat = {
	style: 'official',
	collectionPath: '/contents/generations/tasks',
	keyCheckPath: '/contents/generations/tasks?page_num=1&page_size=1',
	managesTasks: true,
	promptRequired: false,
	bodyForm: () => 'official',
	modes: () => modes,
	createBody: (request) => ({
		...withoutUndefined({
			model: request.model,
			content: contentOf(request),
			generate_audio: request.generateAudio,
			resolution: request.resolution,
			ratio: request.ratio,
			duration: request.durationSeconds,
		}),
		...request.wireFields,
		...request.extraBody,
	}),
};

/** What to ask the task list for. */
export interface ListFilter {
	readonly status?: string | undefined;
	readonly model?: string | undefined;
	readonly serviceTier?: string | undefined;
	readonly taskIds?: readonly string[] | undefined;
}

/** A page of the task list; pages count from 1. */
export interface Page {
	readonly pageNumber: number;
	readonly pageSize: number;
}

/**
 * The URL of one page of the task list; `filter.task_ids` is repeated for each id.
 * Source: Volcengine Python SDK, tasks.py, list; BytePlus docs 1521675.
 */
export function listUrl(tasksUrl: string, page: Page, filter: ListFilter = {}): string {
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
