import type { IDataObject, INodeExecutionData, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes, sleep } from 'n8n-workflow';

const pollEveryMs = 10_000;

/** Creates, waits for and downloads one video after the other, as nodes do that loop over their items. */
export const sequentialJob: INodeType = {
	description: {
		displayName: 'Sequential Job',
		name: 'sequentialJob',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: { name: 'Sequential Job' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'seedanceApi', required: true }],
		properties: [
			{ displayName: 'Tasks URL', name: 'tasksUrl', type: 'string', default: '' },
			{ displayName: 'Body', name: 'body', type: 'json', default: '' },
		],
	},
	async execute() {
		const items: INodeExecutionData[] = [];
		for (const itemIndex of this.getInputData().keys()) {
			const url = String(this.getNodeParameter('tasksUrl', itemIndex));
			const body = this.getNodeParameter('body', itemIndex) as IDataObject;
			const call = async (options: { method: 'GET' | 'POST'; url: string; body?: IDataObject }) =>
				(await this.helpers.httpRequestWithAuthentication.call(this, 'seedanceApi', {
					...options,
					json: true,
				})) as IDataObject;
			const { id } = await call({ method: 'POST', url, body });
			let task: IDataObject;
			do {
				await sleep(pollEveryMs);
				task = await call({ method: 'GET', url: `${url}/${String(id)}` });
			} while (task['status'] !== 'succeeded');
			const bytes = (await this.helpers.httpRequest({
				url: String((task['content'] as IDataObject)['video_url']),
				encoding: 'arraybuffer',
			})) as ArrayBuffer;
			const data = await this.helpers.prepareBinaryData(Buffer.from(bytes), 'a.mp4', 'video/mp4');
			items.push({ json: task, binary: { data }, pairedItem: { item: itemIndex } });
		}
		return [items];
	},
};
