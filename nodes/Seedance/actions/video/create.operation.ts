import { readCreateRequest, ratios, type CreateRequest } from '../../api/createRequest';
import { modelFamilies, resolutions } from '../../api/models';
import type { Operation } from '../operation';
import { onFailedTaskOption } from '../shared.properties';
import {
	collectProperties,
	collectVideo,
	readCollectOptions,
	type CollectOptions,
} from './collectVideo';
import { videoJson } from './videoItem';

interface CreateInput extends CollectOptions {
	readonly request: CreateRequest;
}

const requestParameters = [
	'model',
	'modelId',
	'prompt',
	'resolution',
	'ratio',
	'duration',
	'generateAudio',
] as const;

const modelOptions = [
	{
		name: 'Custom (by ID)',
		value: 'custom',
		description: 'Any other model ID or endpoint ID of your provider',
	},
	...modelFamilies.map(({ label, value }) => ({ name: label, value })),
];

const resolutionOptions = [
	{ name: 'Model Default', value: '' },
	...resolutions.map((value) => ({ name: value, value })),
];

/** Creates a task, which is paid for, and by default waits for its video. */
export const createOperation: Operation<CreateInput> = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create a video',
		description: 'Create a video from a text prompt. Each video is paid for.',
	},
	properties: [
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
			displayName: 'Prompt',
			name: 'prompt',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: 'e.g. A kitten runs across a sunny meadow, the camera follows',
			description:
				'What the video shows. Put spoken words in double quotes. Up to about 1,000 English words are recommended.',
		},
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
			options: ratios.map((value) => ({
				name: value === 'adaptive' ? 'Adaptive' : value,
				value,
			})),
			default: 'adaptive',
			description: 'Width to height. Adaptive lets the model choose what suits the prompt.',
		},
		{
			displayName: 'Duration (Seconds)',
			name: 'duration',
			type: 'number',
			typeOptions: { minValue: -1, numberPrecision: 0 },
			default: 5,
			description:
				'How long the video is, in whole seconds. -1 lets the model choose. The cost rises with the length.',
		},
		{
			displayName: 'Generate Audio',
			name: 'generateAudio',
			type: 'boolean',
			default: true,
			description:
				'Whether the video has speech, sound and music made to fit it. Models without sound ignore this.',
		},
		...collectProperties({ wait: true, download: true, downloadNeedsWait: true }),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [onFailedTaskOption],
		},
	],
	read(parameter, { provider }) {
		const request = readCreateRequest(
			Object.fromEntries(requestParameters.map((name) => [name, parameter(name)])),
			provider,
		);
		const collect = readCollectOptions(parameter, true);
		if (request.problems !== undefined || collect.problems !== undefined) {
			return { problems: [...(request.problems ?? []), ...(collect.problems ?? [])] };
		}
		return { value: { request: request.value, ...collect.value } };
	},
	async run(session, input, item) {
		const taskId = await session.client.createTask(input.request);
		item.noteTask(taskId);
		if (input.wait !== undefined) return await collectVideo(session, taskId, input, item);
		const { model } = input.request;
		const created = { taskId, status: 'queued', statusWord: 'queued' } as const;
		return {
			json: videoJson({ ...created, model, raw: { id: taskId, model } }, input.simplify, false),
		};
	},
};
