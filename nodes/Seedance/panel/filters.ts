import type { INodeProperties } from 'n8n-workflow';
import type { Connection } from '../seedance/connection';
import { findFamily, modelFamilies } from '../seedance/models';
import { modelIdAt } from '../seedance/providers/provider';
import type { ListFilter } from '../seedance/wire/official';
import { isTaskId } from '../seedance/wire/wire';
import { z } from 'zod';
import { choice, key, readCollection, type Accepts } from './accepts';
import { issue, type Result } from './issues';
import type { ReadParameter } from './readParameter';
import { idOf } from './values';

/** IDs as a list, or as text with commas or blanks in between. A list without any would be no filter at all. */
const taskIds: Accepts<string[] | undefined> = {
	schema: z
		.preprocess(
			(given) =>
				given === undefined || Array.isArray(given) ? given : idOf(given).split(/[\s,]+/),
			z.array(z.unknown()).optional(),
		)
		.transform((ids) => ids && [...new Set(ids.map(idOf).filter((id) => id !== ''))])
		.refine((ids) => ids === undefined || ids.length > 0) as Accepts<
		string[] | undefined
	>['schema'],
	expected: 'Enter one or more task IDs.',
	property: { type: 'string' },
};

/** A filter that yields nothing would show tasks that the user wants to leave out. `expired` is not a status that the list knows. Source: BytePlus docs 1521675. */
const filterFields = [
	{
		name: 'model',
		accepts: key(128, 'Choose a model, or enter a full model or endpoint ID.'),
		neverEmpty: true,
	},
	{
		neverEmpty: true,
		name: 'serviceTier',
		accepts: choice([
			{ name: 'Default', value: 'default' },
			{ name: 'Flex', value: 'flex' },
		]),
	},
	{
		neverEmpty: true,
		name: 'status',
		accepts: choice([
			{ name: 'Cancelled', value: 'cancelled' },
			{ name: 'Failed', value: 'failed' },
			{ name: 'Queued', value: 'queued' },
			{ name: 'Running', value: 'running' },
			{ name: 'Succeeded', value: 'succeeded' },
		]),
	},
	{ name: 'taskIds', accepts: taskIds, neverEmpty: true },
] as const;

const [, serviceTier, status] = filterFields;

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
	const { fields, issues } = readCollection('filters', filterFields, parameter('filters'));
	const { model, taskIds: ids = [] } = fields;
	for (const given of ids.filter((id) => !isTaskId(id))) {
		issues.push(issue('filters.taskIds', 'taskIdsInvalid', { given }));
	}
	if (issues.length > 0) return { issues };
	const family = model === undefined ? undefined : findFamily(model);
	return {
		value: {
			...fields,
			model: family === undefined ? model : modelIdAt(provider, family, false),
			taskIds: ids,
		},
	};
}
