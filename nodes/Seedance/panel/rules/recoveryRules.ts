import { issue } from '../issues';
import { optionRows } from '../options';
import { notInInterface, type CreateInput, type Rule } from './rule';

/** What only a node that waits can do: no failure is seen otherwise. */
export const createAgainRule: Rule = ({ options, waits }) => {
	const given = options.createAgainAfterFailure ?? 0;
	return given === 0 || waits
		? []
		: [issue('options.createAgainAfterFailure', 'createAgainNeedsWait', { given })];
};

/** The marker needs a field of the request that nothing else sets. */
export const recoveryMarkerRule: Rule = ({ options, connection, modelId }) => {
	if (options.recoveryMarker !== 'safetyIdentifier') return [];
	const parameter = 'options.recoveryMarker';
	const wire = optionRows.find(({ name }) => name === 'safetyIdentifier')?.wire;
	const wireName = wire?.[connection.wire.bodyForm(modelId)];
	if (wireName === undefined) return [notInInterface(parameter, connection)];
	const field = whoSets(wireName, options);
	return field === undefined ? [] : [issue(parameter, 'markerIsTaken', { field })];
};

function whoSets(wireName: string, options: CreateInput['options']): string | undefined {
	if (options.safetyIdentifier !== undefined) return 'the option Safety Identifier';
	return wireName in (options.extraBody ?? {}) ? 'Extra Body' : undefined;
}
