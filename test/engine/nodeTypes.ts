import { PackageDirectoryLoader } from 'n8n-core';
import type {
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypes,
	IVersionedNodeType,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeHelpers } from 'n8n-workflow';
import { resolve } from 'node:path';

/** Makes the items that a workflow starts with, with n8n's own helpers at hand. */
export type PrepareItems = (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;

/** The root folder of this package. */
export const packageFolder = resolve(__dirname, '..', '..');

/** What the built package holds, as n8n's own loader reads it from `package.json`. */
export interface LoadedPackage {
	readonly nodes: ReadonlyMap<string, INodeType | IVersionedNodeType>;
	readonly credentials: ReadonlyMap<string, ICredentialType>;
}

/** Loads the built package (`dist/`) with n8n's own loader. */
export async function loadPackage(): Promise<LoadedPackage> {
	const loader = new PackageDirectoryLoader(packageFolder);
	await loader.loadAll();
	return {
		nodes: new Map(
			Object.entries(loader.nodeTypes).map(([name, { type }]) => [
				`${loader.packageName}.${name}`,
				type,
			]),
		),
		credentials: new Map(
			Object.entries(loader.credentialTypes).map(([name, { type }]) => [name, type]),
		),
	};
}

/** Node types by the name that workflows use, besides those of this package. */
export type ExtraNodeTypes = Readonly<Record<string, INodeType | IVersionedNodeType>>;

/** n8n's node types: this package's, and stand-ins for the few n8n-nodes-base nodes that example workflows start with. Extra types override both. */
export function createNodeTypes(
	loaded: LoadedPackage,
	prepare: PrepareItems,
	extra: ExtraNodeTypes = {},
): INodeTypes {
	const types = new Map<string, INodeType | IVersionedNodeType>([
		...loaded.nodes,
		['n8n-nodes-base.manualTrigger', startNode(prepare)],
		['n8n-nodes-base.noOp', passNode()],
		['n8n-nodes-base.set', passNode()],
		[rowsNodeType, rowsNode()],
		['test.each', eachNode()],
		['n8n-nodes-base.stickyNote', passNode()],
		...Object.entries(extra),
	]);
	const typeOf = (name: string) => {
		const type = types.get(name);
		if (type === undefined) throw new Error(`No node type ${name}`);
		return type;
	};
	return {
		getByName: typeOf,
		getByNameAndVersion: (name, version) => NodeHelpers.getVersionedNodeType(typeOf(name), version),
		getKnownTypes: () => ({}),
	};
}

function startNode(prepare: PrepareItems): INodeType {
	return {
		description: {
			...passNode().description,
			displayName: 'Manual Trigger',
			name: 'manualTrigger',
			group: ['trigger'],
			inputs: [],
		},
		async execute() {
			return [await prepare(this)];
		},
	};
}

/** The type of a stand-in for a node that reads a sheet: its items are the parameter `rows`. */
export const rowsNodeType = 'test.rows';

function rowsNode(): INodeType {
	return {
		description: {
			...passNode().description,
			displayName: 'Rows',
			name: 'rows',
			properties: [{ displayName: 'Rows', name: 'rows', type: 'json', default: [] }],
		},
		async execute() {
			const rows = this.getNodeParameter('rows', 0) as IDataObject[];
			return [rows.map((json, item) => ({ json, pairedItem: { item } }))];
		},
	};
}

/** A stand-in for n8n's Loop Over Items with batches of one: its second output has the next item, its first is the end. */
function eachNode(): INodeType {
	return {
		description: {
			...passNode().description,
			displayName: 'Each',
			name: 'each',
			outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		},
		async execute() {
			const store = this.getContext('node') as { left?: INodeExecutionData[] };
			store.left ??= [...this.getInputData()];
			const next = store.left.shift();
			return next === undefined ? [[], []] : [[], [next]];
		},
	};
}

function passNode(): INodeType {
	return {
		description: {
			displayName: 'No Operation',
			name: 'noOp',
			group: ['transform'],
			version: 1,
			description: '',
			defaults: { name: 'No Operation' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute() {
			return [this.getInputData()];
		},
	};
}
