import { userFolder } from './environment';
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { BinaryDataService, ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import { SSHClientsManager } from 'n8n-core/dist/execution-engine/ssh-clients-manager';
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	INode,
	INodeExecutionData,
	IRun,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { rmSync } from 'node:fs';
import { CredentialStore } from './credentialStore';
import { createNodeTypes, loadPackage, type LoadedPackage, type PrepareItems } from './nodeTypes';

/** A workflow as n8n exports it. */
export type WorkflowJson = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'settings'>;

/** A line that a node or n8n itself wrote to n8n's log. */
export interface LogLine {
	readonly level: 'error' | 'warn' | 'info' | 'debug';
	readonly message: string;
	readonly metadata: Readonly<Record<string, unknown>>;
}

/** What to run, and what to tell while it runs. */
export interface RunOptions {
	readonly workflow: WorkflowJson;
	/** Decrypted data by credential type; kept encrypted while the workflow runs. */
	readonly credentials?: Readonly<Record<string, ICredentialDataDecryptedObject>>;
	/** The items that the Manual Trigger gives; one empty item when absent. */
	readonly items?: INodeExecutionData[] | PrepareItems;
	readonly onLog?: (line: LogLine) => void;
	/** Called once the execution runs, with the means to stop it. */
	readonly onStart?: (execution: { stop(): void }) => void;
}

/** A finished execution. */
export interface Execution {
	readonly status: IRun['status'];
	/** The items of a node's output. */
	items(nodeName: string, output?: number): INodeExecutionData[];
	/** What the node or the execution failed with. */
	readonly error: Readonly<Record<string, unknown>> | undefined;
	readonly run: IRun;
}

/** n8n's execution engine with this package's built nodes loaded. */
export interface Engine {
	readonly loaded: LoadedPackage;
	run(options: RunOptions): Promise<Execution>;
	/** Gives the bytes behind an item's binary field. */
	readBinary(binary: IBinaryData): Promise<Buffer>;
	/** Ends the engine's timers, so that the process can end, and removes its files. */
	close(): void;
}

/** Starts n8n's engine: binary data in the file system, credentials encrypted, real HTTP. */
export async function startEngine(): Promise<Engine> {
	const binaryData = Container.get(BinaryDataService);
	await binaryData.init();
	const loaded = await loadPackage();
	let executions = 0;

	return {
		loaded,
		run: async (options) => await runWorkflow(options, loaded, String(++executions)),
		readBinary: async (binary) => await binaryData.getAsBuffer(binary),
		close: () => {
			Container.get(SSHClientsManager).onShutdown();
			rmSync(userFolder, { recursive: true, force: true });
		},
	};
}

async function runWorkflow(
	options: RunOptions,
	loaded: LoadedPackage,
	executionId: string,
): Promise<Execution> {
	listenToLog(options.onLog);
	const { items = [{ json: {} }] } = options;
	const nodeTypes = createNodeTypes(
		loaded,
		typeof items === 'function' ? items : async () => items,
	);
	const credentials = new CredentialStore(loaded.credentials);
	for (const [type, data] of Object.entries(options.credentials ?? {})) {
		credentials.save(type, data);
	}
	const { name, nodes, connections, settings = {} } = structuredClone(options.workflow);
	const workflow = new Workflow({
		id: 'engine',
		name,
		nodes: nodes.map(withStoredCredential),
		connections,
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1', ...settings },
	});
	const start = nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	if (start === undefined) throw new Error('The workflow has no Manual Trigger');

	const now = new Date();
	const hooks = new ExecutionLifecycleHooks('trigger', executionId, {
		...options.workflow,
		id: 'engine',
		active: false,
		isArchived: false,
		createdAt: now,
		updatedAt: now,
		activeVersionId: null,
	});
	const ended = new Promise<IRun>((resolve) => {
		hooks.addHandler('workflowExecuteAfter', (run) => resolve(run));
	});
	const execution = new WorkflowExecute(
		additionalData(credentials, hooks, executionId),
		'trigger',
	).run(workflow, workflow.getNode(start.name) ?? undefined);
	options.onStart?.({ stop: () => execution.cancel() });
	// A stopped execution may end either way; n8n's own hook tells its end in any case.
	execution.catch(() => {});
	return executionOf(await ended);
}

function executionOf(run: IRun): Execution {
	const { runData, error, lastNodeExecuted } = run.data.resultData;
	return {
		run,
		status: run.status,
		items: (nodeName, output = 0) => runData[nodeName]?.at(-1)?.data?.['main']?.[output] ?? [],
		error: (error ?? runData[lastNodeExecuted ?? '']?.at(-1)?.error) as
			Record<string, unknown> | undefined,
	};
}

function additionalData(
	credentialsHelper: CredentialStore,
	hooks: ExecutionLifecycleHooks,
	executionId: string,
): IWorkflowExecuteAdditionalData {
	const url = 'http://127.0.0.1/';
	const used: Partial<IWorkflowExecuteAdditionalData> = {
		credentialsHelper,
		hooks,
		executionId,
		currentNodeExecutionIndex: 0,
		restApiUrl: url,
		instanceBaseUrl: url,
		formWaitingBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		variables: {},
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
	};
	// Sub-workflows, task runners and AI events are n8n's, and no workflow here has them.
	return used as IWorkflowExecuteAdditionalData;
}

function withStoredCredential(node: INode): INode {
	if (node.credentials === undefined) return node;
	const credentials = Object.fromEntries(
		Object.keys(node.credentials).map((type) => [type, { id: type, name: type }]),
	);
	return { ...node, credentials };
}

function listenToLog(onLog: RunOptions['onLog']): void {
	const line =
		(level: LogLine['level']) =>
		(message: string, metadata: Readonly<Record<string, unknown>> = {}) =>
			onLog?.({ level, message, metadata });
	const logger = {
		error: line('error'),
		warn: line('warn'),
		info: line('info'),
		debug: line('debug'),
		scoped: () => logger,
	};
	Container.set(Logger, logger as unknown as Logger);
}
