import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowJson } from './engine';
import { packageFolder, rowsNodeType } from './nodeTypes';

/** The name of the node under test in {@link videoWorkflow} and in the examples. */
export const videoNode = 'Seedance Video';

/** The node behind the second output of {@link videoWorkflow}, where errors go with `onError: continueErrorOutput`. */
export const errorNode = 'Failed';

/** Reads a workflow from `examples/` by its file name. */
export function readExample(name: string): WorkflowJson {
	return JSON.parse(
		readFileSync(join(packageFolder, 'examples', `${name}.json`), 'utf8'),
	) as WorkflowJson;
}

/** A workflow that runs a Seedance Video node on the items of its Manual Trigger. */
export function videoWorkflow(
	parameters: IDataObject,
	settings: Partial<INode> = {},
): WorkflowJson {
	return {
		name: 'Seedance Video',
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger', {}),
			{
				...node(videoNode, 'n8n-nodes-seedance.seedanceVideo', parameters),
				credentials: { seedanceApi: { id: '', name: 'Seedance API' } },
				...settings,
			},
			node('Done', 'n8n-nodes-base.noOp', {}),
			node(errorNode, 'n8n-nodes-base.noOp', {}),
		],
		connections: {
			Start: { main: [[{ node: videoNode, type: 'main', index: 0 }]] },
			[videoNode]: {
				main: [
					[{ node: 'Done', type: 'main', index: 0 }],
					[{ node: errorNode, type: 'main', index: 0 }],
				],
			},
		},
	};
}

/** The name of the node under test in {@link triggerWorkflow}. */
export const triggerNode = 'Seedance Trigger';

/** A workflow that begins with a Seedance Trigger, which polls every minute. */
export function triggerWorkflow(parameters: IDataObject): WorkflowJson {
	const pollTimes = { item: [{ mode: 'everyMinute' }] };
	return {
		name: 'Seedance Trigger',
		nodes: [
			{
				...node(triggerNode, 'n8n-nodes-seedance.seedanceTrigger', { pollTimes, ...parameters }),
				credentials: { seedanceApi: { id: '', name: 'Seedance API' } },
			},
			node('Done', 'n8n-nodes-base.noOp', {}),
		],
		connections: { [triggerNode]: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
	};
}

/** {@link videoWorkflow} with a node in front that reads these rows, so that they are not what the execution begins with. */
export function rowsWorkflow(
	rows: readonly IDataObject[],
	parameters: IDataObject,
	settings: Partial<INode> = {},
): WorkflowJson {
	const { name, nodes, connections } = videoWorkflow(parameters, settings);
	return {
		name,
		nodes: [...nodes, node('Rows', rowsNodeType, { rows: [...rows] })],
		connections: {
			...connections,
			Start: { main: [[{ node: 'Rows', type: 'main', index: 0 }]] },
			Rows: { main: [[{ node: videoNode, type: 'main', index: 0 }]] },
		},
	};
}

function node(name: string, type: string, parameters: IDataObject): INode {
	return {
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INodeParameters,
	};
}
