import type { INodeProperties } from 'n8n-workflow';
import { SeedanceFailure } from '../seedance/failure';
import { textOfIssue, type Issue } from './issues';

/** The label that the panel shows for a parameter's stored name (`name` or `collection.name`). */
export function labelOf(properties: readonly INodeProperties[], parameter: string): string {
	const [name, ...rest] = parameter.split('.');
	const property = properties.find((candidate) => candidate.name === name);
	if (property === undefined) return parameter;
	if (rest.length === 0 || property.options === undefined) return property.displayName;
	const members = property.options.filter((option) => 'displayName' in option && 'type' in option);
	return labelOf(members as INodeProperties[], rest.join('.'));
}

/** The failure of an item whose parameters are refused; its words name each field by its label. */
export function invalidInput(
	properties: readonly INodeProperties[],
	issues: readonly Issue[],
): SeedanceFailure {
	const text = issues
		.map((one) => `${labelOf(properties, one.parameter)} ${textOfIssue(one)}`)
		.join(' ');
	return new SeedanceFailure({ kind: 'invalidInput', values: { text } });
}
