/** Adds a value to the list that a map has for a key. */
export function addTo<Of, Value>(valuesOf: Map<Of, Value[]>, of: Of, value: Value): void {
	const values = valuesOf.get(of);
	if (values === undefined) valuesOf.set(of, [value]);
	else values.push(value);
}
