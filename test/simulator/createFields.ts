import { ArkError, invalidParameter, missingParameter, unsupportedParameter } from './errors';

/** The body of a create request whose top-level types are valid. `content` is not checked yet. */
export interface CreateBody {
	model: string;
	content: unknown[];
	safety_identifier?: string;
	callback_url?: string;
	return_last_frame?: boolean;
	service_tier?: string;
	execution_expires_after?: number;
	priority?: number;
	generate_audio?: boolean;
	draft?: boolean;
	camera_fixed?: boolean;
	watermark?: boolean;
	seed?: number;
	resolution?: string;
	ratio?: string;
	duration?: number;
	frames?: number;
	tools?: unknown[];
	output_format?: string;
	omni_reference_task_type?: string;
}

const checks = {
	string: { article: 'a string', accepts: (value: unknown) => typeof value === 'string' },
	boolean: { article: 'a boolean', accepts: (value: unknown) => typeof value === 'boolean' },
	integer: { article: 'an integer', accepts: (value: unknown) => Number.isInteger(value) },
	array: { article: 'an array', accepts: (value: unknown) => Array.isArray(value) },
} as const;

/** The JSON type that a field has. */
export type FieldType = keyof typeof checks;

/** Source: PowerTokens create reference, Body; Volcengine SDK (field names); BytePlus docs 2607688 (the last two). */
const fieldTypes: Readonly<Record<keyof CreateBody, FieldType>> = {
	model: 'string',
	content: 'array',
	safety_identifier: 'string',
	callback_url: 'string',
	return_last_frame: 'boolean',
	service_tier: 'string',
	execution_expires_after: 'integer',
	priority: 'integer',
	generate_audio: 'boolean',
	draft: 'boolean',
	camera_fixed: 'boolean',
	watermark: 'boolean',
	seed: 'integer',
	resolution: 'string',
	ratio: 'string',
	duration: 'integer',
	frames: 'integer',
	tools: 'array',
	output_format: 'string',
	omni_reference_task_type: 'string',
};

/** Reads a request body as a JSON object. Throws the 400 if it is not one. */
export function readJsonObject(body: unknown): Record<string, unknown> {
	if (isObject(body)) return body;
	throw new ArkError(400, 'InvalidParameter', 'The request body is not a JSON object.');
}

/** Tells whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks names and types of all top-level fields. Throws the 400 for the first that is wrong. */
export function assertFields(
	body: Record<string, unknown>,
): asserts body is Record<string, unknown> & CreateBody {
	for (const required of ['model', 'content']) {
		if (body[required] === undefined) throw missingParameter(required);
	}
	checkFieldTypes(body, fieldTypes);
}

/** Checks that every field is known and of its type. Throws the 400 for the first that is not. */
export function checkFieldTypes(
	body: Record<string, unknown>,
	types: Readonly<Record<string, FieldType>>,
): void {
	for (const [name, value] of Object.entries(body)) {
		const type = Object.hasOwn(types, name) ? types[name] : undefined;
		if (type === undefined) throw unsupportedParameter(name, undefined);
		if (!checks[type].accepts(value)) throw invalidParameter(name, checks[type].article);
	}
}
