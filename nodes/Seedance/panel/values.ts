/** What a stored switch means: sheets and forms deliver `TRUE` and `false` as text. Anything else is returned as it is, for the check to refuse. */
export function toSwitch(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	const word = value.trim().toLowerCase();
	return word === 'true' ? true : word === 'false' ? false : value;
}

/** Whether a stored value is none: an empty cell is blank, `false`, `0` and `-1` are not. */
export function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

/** The members of a stored collection; anything else has none. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A trimmed text, or undefined for an empty one and for anything else. */
export function textOf(value: unknown): string | undefined {
	const text = typeof value === 'string' ? value.trim() : '';
	return text === '' ? undefined : text;
}

/** An id as text, trimmed: a larger number was rounded where it was read, and is not the id. Anything else is quoted, so that no check of an id accepts it. */
export function idOf(value: unknown): string {
	if (isBlank(value)) return '';
	if (typeof value === 'string') return value.trim();
	return Number.isSafeInteger(value) ? String(value) : quoted([value]);
}

const maxQuotedCharacters = 80;

/** Any value as short text for a message: texts in quotes, cut after 80 characters. */
export function quoted(value: unknown): string {
	const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
	return text.length > maxQuotedCharacters ? `${text.slice(0, maxQuotedCharacters - 1)}…` : text;
}

/** "a", "a or b", "a, b or c". */
export function orList(words: readonly string[]): string {
	return words.length < 2
		? words.join('')
		: `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

/** How many things of a kind a message lists. */
export const maxListed = 50;

/** "a, b, c", or "a, b and 3 more" above a number. */
export function listOf(words: readonly string[], max: number = maxListed): string {
	const left = words.length - max;
	return `${words.slice(0, max).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/** The number of an item as people count: the first is 1. */
export function itemNumber(itemIndex: number): number {
	return itemIndex + 1;
}
