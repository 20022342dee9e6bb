import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { pollTrigger } from './actions/trigger/pollTrigger';
import { triggerProperties, triggerSubtitle } from './panel/trigger';

/** The node Seedance Trigger: starts a workflow for each task that ends. */
export class SeedanceTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Seedance Trigger',
		name: 'seedanceTrigger',
		icon: {
			light: 'file:../../icons/seedance.svg',
			dark: 'file:../../icons/seedance.dark.svg',
		},
		group: ['trigger'],
		version: [1],
		subtitle: triggerSubtitle,
		description: 'Starts the workflow when a Seedance video is finished or has failed',
		defaults: { name: 'Seedance Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'seedanceApi', required: true }],
		properties: triggerProperties,
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollTrigger(this);
	}
}
