import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { readRetryAfterMs, type RequestKind } from '../seedance/retryPolicy';
import {
	noUsableAnswerFailure,
	readProviderError,
	refusedFailure,
} from '../seedance/wire/providerError';

/** An answer with a status of success. */
export interface ProviderAnswer {
	/** Parsed JSON, or the text when it is not JSON. */
	readonly body: unknown;
	readonly httpStatus: number;
	readonly requestId: string | undefined;
	/** The moment of the answer by the clock of its sender, in milliseconds since 1970. */
	readonly answeredAtMs: number | undefined;
}

const requestIdHeaders = ['x-request-id', 'x-tt-logid', 'x-client-request-id'];

/** Characters of an answer that a message shows. */
export const maxExcerptCharacters = 300;

/** The request that was answered. */
interface AnsweredRequest {
	readonly kind: RequestKind;
	readonly url: string;
}

/** The answer if its status says success. Throws a SeedanceFailure otherwise; nothing in an answer makes it throw anything else. */
export function readAnswer(
	request: AnsweredRequest,
	answer: IN8nHttpFullResponse,
	secrets: readonly string[],
	nowMs: number,
): ProviderAnswer {
	const { host } = new URL(request.url);
	const requestId = withoutSecrets(firstHeader(answer.headers, requestIdHeaders), secrets) as
		string | undefined;
	const details = { httpStatus: answer.statusCode, requestId };
	let body: unknown;
	try {
		body = withoutSecrets(answer.body, secrets);
	} catch (error) {
		throw noUsableAnswerFailure(request.kind, 'answerUnreadable', host, details, error);
	}
	if (answer.statusCode < 200 || answer.statusCode > 299) {
		throw refusedFailure(request.kind, answer.statusCode, readProviderError(body), {
			...details,
			retryAfterMs: readRetryAfterMs(firstHeader(answer.headers, ['retry-after']), nowMs),
		});
	}
	if (typeof body === 'string' && body !== '') {
		// The body is not JSON: it was cut off, or it is the page of a proxy. Its beginning may have the id.
		const values = { excerpt: body.slice(0, maxExcerptCharacters) };
		throw noUsableAnswerFailure(request.kind, 'answerUnreadable', host, { ...details, values });
	}
	const answeredAtMs = Date.parse(firstHeader(answer.headers, ['date']) ?? '');
	return { body, ...details, answeredAtMs: Number.isNaN(answeredAtMs) ? undefined : answeredAtMs };
}

/** Some gateways repeat the key that they refuse, and the provider's message goes into items and messages. */
function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
	if (typeof value === 'string') {
		return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), value);
	}
	if (typeof value === 'number') {
		return secrets.some((secret) => String(value).includes(secret)) ? '***' : value;
	}
	if (Array.isArray(value)) return value.map((member) => withoutSecrets(member, secrets));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [
			withoutSecrets(name, secrets),
			withoutSecrets(member, secrets),
		]),
	);
}

function firstHeader(headers: unknown, names: readonly string[]): string | undefined {
	if (typeof headers !== 'object' || headers === null) return undefined;
	const values = new Map(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value as unknown]),
	);
	return names.map((name) => values.get(name)).find((value) => typeof value === 'string');
}
