import type { Connection } from '../seedance/connection';
import type { MediaInput } from '../seedance/media';
import {
	findFamily,
	findFamilyOfModelId,
	isFullModelId,
	modelFamilies,
	type ModelFamily,
	type ModelFamilyValue,
	type Resolution,
} from '../seedance/models';
import { modelIdAt } from '../seedance/providers/provider';
import { testSecondsField } from '../seedance/providers/testMode';
import type { UnsentRequest } from '../seedance/request';
import { readFields } from './accepts';
import { createFields, offeredResolution, type CreateParameters } from './createFields';
import { inputProperties, outputProperties } from './createProperties';
import { issue, type Issue, type Result } from './issues';
import { readMedia } from './media';
import { readOptions, wireFieldsOf, type CreateOptions } from './options';
import { framesRule, modeRule, promptRule, referenceRule } from './rules/inputRules';
import {
	combinationRule,
	finalOfDraftRule,
	optionsOfInterfaceRule,
	optionsOfModelRule,
} from './rules/optionRules';
import { durationRule, resolutionRule, taskTypeRule } from './rules/outputRules';
import { createAgainRule, recoveryMarkerRule } from './rules/recoveryRules';
import type { CreateInput, Rule } from './rules/rule';
import { storyRule } from './rules/storyRules';
import { panelModes } from './modes';
import { isShownFor } from './shown';
import { continueMode, type Story } from './story';
import { isBlank, membersOf } from './values';

/** Found out once: it is the same for every item of a mode. */
const hiddenByMode: ReadonlyMap<unknown, readonly string[]> = new Map(
	panelModes.map((mode) => [mode, findHidden(mode)]),
);

function hiddenIn(mode: unknown = 'textToVideo'): readonly string[] {
	return hiddenByMode.get(mode) ?? findHidden(mode);
}

/** The parameters that the panel shows in some modes only, and not in this one: an expression as Mode makes n8n pass them all. A parameter may have several properties, each for other modes. */
function findHidden(mode: unknown): string[] {
	const properties = [...inputProperties, ...outputProperties];
	const shown = properties.filter((property) => isShownFor(property, 'mode', String(mode)));
	const names = new Set(shown.map(({ name }) => name));
	return properties.map(({ name }) => name).filter((name) => !names.has(name));
}

/** What was read of one item of Create. */
export interface ReadCreate {
	/** In a story, that of a first shot; see `actions/video/arrangeStories.ts`. */
	readonly request: UnsentRequest;
	readonly options: CreateOptions;
	/** Undefined for an item that is no shot of a story. */
	readonly story: Story | undefined;
}

/** Reads the stored parameters of one item of Create, undefined where the panel hides them: the request to send and the options of the node, or everything that is wrong. `waits`: whether the node waits for the video. */
export function readCreateRequest(
	stored: Readonly<Record<string, unknown>>,
	connection: Connection,
	waits = true,
): Result<ReadCreate> {
	const unused = [
		...hiddenIn(stored['mode']),
		// frames and duration exclude each other, and duration always has a value in the panel.
		...(isBlank(membersOf(stored['options'])['frames']) ? [] : ['duration']),
	];
	const given = Object.fromEntries(
		Object.entries(stored).filter(([name, value]) => value !== undefined && !unused.includes(name)),
	);
	const { fields, issues } = readFields(createFields, given);
	const parameters = { ...fields, mode: modeOfFirstShot(fields) };
	const { fields: options, ...read } = readOptions(stored['options']);
	issues.push(...read.issues);

	const media = readMedia(parameters);
	issues.push(...media.issues);
	const model = readModel(parameters, connection, media.references, issues);
	const input: CreateInput = {
		connection,
		parameters,
		options,
		media: media.references,
		family: model?.family,
		modelId: model?.id ?? '',
		waits,
	};
	issues.push(...rules.flatMap((rule) => rule(input)));
	const story = storyIn(fields);
	if (story !== undefined) issues.push(...storyRule(story, input));
	return issues.length > 0 ? { issues } : { value: { request: requestOf(input), options, story } };
}

/** A first shot is made like any other video: from its prompt, or from its First Frame. */
function modeOfFirstShot({ mode, firstFrameSource, firstFrame }: CreateParameters) {
	if (mode !== continueMode) return mode;
	const hasFrame = firstFrameSource !== 'none' && !isBlank(firstFrame);
	return hasFrame ? 'firstFrame' : 'textToVideo';
}

function storyIn({ mode, story = '', continueWith = 'lastFrame' }: CreateParameters) {
	return mode === continueMode ? { story, continueWith } : undefined;
}

const rules: readonly Rule[] = [
	promptRule,
	modeRule,
	framesRule,
	referenceRule,
	resolutionRule,
	durationRule,
	taskTypeRule,
	finalOfDraftRule,
	optionsOfModelRule,
	optionsOfInterfaceRule,
	combinationRule,
	createAgainRule,
	recoveryMarkerRule,
];

function requestOf(input: CreateInput): UnsentRequest {
	const { connection, parameters, family, media, options, modelId } = input;
	const { mode = 'textToVideo', prompt, draftTaskId, ratio, duration, generateAudio } = parameters;
	const common = {
		...{ model: modelId, family, mode, media },
		resolution: resolutionOf(input),
		frames: options.frames,
		draft: options.draft,
		wireFields: {
			...wireFieldsOf(options, connection.wire.bodyForm(modelId)),
			...testFieldsOf(options, connection),
		},
		extraBody: options.extraBody ?? {},
	};
	if (mode === 'draftTask') return { ...common, draftTaskId };
	// Defaults of the panel that this family does not support are left out, never refused.
	const acceptsAdaptive = family?.adaptiveTextToVideo !== false || mode !== 'textToVideo';
	return {
		...common,
		prompt: prompt === '' ? undefined : prompt,
		ratio: ratio === 'adaptive' && !acceptsAdaptive ? undefined : ratio,
		durationSeconds: duration,
		generateAudio: family?.generateAudio === false ? undefined : generateAudio,
	};
}

/** What only the provider in this process is told. */
function testFieldsOf({ testDuration }: CreateOptions, { provider }: Connection) {
	const isSent = provider.isInProcess === true && testDuration !== undefined;
	return isSent ? { [testSecondsField]: testDuration } : {};
}

/** What is sent as the resolution: a draft is 480p, and the panel's default does not stand in its way. */
function resolutionOf({ parameters, options }: CreateInput): Resolution | undefined {
	const { resolution } = parameters;
	if (options.draft === true && resolution === offeredResolution) return '480p';
	return resolution === '' ? undefined : resolution;
}

function readModel(
	{ model, modelId = '' }: Pick<CreateParameters, 'model' | 'modelId'>,
	{ provider, wire }: Connection,
	media: readonly MediaInput[],
	issues: Issue[],
): { id: string; family: ModelFamily | undefined } | undefined {
	if (model === undefined) return undefined;
	const full = model === 'custom' ? modelId : isFullModelId(model) ? model : undefined;
	if (full === '') {
		const expected = 'Enter the ID that the provider lists for the model.';
		issues.push(issue('modelId', 'empty', { expected }));
		return undefined;
	}
	if (full !== undefined) {
		if (full.startsWith('ep-') && !provider.endpointIds.includes(wire.style)) {
			const parameter = model === 'custom' ? 'modelId' : 'model';
			const example = `${provider.modelIdPrefix['2.0']}seedance-2-0-260128`;
			const values = { given: full, provider: provider.label, example };
			issues.push(issue(parameter, 'endpointIdNotAccepted', values));
		}
		return { id: full, family: findFamilyOfModelId(full) };
	}
	const family = findFamily(model);
	const offered = modelFamilies.filter(({ value }) => !provider.familiesNotOffered.includes(value));
	const models = offered.map(({ label }) => label);
	if (family === undefined) {
		issues.push(issue('model', 'modelUnknown', { given: model, models }));
		return undefined;
	}
	if (!offered.some(({ value }) => value === family.value)) {
		const values = { model: family.label, provider: provider.label, models };
		const day = provider.shutDown?.[family.value as ModelFamilyValue];
		issues.push(
			day === undefined
				? issue('model', 'modelNotOffered', values)
				: issue('model', 'modelShutDown', { ...values, day }),
		);
		return undefined;
	}
	const hasImage = media.some(({ kind }) => kind === 'image');
	return { id: modelIdAt(provider, family, hasImage), family };
}
