import { createHash } from 'crypto';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { createClock } from '../../n8n/clock';
import { openLog } from '../../n8n/log';
import { toNodeError } from '../../n8n/nodeError';
import { connect } from '../../panel/credential';
import { describeFailure } from '../../panel/failureText';
import { invalidInput } from '../../panel/labels';
import { readTriggerOptions, triggerProperties, type TriggerOptions } from '../../panel/trigger';
import { requireTaskManagement, type Connection } from '../../seedance/connection';
import { SeedanceFailure, toFailure } from '../../seedance/failure';
import { isTransient } from '../../seedance/retryPolicy';
import { isFinished, lacksVideo } from '../../seedance/task';
import { beginWatch, watch } from '../../tasks/accountWatch';
import { taskPages } from '../../tasks/taskListing';
import { TriggerMemory } from '../../tasks/triggerMemory';
import { marked, type ItemOutput } from '../operation';
import { openAccess } from '../session';
import { deliverDue, itemOf, type Delivery, type TriggerAccess } from './deliverTasks';
import { takeTurn, type Turn } from './pollTurns';

/** The member of the node's static data. */
const memoryKey = 'memory';
/** So that a poll ends in time. Each item ends at the limits of its downloads. */
const maxBeginMs = 120_000;
/** Pages that are searched for a test event. */
const maxTestPages = 5;

/**
 * One poll of the trigger: the items of the tasks that have ended since the last one, or null where there are none.
 * n8n polls once when it activates the workflow; what that throws, it shows and does not activate. Later it makes an execution of what is thrown.
 * The memory is written last, so after a poll whose list fails it is as before. Where only own calls of tasks fail, it is written before that is thrown: those tasks come last in the next poll.
 */
export async function pollTrigger(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const { id } = context.getNode();
	const isTest = context.getMode() === 'manual';
	const turn = isTest ? alone : takeTurn(`${context.getWorkflow().id ?? ''} ${id}`, context);
	if (turn === undefined) return null;
	const clock = createClock(undefined);
	try {
		const connection = connect(await context.getCredentials('seedanceApi'));
		requireTaskManagement(connection);
		const options = readOptions(context, connection);
		const access = openAccess(context, clock, connection);
		const items = isTest
			? [await testEvent(access, options)]
			: await newItems(context, access, options, turn);
		return items.length === 0 ? null : [items.map((item) => ({ ...item }))];
	} catch (error) {
		throw toNodeError(context.getNode(), toFailure(error));
	} finally {
		turn.end();
		clock.release();
	}
}

/** A test event changes nothing. */
const alone: Turn = { isCurrent: () => true, end: () => {} };

function readOptions(context: IPollFunctions, connection: Connection): TriggerOptions {
	// n8n has dropped what the panel hides.
	const shown = context.getNode().parameters;
	const parameter = (name: string): unknown =>
		name in shown ? (context.getNodeParameter(name, null) ?? null) : undefined;
	const options = readTriggerOptions(parameter, connection, context.getTimezone());
	if (options.issues === undefined) return options.value;
	throw invalidInput(triggerProperties, options.issues, shown);
}

async function newItems(
	context: IPollFunctions,
	access: TriggerAccess,
	options: TriggerOptions,
	turn: Turn,
): Promise<ItemOutput[]> {
	const { connection } = access;
	const account = accountOf(context, connection);
	const kept = context.getWorkflowStaticData('node');
	const known = TriggerMemory.read(kept[memoryKey], account);
	const memory = known ?? (await firstMemory(context, access, options));
	// An activation is not to wait for downloads: what Created After lets through comes with the next poll.
	const { items, failure, isRepeated } =
		known === undefined ? nothing : await deliverNew(context, access, memory, options);
	// A later activation polls with the memory as it was before.
	if (!turn.isCurrent()) return [];
	kept[memoryKey] = memory.stored(account);
	if (failure !== undefined) {
		// The list shows a task that its own call does not know, so that call may be behind. A transient failure may be over in the next poll.
		const mayPass = failure.kind === 'taskNotFound' || (isTransient(failure) && !isRepeated);
		if (!mayPass && items.length === 0) throw failure;
		const { taskId } = failure;
		const { message } = describeFailure(failure);
		openLog(context)('warn', `Seedance task ${taskId} waits for the next poll: ${message}`, {
			taskId,
		});
	}
	return items;
}

/** Milliseconds in which items begin. n8n's newer scheduler drops a poll that takes longer than a budget, so the downloads get most of it. */
function beginWithin(context: IPollFunctions): number {
	const { getPollBudgetMs } = context as { getPollBudgetMs?: () => number };
	return Math.min(maxBeginMs, (getPollBudgetMs?.call(context) ?? Infinity) / 3);
}

const nothing: Delivery = { items: [], failure: undefined, isRepeated: false };

/** Throws the SeedanceFailure of the list. */
async function deliverNew(
	context: IPollFunctions,
	access: TriggerAccess,
	memory: TriggerMemory,
	options: TriggerOptions,
): Promise<Delivery> {
	const { isComplete } = await watch(access.clock, access.api, memory, options.isWanted);
	if (!isComplete) {
		const message =
			'Seedance Trigger could not read the task list back to where the last poll ended';
		const advice = 'Older tasks may be delivered later, or not at all. Poll more often';
		openLog(context)('warn', `${message}. ${advice}`, {});
	}
	return await deliverDue(access, memory, options, beginWithin(context));
}

/** The memory with which a trigger begins: what has ended is not delivered, unless Created After says so. */
async function firstMemory(
	context: IPollFunctions,
	{ clock, api }: TriggerAccess,
	{ createdAfterMs }: TriggerOptions,
): Promise<TriggerMemory> {
	const { memory, isComplete } = await beginWatch(clock, api);
	if (!isComplete) {
		const message = 'Seedance Trigger could not read the whole list of tasks in flight';
		const advice = 'Tasks that were not listed may not be delivered. Get them with Get Many';
		openLog(context)('warn', `${message}. ${advice}`, {});
	}
	if (createdAfterMs !== undefined) memory.reachBack(createdAfterMs);
	return memory;
}

/** Which account a memory is about: tasks of another one are other tasks. A new key of the same credential is the same account. */
function accountOf(context: IPollFunctions, { tasksUrl }: Connection): string {
	const { id = '' } = context.getNode().credentials?.['seedanceApi'] ?? {};
	return createHash('sha256').update(`${id} ${tasksUrl}`).digest('hex').slice(0, 12);
}

/** The item of one of the newest tasks that match, for building the workflow. Throws a SeedanceFailure of kind `noTestEvent`. */
async function testEvent(access: TriggerAccess, options: TriggerOptions): Promise<ItemOutput> {
	const { api, connection } = access;
	for await (const page of taskPages(api, { maxPages: maxTestPages, isPast: () => false })) {
		const newestFirst = page.tasks
			.filter((task) => isFinished(task.status) && options.isWanted(task))
			.sort((one, other) => (other.updatedAtMs ?? 0) - (one.updatedAtMs ?? 0));
		for (const { taskId } of newestFirst) {
			const task = await api.readTask(taskId);
			if (lacksVideo(task) || !options.isWanted(task)) continue;
			return marked(connection, [await itemOf(access, task, options)])[0] as ItemOutput;
		}
	}
	throw new SeedanceFailure({ kind: 'noTestEvent' });
}
