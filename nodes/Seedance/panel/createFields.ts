import type { INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod';
import { modelFamilies, resolutions, type Resolution } from '../seedance/models';
import { ratios } from '../seedance/request';
import { numeric, onOff, type Accepts, type Values } from './accepts';
import { modeLabels, panelModes } from './modes';
import { continueWithOptions, storyName } from './story';
import { locatedValue } from './taskId';
import { idOf, isBlank, orList } from './values';

/** Where a media file is. */
export const sourceOptions = [
	{ name: 'Asset', value: 'asset', description: "An asset in the provider's library" },
	{ name: 'Input Field', value: 'binary', description: 'A file of the input item' },
	{ name: 'URL', value: 'url', description: 'A public https: URL, or a data: URL' },
] as const satisfies readonly INodePropertyOptions[];

/** One of {@link sourceOptions}. */
export const mediaSource = z
	.enum(sourceOptions.map(({ value }) => value) as ['asset', 'binary', 'url'])
	.default('binary');

/** Of a first frame: a story may have none. */
const firstFrameSource = z
	.enum(['none', ...sourceOptions.map(({ value }) => value)] as ['none', 'asset', 'binary', 'url'])
	.default('binary');

/** What the panel fills in as the resolution. */
export const offeredResolution = '720p' satisfies Resolution;

const modelLabels = modelFamilies.map(({ label }) => label);

function field<const Name extends string, Value>(
	name: Name,
	schema: z.ZodType<Value, z.ZodTypeDef, unknown>,
	expected = '',
): { readonly name: Name; readonly accepts: Pick<Accepts<Value>, 'schema' | 'expected'> } {
	return { name, accepts: { schema, expected } };
}

/** Text that may be empty. */
const maybeText = z.preprocess((given) => (isBlank(given) ? '' : given), z.string().trim());
const expectedSource = 'Choose Asset, Input Field or URL.';

/** The parameters of Create besides Options, as stored, checked by type alone. */
export const createFields = [
	field(
		'model',
		z.string().trim().min(1),
		`Choose ${orList(modelLabels)}, or enter a full model ID.`,
	),
	field('modelId', maybeText, 'Enter the ID that the provider lists for the model.'),
	field('mode', z.enum(panelModes).default('textToVideo'), `Choose ${orList(modeLabels)}.`),
	field('prompt', maybeText, 'Enter text.'),
	// A story that yields nothing would join all rows to one.
	{ ...field('story', storyName.schema, storyName.expected), neverNull: true },
	field(
		'continueWith',
		z.enum(continueWithOptions.map(({ value }) => value) as ['lastFrame', 'extension']).optional(),
		'Choose Last Frame or Video Extension.',
	),
	field('firstFrameSource', firstFrameSource, expectedSource),
	field('firstFrame', z.unknown().optional()),
	field('lastFrameSource', mediaSource, expectedSource),
	field('lastFrame', z.unknown().optional()),
	field('references', z.unknown().optional()),
	field(
		'draftTaskId',
		z.preprocess((stored) => idOf(locatedValue(stored)), z.string()),
	),
	field(
		'resolution',
		// The empty text is Model Default; nothing at all is not.
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
