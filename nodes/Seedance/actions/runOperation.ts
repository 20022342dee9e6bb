import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { createClock, type Clock } from '../n8n/clock';
import { toErrorJson, toNodeError } from '../n8n/nodeError';
import { connect, testModeHint } from '../panel/credential';
import type { ReadParameter } from '../panel/readParameter';
import { quoted } from '../panel/values';
import type { Connection } from '../seedance/connection';
import { SeedanceFailure, stopped, toFailure } from '../seedance/failure';
import { itemEndOf } from './itemEnd';
import {
	marked,
	type AnyOperation,
	type ItemOutput,
	type OpenItem,
	type Resource,
} from './operation';
import { inputError, runError } from './runErrors';
import { openSession, type Session } from './session';
import { forgetDelivered } from './video/deliveredItems';

/** The items of one run, by their place in the input. */
interface Run {
	readonly outputs: ItemOutput[][];
	readonly failures: Map<number, SeedanceFailure>;
	readonly itemsInAll: number;
	/** Items that have not ended and whose tasks are charged when they succeed. */
	chargedOpen: number;
}

/**
 * The node's output: reads and checks every item before the first request, runs all items together, and returns their outputs in input order.
 * Throws n8n's error for the item that fails first, unless the node continues on fail; the error names every task that was created.
 */
export async function runOperation(
	context: IExecuteFunctions,
	resource: Resource,
): Promise<INodeExecutionData[][]> {
	const clock = createClock(context.getExecutionCancelSignal());
	try {
		// n8n's Retry On Fail runs a stopped node again; nothing may be charged then.
		if (clock.isExecutionStopped()) throw toNodeError(context.getNode(), stopped(), 0);
		const connection = await readConnection(context);
		if (!(connection instanceof SeedanceFailure)) {
			return await runItems(context, resource, clock, connection);
		}
		if (!context.continueOnFail()) {
			throw inputError(context.getNode(), 1, new Map([[0, connection]]));
		}
		// Thrown, it would make n8n pass the input on as if it were the output.
		return [[...context.getInputData().keys()].map((item) => errorItem(connection, item))];
	} finally {
		clock.release();
	}
}

async function readConnection(context: IExecuteFunctions): Promise<Connection | SeedanceFailure> {
	try {
		return connect(await context.getCredentials('seedanceApi', 0));
	} catch (error) {
		return toFailure(error);
	}
}

async function runItems(
	context: IExecuteFunctions,
	resource: Resource,
	clock: Clock,
	connection: Connection,
): Promise<INodeExecutionData[][]> {
	const itemsInAll = context.getInputData().length;
	const run: Run = { outputs: [], failures: new Map(), itemsInAll, chargedOpen: 0 };
	const session = openSession(context, clock, connection);
	const { failures } = run;

	const byOperation = await groupItems(session, resource, run);
	const parameterOf = parametersOf(context);
	const items: OpenItem[] = [];
	for (const [operation, itemIndexes] of byOperation) {
		items.push(
			...(await operation.open({
				...{ session, itemIndexes, parameterOf },
				onFailure: (itemIndex, error) => noteFailure(session, run, itemIndex, error),
			})),
		);
	}
	if (failures.size > 0 && !context.continueOnFail()) {
		throw inputError(context.getNode(), itemsInAll, failures);
	}
	run.chargedOpen = items.filter(({ isCharged }) => isCharged).length;
	const running: Array<Promise<void>> = [];
	for (const item of items) {
		running.push(runItem(session, run, item));
		await session.breathe();
	}
	await Promise.all(running);
	const [first] = failures.keys();
	const isStopped = clock.isExecutionStopped();
	const hasFailed = first !== undefined && (!context.continueOnFail() || isStopped);
	session.log.ended(
		isStopped ? 'stopped' : hasFailed ? 'failed' : 'ended',
		items.some(({ isCharged }) => isCharged),
	);
	await session.tasks.settled();

	if (hasFailed) {
		const place = { itemIndex: first, itemsInAll };
		throw runError(context.getNode(), place, failures, session.tasks.claimed);
	}
	// n8n runs the node again only when there is a failure.
	if (failures.size === 0) forgetDelivered(session);
	giveHints(session, byOperation, run);
	for (const [operation, itemIndexes] of byOperation) {
		const outputs = operation.eachOnce(
			itemIndexes.map((itemIndex) => run.outputs[itemIndex] ?? []),
		);
		itemIndexes.forEach((itemIndex, index) => (run.outputs[itemIndex] = outputs[index] ?? []));
	}
	return [outputItems(run)];
}

/** Reads the parameters of each item. Most have no expression, and are the same for every item of thousands. */
function parametersOf(context: IExecuteFunctions): (itemIndex: number) => ReadParameter {
	// n8n has dropped what the panel hides.
	const shown = context.getNode().parameters;
	const fixed = new Map<string, unknown>();
	return (itemIndex) => (name) => {
		if (!(name in shown)) return undefined;
		if (fixed.has(name)) return fixed.get(name);
		const value: unknown = context.getNodeParameter(name, itemIndex, null) ?? null;
		if (!hasExpression(shown[name])) fixed.set(name, value);
		return value;
	};
}

/** Whether a stored parameter is an expression, or has one somewhere. */
function hasExpression(stored: unknown): boolean {
	if (typeof stored === 'string') return stored.startsWith('=');
	return typeof stored === 'object' && stored !== null && Object.values(stored).some(hasExpression);
}

function operationOf(
	{ context }: Session,
	operations: Resource['operations'],
	itemIndex: number,
): AnyOperation {
	const name = context.getNodeParameter('operation', itemIndex);
	const operation = operations.get(String(name));
	if (operation !== undefined) return operation;
	const values = { given: quoted(name), operations: [...operations.keys()].join(', ') };
	throw new SeedanceFailure({ kind: 'unknownOperation', values });
}

/** The items of each operation: workflows that were made by hand may have an expression. */
async function groupItems(
	session: Session,
	{ operations }: Resource,
	run: Run,
): Promise<Map<AnyOperation, number[]>> {
	const groups = new Map<AnyOperation, number[]>();
	for (let itemIndex = 0; itemIndex < run.itemsInAll; itemIndex++) {
		try {
			const operation = operationOf(session, operations, itemIndex);
			const group = groups.get(operation);
			if (group === undefined) groups.set(operation, [itemIndex]);
			else group.push(itemIndex);
		} catch (error) {
			noteFailure(session, run, itemIndex, error);
		}
		await session.breathe();
	}
	return groups;
}

async function runItem(session: Session, run: Run, item: OpenItem): Promise<void> {
	const { clock, context, log } = session;
	const { itemIndex } = item;
	try {
		const outputs = marked(session.connection, await item.run());
		run.outputs[itemIndex] = outputs;
		log.returned(itemIndex, itemEndOf(outputs));
	} catch (error) {
		noteFailure(session, run, itemIndex, error);
		// Without Continue On Fail this failure is the node's: nothing more is created, and a task that exists is charged when it succeeds, whether it is waited for or not.
		if (!context.continueOnFail()) clock.close();
	}
	if (item.isCharged) run.chargedOpen--;
	if (clock.closed.aborted && run.chargedOpen === 0) clock.abortRun();
}

function noteFailure({ log, tasks, shots }: Session, run: Run, itemIndex: number, error: unknown) {
	const failure = toFailure(error);
	const taskId = failure.taskId ?? tasks.claimed.get(itemIndex);
	run.failures.set(itemIndex, failure.with({ taskId }));
	shots.failed(itemIndex, failure);
	log.failed(itemIndex, failure);
}

function giveHints(
	{ context, connection }: Session,
	byOperation: ReadonlyMap<AnyOperation, readonly number[]>,
	{ outputs }: Run,
): void {
	// Older versions of n8n have no hints.
	if (typeof context.addExecutionHints !== 'function') return;
	const location = 'outputPane';
	if (connection.provider.isInProcess === true) {
		context.addExecutionHints({ message: testModeHint, location });
	}
	for (const [operation, itemIndexes] of byOperation) {
		const made = itemIndexes.flatMap((itemIndex) => outputs[itemIndex] ?? []);
		for (const message of operation.hints(made)) {
			context.addExecutionHints({ message, location });
		}
	}
}

function outputItems({ itemsInAll, failures, outputs }: Run): INodeExecutionData[] {
	return Array.from({ length: itemsInAll }, (_, itemIndex) => {
		const failure = failures.get(itemIndex);
		return failure === undefined
			? (outputs[itemIndex] ?? []).map((one) => ({ ...one, pairedItem: { item: itemIndex } }))
			: [errorItem(failure, itemIndex)];
	}).flat();
}

function errorItem(failure: SeedanceFailure, itemIndex: number): INodeExecutionData {
	return { json: toErrorJson(failure), pairedItem: { item: itemIndex } };
}
