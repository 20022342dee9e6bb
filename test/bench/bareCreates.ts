import type { IDataObject, INodeExecutionData, INodeType } from 'n8n-workflow';
import { sequentialJob } from './sequentialJob';

const createsAtOnce = 10;

/** Creates a task for each item and does nothing else: what n8n's engine and HTTP helper cost by themselves. */
export const bareCreates: INodeType = {
	description: { ...sequentialJob.description, displayName: 'Bare Creates', name: 'bareCreates' },
	async execute() {
		const indexes = this.getInputData().keys();
		const items: INodeExecutionData[] = [];
		const createAll = async () => {
			for (const itemIndex of indexes) {
				const json = (await this.helpers.httpRequestWithAuthentication.call(this, 'seedanceApi', {
					method: 'POST',
					url: String(this.getNodeParameter('tasksUrl', itemIndex)),
					body: this.getNodeParameter('body', itemIndex) as IDataObject,
					json: true,
				})) as IDataObject;
				items.push({ json, pairedItem: { item: itemIndex } });
			}
		};
		await Promise.all(Array.from({ length: createsAtOnce }, createAll));
		return [items];
	},
};
