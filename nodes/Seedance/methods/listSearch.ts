import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import {
	describeConnectionProblems,
	readConnection,
	requireTaskManagement,
} from '../api/connection';
import { SeedanceFailure } from '../api/errors';
import { isoTime } from '../api/task';
import { createClient } from '../transport/client';
import { createClock } from '../transport/clock';
import { toNodeError } from '../transport/nodeError';

const pageSize = 50;

/** Takes what the user typed and n8n's token of the next page, and gives tasks for the picker, newest first, each with its status and time. */
export async function searchTasks(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: unknown,
): Promise<INodeListSearchResult> {
	const connection = readConnection(await this.getCredentials('seedanceApi'));
	try {
		if (connection.problems !== undefined) {
			throw new SeedanceFailure({
				reason: 'input',
				message: `In the Seedance API credential, ${describeConnectionProblems(connection.problems)}`,
				description: 'Open the credential, correct the field and save it.',
			});
		}
		requireTaskManagement(connection.value);
		const pageNumber = Number(paginationToken ?? 1);
		const client = createClient(this, createClock(undefined), connection.value);
		const { tasks, hasMore } = await client.listTasks({ pageNumber, pageSize });
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
		throw error instanceof SeedanceFailure ? toNodeError(this.getNode(), error) : error;
	}
}
