import type { IExecuteFunctions } from 'n8n-workflow';

/** What n8n keeps for this node: values that outlive a try of Retry On Fail and Retry of an execution, and where the run stands. */
export interface NodeStore {
	/** Values that are kept under this key; the same object in each try. */
	values(key: string): Record<string, unknown>;
	/** Whether n8n keeps the values; an agent's context keeps them for one call only. */
	readonly isKept: boolean;
	/** Which node it is, of all nodes of all n8n's: two may begin with the same data, under the same execution ID. */
	readonly place: string;
	/** Index of the node's run in a loop, from 0. */
	readonly runIndex: number;
	/** Undefined where n8n has none. Retry of an execution has another id than the execution. */
	readonly executionId: string | undefined;
	/** Whether the execution is a Retry of another one. */
	readonly isRetryOfExecution: boolean;
	/** Whether the node runs as the tool of an agent. */
	readonly isTool: boolean;
	/** Whether Retry On Fail is on. */
	readonly retriesOnFail: boolean;
	/** The id of the credential that the node uses, or undefined. */
	readonly credentialId: string | undefined;
	/** What the execution began with: the items of the nodes at the start of the workflow, as n8n keeps them for a Retry. */
	beginning(): unknown;
}

type StoreContext = Pick<
	IExecuteFunctions,
	| 'getContext'
	| 'getWorkflowDataProxy'
	| 'getExecutionId'
	| 'getNode'
	| 'getMode'
	| 'getParentNodes'
	| 'getWorkflow'
	| 'getInstanceId'
>;

/** The store of the node's current run. Contexts without one, such as an agent's, keep the values for one call. */
export function openNodeStore(context: StoreContext): NodeStore {
	const { id, type, retryOnFail, credentials } = context.getNode();
	return {
		values(key) {
			return orElse({}, () => {
				const store = context.getContext('node') as Record<string, unknown>;
				const kept = (store[key] ?? {}) as Record<string, unknown>;
				store[key] = kept;
				return kept;
			});
		},
		isKept: orElse(false, () => typeof context.getContext('node') === 'object'),
		place: [
			orElse('', () => context.getInstanceId()),
			...[orElse('', () => String(context.getWorkflow().id)), id],
		].join(' '),
		runIndex: orElse(0, () => Number(context.getWorkflowDataProxy(0).$runIndex)),
		executionId: orElse<string | undefined>(undefined, () => context.getExecutionId()),
		isRetryOfExecution: orElse(false, () => context.getMode() === 'retry'),
		isTool: type.endsWith('Tool'),
		retriesOnFail: retryOnFail === true,
		credentialId: credentials?.['seedanceApi']?.id ?? undefined,
		beginning: () => orElse([], () => firstItems(context)),
	};
}

function firstItems(context: StoreContext): unknown[] {
	const isFirst = ({ name }: { readonly name: string }) =>
		context.getParentNodes(name).length === 0;
	const data = context.getWorkflowDataProxy(0);
	return context
		.getParentNodes(context.getNode().name)
		.filter(isFirst)
		.map(({ name }) =>
			orElse<unknown>(null, () =>
				(data.$(name) as { all(): Array<{ json: unknown }> }).all().map(({ json }) => json),
			),
		);
}

function orElse<Value>(fallback: Value, read: () => Value): Value {
	try {
		return read();
	} catch {
		return fallback;
	}
}
