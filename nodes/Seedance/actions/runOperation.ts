import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { describeConnectionProblems, readConnection, type Connection } from '../api/connection';
import { SeedanceFailure, toFailure } from '../api/errors';
import { quoted, type Problem } from '../api/problem';
import { createClient } from '../transport/client';
import { createClock, stopped, type Clock } from '../transport/clock';
import { openLedger } from '../transport/ledger';
import { createLimit } from '../transport/limit';
import { log } from '../transport/log';
import { toErrorJson, toNodeError } from '../transport/nodeError';
import { withoutCancelSignal } from '../transport/request';
import { createTaskSlots } from '../transport/taskSlots';
import { createTaskWatcher } from '../transport/taskWatcher';
import {
	labelOf,
	type ItemHandle,
	type ItemOutput,
	type Operation,
	type Resource,
	type RunItem,
	type Session,
} from './operation';

/** Videos that are downloaded at the same time. */
const downloadsAtOnce = 3;

/** Files that are uploaded at the same time, each waited for until it can be used. */
const uploadsAtOnce = 3;

interface ReadItem extends RunItem<unknown> {
	readonly operation: Operation<unknown>;
}

/** What is known of the items of one run, by their place in the input. */
interface Run {
	readonly outputs: ItemOutput[][];
	readonly failures: Map<number, SeedanceFailure>;
	readonly taskIds: Map<number, string>;
	readonly itemsInAll: number;
	itemsDone: number;
}

/**
 * Takes n8n's context and a resource and gives the node's output: reads and checks every item before the first request, runs the items together, and gives their outputs in input order.
 * Throws n8n's error for the item that fails first, unless the node continues on fail; the error names every task that was created.
 */
export async function runOperation(
	context: IExecuteFunctions,
	resource: Resource,
): Promise<INodeExecutionData[][]> {
	const clock = createClock(context.getExecutionCancelSignal());
	try {
		return await runItems(context, resource, clock);
	} finally {
		clock.release();
	}
}

async function runItems(
	context: IExecuteFunctions,
	resource: Resource,
	clock: Clock,
): Promise<INodeExecutionData[][]> {
	const run: Run = {
		outputs: [],
		failures: new Map(),
		taskIds: new Map(),
		itemsInAll: context.getInputData().length,
		itemsDone: 0,
	};
	const { outputs, failures } = run;

	// n8n's Retry On Fail runs a stopped node once more; nothing may be paid for then.
	if (clock.isExecutionStopped()) throw toNodeError(context.getNode(), stopped(), 0);

	const connection = await connect(context);
	if (connection instanceof SeedanceFailure) {
		if (!context.continueOnFail()) throw toNodeError(context.getNode(), connection, 0);
		// Thrown, it would make n8n pass the input on as if it were the output.
		return [[...context.getInputData().keys()].map((item) => errorItem(connection, item))];
	}
	const session = openSession(context, clock, connection);
	const readable = await readItems(session, resource, run);
	if (failures.size > 0 && !context.continueOnFail()) throw inputError(context, failures);

	const work = async ({ itemIndex, operation, input }: ReadItem) => {
		try {
			const output = await operation.run(session, input, itemHandle(session, itemIndex, run));
			outputs[itemIndex] = [output].flat();
		} catch (error) {
			fail(context, run, itemIndex, error);
			// Without Continue On Fail this failure is the node's: what is not paid for yet stays so.
			if (!context.continueOnFail()) clock.giveUp();
		}
		run.itemsDone++;
	};
	await Promise.all(readable.map(work));

	const [first] = failures.keys();
	if (first !== undefined && (!context.continueOnFail() || clock.isExecutionStopped())) {
		throw runError(context, first, run);
	}
	giveHints(context, readable, outputs);
	const items = [...context.getInputData().keys()].flatMap((itemIndex) => {
		const failure = failures.get(itemIndex);
		return failure === undefined
			? (outputs[itemIndex] ?? []).map((one) => ({ ...one, pairedItem: { item: itemIndex } }))
			: [errorItem(failure, itemIndex)];
	});
	return [items];
}

function openSession(context: IExecuteFunctions, clock: Clock, connection: Connection): Session {
	const client = createClient(context, clock, connection);
	const { provider, dialect } = connection;
	let afterStop: ReturnType<Session['afterStop']> | undefined;
	return {
		context,
		connection,
		clock,
		client,
		ledger: openLedger(context),
		slots: createTaskSlots(clock, (mostTasks) =>
			log(
				context,
				'info',
				`${provider.label} takes ${mostTasks} unfinished Seedance tasks at a time; the other items wait until one has finished`,
				{ mostTasks },
			),
		),
		watcher: createTaskWatcher(
			client,
			clock,
			provider.listByIds && dialect.managesTasks,
			(reason) =>
				log(
					context,
					'info',
					`${provider.label} does not list Seedance tasks by their ids, so each is asked for by itself: ${reason}`,
					{},
				),
		),
		afterStop: () => (afterStop ??= openAfterStop(context, connection)),
		downloads: createLimit(downloadsAtOnce),
		uploads: createLimit(uploadsAtOnce),
		assetUris: new Map(),
	};
}

/** The run's own clock and context refuse every request after a stop. */
function openAfterStop(
	context: IExecuteFunctions,
	connection: Connection,
): ReturnType<Session['afterStop']> {
	const clock = createClock(undefined);
	return { clock, client: createClient(withoutCancelSignal(context), clock, connection) };
}

/** Reads and checks all items, first each by itself and then those of each operation together. */
async function readItems(session: Session, resource: Resource, run: Run): Promise<ReadItem[]> {
	const { context } = session;
	const readable: ReadItem[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		try {
			readable.push(await readItem(session, resource, itemIndex));
		} catch (error) {
			fail(context, run, itemIndex, error);
		}
	}
	for (const operation of new Set(readable.map((item) => item.operation))) {
		const items = readable.filter((item) => item.operation === operation);
		try {
			operation.prepareRun?.(session, items);
		} catch (error) {
			for (const { itemIndex } of items) fail(context, run, itemIndex, error);
		}
	}
	return readable.filter(({ itemIndex }) => !run.failures.has(itemIndex));
}

function fail(context: IExecuteFunctions, run: Run, itemIndex: number, error: unknown): void {
	const failure = toFailure(error);
	const taskId = failure.taskId ?? run.taskIds.get(itemIndex);
	run.failures.set(itemIndex, failure.with({ taskId }));
	if (failure.mayExist) {
		const place = `item ${itemIndex}${ofExecution(context)}`;
		log(context, 'warn', `A Seedance task of ${place} may exist: ${failure.message}`, {
			itemIndex,
		});
	}
}

function giveHints(
	context: IExecuteFunctions,
	items: readonly ReadItem[],
	outputs: ReadonlyArray<readonly ItemOutput[]>,
): void {
	// Older versions of n8n have no hints.
	if (typeof context.addExecutionHints !== 'function') return;
	for (const operation of new Set(items.map((item) => item.operation))) {
		const own = items.filter((item) => item.operation === operation);
		const made = own.flatMap(({ itemIndex }) => outputs[itemIndex] ?? []);
		for (const message of operation.hints?.(made, context) ?? []) {
			context.addExecutionHints({ message, location: 'outputPane' });
		}
	}
}

function errorItem(failure: SeedanceFailure, itemIndex: number): INodeExecutionData {
	return { json: toErrorJson(failure, itemIndex), pairedItem: { item: itemIndex } };
}

async function connect(context: IExecuteFunctions): Promise<Connection | SeedanceFailure> {
	const credential = await context.getCredentials('seedanceApi', 0).catch(toFailure);
	if (credential instanceof SeedanceFailure) return credential;
	const connection = readConnection(credential);
	if (connection.value !== undefined) return connection.value;
	const message = `In the Seedance API credential, ${describeConnectionProblems(connection.problems)}`;
	const description = 'Open the credential, correct the field and save it. Nothing was sent.';
	return new SeedanceFailure({ reason: 'input', message, description });
}

async function readItem(
	session: Session,
	resource: Resource,
	itemIndex: number,
): Promise<ReadItem> {
	const { context, connection } = session;
	const name = context.getNodeParameter('operation', itemIndex);
	const operation = resource.operations.get(String(name));
	if (operation === undefined) {
		throw new SeedanceFailure({
			reason: 'input',
			message: `Operation is ${quoted(name)}, which this node does not have`,
			description: `Choose one of: ${[...resource.operations.keys()].join(', ')}.`,
		});
	}
	const input = operation.read(
		(parameter) => context.getNodeParameter(parameter, itemIndex, null) ?? undefined,
		connection,
	);
	if (input.problems !== undefined) throw inputFailure(operation, input.problems);
	const prepared =
		operation.prepare === undefined
			? input
			: await operation.prepare(session, input.value, itemIndex);
	if (prepared.problems !== undefined) throw inputFailure(operation, prepared.problems);
	return { itemIndex, operation, input: prepared.value };
}

function inputFailure(
	operation: Operation<unknown>,
	problems: readonly Problem[],
): SeedanceFailure {
	return new SeedanceFailure({
		reason: 'input',
		message: problems
			.map(({ parameter, text }) => `${labelOf(operation.properties, parameter)} ${text}`)
			.join(' '),
		description: 'Nothing was sent to the provider for this item.',
		problems,
	});
}

function inputError(context: IExecuteFunctions, failures: ReadonlyMap<number, SeedanceFailure>) {
	const entries = [...failures];
	const [first] = entries;
	const [itemIndex, failure] = first ?? [0, stopped()];
	const others = entries
		.slice(1)
		.map(([index, { message }]) => `[Item ${index}] ${message}`)
		.join(' ');
	return toNodeError(
		context.getNode(),
		failure.with({
			description: [
				failure.problems.length > 0 ? '' : failure.description,
				others,
				'Nothing was sent to the provider, and nothing is paid for.',
			]
				.filter((part) => part !== '')
				.join(' '),
		}),
		itemIndex,
	);
}

function runError(context: IExecuteFunctions, itemIndex: number, { failures, taskIds }: Run) {
	const failure = failures.get(itemIndex) ?? stopped();
	const others = [...taskIds].filter(([index]) => index !== itemIndex);
	const uncertain = [...failures].filter(
		([index, { mayExist, taskId }]) => index !== itemIndex && mayExist && taskId === undefined,
	);
	const description = [
		failure.description,
		others.length === 0
			? ''
			: `Other tasks that this run created: ${others.map(([index, taskId]) => `${taskId} (item ${index})`).join(', ')}.`,
		uncertain.length === 0
			? ''
			: `Tasks that may exist as well, because the answer to their creation was lost: of item ${uncertain.map(([index]) => index).join(', ')}.`,
	]
		.filter((part) => part !== '')
		.join(' ');
	return toNodeError(context.getNode(), failure.with({ description }), itemIndex);
}

/** When a worker dies its log is all that is left, and n8n writes no metadata there. */
function ofExecution(context: IExecuteFunctions): string {
	try {
		const executionId: string | undefined = context.getExecutionId();
		return executionId === undefined ? '' : ` of execution ${executionId}`;
	} catch {
		return '';
	}
}

function itemHandle({ context }: Session, itemIndex: number, run: Run): ItemHandle {
	const { taskIds, itemsInAll } = run;
	return {
		itemIndex,
		noteTask(taskId) {
			taskIds.set(itemIndex, taskId);
			log(
				context,
				'info',
				`Seedance task ${taskId} belongs to item ${itemIndex}${ofExecution(context)}`,
				{ taskId, itemIndex },
			);
		},
		onStatus({ taskId, status }, elapsedMs) {
			const elapsedSeconds = Math.round(elapsedMs / 1000);
			const { itemsDone } = run;
			const itemsCreated = taskIds.size;
			const counts =
				itemsInAll === 1 ? '' : `; ${itemsCreated} of ${itemsInAll} created, ${itemsDone} done`;
			log(
				context,
				'info',
				`Seedance task ${taskId} is ${status} after ${elapsedSeconds} s${counts}`,
				{ taskId, itemIndex, status, elapsedSeconds, itemsInAll, itemsCreated, itemsDone },
			);
		},
	};
}
