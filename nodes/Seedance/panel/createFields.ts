import { z } from 'zod';
import { modelFamilies, resolutions } from '../seedance/models';
import { modes, ratios } from '../seedance/request';
import { numeric, onOff, type Accepts, type Values } from './accepts';
import { modeLabels } from './modes';
import { orList } from './values';

const modelLabels = modelFamilies.map(({ label }) => label);

function field<const Name extends string, Value>(
	name: Name,
	schema: z.ZodType<Value, z.ZodTypeDef, unknown>,
	expected = '',
): { readonly name: Name; readonly accepts: Pick<Accepts<Value>, 'schema' | 'expected'> } {
	return { name, accepts: { schema, expected } };
}

/** The parameters of Create besides Options, as stored, checked by type alone. */
export const createFields = [
	field(
		'model',
		z.string().trim().min(1),
		`Choose ${orList(modelLabels)}, or enter a full model ID.`,
	),
	field(
		'modelId',
		z.string().trim().default(''),
		'Enter the ID that the provider lists for the model.',
	),
	field('mode', z.enum(modes).default('textToVideo'), `Choose ${orList(modeLabels)}.`),
	field('prompt', z.string().trim().default(''), 'Enter text.'),
	field('firstFrameSource', z.string().default('binary'), 'Choose Asset, Input Field or URL.'),
	field('firstFrame', z.unknown().optional()),
	field('lastFrameSource', z.string().default('binary'), 'Choose Asset, Input Field or URL.'),
	field('lastFrame', z.unknown().optional()),
	field('references', z.unknown().optional()),
	field('draftTaskId', z.string().trim().default(''), 'Enter the ID of a draft task.'),
	field(
		'resolution',
		z.enum(['', ...resolutions]).default(''),
		`Choose ${orList(resolutions)}, or Model Default.`,
	),
	field('ratio', z.enum(ratios).optional(), `Choose ${orList(ratios)}.`),
	field(
		'duration',
		z.preprocess(numeric, z.number().int()).optional(),
		'Enter a whole number of seconds, or -1 to let the model choose.',
	),
	field('generateAudio', onOff.schema, onOff.expected),
] as const;

/** The parameters of Create after the check by type; those that were refused are absent. */
export type CreateParameters = Values<(typeof createFields)[number]>;
