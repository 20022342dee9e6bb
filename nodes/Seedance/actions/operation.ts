import type {
	IBinaryKeyData,
	IDataObject,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { Issue, Result } from '../panel/issues';
import { invalidInput } from '../panel/labels';
import type { ReadParameter } from '../panel/readParameter';
import type { Connection } from '../seedance/connection';
import type { SeedanceFailure } from '../seedance/failure';
import type { Session } from './session';

/** What one item becomes. */
export interface ItemOutput {
	readonly json: IDataObject;
	readonly binary?: IBinaryKeyData;
}

/** The outputs of an item; with Test Mode, each of them says so. */
export function marked({ provider }: Connection, outputs: readonly ItemOutput[]): ItemOutput[] {
	if (provider.isInProcess !== true) return [...outputs];
	return outputs.map((one) => ({ ...one, json: { ...one.json, testMode: true } }));
}

/** One item of a run with what was read of it. */
export interface RunItem<Input> {
	/** Place of the item in the input, from 0. */
	readonly itemIndex: number;
	readonly input: Input;
}

/** One item of a run after its parameters were read. */
export interface ReadItem<Parsed> {
	/** Place of the item in the input, from 0. */
	readonly itemIndex: number;
	readonly parameter: ReadParameter;
	readonly read: Result<Parsed>;
}

/**
 * One operation, whole: its dropdown entry, its parameters, and its work.
 * `read`, `arrange`, `prepare` and `prepareRun` run for all items before the first request of any of them, and send nothing. With thousands of items, none of them may work for long without `session.breathe`.
 */
export interface Operation<Parsed, Ready = Parsed> {
	readonly option: INodePropertyOptions & { readonly value: string };
	/** Whether its items create tasks, which are charged when they succeed. When an item fails the run, these items run to completion; all other items are aborted. */
	readonly isCharged?: boolean;
	/** What the node's subtitle says instead of the action; a JavaScript expression over `$parameter`. */
	readonly subtitle?: string;
	/** Without `displayOptions` for the operation: {@link defineResource} adds them. */
	readonly properties: readonly INodeProperties[];
	/** Reads and checks one item's parameters. */
	read(parameter: ReadParameter, connection: Connection): Result<Parsed>;
	/** Places the items of a run among each other, in input order, where one depends on another. Returns what was read of the items for which that changes something. */
	arrange?(
		session: Session,
		items: ReadonlyArray<ReadItem<Parsed>>,
	): ReadonlyMap<number, Result<Parsed>>;
	/** Opens and checks one item's files. */
	prepare(session: Session, input: Parsed, itemIndex: number): Promise<Result<Ready>>;
	/** Checks all items together. Returns the failures of single items, by their place; throws a SeedanceFailure that fails all of them. */
	prepareRun?(session: Session, items: ReadonlyArray<RunItem<Ready>>): Promise<ItemFailures>;
	/** One sentence for each thing that the user should know about the outputs, of all items together. */
	hints?(outputs: readonly ItemOutput[]): string[];
	/** What an output is of, where the run returns each only once: with the first item that has it. */
	idOf?(output: ItemOutput): unknown;
	/** Does one item's work; many items run at the same time. Throws SeedanceFailure. */
	run(session: Session, input: Ready, itemIndex: number): Promise<ItemOutput | ItemOutput[]>;
}

/** Failures of items, by their place in the input. */
export type ItemFailures = ReadonlyMap<number, SeedanceFailure>;

/** An item that was read and checked. */
export interface OpenItem {
	readonly itemIndex: number;
	readonly isCharged: boolean;
	run(): Promise<ItemOutput[]>;
}

/** How the items of one operation are read. */
export interface OpenRequest {
	readonly session: Session;
	readonly itemIndexes: readonly number[];
	parameterOf(itemIndex: number): ReadParameter;
	onFailure(itemIndex: number, error: unknown): void;
}

/** An operation as the loop over the items sees it; the types of its input stay inside. */
export interface AnyOperation {
	readonly option: Operation<unknown>['option'];
	readonly subtitle: string;
	readonly properties: readonly INodeProperties[];
	/** Reads and checks items, first each separately and then all together; returns those that can run. */
	open(request: OpenRequest): Promise<OpenItem[]>;
	hints(outputs: readonly ItemOutput[]): string[];
	/** The outputs of all items, in their order, without those that an earlier item has. */
	eachOnce(outputs: ReadonlyArray<readonly ItemOutput[]>): ItemOutput[][];
}

/** What an operation without files does to prepare. */
export const nothingToPrepare = async <Input>(
	_session: Session,
	value: Input,
): Promise<Result<Input>> => await Promise.resolve({ value });

/** An operation for the loop over the items. */
export function define<Parsed, Ready>(definition: Operation<Parsed, Ready>): AnyOperation {
	const { option, properties, subtitle = JSON.stringify(option.action) } = definition;
	return {
		option,
		subtitle,
		properties,
		open: async (request) => await openItems(definition, request),
		hints: (outputs) => definition.hints?.(outputs) ?? [],
		eachOnce: (outputs) => eachOnce(outputs, definition.idOf),
	};
}

function eachOnce(
	outputs: ReadonlyArray<readonly ItemOutput[]>,
	idOf?: (output: ItemOutput) => unknown,
): ItemOutput[][] {
	const returned = new Set<unknown>();
	const isNew = (output: ItemOutput) => {
		const id = idOf?.(output);
		const isFirst = id === undefined || !returned.has(id);
		returned.add(id);
		return isFirst;
	};
	return outputs.map((ofItem) => ofItem.filter(isNew));
}

async function openItems<Parsed, Ready>(
	definition: Operation<Parsed, Ready>,
	{ session, itemIndexes, parameterOf, onFailure }: OpenRequest,
): Promise<OpenItem[]> {
	const readItems: Array<ReadItem<Parsed>> = [];
	const thrown = new Map<number, unknown>();
	for (const itemIndex of itemIndexes) {
		const parameter = parameterOf(itemIndex);
		let read: Result<Parsed> = { issues: [] };
		try {
			read = definition.read(parameter, session.connection);
		} catch (error) {
			thrown.set(itemIndex, error);
		}
		readItems.push({ itemIndex, parameter, read });
		await session.breathe();
	}
	const arranged = definition.arrange?.(session, readItems);
	const items: Array<RunItem<Ready>> = [];
	for (const { itemIndex, parameter, read } of readItems) {
		try {
			if (thrown.has(itemIndex)) throw thrown.get(itemIndex);
			const parsed = arranged?.get(itemIndex) ?? read;
			const input = await readyInput(definition, session, parsed, { itemIndex, parameter });
			items.push({ itemIndex, input });
		} catch (error) {
			onFailure(itemIndex, error);
		}
		await session.breathe();
	}
	let failures: ItemFailures = new Map();
	try {
		failures = (await definition.prepareRun?.(session, items)) ?? failures;
	} catch (error) {
		for (const { itemIndex } of items) onFailure(itemIndex, error);
		return [];
	}
	for (const [itemIndex, failure] of failures) onFailure(itemIndex, failure);
	return items
		.filter(({ itemIndex }) => !failures.has(itemIndex))
		.map(({ itemIndex, input }) => ({
			itemIndex,
			isCharged: definition.isCharged === true,
			run: async () => [await definition.run(session, input, itemIndex)].flat(),
		}));
}

/** Throws a SeedanceFailure of kind `invalidInput` that names each field by its label. */
async function readyInput<Parsed, Ready>(
	definition: Operation<Parsed, Ready>,
	session: Session,
	parsed: Result<Parsed>,
	{ itemIndex, parameter }: Omit<ReadItem<Parsed>, 'read'>,
): Promise<Ready> {
	const refused = (issues: readonly Issue[]) =>
		invalidInput(definition.properties, issues, session.context.getNode().parameters, parameter);
	if (parsed.issues !== undefined) throw refused(parsed.issues);
	const ready = await definition.prepare(session, parsed.value, itemIndex);
	if (ready.issues !== undefined) throw refused(ready.issues);
	return ready.value;
}

/** The operations of one node, and the properties of its panel. */
export interface Resource {
	readonly operations: ReadonlyMap<string, AnyOperation>;
	readonly properties: INodeProperties[];
	/** An expression for the node's subtitle, by operation. */
	readonly subtitle: string;
}

/** The resource with these operations in the order of the dropdown; each operation's parameters are shown for it alone. */
export function defineResource(
	resource: string,
	operations: readonly AnyOperation[],
	defaultOperation: string,
): Resource {
	// n8n describes an agent's tool by the action of its operation, and finds the action only through a resource.
	const hiddenResource: INodeProperties = {
		displayName: 'Resource',
		name: 'resource',
		type: 'hidden',
		noDataExpression: true,
		default: resource,
	};
	const dropdown: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
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
	const subtitles = operations.map(
		({ option: { value }, subtitle }) => `${JSON.stringify(value)}: ${subtitle}`,
	);
	return {
		operations: new Map(operations.map((operation) => [operation.option.value, operation])),
		properties: [hiddenResource, dropdown, ...parameters],
		subtitle: `={{ ({ ${subtitles.join(', ')} })[$parameter["operation"]] }}`,
	};
}
