/*
 * What an answer has: a member of an unexpected type counts as absent, since a detail must not cost the user a paid task.
 */

/** A JSON object, or undefined for anything else. */
export function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	return isObject ? (value as Record<string, unknown>) : undefined;
}

/** A text that is not empty. */
export function textIn(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberIn(value: unknown): number | undefined {
	return Number.isFinite(value) ? (value as number) : undefined;
}

/** A text or a number, without blanks around it. */
export function idIn(value: unknown): string | undefined {
	const id = Number.isFinite(value) ? String(value) : value;
	return typeof id === 'string' ? textIn(id.trim()) : undefined;
}

/** The members that have a value; `false`, `0` and `-1` are values. */
export function withoutUndefined<Value>(
	members: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
	return Object.fromEntries(
		Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined),
	);
}

/** An amount to the sixth decimal: sums and products of decimals are not exact in floating point. */
export function withoutNoise(amount: number): number {
	return Math.round(amount * 1e6) / 1e6;
}
