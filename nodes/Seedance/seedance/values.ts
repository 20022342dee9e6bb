/** The members that have a value; `false`, `0` and `-1` are values. */
export function withoutUndefined<Value>(
	members: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
	return Object.fromEntries(
		Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined),
	);
}
