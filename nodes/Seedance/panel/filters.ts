import type { INodeProperties } from 'n8n-workflow';
import type { Connection } from '../seedance/connection';
import { findFamily, modelFamilies } from '../seedance/models';
import { modelIdAt } from '../seedance/providers/provider';
import type { ListFilter } from '../seedance/wire/official';
import { isTaskId } from '../seedance/wire/wire';
import { choice, readFields } from './accepts';
import { issue, type Result } from './issues';
import type { ReadParameter } from './readParameter';
import { isSet, membersOf, textOf } from './values';

/** Filters with fixed values; `expired` is not a status that the list knows. Source: BytePlus docs 1521675. */
const filterFields = [
	{
		name: 'serviceTier',
		accepts: choice([
			{ name: 'Default', value: 'default' },
			{ name: 'Flex', value: 'flex' },
		]),
	},
	{
		name: 'status',
		accepts: choice([
			{ name: 'Cancelled', value: 'cancelled' },
			{ name: 'Failed', value: 'failed' },
			{ name: 'Queued', value: 'queued' },
			{ name: 'Running', value: 'running' },
			{ name: 'Succeeded', value: 'succeeded' },
		]),
	},
] as const;

const [serviceTier, status] = filterFields;

/** The collection Filters of Get Many. */
export const filtersProperty: INodeProperties = {
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
			options: modelFamilies.map(({ label, value }) => ({ name: label, value })),
			default: 'seedance-2-0',
			description: 'Only tasks of this model. An expression may give a full model or endpoint ID.',
		},
		{
			displayName: 'Service Tier',
			name: serviceTier.name,
			...serviceTier.accepts.property,
			default: 'default',
			description: 'Only tasks of this service tier',
		},
		{
			displayName: 'Status',
			name: status.name,
			...status.accepts.property,
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
				'Only these tasks: IDs separated by commas, or an expression that returns a list',
		},
	],
};

/** What to ask the list for. */
export function readFilter(
	parameter: ReadParameter,
	{ provider }: Connection,
): Result<ListFilter & { readonly taskIds: readonly string[] }> {
	const stored = membersOf(parameter('filters'));
	const { fields, issues } = readFields(filterFields, stored, 'filters.');
	const taskIds = idsIn(stored['taskIds']);
	for (const given of taskIds.filter((id) => !isTaskId(id))) {
		issues.push(issue('filters.taskIds', 'taskIdsInvalid', { given }));
	}
	if (isSet(stored['model']) && textOf(stored['model']) === undefined) {
		const expected = 'Choose a model, or enter a full model or endpoint ID.';
		issues.push(issue('filters.model', 'invalidValue', { given: stored['model'], expected }));
	}
	if (issues.length > 0) return { issues };
	const model = textOf(stored['model']);
	const family = model === undefined ? undefined : findFamily(model);
	return {
		value: {
			...fields,
			model: family === undefined ? model : modelIdAt(provider, family, false),
			taskIds,
		},
	};
}

function idsIn(value: unknown): string[] {
	const list: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(/[\s,]+/);
	return [...new Set(list.map((id) => String(id).trim()).filter((id) => id !== ''))];
}
