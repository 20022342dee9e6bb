import type { Scrubber } from './scrub';
import type { TaskBook } from './taskBook';

/** How a step ended. */
export type Outcome = 'ok' | 'differs' | 'failed' | 'skipped';

/** The output of the check. All of it is scrubbed. */
export interface Report {
	/** The text can have several lines. */
	print(text: string): void;
	/** Prints the line of a step that ended. */
	step(outcome: Outcome, name: string, details: readonly string[]): void;
	/** How many steps ended so. */
	count(outcome: Outcome): number;
	/** Prints how many steps ended how, what it cost, and the tasks that are still there. */
	summary(book: TaskBook, estimatedTokens: number | undefined, withCancelled: boolean): void;
}

const outcomeWidth = 8;
const nameWidth = 22;

/** Reports the check line by line. The scrubber keeps secrets out of the lines. */
export function createReport(write: (line: string) => void, scrubber: Scrubber): Report {
	const counts: Record<Outcome, number> = { ok: 0, differs: 0, failed: 0, skipped: 0 };
	const print = (text: string) => write(scrubber.text(text));
	return {
		print,
		step(outcome, name, details) {
			counts[outcome]++;
			// A provider's message can have line breaks.
			const text = details.join('; ').replace(/\s+/g, ' ');
			print(`${outcome.padEnd(outcomeWidth)} ${name.padEnd(nameWidth)} ${text}`.trimEnd());
		},
		count: (outcome) => counts[outcome],
		summary(book, estimatedTokens, withCancelled) {
			const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
			print(`\n${parts.join(', ')}`);
			const { tokens, tasks } = book.usage();
			const estimate = estimatedTokens?.toLocaleString('en-US') ?? 'unknown';
			print(
				`Cost: ${tokens.toLocaleString('en-US')} tokens by usage.total_tokens of ${tasks === 1 ? '1 task' : `${tasks} tasks`}; the estimate for one video: ${estimate}`,
			);
			const left = book.existing().filter(({ note }) => withCancelled || note !== 'cancelled');
			if (left.length === 0) return;
			print('Tasks that exist at the provider:');
			for (const { taskId, note } of left) {
				// The only place that shows the IDs themselves: without them the tasks cannot be found.
				write(
					`  ${scrubber.placeholderOf(taskId)} is ${scrubber.withoutKey(taskId)} (${scrubber.text(note)})`,
				);
			}
		},
	};
}
