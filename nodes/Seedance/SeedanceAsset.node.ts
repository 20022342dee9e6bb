import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { runOperation } from './actions/runOperation';
import { asset } from './actions/asset';

/** The node Seedance Asset: puts files into the asset library of a provider. */
export class SeedanceAsset implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Asset',
		name: 'seedanceAsset',
		icon: {
			light: 'file:../../icons/seedanceAsset.svg',
			dark: 'file:../../icons/seedanceAsset.dark.svg',
		},
		group: ['transform'],
		version: [1],
		subtitle: asset.subtitle,
		description:
			'Put images, videos and audio into the asset library of a Seedance provider, to use them in videos',
		defaults: { name: 'Seedance Asset' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'seedanceApi', required: true }],
		properties: asset.properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, asset);
	}
}
