import type { INodeProperties } from 'n8n-workflow';
import { ratios } from '../../api/createRequest';
import { modelFamilies, resolutions, type ModelFamily } from '../../api/models';

/** What a user has to know before choosing a model. Source: github byteplus-sa/ComfyUI-BytePlus-ModelArk, models_config.py (retirement). */
const notes: Readonly<Record<string, string | undefined>> = {
	'seedance-1-5-pro': 'BytePlus shut it down on 2026-11-11; use Seedance 2.0 Mini there.',
};

function describeModel(family: ModelFamily): string {
	const { minimum, maximum } = family.durationSeconds;
	const sound = family.generateAudio ? 'with sound' : 'silent';
	const text = `Up to ${family.resolutions.at(-1)}, ${minimum} to ${maximum} seconds, ${sound}`;
	const note = notes[family.value];
	return note === undefined ? text : `${text}. ${note}`;
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
	...resolutions.map((value) => ({ name: value, value })),
];

const sourceOptions = [
	{ name: 'Asset', value: 'asset', description: "An asset of the provider's library" },
	{ name: 'Input Field', value: 'binary', description: 'A file of the input item' },
	{ name: 'URL', value: 'url', description: 'A public https: URL, or a data: URL' },
];

const notFromDraft = {
	show: { mode: ['textToVideo', 'firstFrame', 'firstLastFrame', 'reference'] },
};

/** Takes a frame's name and label and gives its source and its value, shown in the modes that need it. */
function frameProperties(
	name: 'firstFrame' | 'lastFrame',
	label: string,
	modes: string[],
): INodeProperties[] {
	return [
		{
			displayName: `${label} Source`,
			name: `${name}Source`,
			type: 'options',
			options: sourceOptions,
			default: 'binary',
			displayOptions: { show: { mode: modes } },
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

/** What the video is made from: model, mode, prompt and media. */
export const inputProperties: INodeProperties[] = [
	{
		displayName: 'Model',
		name: 'model',
		type: 'options',
		options: modelOptions,
		default: 'seedance-2-0',
		description: 'The model that makes the video. What it takes is in the documentation.',
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
		options: [
			{
				name: 'Final From Draft',
				value: 'draftTask',
				description:
					'Make the video of a draft that you liked, in full quality. This is paid for as well.',
			},
			{
				name: 'First and Last Frame',
				value: 'firstLastFrame',
				description: 'The video moves from one image to another',
			},
			{
				name: 'First Frame',
				value: 'firstFrame',
				description: 'The video begins with an image',
			},
			{
				name: 'Reference',
				value: 'reference',
				description: 'Images, videos and audio that the prompt refers to',
			},
			{ name: 'Text to Video', value: 'textToVideo', description: 'A prompt alone' },
		],
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
			'What the video shows. Put spoken words in double quotes and name references by their number, such as Image 1. Up to about 1,000 English words are recommended.',
	},
	...frameProperties('firstFrame', 'First Frame', ['firstFrame', 'firstLastFrame']),
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
								description: 'MP4 or MOV, 2 to 15 seconds; up to 30 with Seedance 2.5',
							},
						],
						default: 'image',
					},
					{
						displayName: 'Source',
						name: 'source',
						type: 'options',
						options: sourceOptions,
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
		description: 'The task that was created with Draft on, not older than 7 days',
	},
];

/** What the video is to be like. */
export const outputProperties: INodeProperties[] = [
	{
		displayName: 'Resolution',
		name: 'resolution',
		type: 'options',
		options: resolutionOptions,
		default: '720p',
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
			'How long the video is, in whole seconds. -1 lets the model choose, and its choice is paid for. The cost rises with the length.',
	},
	{
		displayName: 'Generate Audio',
		name: 'generateAudio',
		type: 'boolean',
		default: true,
		displayOptions: notFromDraft,
		description:
			'Whether the video has speech, sound and music made to fit it. This takes no more tokens, but what is said or played has to pass the provider’s content check too. Models without sound ignore this.',
	},
];

/** The entries of Options that are part of a request. */
export const requestOptions: INodeProperties[] = [
	{
		displayName: 'Callback URL',
		name: 'callbackUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/seedance',
		description:
			'The provider sends the task to this URL each time its status changes. The URL must be reachable from the internet. Anyone can call it: read the task again with the Get operation.',
	},
	{
		displayName: 'Camera Fixed',
		name: 'cameraFixed',
		type: 'boolean',
		default: false,
		description: 'Whether to keep the camera still. Only Seedance 1.x takes this.',
	},
	{
		displayName: 'Draft',
		name: 'draft',
		type: 'boolean',
		default: false,
		description:
			'Whether to make a cheap preview in 480p, to be made in full quality with the mode Final From Draft. Only Seedance 2.5 and 1.5 Pro take this.',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description:
			'Whether to send nothing and return the request and an estimate of its tokens instead',
	},
	{
		displayName: 'Expires After (Seconds)',
		name: 'executionExpiresAfter',
		type: 'number',
		typeOptions: { minValue: 3600, maxValue: 259200 },
		default: 172800,
		description: 'When the provider gives up a task that has not finished: 1 hour to 3 days',
	},
	{
		displayName: 'Extra Body',
		name: 'extraBody',
		type: 'json',
		default: '{}',
		description: 'A JSON object that is merged into the request last, for what has no field here',
	},
	{
		displayName: 'Frames',
		name: 'frames',
		type: 'number',
		typeOptions: { minValue: 29, maxValue: 289 },
		default: 57,
		description:
			'The length in frames instead of seconds, 24 a second: 29, 33, 37 … 289. Only Seedance 1.0 takes this.',
	},
	{
		displayName: 'Output Format',
		name: 'outputFormat',
		type: 'options',
		options: [
			{ name: 'MOV', value: 'mov' },
			{ name: 'MP4', value: 'mp4' },
		],
		default: 'mp4',
		description: 'The kind of video file. Only Seedance 2.5 takes this.',
	},
	{
		displayName: 'Priority',
		name: 'priority',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 9 },
		default: 0,
		description:
			'Place in the queue from 0 to 9; a task with a higher priority goes first. Only Seedance 2.x takes this.',
	},
	{
		displayName: 'Return Last Frame',
		name: 'returnLastFrame',
		type: 'boolean',
		default: false,
		description:
			'Whether to return the last frame as a PNG as well, in the field "lastFrame". It can be the first frame of the next video.',
	},
	{
		displayName: 'Safety Identifier',
		name: 'safetyIdentifier',
		type: 'string',
		default: '',
		placeholder: 'e.g. 5d41402abc4b2a76b9719d911017c592',
		description:
			'A fixed, unique mark of the end user, up to 64 characters, such as a hash of the user ID',
	},
	{
		displayName: 'Seed',
		name: 'seed',
		type: 'number',
		typeOptions: { minValue: -1, maxValue: 4294967295 },
		default: -1,
		description: 'The same seed and request give a similar video. -1 is a random seed.',
	},
	{
		displayName: 'Service Tier',
		name: 'serviceTier',
		type: 'options',
		options: [
			{ name: 'Default', value: 'default', description: 'At once' },
			{ name: 'Flex', value: 'flex', description: 'Hours later, at half the price' },
		],
		default: 'default',
		description: 'When the video is made. Only Seedance 1.x takes this.',
	},
	{
		displayName: 'Task Type',
		name: 'taskType',
		type: 'options',
		options: [
			{ name: 'Auto', value: 'auto', description: 'The model decides by the prompt' },
			{ name: 'Edit', value: 'edit', description: 'Change the reference video' },
			{ name: 'Extend', value: 'extend', description: 'Go on where the reference video ends' },
			{ name: 'Reference', value: 'reference', description: 'Use the references as material' },
		],
		default: 'auto',
		description: 'What to do with the references. Only Seedance 2.5 takes this.',
	},
	{
		displayName: 'Watermark',
		name: 'watermark',
		type: 'boolean',
		default: false,
		description: 'Whether to show "AI Generated" in the lower right corner',
	},
	{
		displayName: 'Web Search',
		name: 'webSearch',
		type: 'boolean',
		default: false,
		description:
			'Whether the model may search the web for the prompt. Only Seedance 2.0 at Volcengine takes this, with text alone.',
	},
];
