import type { IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'crypto';

/** What is known of an item's create: its task, or that its answer was lost, in the words of that failure. */
export type LedgerEntry = (
	| { readonly taskId: string }
	| { readonly lost: { readonly message: string; readonly description: string } }
) & {
	/** The execution that sent it; Retry execution is an execution of its own. */
	readonly executionId?: string | undefined;
};

/** The tasks that this execution has paid for, or may have paid for. n8n keeps it through the tries of Retry On Fail and through Retry of an execution. */
export interface Ledger {
	/**
	 * Takes an item and everything that its task was asked for, and gives what became of the create for exactly that, or undefined.
	 * Between two tries of Retry On Fail nobody can have changed the node, so there any create of the item counts: an expression such as `$now` gives another value in each try.
	 */
	find(itemIndex: number, asked: unknown): LedgerEntry | undefined;
	/** Notes a create the moment it was answered, or its answer was lost. */
	record(itemIndex: number, asked: unknown, entry: LedgerEntry): void;
	/** Forgets a task that will not be paid for, because it was cancelled. */
	forget(taskId: string): void;
	/** Notes that a task's item is put out: when an agent then calls its tool for the same once more, it wants another task. */
	deliver(taskId: string): void;
}

const contextKey = 'seedanceTasks';

type LedgerContext = Pick<
	IExecuteFunctions,
	'getContext' | 'getWorkflowDataProxy' | 'getExecutionId' | 'getNode'
>;

/** Takes n8n's context and gives the ledger of the node's current run; another run of the node in a loop has entries of its own. */
export function openLedger(context: LedgerContext): Ledger {
	const tasks = tasksOf(context);
	const isTool = context.getNode().type.endsWith('Tool');
	// Agents before version 3 give each try of a tool's Retry On Fail a run index of its own, as they give each call one.
	const run = isTool ? 'tool' : runIndexOf(context);
	const executionId = executionIdOf(context);
	const placeOf = (itemIndex: number) => `${run}:${itemIndex}:`;
	const keyOf = (itemIndex: number, asked: unknown) =>
		placeOf(itemIndex) + createHash('sha256').update(JSON.stringify(asked)).digest('hex');
	const earlierTry = (itemIndex: number) =>
		Object.entries(tasks).find(
			([key, entry]) =>
				key.startsWith(placeOf(itemIndex)) &&
				entry.executionId !== undefined &&
				entry.executionId === executionId,
		)?.[1];
	// An agent calls the same tool several times in one execution, for another video each time.
	const isTriedAgain = !isTool && context.getNode().retryOnFail === true;
	const forget = (taskId: string) => {
		for (const [key, entry] of Object.entries(tasks)) {
			if ('taskId' in entry && entry.taskId === taskId) delete tasks[key];
		}
	};
	return {
		find: (itemIndex, asked) =>
			tasks[keyOf(itemIndex, asked)] ?? (isTriedAgain ? earlierTry(itemIndex) : undefined),
		record(itemIndex, asked, entry) {
			tasks[keyOf(itemIndex, asked)] = { ...entry, executionId };
		},
		forget,
		deliver(taskId) {
			if (isTool) forget(taskId);
		},
	};
}

/** Contexts without a store of their own, such as an agent's, keep the ledger for the one call. */
function tasksOf(context: LedgerContext): Record<string, LedgerEntry> {
	try {
		const store = context.getContext('node') as Record<string, unknown>;
		const kept = (store[contextKey] ?? {}) as Record<string, LedgerEntry>;
		store[contextKey] = kept;
		return kept;
	} catch {
		return {};
	}
}

function executionIdOf(context: LedgerContext): string | undefined {
	try {
		return context.getExecutionId();
	} catch {
		return undefined;
	}
}

function runIndexOf(context: LedgerContext): number {
	try {
		return Number(context.getWorkflowDataProxy(0).$runIndex);
	} catch {
		return 0;
	}
}
