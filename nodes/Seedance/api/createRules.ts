import type { Connection } from './connection';
import {
	expectedValues,
	optionsShape,
	parametersShape,
	readFields,
	type CreateParameters,
	type UnsentRequest,
} from './createRequest';
import { readMedia } from './createMedia';
import type { MediaInput } from './mediaReference';
import {
	findFamily,
	findFamilyOfModelId,
	isFullModelId,
	modelFamilies,
	type ModelFamily,
} from './models';
import { orList, quoted, type Checked, type Problem } from './problem';
import { modelIdAt } from './providers/provider';
import { isSet, membersOf } from './values';
import { modeRule, promptRule, referenceRule } from './rules/inputRules';
import { combinationRule, optionsOfDialectRule, optionsOfModelRule } from './rules/optionRules';
import { durationRule, resolutionRule, taskTypeRule } from './rules/outputRules';
import type { Draft, Rule } from './rules/rule';

/** What the final video of a draft takes from the draft. */
const takenFromDraft: readonly string[] = ['prompt', 'ratio', 'duration', 'generateAudio'];

/** Takes an item's parameters as stored and the connection, and gives the request that may be sent, or everything that is wrong with the item. */
export function readCreateRequest(
	stored: Readonly<Record<string, unknown>>,
	connection: Connection,
): Checked<UnsentRequest> {
	const givenOptions = membersOf(stored['options']);
	const unused = [
		...(stored['mode'] === 'draftTask' ? takenFromDraft : []),
		// frames and duration exclude each other, and duration always has a value in the panel.
		...(isSet(givenOptions['frames']) ? ['duration'] : []),
	];
	const given = Object.fromEntries(
		Object.entries(stored).filter(
			([name, value]) => value !== undefined && value !== null && !unused.includes(name),
		),
	);
	const { fields: parameters, ...shape } = readFields(parametersShape, given, expectedValues);
	const { fields: options, ...optionShape } = readFields(
		optionsShape,
		givenOptions,
		expectedValues,
		'options.',
	);
	const problems = [...shape.problems, ...optionShape.problems];

	const media = readMedia(parameters);
	problems.push(...media.problems);
	const model = readModel(parameters, connection, media.references, problems);
	const draft: Draft = {
		connection,
		parameters,
		options,
		media: media.references,
		family: model?.family,
		modelId: model?.id ?? '',
	};
	problems.push(...rules.flatMap((rule) => rule(draft)));
	return problems.length > 0 ? { problems } : { value: requestOf(draft) };
}

function requestOf({ parameters, family, media, options, modelId }: Draft): UnsentRequest {
	const {
		mode = 'textToVideo',
		prompt,
		draftTaskId,
		resolution,
		ratio,
		duration,
		generateAudio,
	} = parameters;
	const common = { model: modelId, family, mode, media, options };
	const chosen = resolution === '' ? undefined : resolution;
	if (mode === 'draftTask') return { ...common, draftTaskId, resolution: chosen };
	// Defaults of the panel that this family does not take are left out, never refused.
	const adaptiveIsTaken = family?.adaptiveTextToVideo !== false || mode !== 'textToVideo';
	return {
		...common,
		prompt: prompt === '' ? undefined : prompt,
		resolution: chosen,
		ratio: ratio === 'adaptive' && !adaptiveIsTaken ? undefined : ratio,
		durationSeconds: duration,
		generateAudio: family?.generateAudio === false ? undefined : generateAudio,
	};
}

function readModel(
	{ model, modelId = '' }: CreateParameters,
	{ provider, dialect }: Connection,
	media: readonly MediaInput[],
	problems: Problem[],
): { id: string; family: ModelFamily | undefined } | undefined {
	if (model === undefined) return undefined;
	const full = model === 'custom' ? modelId : isFullModelId(model) ? model : undefined;
	if (full === '') {
		problems.push({
			parameter: 'modelId',
			text: 'is empty. Enter the id that the provider lists for the model.',
		});
		return undefined;
	}
	if (full !== undefined) {
		if (full.startsWith('ep-') && !provider.endpointIds.includes(dialect.style)) {
			problems.push({
				parameter: model === 'custom' ? 'modelId' : 'model',
				text: `is ${quoted(full)}, but ${provider.label} takes plain model ids only here, such as "${provider.modelIdPrefix['2.0']}seedance-2-0-260128".`,
			});
		}
		return { id: full, family: findFamilyOfModelId(full) };
	}
	const family = findFamily(model);
	const offered = modelFamilies.filter(({ value }) => !provider.familiesNotOffered.includes(value));
	if (family === undefined) {
		problems.push({
			parameter: 'model',
			text: `is ${quoted(model)}, which is no known model. Choose ${orList(offered.map(({ label }) => label))}, or give a full model id.`,
		});
		return undefined;
	}
	if (!offered.some(({ value }) => value === family.value)) {
		problems.push({
			parameter: 'model',
			text: `is ${family.label}, which ${provider.label} does not offer. Choose ${orList(offered.map(({ label }) => label))}.`,
		});
		return undefined;
	}
	const hasImage = media.some(({ kind }) => kind === 'image');
	return { id: modelIdAt(provider, family, hasImage), family };
}

const rules: readonly Rule[] = [
	promptRule,
	modeRule,
	referenceRule,
	resolutionRule,
	durationRule,
	taskTypeRule,
	optionsOfModelRule,
	optionsOfDialectRule,
	combinationRule,
];
