import type { TaskApi } from '../../n8n/taskApi';
import { limitProperties, readLimit, readSwitch, simplifyProperty } from '../../panel/common';
import { filtersProperty, readFilter } from '../../panel/filters';
import type { Issue } from '../../panel/issues';
import { requireTaskManagement } from '../../seedance/connection';
import type { Task } from '../../seedance/task';
import { maxTasksPerPage, type ListFilter } from '../../seedance/wire/official';
import { define, nothingToPrepare, type ItemOutput } from '../operation';
import type { Session } from '../session';
import { videoJson } from './videoItem';

interface GetManyInput {
	/** Infinity for all. */
	readonly limit: number;
	readonly filter: ListFilter & { readonly taskIds: readonly string[] };
	readonly simplify: boolean;
}

/** Lists the tasks of the last 7 days, newest first. */
export const getManyOperation = define<GetManyInput, GetManyInput>({
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many videos',
		description: 'Get the tasks of the last 7 days, newest first, each once. This costs nothing.',
	},
	properties: [...limitProperties, filtersProperty, simplifyProperty],
	read(parameter, connection) {
		requireTaskManagement(connection);
		const limit = readLimit(parameter);
		const filter = readFilter(parameter, connection);
		const issues: Issue[] = [...(limit.issues ?? []), ...(filter.issues ?? [])];
		const simplify = readSwitch(parameter, 'simplify', true, issues);
		return issues.length > 0 || limit.value === undefined || filter.value === undefined
			? { issues }
			: { value: { limit: limit.value, filter: filter.value, simplify } };
	},
	prepare: nothingToPrepare,
	hints(outputs) {
		const ids = outputs.map(taskIdOf);
		if (new Set(ids).size === ids.length) return [];
		return [
			'Several items list the same tasks. Each is returned once. Turn on Execute Once in Settings.',
		];
	},
	idOf: taskIdOf,
	async run(session, { limit, filter, simplify }) {
		const { list, isShared } = listOnce(session, limit, filter);
		const tasks = await list;
		// What an earlier item returns is left out later anyway. One task is enough for the hint; with all of them, thousands of items would be millions of outputs.
		const returned = tasks.slice(0, isShared ? 1 : limit);
		return returned.map((task) => ({ json: videoJson(task, simplify) }));
	},
});

/** The ID of the task in an output, simplified or not. */
function taskIdOf({ json }: ItemOutput): unknown {
	return json['taskId'] ?? json['id'];
}

/** The lists of a run, by what they ask for: items that ask for the same share one. */
const lists = new WeakMap<Session, Map<string, Promise<Task[]>>>();

/** The tasks that an item asks for; `isShared`: an earlier item has asked for the same. */
function listOnce(
	session: Session,
	limit: number,
	filter: GetManyInput['filter'],
): { readonly list: Promise<Task[]>; readonly isShared: boolean } {
	const ofRun = lists.get(session) ?? new Map<string, Promise<Task[]>>();
	lists.set(session, ofRun);
	const request = JSON.stringify([limit, filter]);
	const earlier = ofRun.get(request);
	if (earlier !== undefined) return { list: earlier, isShared: true };
	const list = listAll(session.api, limit, filter);
	ofRun.set(request, list);
	return { list, isShared: false };
}

/** Source: BytePlus docs 1521675 (page_num 1 to 500). */
const maxPages = 500;

/** The tasks that the filter lets through, each once, at least `limit` of them where there are so many. A page without a new one is the last: of a list that has ended, or of a host that does not know pages. */
export async function listAll(
	api: Pick<TaskApi, 'listTasks'>,
	limit: number,
	{ taskIds, ...filter }: GetManyInput['filter'],
): Promise<Task[]> {
	const pageSize = Math.min(limit, maxTasksPerPage);
	const tasks = new Map<string, Task>();
	// The ids of one request are limited as its tasks are; without ids there is one group of none.
	for (let first = 0; first === 0 || first < taskIds.length; first += maxTasksPerPage) {
		const group = taskIds.slice(first, first + maxTasksPerPage);
		let hasMore = true;
		let entries = 0;
		for (let pageNumber = 1; hasMore && pageNumber <= maxPages; pageNumber++) {
			if (tasks.size >= limit) break;
			const page = await api.listTasks({ pageNumber, pageSize }, { ...filter, taskIds: group });
			const { total, count } = page;
			entries += count;
			const isNew = page.tasks.some(({ taskId }) => !tasks.has(taskId));
			for (const task of page.tasks) tasks.set(task.taskId, task);
			hasMore = isNew && (total === undefined ? page.hasMore : entries < total);
		}
	}
	return [...tasks.values()];
}
