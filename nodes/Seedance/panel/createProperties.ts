import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
	labelsOfFamilies,
	modelFamilies,
	resolutions,
	type ModelFamily,
	type Resolution,
} from '../seedance/models';
import { providers } from '../seedance/providers';
import { ratios, type Mode } from '../seedance/request';
import { offeredResolution, sourceOptions } from './createFields';
import { modeOptions, supportsMode, type PanelMode } from './modes';
import { optionProperty, optionRows, supportsOption } from './options';
import { unless } from './shown';
import { continueMode, storyProperties } from './story';
import { draftTaskProperty } from './taskId';
import { orList } from './values';

/** Where a model is no longer to be had. */
function shutDownNotes({ value }: (typeof modelFamilies)[number]): string[] {
	return providers.flatMap(({ label, shutDown }) => {
		const day = shutDown?.[value];
		return day === undefined ? [] : [`${label} shut it down on ${day}.`];
	});
}

function describeModel(family: (typeof modelFamilies)[number]): string {
	const { minimum, maximum } = family.durationSeconds;
	const sound = family.generateAudio ? 'with sound' : 'silent';
	const text = `Up to ${family.resolutions.at(-1)}, ${minimum} to ${maximum} seconds, ${sound}`;
	const notes = shutDownNotes(family);
	return notes.length === 0 ? text : [`${text}.`, ...notes].join(' ');
}

const modelOptions = [
	{
		name: 'Custom (by ID)',
		value: 'custom',
		description: 'Any other model ID or endpoint ID of your provider',
	},
	...modelFamilies.map((family) => ({
		name: family.label,
		value: family.value,
		description: describeModel(family),
	})),
];

const resolutionNames: Readonly<Record<Resolution, string>> = {
	'480p': 'Lowest cost',
	'720p': 'HD',
	'1080p': 'Full HD',
	'4k': 'Ultra HD',
};

const resolutionOptions = [
	{
		name: 'Model Default',
		value: '',
		description: `720p; ${orList(labelsOfFamilies(({ defaultResolution }) => defaultResolution === '1080p'))}: 1080p`,
	},
	...resolutions.map((value) => {
		const models = labelsOfFamilies(({ h265Resolutions }) => h265Resolutions.includes(value));
		const note = `. With ${orList(models)} the file is 10-bit H.265, which some players do not show.`;
		return {
			name: value,
			value,
			description: `${resolutionNames[value]}${models.length === 0 ? '' : note}`,
		};
	}),
];

const notFromDraft = {
	show: { mode: ['textToVideo', 'firstFrame', 'firstLastFrame', 'reference', continueMode] },
};

const ratioDescriptions: Readonly<Record<(typeof ratios)[number], string>> = {
	'16:9': 'Landscape, as on YouTube and most screens',
	'1:1': 'Square, as in feeds',
	'21:9': 'Wide, as in the cinema',
	'3:4': 'Portrait',
	'4:3': 'Landscape, as on older screens',
	'9:16': 'Vertical, as in stories, reels and shorts',
	adaptive: 'The ratio of the image, or what the model chooses for the prompt',
};

/**
 * A dropdown that offers for each model only what that model supports. It becomes several properties with one name, of which the panel shows one.
 * The one with all options is shown for every other value of Model as well, since n8n drops what it does not show.
 */
function byModel(
	property: INodeProperties,
	isOffered: (value: string, family: ModelFamily) => boolean,
	mode?: PanelMode,
): INodeProperties[] {
	const options = (property.options ?? []) as INodePropertyOptions[];
	const ofFamily = (family: ModelFamily) =>
		options.filter(({ value }) => isOffered(String(value), family));
	const limited = modelFamilies.filter((family) => ofFamily(family).length < options.length);
	const shownInMode = mode === undefined ? {} : { show: { mode: [mode] } };
	const hiddenInOthers = mode === undefined ? {} : { mode: unless(mode) };
	return [
		{
			...property,
			displayOptions: { ...shownInMode, hide: { '/model': limited.map(({ value }) => value) } },
		},
		...limited.map((family) => ({
			...property,
			options: ofFamily(family),
			displayOptions: { hide: { '/model': unless(family.value), ...hiddenInOthers } },
		})),
	];
}

/** The source and the value of a frame, shown in the modes that need it. */
function frameProperties(
	name: 'firstFrame' | 'lastFrame',
	label: string,
	modes: string[],
): INodeProperties[] {
	const sourceModes = modes.filter((mode) => mode !== continueMode);
	return [
		{
			displayName: `${label} Source`,
			name: `${name}Source`,
			type: 'options',
			options: [...sourceOptions],
			default: 'binary',
			displayOptions: { show: { mode: sourceModes } },
			description: `Where the image for the ${label.toLowerCase()} is`,
		},
		{
			displayName: `${label} Input Data Field Name`,
			name,
			type: 'string',
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the input binary field that has the image',
			displayOptions: { show: { mode: modes, [`${name}Source`]: ['binary'] } },
		},
		{
			displayName: label,
			name,
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/image.png',
			displayOptions: { show: { mode: modes, [`${name}Source`]: ['url'] } },
			description: `URL of the image for the ${label.toLowerCase()}: JPEG, PNG, WebP, BMP, TIFF or GIF, under 30 MB`,
		},
		{
			displayName: label,
			name,
			type: 'string',
			default: '',
			placeholder: 'e.g. asset-20260519184021-abcde',
			displayOptions: { show: { mode: modes, [`${name}Source`]: ['asset'] } },
			description: `ID of the asset for the ${label.toLowerCase()}, with or without asset://`,
		},
	];
}

/** What Create says about charges, above its fields. */
export const costNotice: INodeProperties = {
	displayName:
		'Each video that succeeds is charged. To see the cost first, turn on <b>Dry Run</b> in Options.',
	name: 'costNotice',
	type: 'notice',
	default: '',
};

const promptProperty: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: 'e.g. A kitten runs across a sunny meadow, the camera follows',
	description:
		'What the video shows. Put spoken words in double quotes, and name references by their number, such as Image 1. Use up to about 1,000 English words.',
};

/** Where a reference is, by kind and source. */
const referenceValues = [
	{
		displayName: 'Input Data Field Name',
		placeholder: 'e.g. data',
		show: { source: ['binary'] },
		description: 'The name of the input binary field that has the file',
	},
	{
		displayName: 'Image URL',
		placeholder: 'e.g. https://example.com/image.png',
		show: { source: ['url'], type: ['image'] },
		description: 'A public https: URL, or a data: URL',
	},
	{
		displayName: 'Video URL',
		placeholder: 'e.g. https://example.com/video.mp4',
		show: { source: ['url'], type: ['video'] },
		description: 'A public https: URL',
	},
	{
		displayName: 'Audio URL',
		placeholder: 'e.g. https://example.com/audio.mp3',
		show: { source: ['url'], type: ['audio'] },
		description: 'A public https: URL, or a data: URL',
	},
	{
		displayName: 'Asset ID',
		placeholder: 'e.g. asset-20260519184021-abcde',
		show: { source: ['asset'] },
		description: 'The ID of the asset, with or without asset://',
	},
].map(({ show, ...words }): INodeProperties => ({
	...words,
	name: 'value',
	type: 'string',
	default: '',
	displayOptions: { show },
}));

/** Model, mode, prompt and media. */
export const inputProperties: INodeProperties[] = [
	{
		displayName: 'Model',
		name: 'model',
		type: 'options',
		options: modelOptions,
		default: 'seedance-2-0',
		description: 'The model that makes the video',
	},
	{
		displayName: 'Model ID',
		name: 'modelId',
		type: 'string',
		default: '',
		placeholder: 'e.g. dreamina-seedance-2-0-260128',
		displayOptions: { show: { model: ['custom'] } },
		description: 'The ID of a model or endpoint, as the provider lists it',
	},
	...byModel(
		{
			displayName: 'Mode',
			name: 'mode',
			type: 'options',
			options: [...modeOptions],
			default: 'textToVideo',
			description: 'What the video is made from',
		},
		(mode, family) => supportsMode[mode as Mode]?.(family) ?? true,
	),
	{
		...promptProperty,
		required: true,
		displayOptions: { hide: { mode: unless('textToVideo') } },
	},
	{
		...promptProperty,
		displayOptions: { show: { mode: ['firstFrame', 'firstLastFrame', 'reference', continueMode] } },
	},
	...storyProperties.flatMap((property) =>
		property.name === 'continueWith'
			? byModel(
					property,
					(value, family) => value !== 'extension' || supportsOption(family, 'taskType'),
					continueMode,
				)
			: [property],
	),
	{
		displayName: 'First Frame Source',
		name: 'firstFrameSource',
		type: 'options',
		options: [
			...sourceOptions,
			{ name: 'None', value: 'none', description: 'The first shot is made from its prompt alone' },
		],
		default: 'none',
		displayOptions: { show: { mode: [continueMode] } },
		description: 'Where the image is that the first shot of a story begins with, if it has one',
	},
	...frameProperties('firstFrame', 'First Frame', ['firstFrame', 'firstLastFrame', continueMode]),
	...frameProperties('lastFrame', 'Last Frame', ['firstLastFrame']),
	{
		displayName: 'References',
		name: 'references',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		default: {},
		placeholder: 'Add Reference',
		displayOptions: { show: { mode: ['reference'] } },
		description: 'The prompt names them by kind and order: Image 1, Image 2, Video 1, Audio 1',
		options: [
			{
				displayName: 'Reference',
				name: 'reference',
				values: [
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						options: [
							{
								name: 'Audio',
								value: 'audio',
								description: 'WAV or MP3, 2 to 15 seconds; up to 30 with Seedance 2.5',
							},
							{ name: 'Image', value: 'image', description: 'Under 30 MB' },
							{
								name: 'Video',
								value: 'video',
								description:
									'MP4 or MOV, 2 to 15 seconds; up to 30 with Seedance 2.5. Its seconds are charged too, and the price of a token is another one.',
							},
						],
						default: 'image',
					},
					{
						displayName: 'Source',
						name: 'source',
						type: 'options',
						options: [...sourceOptions],
						default: 'binary',
						description: 'Where the file is',
					},
					...referenceValues,
				],
			},
		],
	},
	draftTaskProperty,
];

/** Resolution, ratio, length and sound. */
export const outputProperties: INodeProperties[] = [
	...byModel(
		{
			displayName: 'Resolution',
			name: 'resolution',
			type: 'options',
			options: resolutionOptions,
			default: offeredResolution,
			description: 'How many pixels the video has. A higher resolution costs more.',
		},
		(value, family) => value === '' || family.resolutions.includes(value as Resolution),
	),
	{
		displayName: 'Ratio',
		name: 'ratio',
		type: 'options',
		options: ratios.map((value) => ({
			name: value === 'adaptive' ? 'Adaptive' : value,
			value,
			description: ratioDescriptions[value],
		})),
		default: 'adaptive',
		displayOptions: notFromDraft,
		description: 'Width to height. Adaptive follows the image, or lets the model choose.',
	},
	{
		displayName: 'Duration (Seconds)',
		name: 'duration',
		type: 'number',
		typeOptions: { minValue: -1, numberPrecision: 0 },
		default: 5,
		displayOptions: notFromDraft,
		description:
			'Length of the video in whole seconds. -1 lets the model choose, and you are charged for the length of its video. The cost rises with the length.',
	},
	{
		displayName: 'Generate Audio',
		name: 'generateAudio',
		type: 'boolean',
		default: true,
		displayOptions: {
			...notFromDraft,
			hide: {
				'/model': modelFamilies.filter((each) => !each.generateAudio).map(({ value }) => value),
			},
		},
		description:
			"Whether the video has speech, sound and music. With Seedance 1.5 Pro, ByteDance charges more for a video with sound; with Seedance 2.x, sound does not change the price. A reseller may differ. The sound must pass the provider's content check too.",
	},
];

/** The collection Options of Create. */
export const optionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: optionRows
		.map(optionProperty)
		.sort((first, second) => first.displayName.localeCompare(second.displayName)),
};

const labels = (entries: ReadonlyArray<Pick<INodePropertyOptions, 'name' | 'value'>>) =>
	JSON.stringify(Object.fromEntries(entries.map(({ name, value }) => [value, name])));

/** What the subtitle of Create says: mode and model, by their labels. */
export const createSubtitle =
	`[(${labels(modeOptions)})[$parameter["mode"]], ` +
	`(${labels(modelOptions.slice(1))})[$parameter["model"]] || $parameter["modelId"]]` +
	'.filter((part) => part).join(", ") || "Create video"';
