import { z } from 'zod';

const credentialReferenceSchema = z.object({ id: z.string().nullish(), name: z.string() });

const nodeSchema = z
	.object({
		name: z.string(),
		type: z.string(),
		disabled: z.boolean().optional(),
		credentials: z.record(credentialReferenceSchema).optional(),
	})
	.passthrough();

const workflowShape = {
	name: z.string(),
	nodes: z.array(nodeSchema),
	connections: z.record(z.unknown()),
	settings: z.record(z.unknown()).optional(),
	pinData: z.record(z.unknown()).nullish(),
};

/** What a workflow consists of before n8n has stored it: the content of a file in examples/. */
export const workflowSchema = z.object(workflowShape);

/** A workflow as n8n answers with it. */
export const storedWorkflowSchema = z
	.object({ ...workflowShape, id: z.string(), versionId: z.string() })
	.passthrough();

/** The content of a workflow file. */
export type Workflow = z.infer<typeof workflowSchema>;

/** A workflow that an n8n has. */
export type StoredWorkflow = z.infer<typeof storedWorkflowSchema>;

/** A copy of the workflow in which each node that uses this type of credential uses this one. */
export function withCredential(
	workflow: Workflow,
	type: string,
	credential: { id: string; name: string },
): Workflow {
	const nodes = workflow.nodes.map((node) => {
		if (node.credentials?.[type] === undefined) return node;
		const reference = { id: credential.id, name: credential.name };
		return { ...node, credentials: { ...node.credentials, [type]: reference } };
	});
	return { ...workflow, nodes };
}

/** The first enabled node of a type. Rejects a workflow without one. */
export function nodeOfType(workflow: Workflow, type: string): string {
	const node = workflow.nodes.find((each) => each.type === type && each.disabled !== true);
	if (node === undefined) throw new Error(`The workflow "${workflow.name}" has no node ${type}`);
	return node.name;
}

/** The trigger that the editor's Execute button starts. */
export const manualTriggerType = 'n8n-nodes-base.manualTrigger';

/** The type under which a workflow stores this package's video node. */
export const seedanceVideoType = 'n8n-nodes-seedance.seedanceVideo';

/** The type under which a workflow stores this package's trigger. */
export const seedanceTriggerType = 'n8n-nodes-seedance.seedanceTrigger';
