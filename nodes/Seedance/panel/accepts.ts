import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod';
import { issue, type Issue } from './issues';
import { parseOnce } from './parseOnce';
import { isBlank, orList, quoted, toSwitch } from './values';

/** What a field accepts: the check of a stored value, the words for what is allowed, and how the panel offers it. */
export interface Accepts<Value> {
	/** Reads a stored value; sheets and forms deliver numbers and switches as text, and an empty cell for what is not set. */
	readonly schema: z.ZodType<Value, z.ZodTypeDef, unknown>;
	/** One sentence that says what to enter. */
	readonly expected: string;
	readonly property: Pick<INodeProperties, 'type'> & Partial<INodeProperties>;
}

/** An empty cell of a sheet is the same as nothing. */
const unset = (value: unknown) => (isBlank(value) ? undefined : value);
/** A number that sheets and forms deliver as text; anything else is returned as it is. */
export const numeric = (value: unknown) =>
	typeof value === 'string' && value.trim() !== '' ? Number(value) : value;

/** A whole number in a range, or nothing. */
export function wholeNumber(min: number, max: number): Accepts<number | undefined> {
	return {
		schema: z.preprocess(
			(value) => numeric(unset(value)),
			z.number().int().min(min).max(max).optional(),
		),
		expected: `Enter a whole number from ${min} to ${max}.`,
		property: { type: 'number', typeOptions: { minValue: min, maxValue: max } },
	};
}

/** Any number above `above` (not included, or included with `from`) up to a maximum, or nothing. */
export function number(
	range:
		| { readonly above: number; readonly max: number }
		| { readonly from: number; readonly max: number },
	expected: string,
): Accepts<number | undefined> {
	const within = 'from' in range ? z.number().min(range.from) : z.number().gt(range.above);
	return {
		schema: z.preprocess((value) => numeric(unset(value)), within.max(range.max).optional()),
		expected,
		property: {
			type: 'number',
			typeOptions: { minValue: 'from' in range ? range.from : range.above },
		},
	};
}

/** A switch. The only reader of switches: absent is not set, and a switch that yields nothing is refused, since either position could do harm. */
export const onOff: Accepts<boolean | undefined> = {
	schema: z.preprocess(toSwitch, z.boolean().optional()),
	expected: 'Turn it on or off.',
	property: { type: 'boolean' },
};

/** One of several values, or nothing. */
export function choice<const Value extends string>(
	entries: ReadonlyArray<{ name: string; value: Value; description?: string }>,
): Accepts<Value | undefined> {
	const values = entries.map(({ value }) => value) as [Value, ...Value[]];
	return {
		schema: z.preprocess(unset, z.enum(values).optional()) as Accepts<Value | undefined>['schema'],
		expected: `Choose ${orList(entries.map(({ name }) => name))}.`,
		property: { type: 'options', options: entries as unknown as INodePropertyOptions[] },
	};
}

/** Text up to a length, or nothing. */
export function text(maxCharacters: number): Accepts<string | undefined> {
	return {
		schema: z.preprocess(unset, z.string().max(maxCharacters).optional()),
		expected: `Enter at most ${maxCharacters} characters.`,
		property: { type: 'string' },
	};
}

/** Text up to a length that tells one thing from another, or nothing. Sheets deliver numbers: one is its text. Letters that look the same are the same, however they are composed. */
export function key(maxCharacters: number, expected: string): Accepts<string | undefined> {
	return {
		schema: z.preprocess(
			(value) =>
				unset(
					Number.isFinite(value) || typeof value === 'string' ? String(value).normalize() : value,
				),
			z.string().trim().max(maxCharacters).optional(),
		),
		expected,
		property: { type: 'string' },
	};
}

/** The name of a file without a path, or nothing. An extension of a video or of an image at its end is left out: the file has its own. */
export function fileName(maxCharacters: number, expected: string): Accepts<string | undefined> {
	return refined(
		{
			schema: z.preprocess(
				(value) =>
					unset(
						Number.isFinite(value) || typeof value === 'string'
							? String(value)
									.normalize()
									.trim()
									.replace(/\.(mp4|mov|png)$/i, '')
							: value,
					),
				z.string().max(maxCharacters).optional(),
			),
			expected,
			property: { type: 'string' },
		},
		(name) => name === undefined || (!/[/\\:*?"<>|\p{C}]/u.test(name) && !/^[.\s]*$/.test(name)),
		expected,
	);
}

/** An `http:` or `https:` URL, or nothing. */
export const webUrl: Accepts<string | undefined> = {
	schema: z.preprocess(
		unset,
		z
			.string()
			.refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url))
			.optional(),
	),
	expected: 'Enter an http: or https: URL.',
	property: { type: 'string' },
};

/** A JSON object, as such or as text, or nothing. */
export const jsonObject: Accepts<Record<string, unknown> | undefined> = {
	schema: z.preprocess(parsedJson, z.record(z.string(), z.unknown()).optional()),
	expected: 'Enter a JSON object such as {"name": "value"}.',
	property: { type: 'json' },
};

function parsedJson(value: unknown): unknown {
	if (isBlank(value)) return undefined;
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}

/** A value that passes another check as well. */
export function refined<Value>(
	accepts: Accepts<Value>,
	isAllowed: (value: Value) => boolean,
	expected: string,
): Accepts<Value> {
	return { ...accepts, schema: accepts.schema.refine(isAllowed), expected };
}

/** A stored field: its name and what it accepts. */
export interface Field {
	readonly name: string;
	readonly accepts: Pick<Accepts<unknown>, 'schema' | 'expected'>;
	/** Whether a stored member that yields nothing is refused instead of not set: where the field protects from a charge or limits something, a missing value must not take that away. */
	readonly neverEmpty?: boolean;
	/** Whether a stored member that is `undefined` or `null` is refused, and only an empty text is not set: sheets have empty cells, and a misspelled name yields `undefined`. For fields that change what is charged. */
	readonly neverNull?: boolean;
}

/** The values of fields that were read; absent ones were not set or were refused. */
export type Values<Row extends Field> = {
	readonly [Name in Row['name']]?: z.infer<Extract<Row, { name: Name }>['accepts']['schema']>;
};

/** What was read of several fields. */
export interface ReadFields<Row extends Field> {
	readonly fields: Values<Row>;
	readonly issues: Issue[];
}

/** Reads each field separately, so that one that is refused hides no other. An absent member was not given; `undefined` and `null` yield nothing. `prefix` goes before the names in the issues. */
export function readFields<Row extends Field>(
	rows: readonly Row[],
	stored: Readonly<Record<string, unknown>>,
	prefix = '',
): ReadFields<Row> {
	const fields: Record<string, unknown> = {};
	const issues: Issue[] = [];
	for (const { name, accepts, neverEmpty, neverNull } of rows) {
		// n8n keeps the member of an entry whose expression yields undefined.
		const given = name in stored ? (stored[name] ?? null) : undefined;
		const isMissing =
			(neverEmpty === true && given !== undefined && isBlank(given)) ||
			(neverNull === true && given === null);
		if (isObjectAsText(given)) {
			issues.push(issue(prefix + name, 'objectAsText'));
			continue;
		}
		const result = parseOnce(accepts.schema, given);
		if (result.success && !isMissing) fields[name] = result.data;
		else issues.push(refusedValue(prefix, name, given, accepts.expected));
	}
	return { fields: fields as Values<Row>, issues };
}

/** An object in the middle of a text: nobody means the words that it becomes. */
function isObjectAsText(given: unknown): boolean {
	return typeof given === 'string' && given.includes('[object Object]');
}

/** Reads the entries of a collection; undefined: the panel hides it. Anything but an object, and an entry that the collection does not have, is refused: what the user meant would not count. */
export function readCollection<Row extends Field>(
	collection: string,
	rows: readonly Row[],
	stored: unknown,
): ReadFields<Row> {
	if (stored === undefined) return readFields(rows, {});
	const isCollection = typeof stored === 'object' && stored !== null && !Array.isArray(stored);
	if (!isCollection) {
		return { fields: {}, issues: [refusedValue('', collection, stored, 'Add entries to it.')] };
	}
	const names = rows.map(({ name }) => name);
	const unknown = Object.keys(stored).filter((name) => !names.includes(name));
	const read = readFields(rows, stored as Record<string, unknown>, `${collection}.`);
	const entries = { given: unknown.map(quoted).join(', '), names };
	const issues = unknown.length === 0 ? [] : [issue(collection, 'entriesUnknown', entries)];
	return { fields: read.fields, issues: [...issues, ...read.issues] };
}

/** The issue of a value that is not accepted, or that is missing. */
export function refusedValue(
	prefix: string,
	name: string,
	given: unknown,
	expected: string,
): Issue {
	const parameter = prefix + name;
	if (!isBlank(given)) return issue(parameter, 'invalidValue', { given, expected });
	return issue(parameter, prefix === '' ? 'empty' : 'entryEmpty', { expected });
}
