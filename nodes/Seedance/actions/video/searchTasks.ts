import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { createClock } from '../../n8n/clock';
import { toNodeError } from '../../n8n/nodeError';
import { connect } from '../../panel/credential';
import { requireTaskManagement } from '../../seedance/connection';
import { toFailure } from '../../seedance/failure';
import { findFamily, isOfFamily } from '../../seedance/models';
import { isFinished, isoTime, type Task } from '../../seedance/task';
import { openAccess } from '../session';

const pageSize = 50;
/** What is looked for may be on a later page. Lists are a second apart, and the editor waits for the answer. */
const maxPagesOfSearch = 3;

/** Which tasks an operation can do something with. */
const offered: Readonly<Record<string, (task: Task) => boolean>> = {
	cancel: ({ status }) => status === 'queued',
	delete: ({ status }) => isFinished(status),
};

/** The tasks for the picker, newest first, each with its time, model and status; `filter` is what the user typed, `paginationToken` the page. */
export async function searchTasks(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken?: unknown,
): Promise<INodeListSearchResult> {
	const isOffered = offered[String(this.getCurrentNodeParameter('operation'))] ?? (() => true);
	return await search(this, isOffered, { filter, paginationToken });
}

/** The same for Draft Task: finished drafts of the chosen model. */
export async function searchDrafts(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken?: unknown,
): Promise<INodeListSearchResult> {
	const family = findFamily(String(this.getCurrentNodeParameter('model')));
	const isOffered = ({ status, model, raw }: Task) =>
		status === 'succeeded' &&
		raw['draft'] === true &&
		(family === undefined || model === undefined || isOfFamily(model, family));
	return await search(this, isOffered, { filter, paginationToken });
}

async function search(
	context: ILoadOptionsFunctions,
	isOffered: (task: Task) => boolean,
	{ filter, paginationToken }: { readonly filter: string; readonly paginationToken: unknown },
): Promise<INodeListSearchResult> {
	try {
		const connection = connect(await context.getCredentials('seedanceApi'));
		requireTaskManagement(connection);
		const clock = createClock(undefined);
		const { api } = openAccess(context, clock, connection);
		const first = Number(paginationToken ?? 1);
		for (let pageNumber = first; ; pageNumber++) {
			const { tasks, hasMore } = await api.listTasks({ pageNumber, pageSize });
			const results = tasks
				.filter(isOffered)
				.map((task) => ({ value: task.taskId, name: nameOf(task) }))
				.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
			if (!hasMore) return { results };
			const isLast = pageNumber - first + 1 >= maxPagesOfSearch;
			if (results.length > 0 || isLast) return { results, paginationToken: String(pageNumber + 1) };
		}
	} catch (error) {
		throw toNodeError(context.getNode(), toFailure(error));
	}
}

/** What tells tasks apart comes first: the picker cuts long names. */
function nameOf({ taskId, status, model, createdAtMs }: Task): string {
	const minute = isoTime(createdAtMs)?.slice(0, 16).replace('T', ' ');
	const time = minute === undefined ? undefined : `${minute} UTC`;
	return [time, model, status, taskId].filter((part) => part !== undefined).join(' · ');
}
