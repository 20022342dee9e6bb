import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { runOperation } from './actions/runOperation';
import { video } from './actions/video';
import { searchDrafts, searchTasks } from './actions/video/searchTasks';

/** The node Seedance Video: creates videos and fetches them. */
export class SeedanceVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Video',
		name: 'seedanceVideo',
		icon: {
			light: 'file:../../icons/seedance.svg',
			dark: 'file:../../icons/seedance.dark.svg',
		},
		group: ['transform'],
		version: [1],
		subtitle: video.subtitle,
		description: 'Create videos from text, images, video and audio with ByteDance Seedance models',
		defaults: { name: 'Seedance Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'seedanceApi', required: true }],
		properties: video.properties,
	};

	methods = { listSearch: { searchDrafts, searchTasks } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, video);
	}
}
