import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { describeConnectionProblems, readConnection, type Connection } from '../api/connection';
import { SeedanceFailure, toFailure } from '../api/errors';
import { quoted, type Problem } from '../api/problem';
import { createClient } from '../transport/client';
import { createClock, stopped } from '../transport/clock';
import { openLedger } from '../transport/ledger';
import { toErrorJson, toNodeError } from '../transport/nodeError';
import { labelOf, type ItemHandle, type Operation, type Resource, type Session } from './operation';

/** Items that are worked on at the same time. */
const itemsAtOnce = 10;

interface ReadItem {
	readonly itemIndex: number;
	readonly operation: Operation<unknown>;
	readonly input: unknown;
}

/**
 * Takes n8n's context and a resource and gives the node's output: reads and checks every item before the first request, runs the items together, and gives their outputs in input order.
 * Throws n8n's error for the item that fails first, unless the node continues on fail; the error names every task that was created.
 */
export async function runOperation(
	context: IExecuteFunctions,
	resource: Resource,
): Promise<INodeExecutionData[][]> {
	const executionSignal = context.getExecutionCancelSignal();
	const clock = createClock(executionSignal);
	const outputs: INodeExecutionData[][] = [];
	const failures = new Map<number, SeedanceFailure>();
	const taskIds = new Map<number, string>();

	const fail = (itemIndex: number, error: unknown) => {
		const failure = toFailure(error);
		const taskId = failure.taskId ?? taskIds.get(itemIndex);
		failures.set(itemIndex, failure.with({ taskId }));
		if (failure.mayExist) {
			log(context, 'warn', `A Seedance task of item ${itemIndex} may exist: ${failure.message}`, {
				itemIndex,
			});
		}
	};

	// n8n's Retry On Fail runs a stopped node once more; nothing may be paid for then.
	if (isAborted(executionSignal)) throw toNodeError(context.getNode(), stopped(), 0);

	const connection = await connect(context);
	if (connection instanceof SeedanceFailure) {
		if (!context.continueOnFail()) throw toNodeError(context.getNode(), connection, 0);
		// Thrown, it would make n8n pass the input on as if it were the output.
		return [[...context.getInputData().keys()].map((item) => errorItem(connection, item))];
	}
	const session: Session = {
		context,
		connection,
		clock,
		client: createClient(context, clock, connection),
		ledger: openLedger(context),
		assetUris: new Map(),
	};

	const readable: ReadItem[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		try {
			readable.push(await readItem(session, resource, itemIndex));
		} catch (error) {
			fail(itemIndex, error);
		}
	}
	if (failures.size > 0 && !context.continueOnFail()) throw inputError(context, failures);

	const waiting = [...readable];
	const work = async () => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
			const { itemIndex, operation, input } = next;
			try {
				const output = await operation.run(session, input, itemHandle(session, itemIndex, taskIds));
				outputs[itemIndex] = [output]
					.flat()
					.map((one) => ({ ...one, pairedItem: { item: itemIndex } }));
			} catch (error) {
				fail(itemIndex, error);
				// Without Continue On Fail this failure is the node's: what is not paid for yet stays so.
				if (!context.continueOnFail()) {
					waiting.length = 0;
					clock.giveUp();
				}
			}
		}
	};
	await Promise.all(Array.from({ length: itemsAtOnce }, work));

	const [first] = failures.keys();
	if (first !== undefined && (!context.continueOnFail() || isAborted(executionSignal))) {
		throw runError(context, first, failures, taskIds);
	}
	for (const [itemIndex, failure] of failures) {
		outputs[itemIndex] = [errorItem(failure, itemIndex)];
	}
	return [outputs.flat()];
}

function errorItem(failure: SeedanceFailure, itemIndex: number): INodeExecutionData {
	return { json: toErrorJson(failure, itemIndex), pairedItem: { item: itemIndex } };
}

function isAborted(signal: AbortSignal | undefined): boolean {
	return signal?.aborted === true;
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

function runError(
	context: IExecuteFunctions,
	itemIndex: number,
	failures: ReadonlyMap<number, SeedanceFailure>,
	taskIds: ReadonlyMap<number, string>,
) {
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

function log(
	{ logger }: IExecuteFunctions,
	level: 'info' | 'warn',
	message: string,
	metadata: Record<string, unknown>,
): void {
	try {
		logger[level](message, metadata);
	} catch {
		// A log that cannot be written must not cost a task.
	}
}

function itemHandle(
	{ context }: Session,
	itemIndex: number,
	taskIds: Map<number, string>,
): ItemHandle {
	return {
		itemIndex,
		noteTask(taskId) {
			taskIds.set(itemIndex, taskId);
			log(context, 'info', `Seedance task ${taskId} belongs to item ${itemIndex}`, {
				taskId,
				itemIndex,
			});
		},
		onStatus(task, elapsedMs) {
			const elapsedSeconds = Math.round(elapsedMs / 1000);
			log(
				context,
				'info',
				`Seedance task ${task.taskId} is ${task.status} after ${elapsedSeconds} s`,
				{ taskId: task.taskId, itemIndex, status: task.status, elapsedSeconds },
			);
		},
	};
}
