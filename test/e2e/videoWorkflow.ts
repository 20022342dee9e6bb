import { credentialType } from '../n8n/seed';
import {
	manualTriggerType,
	seedanceVideoType,
	withCredential,
	workflowSchema,
	type Workflow,
} from '../n8n/workflow';

type Json = Readonly<Record<string, unknown>>;

/** The node under test in {@link videoWorkflow}. */
export const videoNode = 'Seedance Video';

/** The trigger of {@link videoWorkflow}. */
export const triggerNode = 'Start';

/** The node behind the second output of {@link videoWorkflow}. */
export const failedNode = 'Failed';

/** The node behind the first output of {@link videoWorkflow}. */
export const doneNode = 'Done';

/** The parts of {@link videoWorkflow}. Missing parts have n8n's defaults. */
export interface VideoWorkflowOptions {
	readonly name: string;
	readonly parameters: Json;
	/** The node's settings beside its parameters, such as `onError`. */
	readonly settings?: Json;
	/** Type, version and parameters of the trigger. Default: the manual one. */
	readonly trigger?: Json;
	/** The settings of the workflow. */
	readonly workflowSettings?: Json;
	/** Pinned to the trigger. */
	readonly items?: readonly Json[];
	readonly credential: { readonly id: string; readonly name: string };
}

/** A workflow that runs one Seedance Video node on the items of its trigger. */
export function videoWorkflow(options: VideoWorkflowOptions): Workflow {
	const { name, parameters, settings, trigger, workflowSettings, items, credential } = options;
	const workflow = workflowSchema.parse({
		name,
		nodes: [
			{ ...node(triggerNode, manualTriggerType, 0), ...trigger },
			{
				...node(videoNode, seedanceVideoType, 240),
				parameters,
				credentials: { [credentialType]: { id: '', name: '' } },
				...settings,
			},
			node(doneNode, 'n8n-nodes-base.noOp', 480),
			{ ...node(failedNode, 'n8n-nodes-base.noOp', 480), position: [480, 200] },
		],
		connections: {
			[triggerNode]: { main: [[to(videoNode)]] },
			[videoNode]: { main: [[to(doneNode)], [to(failedNode)]] },
		},
		settings: { executionOrder: 'v1', ...workflowSettings },
		pinData: items === undefined ? {} : { [triggerNode]: items.map((json) => ({ json })) },
	});
	return withCredential(workflow, credentialType, credential);
}

function node(name: string, type: string, x: number): Json {
	return { id: name, name, type, typeVersion: 1, position: [x, 0], parameters: {} };
}

function to(name: string): Json {
	return { node: name, type: 'main', index: 0 };
}
