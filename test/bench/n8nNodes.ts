import type { IExecuteFunctions, INodeType, IVersionedNodeType } from 'n8n-workflow';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { ExtraNodeTypes } from '../engine/nodeTypes';
import { findN8n } from '../n8n/install';

/** The form of n8n's newer nodes: classes whose `execute` accepts the context as a parameter. */
interface NodeWithContext {
	readonly description: INodeType['description'];
	execute(context: IExecuteFunctions): ReturnType<NonNullable<INodeType['execute']>>;
}

/** The folder of n8n's own nodes in the installed n8n 1.x, or undefined if that is not installed. */
export async function findN8nNodes(): Promise<string | undefined> {
	const n8n = await findN8n(1);
	if (n8n === undefined) return undefined;
	const folder = resolve(n8n.scriptPath, '..', '..', '..', 'n8n-nodes-base', 'dist', 'nodes');
	return existsSync(folder) ? folder : undefined;
}

/** Loads n8n's HTTP Request, Wait and If from the folder of n8n's own nodes. */
export function loadN8nNodes(folder: string): ExtraNodeTypes {
	const load = <Type>(name: string): Type => {
		const require = createRequire(join(folder, 'index.js'));
		const module = require(`./${name}/${name}.node.js`) as Record<string, new () => Type>;
		const Loaded = module[name];
		if (Loaded === undefined) throw new Error(`n8n has no node ${name}`);
		return new Loaded();
	};
	const wait = load<NodeWithContext>('Wait');
	return {
		'n8n-nodes-base.httpRequest': load<IVersionedNodeType>('HttpRequest'),
		'n8n-nodes-base.if': load<IVersionedNodeType>('If'),
		// n8n recognizes such a node by its base class, but this one extends another copy of the class.
		'n8n-nodes-base.wait': {
			description: wait.description,
			async execute() {
				return await wait.execute(this);
			},
		},
	};
}
