/** Takes a value of a switch and gives what is meant: sheets and forms deliver `TRUE` and `false` as text, and nothing for what is not set. */
export function toSwitch(value: unknown): unknown {
	if (typeof value !== 'string') return value ?? undefined;
	const word = value.trim().toLowerCase();
	return word === 'true' ? true : word === 'false' ? false : word === '' ? undefined : value;
}

/** Takes a stored value and says whether it is one: an empty cell is not, `false`, `0` and `-1` are. */
export function isSet(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}

/** Takes a stored collection and gives its members; anything else has none. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Takes members and gives those that have a value; `false`, `0` and `-1` are values. */
export function withoutUndefined<Value>(
	members: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
	return Object.fromEntries(
		Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined),
	);
}
