function resolveValue(value: unknown, table: readonly unknown[], known: Map<string, unknown>) {
	return typeof value === 'string' ? resolveIndex(value, table, known) : value;
}

function resolveIndex(
	index: string,
	table: readonly unknown[],
	known: Map<string, unknown>,
): unknown {
	if (known.has(index)) return known.get(index);
	const entry = table[Number(index)];
	if (typeof entry !== 'object' || entry === null) return entry;
	// Known before its content is resolved, because content may point back to it.
	if (Array.isArray(entry)) {
		const list: unknown[] = [];
		known.set(index, list);
		for (const value of entry) list.push(resolveValue(value, table, known));
		return list;
	}
	const object: Record<string, unknown> = {};
	known.set(index, object);
	for (const [key, value] of Object.entries(entry)) {
		object[key] = resolveValue(value, table, known);
	}
	return object;
}

/**
 * Reads the text that n8n stores execution data in: a JSON array in which strings inside
 * containers are indexes into it.
 */
export function parseFlatted(text: string): unknown {
	const table: unknown = JSON.parse(text);
	if (!Array.isArray(table)) throw new Error('Flatted text is a JSON array');
	return resolveIndex('0', table, new Map());
}
