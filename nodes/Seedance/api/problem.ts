/** One thing that is wrong with what the user entered. */
export interface Problem {
	/** The parameter's stored name; whoever shows the problem puts the field's label in its place. */
	readonly parameter: string;
	/** The rest of a sentence that begins with the label: what was given, what is allowed, what to do. */
	readonly text: string;
}

/** Either what was read, or everything that is wrong with it. */
export type Checked<Value> =
	| { readonly value: Value; readonly problems?: undefined }
	| { readonly value?: undefined; readonly problems: readonly Problem[] };

/** Takes any value and gives it as short text for a message: quoted, cut after 80 characters. */
export function quoted(value: unknown): string {
	const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
	return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Takes words and gives "a", "a or b", "a, b or c". */
export function orList(words: readonly string[]): string {
	return words.length < 2
		? words.join('')
		: `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}
