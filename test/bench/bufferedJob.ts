import type { INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

/** The same upload and download as a node that knows no streams would do them: whole files in memory. */
export const bufferedJob: INodeType = {
	description: {
		displayName: 'Buffered Job',
		name: 'bufferedJob',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: { name: 'Buffered Job' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'seedanceApi', required: true }],
		properties: [
			{ displayName: 'Operation', name: 'operation', type: 'string', default: '' },
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
		],
	},
	async execute() {
		const { baseUrl } = await this.getCredentials('seedanceApi');
		if (this.getNodeParameter('operation', 0) === 'upload') {
			const bytes = await this.helpers.getBinaryDataBuffer(0, 'data');
			const body = new FormData();
			body.append('file', new Blob([bytes], { type: 'video/mp4' }), 'clip.mp4');
			await this.helpers.httpRequestWithAuthentication.call(this, 'seedanceApi', {
				method: 'POST',
				url: `${String(baseUrl)}/v1/asset/upload`,
				body: body as unknown as Buffer,
			});
			return [this.getInputData()];
		}
		const bytes = (await this.helpers.httpRequest({
			url: String(this.getNodeParameter('url', 0)),
			encoding: 'arraybuffer',
		})) as ArrayBuffer;
		const data = await this.helpers.prepareBinaryData(Buffer.from(bytes), 'a.mp4', 'video/mp4');
		return [[{ json: {}, binary: { data } }]];
	},
};
