import type { INodeProperties } from 'n8n-workflow';
import { SeedanceFailure } from '../seedance/failure';
import { textOfIssue, type Issue } from './issues';
import { membersOf } from './values';

/** The label that the panel shows for a parameter's stored name (`name` or `collection.name`). */
export function labelOf(properties: readonly INodeProperties[], parameter: string): string {
	const [name, ...rest] = parameter.split('.');
	const property = properties.find((candidate) => candidate.name === name);
	if (property === undefined) return parameter;
	if (rest.length === 0 || property.options === undefined) return property.displayName;
	const members = property.options.filter((option) => 'displayName' in option && 'type' in option);
	return labelOf(members as INodeProperties[], rest.join('.'));
}

/** The expression of a parameter (`name` or `collection.name`), without n8n's mark; undefined where it is none. */
function expressionOf(written: unknown, parameter: string): string | undefined {
	const value = parameter
		.split('.')
		.reduce<unknown>((members, name) => membersOf(members)[name], written);
	return typeof value === 'string' && value.startsWith('=') ? value.slice(1) : undefined;
}

/** The failure of an item whose parameters are refused; its words name each field by its label, and the expression that yields nothing. `written`: the parameters of the node, unresolved. */
export function invalidInput(
	properties: readonly INodeProperties[],
	issues: readonly Issue[],
	written: unknown = {},
): SeedanceFailure {
	const text = issues
		.map((one) => {
			const values = { ...one.values, expression: expressionOf(written, one.parameter) };
			return `${labelOf(properties, one.parameter)} ${textOfIssue({ ...one, values })}`;
		})
		.join(' ');
	return new SeedanceFailure({ kind: 'invalidInput', values: { text } });
}
