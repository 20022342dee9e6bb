import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { outputOf, type Execution } from './execution';
import type { Instance } from './instance';
import { projectFolder } from './packageTarball';
import { credentialType, readExampleWorkflow } from './seed';
import {
	manualTriggerType,
	nodeOfType,
	seedanceVideoType,
	withCredential,
	type Workflow,
} from './workflow';

const imageFile = join(projectFolder, 'test', 'simulator', 'media', 'lastFrame.png');
const exampleFile = join(projectFolder, 'examples', 'asset-to-video.json');
const httpRequestType = 'n8n-nodes-base.httpRequest';

/** The result of sending the image through n8n. */
export interface AssetRun {
	readonly execution: Execution;
	/** Whether the provider got the image byte for byte. */
	readonly imageArrived: boolean;
	/** The output of the Seedance Video node. */
	readonly video: ReturnType<typeof outputOf>[number] | undefined;
}

/** Calls `use` with a copy of the workflow in which the image of its HTTP Request node comes from this machine. */
export async function withImageHost<Result>(
	workflow: Workflow,
	use: (changed: Workflow) => Promise<Result>,
): Promise<Result> {
	const image = await readFile(imageFile);
	const server = createServer((_request, response) => {
		response.setHeader('content-type', 'image/png').end(image);
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	try {
		const { port } = server.address() as AddressInfo;
		const nodes = workflow.nodes.map((node) =>
			node.type === httpRequestType
				? {
						...node,
						parameters: { ...Object(node['parameters']), url: `http://127.0.0.1:${port}/i.png` },
					}
				: node,
		);
		return await use({ ...workflow, nodes });
	} finally {
		server.close();
	}
}

/** Runs the example asset-to-video on an instance, its image coming from this machine. */
export async function runAssetExample(
	{ client, seeded, simulator }: Instance,
	timeoutMs: number,
): Promise<AssetRun> {
	const image = await readFile(imageFile);
	const sent = createHash('sha256').update(image).digest('hex');
	return await withImageHost(await readExampleWorkflow(exampleFile), async (example) => {
		const workflow = await client.createWorkflow(
			withCredential(example, credentialType, seeded.credential),
		);
		const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
		const execution = await client.waitForExecution(id, timeoutMs);
		return {
			execution,
			imageArrived: simulator.uploads.some(({ sha256 }) => sha256 === sent),
			video: outputOf(execution, nodeOfType(workflow, seedanceVideoType))[0],
		};
	});
}
