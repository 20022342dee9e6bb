import type { INodeProperties } from 'n8n-workflow';
import { labelsOfFamilies, modelFamilies, resolutions } from '../seedance/models';
import { providers } from '../seedance/providers';
import { ratios } from '../seedance/request';
import { offeredResolution, sourceOptions } from './createFields';
import { modeOptions } from './modes';
import { optionProperty, optionRows } from './options';
import { continueMode, storyProperties } from './story';
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

const resolutionOptions = [
	{ name: 'Model Default', value: '' },
	...resolutions.map((value) => {
		const models = labelsOfFamilies(({ h265Resolutions }) => h265Resolutions.includes(value));
		const description = `With ${orList(models)} the file is 10-bit H.265, which some players do not show`;
		return { name: value, value, ...(models.length === 0 ? {} : { description }) };
	}),
];

const notFromDraft = {
	show: { mode: ['textToVideo', 'firstFrame', 'firstLastFrame', 'reference', continueMode] },
};

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

/** What is charged, where one clicks. */
export const costNotice: INodeProperties = {
	displayName:
		'Each video that succeeds is charged. To see the cost first, turn on <b>Dry Run</b> in Options.',
	name: 'costNotice',
	type: 'notice',
	default: '',
};

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
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [...modeOptions],
		default: 'textToVideo',
		description: 'What the video is made from',
	},
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. A kitten runs across a sunny meadow, the camera follows',
		displayOptions: notFromDraft,
		description:
			'What the video shows. Put spoken words in double quotes, and name references by their number, such as Image 1. Use up to about 1,000 English words.',
	},
	...storyProperties,
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
					{
						displayName: 'Input Data Field Name',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. data',
						displayOptions: { show: { source: ['binary'] } },
						description: 'The name of the input binary field that has the file',
					},
					{
						displayName: 'URL or Asset ID',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. https://example.com/image.png',
						displayOptions: { show: { source: ['asset', 'url'] } },
						description:
							'A public https: URL, for images and audio a data: URL as well, or the ID of an asset',
					},
				],
			},
		],
	},
	{
		displayName: 'Draft Task ID',
		name: 'draftTaskId',
		type: 'string',
		default: '',
		placeholder: 'e.g. cgt-20260606160057-6bbjd',
		displayOptions: { show: { mode: ['draftTask'] } },
		description: 'A task that was created with Draft on within the last 7 days',
	},
];

/** Resolution, ratio, length and sound. */
export const outputProperties: INodeProperties[] = [
	{
		displayName: 'Resolution',
		name: 'resolution',
		type: 'options',
		options: resolutionOptions,
		default: offeredResolution,
		description: 'How many pixels the video has. A higher resolution costs more.',
	},
	{
		displayName: 'Ratio',
		name: 'ratio',
		type: 'options',
		options: ratios.map((value) => ({ name: value === 'adaptive' ? 'Adaptive' : value, value })),
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
		displayOptions: notFromDraft,
		description:
			"Whether the video has speech, sound and music. With Seedance 1.5 Pro, ByteDance charges more for a video with sound; with Seedance 2.x, sound does not change the price. A reseller may differ. The sound must pass the provider's content check too. Models without sound ignore this.",
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
