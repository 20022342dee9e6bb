import { isObject } from './createFields';
import { invalidField, missingField, OpenApiError } from './openApiErrors';

/** The JSON fields that an action accepts. Each reader throws the refusal for a value of the wrong kind. */
export class OpenApiFields {
	/** The names are those that the action knows. The JSON of the call may contain no others. */
	constructor(
		private readonly json: Record<string, unknown>,
		known: readonly string[],
		private readonly prefix = '',
	) {
		const unknown = Object.keys(json).find((name) => !known.includes(name));
		if (unknown !== undefined) throw invalidField(prefix + unknown, 'no such parameter');
	}

	/** Reads the body of a call. */
	static ofBody(body: unknown, known: readonly string[]): OpenApiFields {
		if (!isObject(body)) throw new OpenApiError('InvalidParameter', 'The body is no JSON object.');
		return new OpenApiFields(body, known);
	}

	/** Reads a text of a length in characters. */
	text(name: string, maxLength = Infinity): string | undefined {
		const value = this.json[name];
		if (value === undefined) return undefined;
		if (typeof value !== 'string') throw invalidField(this.prefix + name, 'a string');
		if ([...value].length > maxLength) {
			throw invalidField(this.prefix + name, `at most ${maxLength} characters`);
		}
		return value;
	}

	/** Reads a text that must be there, of a length in characters. */
	requiredText(name: string, maxLength = Infinity): string {
		const value = this.text(name, maxLength);
		if (value === undefined || value === '') throw missingField(this.prefix + name);
		return value;
	}

	/** Reads a text that must be one of these, or undefined where it is not there. */
	choice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
		const text = this.text(name);
		if (text === undefined) return undefined;
		const value = values.find((candidate) => candidate === text);
		if (value === undefined) {
			throw invalidField(this.prefix + name, `one of ${values.join(', ')}`);
		}
		return value;
	}

	/** Reads a list of texts. */
	texts(name: string): readonly string[] | undefined {
		const value = this.json[name];
		if (value === undefined) return undefined;
		if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
			throw invalidField(this.prefix + name, 'an array of strings');
		}
		return value;
	}

	/** Reads a whole number from 1. */
	count(name: string, maximum = Infinity): number | undefined {
		const value = this.json[name];
		if (value === undefined) return undefined;
		if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > maximum) {
			const end = maximum === Infinity ? '' : ` to ${maximum}`;
			throw invalidField(this.prefix + name, `a whole number from 1${end}`);
		}
		return value;
	}

	/** Reads an object with these names. */
	object(name: string, known: readonly string[]): OpenApiFields | undefined {
		const value = this.json[name];
		if (value === undefined) return undefined;
		if (!isObject(value)) throw invalidField(this.prefix + name, 'an object');
		return new OpenApiFields(value, known, `${this.prefix}${name}.`);
	}

	/** Reads an object with these names that must be there. */
	requiredObject(name: string, known: readonly string[]): OpenApiFields {
		const value = this.object(name, known);
		if (value === undefined) throw missingField(this.prefix + name);
		return value;
	}
}
