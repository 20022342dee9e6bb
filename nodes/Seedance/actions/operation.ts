import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { Connection } from '../api/connection';
import type { Checked } from '../api/problem';
import type { StatusListener, TaskWatcher } from '../transport/taskWatcher';
import type { TaskSlots } from '../transport/taskSlots';
import type { Limit } from '../transport/limit';
import type { SeedanceClient } from '../transport/client';
import type { Clock } from '../transport/clock';
import type { Ledger } from '../transport/ledger';

/** What all items of one execution share. */
export interface Session {
	readonly context: IExecuteFunctions;
	readonly connection: Connection;
	readonly clock: Clock;
	readonly client: SeedanceClient;
	/** What this execution has paid for. */
	readonly ledger: Ledger;
	/** How many tasks may be unfinished at the provider. */
	readonly slots: TaskSlots;
	/** Waits for the tasks of all items. */
	readonly watcher: TaskWatcher;
	/** Lets a few downloads run at the same time. */
	readonly downloads: Limit;
	/** Lets a few uploads run at the same time. */
	readonly uploads: Limit;
	/** Gives the client for what is left to do after a stop, with a clock that the stop does not end; one for all items. */
	afterStop(): { readonly client: SeedanceClient; readonly clock: Clock };
	/** Assets that this execution has uploaded, by file: the same file is uploaded once. */
	readonly assetUris: Map<string, Promise<string>>;
}

/** What one item adds to the session. */
export interface ItemHandle {
	/** Place of the item in the input, from 0. */
	readonly itemIndex: number;
	/** Notes that a task was paid for: from then on every outcome of the item carries its id. */
	noteTask(taskId: string): void;
	/** Logs each new status of the item's task. */
	readonly onStatus: StatusListener;
}

/** What one item becomes. */
export interface ItemOutput {
	readonly json: IDataObject;
	readonly binary?: IBinaryKeyData;
}

/** One item of a run with what was read of it. */
export interface RunItem<Input> {
	readonly itemIndex: number;
	readonly input: Input;
}

/** Reads one parameter of an item by its stored name; hidden parameters give undefined. */
export type ReadParameter = (name: string) => unknown;

/** One operation, whole: its dropdown entry, its parameters, how an item's parameters become an input, and what it does with one. */
export interface Operation<Input> {
	readonly option: INodePropertyOptions & { readonly value: string };
	/** Without `displayOptions` for the operation: {@link defineResource} adds them. */
	readonly properties: readonly INodeProperties[];
	/** Reads and checks one item's parameters, and never touches the network. */
	read(parameter: ReadParameter, connection: Connection): Checked<Input>;
	/** Looks at the item's files before the first request of any item is sent, and never touches the network. Throws SeedanceFailure. */
	prepare?(session: Session, input: Input, itemIndex: number): Promise<Checked<Input>>;
	/** Looks at all items together before the first request of any of them, and never touches the network. Throws a SeedanceFailure that stops all of them. */
	prepareRun?(session: Session, items: ReadonlyArray<RunItem<Input>>): void;
	/** Takes what the items became and gives what the user should know about them, one sentence each. */
	hints?(outputs: readonly ItemOutput[], context: IExecuteFunctions): string[];
	/** Does one item's work; many run at the same time. Throws SeedanceFailure. */
	run(session: Session, input: Input, item: ItemHandle): Promise<ItemOutput | ItemOutput[]>;
}

/** The operations of one node, and the properties that its panel shows for them. */
export interface Resource {
	readonly operations: ReadonlyMap<string, Operation<unknown>>;
	readonly properties: INodeProperties[];
}

/** Takes operations in the order of the dropdown and gives the dropdown and each operation's parameters, shown for that operation alone. */
export function defineResource(
	operations: ReadonlyArray<Operation<unknown>>,
	defaultOperation: string,
): Resource {
	const dropdown: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: operations.map(({ option }) => option),
		default: defaultOperation,
	};
	const parameters = operations.flatMap(({ option, properties }) =>
		properties.map((property) => ({
			...property,
			displayOptions: {
				...property.displayOptions,
				show: { ...property.displayOptions?.show, operation: [option.value] },
			},
		})),
	);
	return {
		operations: new Map(operations.map((operation) => [operation.option.value, operation])),
		properties: [dropdown, ...parameters],
	};
}

/** Takes an operation's properties and the stored name of a parameter (`name` or `collection.name`) and gives its label, as the panel shows it. */
export function labelOf(properties: readonly INodeProperties[], parameter: string): string {
	const [name, ...rest] = parameter.split('.');
	const property = properties.find((candidate) => candidate.name === name);
	if (property === undefined) return parameter;
	if (rest.length === 0 || property.options === undefined) return property.displayName;
	const members = property.options.filter((option) => 'displayName' in option && 'type' in option);
	return labelOf(members as INodeProperties[], rest.join('.'));
}
