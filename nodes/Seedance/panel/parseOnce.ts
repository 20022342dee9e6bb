import type { z } from 'zod';

type Schema = Pick<z.ZodType<unknown, z.ZodTypeDef, unknown>, 'safeParse'>;
type Parsed = ReturnType<Schema['safeParse']>;

/** What each schema was given last. */
const lastOf = new WeakMap<Schema, { readonly given: unknown; readonly result: Parsed }>();

/** What the schema says of a value. Most fields of thousands of items are not given, or have the value of the item before: then nothing is parsed. */
export function parseOnce(schema: Schema, given: unknown): Parsed {
	const last = lastOf.get(schema);
	if (last !== undefined && last.given === given) return last.result;
	const result = schema.safeParse(given);
	// Items do not share objects: one may change its own.
	if (typeof given !== 'object' && typeof result.data !== 'object') {
		lastOf.set(schema, { given, result });
	}
	return result;
}
