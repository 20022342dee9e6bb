import type { INodeProperties } from 'n8n-workflow';
import { SeedanceFailure } from '../seedance/failure';
import { textOfIssue, type Issue } from './issues';
import type { ReadParameter } from './readParameter';
import { isShown } from './shown';
import { membersOf } from './values';

/** The label that the panel shows for a parameter's stored name (`name` or `collection.name`). Of several properties with the name it is that which is shown for these values. */
export function labelOf(
	properties: readonly INodeProperties[],
	parameter: string,
	read: ReadParameter = () => undefined,
): string {
	const [name, ...rest] = parameter.split('.');
	const named = properties.filter((candidate) => candidate.name === name);
	const property = named.find((candidate) => isShown(candidate, read)) ?? named[0];
	if (property === undefined) return parameter;
	if (rest.length === 0 || property.options === undefined) return property.displayName;
	const members = property.options.filter((option) => 'displayName' in option && 'type' in option);
	return labelOf(members as INodeProperties[], rest.join('.'), read);
}

/** The expression of a parameter (`name` or `collection.name`), without n8n's mark; undefined where it is none. */
function expressionOf(written: unknown, parameter: string): string | undefined {
	const value = parameter
		.split('.')
		.reduce<unknown>((members, name) => membersOf(members)[name], written);
	return typeof value === 'string' && value.startsWith('=') ? value.slice(1) : undefined;
}

/** The failure of an item whose parameters are refused; its words name each field by its label, and the expression that yields nothing. `written`: the parameters of the node, unresolved; `read`: those of the item. */
export function invalidInput(
	properties: readonly INodeProperties[],
	issues: readonly Issue[],
	written: unknown = {},
	read?: ReadParameter,
): SeedanceFailure {
	const text = issues
		.map((one) => {
			const values = { ...one.values, expression: expressionOf(written, one.parameter) };
			return `${labelOf(properties, one.parameter, read)} ${textOfIssue({ ...one, values })}`;
		})
		.join(' ');
	return new SeedanceFailure({ kind: 'invalidInput', values: { text } });
}
