import { z } from 'zod';
import {
	findFamily,
	findFamilyOfModelId,
	isFullModelId,
	modelFamilies,
	resolutions,
	type ModelFamily,
} from './models';
import { orList, quoted, type Checked, type Problem } from './problem';
import { modelIdAt, type Provider } from './providers/provider';

/** Output ratios. Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks, ratio. */
export const ratios = ['adaptive', '16:9', '4:3', '1:1', '3:4', '9:16', '21:9'] as const;

/** A create request that may be paid for: checked, and free of any host's wire names. Absent members are not sent. */
export interface CreateRequest {
	/** The id that this provider knows the model by. */
	readonly model: string;
	readonly prompt: string;
	readonly resolution?: string | undefined;
	readonly ratio?: string | undefined;
	/** Whole seconds, or -1 for the model's own choice. */
	readonly durationSeconds?: number | undefined;
	readonly generateAudio?: boolean | undefined;
}

// Sheets and forms deliver numbers and switches as text.
const wholeNumber = z.preprocess(
	(value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
	z.number().int(),
);
const onOff = z.preprocess(
	(value) => (value === 'true' ? true : value === 'false' ? false : value),
	z.boolean(),
);

const parametersShape = z.object({
	model: z.string().trim().min(1),
	modelId: z.string().trim().default(''),
	prompt: z.string().trim().min(1),
	resolution: z.enum(['', '480p', '720p', '1080p', '4k']),
	ratio: z.enum(ratios),
	duration: wholeNumber,
	generateAudio: onOff,
});

const expected: Readonly<Record<string, string>> = {
	model: `Choose ${orList(modelFamilies.map(({ label }) => label))}, or give a full model id.`,
	modelId: 'Enter the id that the provider lists for the model.',
	prompt:
		'Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
	resolution: `Choose ${orList(resolutions)}, or leave it to the model.`,
	ratio: `Choose ${orList(ratios)}.`,
	duration: 'Enter a whole number of seconds, or -1 to let the model choose.',
	generateAudio: 'Turn it on or off.',
};

/** Takes an item's parameters as stored and the provider, and gives the request that may be sent, or everything that is wrong with the item. */
export function readCreateRequest(
	parameters: Readonly<Record<string, unknown>>,
	provider: Provider,
): Checked<CreateRequest> {
	const shape = parametersShape.safeParse(parameters);
	const problems: Problem[] = [];
	if (!shape.success) {
		for (const name of new Set(shape.error.issues.map(({ path }) => String(path[0])))) {
			const given = parameters[name];
			const isEmpty =
				given === undefined || given === null || (typeof given === 'string' && given.trim() === '');
			problems.push({
				parameter: name,
				text: `is ${isEmpty ? 'empty' : quoted(given)}. ${expected[name] ?? ''}`.trim(),
			});
		}
	}

	// The rules below judge each field by itself, so that one message can name every field that is off.
	const fields = parametersShape.partial().safeParse(withoutMembers(parameters, problems));
	const given = fields.success ? fields.data : {};
	const model =
		given.model === undefined
			? undefined
			: readModel(given.model, given.modelId ?? '', provider, problems);
	const family = model?.family;

	const { resolution, duration: durationSeconds } = given;
	if (
		family !== undefined &&
		resolution !== undefined &&
		resolution !== '' &&
		!family.resolutions.includes(resolution)
	) {
		const able = modelFamilies.filter((row: ModelFamily) => row.resolutions.includes(resolution));
		problems.push({
			parameter: 'resolution',
			text: `is ${resolution}, which ${family.label} does not make. Choose ${orList(family.resolutions)}, or ${orList(able.map(({ label }) => label))} as the model.`,
		});
	}
	if (family !== undefined && durationSeconds !== undefined) {
		const { minimum, maximum, automatic } = family.durationSeconds;
		const taken =
			(durationSeconds >= minimum && durationSeconds <= maximum) ||
			(durationSeconds === -1 && automatic);
		if (!taken) {
			problems.push({
				parameter: 'duration',
				text: `is ${durationSeconds}. ${family.label} takes ${minimum} to ${maximum} seconds${automatic ? ', or -1 to let the model choose' : ''}.`,
			});
		}
	}

	if (problems.length > 0 || !shape.success || model === undefined) return { problems };
	const { prompt, ratio, generateAudio } = shape.data;
	return {
		value: {
			model: model.id,
			prompt,
			resolution: resolution === '' ? undefined : resolution,
			// Defaults of the panel that this family does not take are left out, never refused.
			ratio: ratio === 'adaptive' && family?.adaptiveTextToVideo === false ? undefined : ratio,
			durationSeconds,
			generateAudio: family?.audio === false ? undefined : generateAudio,
		},
	};
}

function readModel(
	model: string,
	modelId: string,
	provider: Provider,
	problems: Problem[],
): { id: string; family: ModelFamily | undefined } | undefined {
	if (model === 'custom') {
		if (modelId !== '') return { id: modelId, family: findFamilyOfModelId(modelId) };
		problems.push({ parameter: 'modelId', text: `is empty. ${expected['modelId']}` });
		return undefined;
	}
	const family = findFamily(model);
	if (family === undefined) {
		if (isFullModelId(model)) return { id: model, family: findFamilyOfModelId(model) };
		problems.push({
			parameter: 'model',
			text: `is ${quoted(model)}, which is no known model. ${expected['model']}`,
		});
		return undefined;
	}
	if (provider.familiesNotOffered.some((value) => value === family.value)) {
		problems.push({
			parameter: 'model',
			text: `is ${family.label}, which ${provider.label} does not offer. Choose ${orList(
				modelFamilies
					.filter(({ value }) => !provider.familiesNotOffered.includes(value))
					.map(({ label }) => label),
			)}.`,
		});
		return undefined;
	}
	return { id: modelIdAt(provider, family), family };
}

function withoutMembers(
	parameters: Readonly<Record<string, unknown>>,
	problems: readonly Problem[],
): Record<string, unknown> {
	const bad = new Set(problems.map(({ parameter }) => parameter));
	return Object.fromEntries(Object.entries(parameters).filter(([name]) => !bad.has(name)));
}
