import { magicPrompts, type Outcome } from '../../nodes/Seedance/testMode/magicPrompts';
import { withTable } from './table';

/** Where nothing but the words of the node says what happened. */
function seen(outcome: Outcome): string {
	if (outcome.kind === 'refused') return `\`${outcome.code}\``;
	if (outcome.kind === 'throttled') return '`succeeded`';
	if (outcome.kind === 'lost') {
		return outcome.isCreated ? '`succeeded`' : '`ECONNRESET`, with `outcomeUnknown`';
	}
	const { ending } = outcome;
	if (ending.status === 'failed') return `\`${ending.code}\``;
	if (ending.status === 'succeeded') {
		return ending.file === 'breaksOnce' ? '`succeeded`' : '`succeeded`, with `downloadFailure`';
	}
	if (ending.status === 'expired') return '`taskExpired`';
	if (ending.status === 'cancelled') return '`taskCancelled`';
	return `\`${ending.status}\`, with \`timedOut\``;
}

/** The rows of the table of magic prompts, as cells: words, what happens, code. */
export function magicTable(): string[][] {
	return magicPrompts.map(({ words, description, outcome }) => [
		`\`[test: ${words}]\``,
		description,
		seen(outcome),
	]);
}

/** The text of docs/test-mode.md with the table that follows from the magic prompts. */
export function withMagicTable(text: string): string {
	const head = ['In the prompt', 'What happens', 'Status or `error.code`'];
	return withTable(text, '## Magic prompts', head, magicTable());
}
