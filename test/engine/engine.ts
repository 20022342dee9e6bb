import { userFolder } from './environment';
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import {
	BinaryDataConfig,
	BinaryDataService,
	DataDeduplicationService,
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	PollContext,
	WorkflowExecute,
} from 'n8n-core';
import { TriggersAndPollers } from 'n8n-core/dist/execution-engine/triggers-and-pollers';
import { SSHClientsManager } from 'n8n-core/dist/execution-engine/ssh-clients-manager';
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	IDataObject,
	ILoadOptionsFunctions,
	INode,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	IPollFunctions,
	IRun,
	IRunExecutionData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { rmSync } from 'node:fs';
import { CredentialStore } from './credentialStore';
import {
	createNodeTypes,
	loadPackage,
	type ExtraNodeTypes,
	type LoadedPackage,
	type PrepareItems,
} from './nodeTypes';
import { ProcessedData } from './processedData';
import { videoNode, videoWorkflow } from './workflows';

/** A workflow as n8n exports it. */
export type WorkflowJson = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'settings'>;

/** A line that a node or n8n itself wrote to n8n's log. */
export interface LogLine {
	readonly level: 'error' | 'warn' | 'info' | 'debug';
	readonly message: string;
	readonly metadata: Readonly<Record<string, unknown>>;
}

/** What to run, and what to report while it runs. */
export interface RunOptions {
	readonly workflow: WorkflowJson;
	/** Decrypted data by credential type. Kept encrypted while the workflow runs. */
	readonly credentials?: Readonly<Record<string, ICredentialDataDecryptedObject>>;
	/** The items that the Manual Trigger returns. Default: one empty item. */
	readonly items?: INodeExecutionData[] | PrepareItems;
	readonly onLog?: (line: LogLine) => void;
	/** Called once the execution runs, with the means to stop it. */
	readonly onStart?: (execution: { stop(): void }) => void;
	/** As n8n begins it: `retry` for Retry of an execution that was killed, which starts from the trigger. Default: trigger. */
	readonly mode?: 'trigger' | 'retry';
	/** The ID of an execution whose worker has died: n8n 1 begins it anew under the same ID. */
	readonly executionId?: string;
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

/** A trigger that polls. */
export interface PollerOptions {
	readonly workflow: WorkflowJson;
	readonly node: string;
	readonly credentials: NonNullable<RunOptions['credentials']>;
	/** Default: engine. */
	readonly workflowId?: string;
	/** The static data as n8n's database has it. Default: none. */
	readonly saved?: IDataObject;
	/** Default: trigger. `manual` is Fetch test event. */
	readonly mode?: 'trigger' | 'manual';
	readonly onLog?: (line: LogLine) => void;
}

/** A trigger in a process of n8n, from its activation on. */
export interface Poller {
	/** The items of one poll, or null. Rejects with what the node throws. */
	poll(): Promise<INodeExecutionData[] | null>;
	/** The static data as n8n's database has it: n8n saves it after the first poll, and with each delivery. */
	saved(): IDataObject;
	/** The static data as this process has it. */
	current(): IDataObject;
}

/** The query for a picker. */
export interface SearchOptions {
	readonly method: string;
	readonly credentials: NonNullable<RunOptions['credentials']>;
	/** Those of the panel. */
	readonly parameters?: INodeParameters;
	readonly filter?: string | undefined;
	readonly paginationToken?: string | undefined;
}

/** n8n's execution engine with this package's built nodes loaded. */
export interface Engine {
	readonly loaded: LoadedPackage;
	/** What nodes keep in n8n's database. */
	readonly processedData: ProcessedData;
	run(options: RunOptions): Promise<Execution>;
	/** Runs a failed or stopped execution again from the node where it ended, as n8n's *Retry execution* does: with its data as the database has it. */
	retry(execution: Execution, options: RunOptions): Promise<Execution>;
	/** Activates a polling trigger as n8n does, but for its schedule. */
	poller(options: PollerOptions): Poller;
	/** Loads the entries of a node's picker, as the editor does. */
	search(options: SearchOptions): Promise<INodeListSearchResult>;
	/** Returns the bytes behind an item's binary field. */
	readBinary(binary: IBinaryData): Promise<Buffer>;
	/** Stops the engine's timers, so that the process can exit, and removes its files. */
	close(): void;
}

const processedData = new ProcessedData();
let isInitialized = false;

/** n8n has one for the whole process. */
async function initProcessedData(): Promise<void> {
	if (isInitialized) return;
	isInitialized = true;
	await DataDeduplicationService.init(processedData);
}

/** Starts n8n's engine: binary data in the file system (or in memory, n8n's mode `default`), credentials encrypted, real HTTP. */
export async function startEngine(
	binaryDataMode: 'filesystem' | 'default' = 'filesystem',
	extraNodeTypes: ExtraNodeTypes = {},
): Promise<Engine> {
	Container.get(BinaryDataConfig).mode = binaryDataMode;
	const binaryData = Container.get(BinaryDataService);
	await binaryData.init();
	const loaded = await loadPackage();
	await initProcessedData();
	const types = { loaded, extraNodeTypes };
	let executions = 0;

	return {
		loaded,
		processedData,
		run: async (options) =>
			await runWorkflow(options, types, options.executionId ?? String(++executions)),
		retry: async (execution, options) =>
			await runWorkflow(options, types, String(++executions), storedDataOf(execution)),
		poller: (options) => openPoller(options, types),
		search: async (options) => await runSearch(options, loaded),
		readBinary: async (binary) => await binaryData.getAsBuffer(binary),
		close: () => {
			Container.get(SSHClientsManager).onShutdown();
			rmSync(userFolder, { recursive: true, force: true });
		},
	};
}

async function runWorkflow(
	options: RunOptions,
	{ loaded, extraNodeTypes }: { loaded: LoadedPackage; extraNodeTypes: ExtraNodeTypes },
	executionId: string,
	stored?: IRunExecutionData,
): Promise<Execution> {
	listenToLog(options.onLog);
	const { items = [{ json: {} }] } = options;
	const nodeTypes = createNodeTypes(
		loaded,
		typeof items === 'function' ? items : async () => items,
		extraNodeTypes,
	);
	const credentials = storeCredentials(loaded, options.credentials ?? {});
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
	// As n8n's *Retry with currently saved workflow* does.
	for (const waiting of stored?.executionData?.nodeExecutionStack ?? []) {
		waiting.node = workflow.getNode(waiting.node.name) ?? waiting.node;
	}
	const start = nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	if (start === undefined) throw new Error('The workflow has no Manual Trigger');

	const hooks = new ExecutionLifecycleHooks('trigger', executionId, workflowBase(options.workflow));
	const ended = new Promise<IRun>((resolve) => {
		hooks.addHandler('workflowExecuteAfter', (run) => resolve(run));
	});
	const additional = additionalData(credentials, hooks, executionId);
	const execution =
		stored === undefined
			? new WorkflowExecute(additional, options.mode ?? 'trigger').run(
					workflow,
					workflow.getNode(start.name) ?? undefined,
				)
			: new WorkflowExecute(additional, 'retry', stored).processRunExecutionData(workflow);
	options.onStart?.({ stop: () => execution.cancel() });
	// A stopped execution can resolve or reject. n8n's own hook reports the end in both cases.
	execution.catch(() => {});
	return executionOf(await ended);
}

function openPoller(
	{ workflow: json, node: nodeName, credentials, saved = {}, ...options }: PollerOptions,
	{ loaded, extraNodeTypes }: { loaded: LoadedPackage; extraNodeTypes: ExtraNodeTypes },
): Poller {
	const { workflowId = 'engine', mode = 'trigger' } = options;
	listenToLog(options.onLog);
	let database = structuredClone(saved);
	const { name, nodes, connections, settings = {} } = structuredClone(json);
	const workflow = new Workflow({
		...{ id: workflowId, name, connections, active: true, settings },
		nodes: nodes.map(withStoredCredential),
		nodeTypes: createNodeTypes(loaded, async () => [], extraNodeTypes),
		staticData: structuredClone(saved),
	});
	const node = workflow.getNode(nodeName);
	if (node === null) throw new Error(`No node ${nodeName}`);
	const store = storeCredentials(loaded, credentials);
	const hooks = new ExecutionLifecycleHooks(mode, 'poll', workflowBase(json));
	// n8n has one context for all polls of an activation.
	const context = new PollContext(
		...([workflow, node, additionalData(store, hooks, 'poll'), mode, 'activate'] as const),
	);
	let polls = 0;
	return {
		saved: () => structuredClone(database),
		current: () => workflow.staticData,
		async poll() {
			const isFirst = polls++ === 0;
			// Only the type says that the context's workflow name may be undefined. It is set above.
			const data = await Container.get(TriggersAndPollers).runPoll(
				workflow,
				node,
				context as IPollFunctions,
			);
			if (isFirst || data !== null) {
				database = JSON.parse(JSON.stringify(workflow.staticData)) as IDataObject;
			}
			return data?.[0] ?? null;
		},
	};
}

/** The data of an execution as it comes back from the database, without the run of the node that failed, which is still on the stack. */
function storedDataOf({ run }: Execution): IRunExecutionData {
	const data = JSON.parse(JSON.stringify(run.data)) as IRunExecutionData;
	const { resultData } = data;
	delete resultData.error;
	const runs = resultData.runData[resultData.lastNodeExecuted ?? ''];
	if (runs?.at(-1)?.error !== undefined) runs.pop();
	return data;
}

async function runSearch(
	{ method, credentials, parameters = {}, filter, paginationToken }: SearchOptions,
	loaded: LoadedPackage,
): Promise<INodeListSearchResult> {
	const nodeTypes = createNodeTypes(loaded, async () => []);
	const { nodes, name } = videoWorkflow({});
	const workflow = new Workflow({
		id: 'engine',
		name,
		nodes: nodes.map(withStoredCredential),
		connections: {},
		active: false,
		nodeTypes,
	});
	const node = workflow.getNode(videoNode);
	if (node === null) throw new Error('No node');
	const store = storeCredentials(loaded, credentials);
	const hooks = new ExecutionLifecycleHooks('internal', 'search', workflowBase(videoWorkflow({})));
	const context = new LoadOptionsContext(
		workflow,
		node,
		{ ...additionalData(store, hooks, 'search'), currentNodeParameters: parameters },
		'',
	);
	const type = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const search = type.methods?.listSearch?.[method];
	if (search === undefined) throw new Error(`No picker ${method}`);
	// Only the type says that the context's workflow name may be undefined. It is set above.
	return await search.call(context as ILoadOptionsFunctions, filter, paginationToken);
}

function storeCredentials(
	loaded: LoadedPackage,
	data: NonNullable<RunOptions['credentials']>,
): CredentialStore {
	const credentials = new CredentialStore(loaded.credentials);
	for (const [type, one] of Object.entries(data)) credentials.save(type, one);
	return credentials;
}

function workflowBase(workflow: WorkflowJson): IWorkflowBase {
	const now = new Date();
	return {
		...workflow,
		id: 'engine',
		active: false,
		isArchived: false,
		createdAt: now,
		updatedAt: now,
		activeVersionId: null,
	};
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
