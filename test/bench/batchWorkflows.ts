import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import type { WorkflowJson } from '../engine/engine';
import { videoNode, videoWorkflow } from '../engine/workflows';

/** The compared ways to make the same videos; `bare` creates the tasks and leaves them. */
export type Variant = 'node' | 'byHand' | 'sequential' | 'bare';

/** The node whose output holds the videos. */
export const downloadNode: Readonly<Record<Variant, string>> = {
	node: videoNode,
	byHand: 'Download',
	sequential: videoNode,
	bare: videoNode,
};

/** The video to request: the defaults of the package's node, written out for nodes that have no defaults. */
const body =
	'={{ { model: "dreamina-seedance-2-0-260128", content: [{ type: "text", text: $json.prompt }], resolution: "720p", duration: 5 } }}';

/** A workflow that makes a video of each item's `prompt`. The URL is that of the provider's tasks. */
export function batchWorkflow(
	variant: Variant,
	tasksUrl: string,
	parameters: IDataObject,
): WorkflowJson {
	if (variant === 'byHand') return workflowByHand(tasksUrl);
	if (variant === 'sequential' || variant === 'bare') {
		const type = variant === 'bare' ? 'test.bareCreates' : 'test.sequentialJob';
		return videoWorkflow({ tasksUrl, body }, { type });
	}
	return videoWorkflow({ operation: 'create', prompt: '={{ $json.prompt }}', ...parameters });
}

/** POST, then Wait 10 s and GET in a loop until each task has succeeded, then the download. */
function workflowByHand(tasksUrl: string): WorkflowJson {
	const withKey = { authentication: 'predefinedCredentialType', nodeCredentialType: 'seedanceApi' };
	const request = (name: string, place: [number, number], parameters: IDataObject) => ({
		...node(name, 'httpRequest', 4.2, place, parameters),
		credentials: { seedanceApi: { id: '', name: 'Seedance API' } },
	});
	return {
		name: 'By hand',
		nodes: [
			node('Start', 'manualTrigger', 1, [0, 0], {}),
			request('Create', [200, 0], {
				...withKey,
				method: 'POST',
				url: tasksUrl,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: body,
			}),
			node('Wait', 'wait', 1.1, [400, 0], { resume: 'timeInterval', amount: 10, unit: 'seconds' }),
			request('Look', [600, 0], { ...withKey, method: 'GET', url: `=${tasksUrl}/{{ $json.id }}` }),
			node('If', 'if', 2.2, [800, 0], {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					conditions: [
						{
							id: 'succeeded',
							leftValue: '={{ $json.status }}',
							rightValue: 'succeeded',
							operator: { type: 'string', operation: 'equals' },
						},
					],
					combinator: 'and',
				},
				options: {},
			}),
			request('Download', [1000, 0], {
				method: 'GET',
				url: '={{ $json.content.video_url }}',
				options: { response: { response: { responseFormat: 'file' } } },
			}),
		],
		connections: {
			Start: { main: [[to('Create')]] },
			Create: { main: [[to('Wait')]] },
			Wait: { main: [[to('Look')]] },
			Look: { main: [[to('If')]] },
			If: { main: [[to('Download')], [to('Wait')]] },
		},
	};
}

function to(name: string) {
	return { node: name, type: 'main', index: 0 } as const;
}

function node(
	name: string,
	type: string,
	typeVersion: number,
	position: [number, number],
	parameters: IDataObject,
): INode {
	return {
		id: name,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position,
		parameters: parameters as INodeParameters,
	};
}
