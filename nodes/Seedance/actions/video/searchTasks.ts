import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { createClock } from '../../n8n/clock';
import { toNodeError } from '../../n8n/nodeError';
import { connect } from '../../panel/credential';
import { requireTaskManagement } from '../../seedance/connection';
import { toFailure } from '../../seedance/failure';
import { isoTime } from '../../seedance/task';
import { openAccess } from '../session';

const pageSize = 50;

/** The tasks for the picker, newest first, each with its status and time; `filter` is what the user typed, `paginationToken` the page. */
export async function searchTasks(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: unknown,
): Promise<INodeListSearchResult> {
	try {
		const connection = connect(await this.getCredentials('seedanceApi'));
		requireTaskManagement(connection);
		const clock = createClock(undefined);
		const { api } = openAccess(this, clock, connection);
		const pageNumber = Number(paginationToken ?? 1);
		const { tasks, hasMore } = await api.listTasks({ pageNumber, pageSize });
		const results = tasks
			.map(({ taskId, status, model, createdAtMs }) => ({
				value: taskId,
				name: [taskId, status, isoTime(createdAtMs), model]
					.filter((part) => part !== undefined)
					.join(' · '),
			}))
			.filter(({ name }) => name.toLowerCase().includes((filter ?? '').toLowerCase()));
		return hasMore ? { results, paginationToken: String(pageNumber + 1) } : { results };
	} catch (error) {
		throw toNodeError(this.getNode(), toFailure(error));
	}
}
