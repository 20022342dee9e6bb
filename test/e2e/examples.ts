import { join } from 'node:path';

import type { Credential } from '../n8n/client';
import type { Execution, ExecutionItem } from '../n8n/execution';
import { outputOf } from '../n8n/execution';
import type { Instance } from '../n8n/instance';
import { projectFolder } from '../n8n/packageTarball';
import { credentialType, readExampleWorkflow } from '../n8n/seed';
import { withCredential, type StoredWorkflow, type Workflow } from '../n8n/workflow';

/** The name of the Seedance Video node in every example. */
export const videoNode = 'Seedance Video';

/** Reads an example by the name of its file and changes nothing but the parameters given by node name, which a person would fill in. */
export async function readExample(
	name: string,
	filledIn: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Promise<Workflow> {
	const example = await readExampleWorkflow(join(projectFolder, 'examples', `${name}.json`));
	for (const nodeName of Object.keys(filledIn)) {
		if (example.nodes.some((node) => node.name === nodeName)) continue;
		throw new Error(`The example ${name} has no node "${nodeName}"`);
	}
	const nodes = example.nodes.map((node) => ({
		...node,
		parameters: { ...Object(node['parameters']), ...filledIn[node.name] },
	}));
	return { ...example, nodes };
}

/** Stores a workflow in n8n with each of its credentials chosen. */
export async function importWorkflow(
	{ client, seeded }: Instance,
	workflow: Workflow,
	credentials: readonly Credential[] = [],
): Promise<StoredWorkflow> {
	const chosen = [seeded.credential, ...credentials].reduce(
		(each, credential) => withCredential(each, credential.type, credential),
		workflow,
	);
	return await client.createWorkflow(chosen);
}

/** A credential of Test Mode. Chosen after that of the simulator, it takes its place. */
export async function testModeCredential({ client }: Instance): Promise<Credential> {
	return await client.createCredential('Test Mode', credentialType, { provider: 'testMode' });
}

/** The items of a node in each of its runs, output 0, in order. */
export function itemsOfAllRuns(execution: Execution, nodeName: string): ExecutionItem[] {
	const runs = execution.data?.resultData.runData[nodeName] ?? [];
	return runs.flatMap(({ data }) => data?.main?.[0] ?? []);
}

/** The reason in an item of the error output of the Seedance Video node, without the number of the item. Throws when it has none. */
export function reasonOf(item: ExecutionItem | undefined): string {
	const { message, description } = Object(item?.json['error']) as Record<string, unknown>;
	if (typeof message !== 'string' || typeof description !== 'string') {
		throw new Error(`The item has no reason: ${JSON.stringify(item)}`);
	}
	return `${message.replace(/^\[Item \d+\] /, '')}: ${description}`;
}

/** The bytes of a binary field of a node's first item. Rejects when it has none. */
export async function bytesOf(
	{ client }: Instance,
	execution: Execution,
	nodeName: string,
	field = 'data',
): Promise<Buffer> {
	const binary = outputOf(execution, nodeName)[0]?.binary?.[field];
	if (binary === undefined) throw new Error(`${nodeName} has no file in the field ${field}`);
	return await client.readBinary(binary);
}
