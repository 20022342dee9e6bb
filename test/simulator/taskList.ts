import { invalidParameter } from './errors';
import type { SimulatedTask } from './task';

/** One page of tasks and the number of all that match. */
export interface TaskPage {
	readonly total: number;
	readonly tasks: readonly SimulatedTask[];
}

/** Source: PowerTokens list reference, page_num and page_size. */
const pageRange = { least: 1, most: 500 } as const;
const defaultPageSize = 10;

/** Source: PowerTokens list reference, filter.status (expired is not among its values). */
const filterableStatuses = ['queued', 'running', 'cancelled', 'succeeded', 'failed'];

/** Source: Volcengine SDK, filter.service_tier. */
const filterableTiers = ['default', 'flex'];

/** The page of the given tasks that a list query requests. Throws the 400 for a value out of range. */
export function pageOf(tasks: readonly SimulatedTask[], query: URLSearchParams): TaskPage {
	const pageNumber = readCount(query, 'page_num', 1);
	const pageSize = readCount(query, 'page_size', defaultPageSize);
	const status = readOneOf(query, 'filter.status', filterableStatuses);
	const tier = readOneOf(query, 'filter.service_tier', filterableTiers);
	const model = query.get('filter.model');
	const ids = readIds(query);
	const matching = tasks.filter(
		(task) =>
			(status === undefined || task.status === status) &&
			(tier === undefined || task.serviceTier === tier) &&
			(model === null || task.model === model || task.shownModel === model) &&
			(ids === undefined || ids.includes(task.id)),
	);
	const start = (pageNumber - 1) * pageSize;
	return { total: matching.length, tasks: matching.slice(start, start + pageSize) };
}

function readCount(query: URLSearchParams, name: string, byDefault: number): number {
	const text = query.get(name);
	if (text === null) return byDefault;
	const value = /^\d+$/.test(text) ? Number(text) : NaN;
	if (value >= pageRange.least && value <= pageRange.most) return value;
	throw invalidParameter(name, `an integer from ${pageRange.least} to ${pageRange.most}`);
}

function readOneOf(
	query: URLSearchParams,
	name: string,
	values: readonly string[],
): string | undefined {
	const value = query.get(name);
	if (value === null) return undefined;
	if (values.includes(value)) return value;
	throw invalidParameter(name, `one of ${values.join(', ')}`);
}

/** Source: Volcengine SDK, list (the key is repeated, once for each id). */
function readIds(query: URLSearchParams): string[] | undefined {
	if (query.has('filter.task_ids')) return query.getAll('filter.task_ids');
	// A form that is not understood matches nothing, so that a client which relies on it notices.
	const inBrackets = [...query.keys()].some((name) => name.startsWith('filter.task_ids['));
	return inBrackets ? [] : undefined;
}
