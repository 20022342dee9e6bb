import { requireTaskManagement } from '../../api/connection';
import { mostTasksPerPage, type ListFilter } from '../../api/dialects/arkTasks';
import { isTaskId } from '../../api/dialects/dialect';
import { findFamily, modelFamilies } from '../../api/models';
import { quoted } from '../../api/problem';
import { isSet, membersOf, toSwitch } from '../../api/values';
import { modelIdAt } from '../../api/providers/provider';
import type { Operation } from '../operation';
import { limitProperties, readLimit, simplifyProperty } from '../common.properties';
import { videoJson } from './videoItem';

interface ListInput {
	/** Infinity for all. */
	readonly limit: number;
	readonly filter: ListFilter;
	readonly simplify: boolean;
}

/** Statuses that the list can be filtered by; `expired` is not among them. Source: BytePlus docs 1521675. */
const filterStatuses = ['cancelled', 'failed', 'queued', 'running', 'succeeded'] as const;

const modelOptions = modelFamilies.map(({ label, value }) => ({ name: label, value }));

/** Lists the tasks of the last 7 days, newest first. */
export const listOperation: Operation<ListInput> = {
	option: {
		name: 'Get Many',
		value: 'list',
		action: 'Get many videos',
		description: 'Get the tasks of the last 7 days, newest first. This costs nothing.',
	},
	properties: [
		...limitProperties,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				{
					displayName: 'Model',
					name: 'model',
					type: 'options',
					options: modelOptions,
					default: 'seedance-2-0',
					description:
						'Only tasks of this model. An expression may give a full model or endpoint ID.',
				},
				{
					displayName: 'Service Tier',
					name: 'serviceTier',
					type: 'options',
					options: [
						{ name: 'Default', value: 'default' },
						{ name: 'Flex', value: 'flex' },
					],
					default: 'default',
					description: 'Only tasks of this service tier',
				},
				{
					displayName: 'Status',
					name: 'status',
					type: 'options',
					options: [
						{ name: 'Cancelled', value: 'cancelled' },
						{ name: 'Failed', value: 'failed' },
						{ name: 'Queued', value: 'queued' },
						{ name: 'Running', value: 'running' },
						{ name: 'Succeeded', value: 'succeeded' },
					],
					default: 'succeeded',
					description: 'Only tasks with this status',
				},
				{
					displayName: 'Task IDs',
					name: 'taskIds',
					type: 'string',
					default: '',
					placeholder: 'e.g. cgt-20260606160057-6bbjd, cgt-20260606160101-x2k9p',
					description:
						'Only these tasks: IDs separated by commas, or an expression that gives a list',
				},
			],
		},
		simplifyProperty,
	],
	read(parameter, connection) {
		requireTaskManagement(connection);
		const { provider } = connection;
		const limit = readLimit(parameter);
		const problems = [...(limit.problems ?? [])];
		const filters = membersOf(parameter('filters'));
		const { status, serviceTier } = filters;
		if (isSet(status) && !filterStatuses.some((word) => word === status)) {
			problems.push({
				parameter: 'filters.status',
				text: `is ${quoted(status)}. Choose ${filterStatuses.join(', ')}.`,
			});
		}
		if (isSet(serviceTier) && serviceTier !== 'default' && serviceTier !== 'flex') {
			problems.push({
				parameter: 'filters.serviceTier',
				text: `is ${quoted(serviceTier)}. Choose Default or Flex.`,
			});
		}
		const taskIds = idsIn(filters['taskIds']);
		for (const taskId of taskIds.filter((id) => !isTaskId(id))) {
			problems.push({
				parameter: 'filters.taskIds',
				text: `holds ${quoted(taskId)}, which is not a task id. Separate ids by commas.`,
			});
		}
		const model = isSet(filters['model']) ? String(filters['model']) : undefined;
		const family = model === undefined ? undefined : findFamily(model);
		if (problems.length > 0 || limit.value === undefined) return { problems };
		return {
			value: {
				limit: limit.value,
				filter: {
					status: isSet(status) ? String(status) : undefined,
					serviceTier: isSet(serviceTier) ? String(serviceTier) : undefined,
					model: family === undefined ? model : modelIdAt(provider, family, false),
					taskIds,
				},
				simplify: toSwitch(parameter('simplify')) !== false,
			},
		};
	},
	async run({ client }, { limit, filter, simplify }) {
		const { taskIds = [], ...others } = filter;
		const pageSize = Math.min(limit, mostTasksPerPage);
		const tasks = [];
		// The ids of one request are limited as its tasks are; without ids there is one group of none.
		for (let first = 0; first === 0 || first < taskIds.length; first += mostTasksPerPage) {
			const group = taskIds.slice(first, first + mostTasksPerPage);
			let hasMore = true;
			for (let pageNumber = 1; hasMore && tasks.length < limit; pageNumber++) {
				const page = await client.listTasks(
					{ pageNumber, pageSize },
					{ ...others, taskIds: group },
				);
				tasks.push(...page.tasks);
				hasMore = page.hasMore;
			}
		}
		return tasks.slice(0, limit).map((task) => ({ json: videoJson(task, simplify, false) }));
	},
};

function idsIn(value: unknown): string[] {
	const list: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(/[\s,]+/);
	return [...new Set(list.map((id) => String(id).trim()).filter((id) => id !== ''))];
}
