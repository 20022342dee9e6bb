import type { INodeProperties } from 'n8n-workflow';
import { onOff, refusedValue, wholeNumber } from './accepts';
import type { Issue, Result } from './issues';
import type { ReadParameter } from './readParameter';

/** The switch between the fields that workflows need and the provider's whole task. */
export const simplifyProperty: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** How many results Get Many returns. */
export const limitProperties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** A switch of the panel, or its default where the panel hides it. What it refuses is added to `issues`. */
export function readSwitch(
	parameter: ReadParameter,
	name: string,
	fallback: boolean,
	issues: Issue[],
): boolean {
	const given = parameter(name);
	const read = onOff.schema.safeParse(given);
	if (read.success) return read.data ?? fallback;
	issues.push(refusedValue('', name, given, onOff.expected));
	return fallback;
}

/** The number of results to return; Infinity for all. */
export function readLimit(parameter: ReadParameter): Result<number> {
	const issues: Issue[] = [];
	const returnsAll = readSwitch(parameter, 'returnAll', false, issues);
	if (issues.length > 0) return { issues };
	if (returnsAll) return { value: Infinity };
	const given = parameter('limit');
	const limit = wholeNumber(1, Number.MAX_SAFE_INTEGER).schema.safeParse(given);
	if (limit.data !== undefined) return { value: limit.data };
	const expected = 'Enter a whole number from 1, or turn Return All on.';
	return { issues: [refusedValue('', 'limit', given, expected)] };
}
