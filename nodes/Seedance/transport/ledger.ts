import type { IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'crypto';

/** What is known of an item's create: its task, or that its answer was lost, in the words of that failure. */
export type LedgerEntry =
	| { readonly taskId: string }
	| { readonly lost: { readonly message: string; readonly description: string } };

/** The tasks that this execution has paid for, or may have paid for. n8n keeps it through the tries of Retry On Fail and through Retry of an execution. */
export interface Ledger {
	/** Takes an item and everything that its task was asked for, and gives what became of the create for exactly that, or undefined. */
	find(itemIndex: number, asked: unknown): LedgerEntry | undefined;
	/** Notes a create the moment it was answered, or its answer was lost. */
	record(itemIndex: number, asked: unknown, entry: LedgerEntry): void;
	/** Forgets a task that will not be paid for, because it was cancelled. */
	forget(taskId: string): void;
}

const contextKey = 'seedanceTasks';

type LedgerContext = Pick<IExecuteFunctions, 'getContext' | 'getWorkflowDataProxy'>;

/** Takes n8n's context and gives the ledger of the node's current run; another run of the node in a loop has entries of its own. */
export function openLedger(context: LedgerContext): Ledger {
	const tasks = tasksOf(context);
	const runIndex = runIndexOf(context);
	const keyOf = (itemIndex: number, asked: unknown) => {
		const hash = createHash('sha256').update(JSON.stringify(asked)).digest('hex');
		return `${runIndex}:${itemIndex}:${hash}`;
	};
	return {
		find: (itemIndex, asked) => tasks[keyOf(itemIndex, asked)],
		record(itemIndex, asked, entry) {
			tasks[keyOf(itemIndex, asked)] = entry;
		},
		forget(taskId) {
			for (const [key, entry] of Object.entries(tasks)) {
				if ('taskId' in entry && entry.taskId === taskId) delete tasks[key];
			}
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

function runIndexOf(context: LedgerContext): number {
	try {
		return Number(context.getWorkflowDataProxy(0).$runIndex);
	} catch {
		return 0;
	}
}
