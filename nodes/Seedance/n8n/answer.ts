import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { readRetryAfterMs, type RequestKind } from '../seedance/retryPolicy';
import type { Scrub } from '../seedance/secrets';
import { readJson } from '../seedance/wire/json';
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
	scrub: Scrub,
	nowMs: number,
): ProviderAnswer {
	const { host } = new URL(request.url);
	const headers = scrub(answer.headers);
	const requestId = firstHeader(headers, requestIdHeaders);
	const details = { httpStatus: answer.statusCode, requestId };
	let body: unknown;
	try {
		body = scrub(typeof answer.body === 'string' ? readJson(answer.body) : answer.body);
	} catch (error) {
		throw noUsableAnswerFailure(request.kind, 'answerUnreadable', host, details, error);
	}
	if (answer.statusCode < 200 || answer.statusCode > 299) {
		throw refusedFailure(request.kind, answer.statusCode, readProviderError(body), {
			...details,
			retryAfterMs: readRetryAfterMs(firstHeader(headers, ['retry-after']), nowMs),
		});
	}
	if (typeof body === 'string' && body !== '') {
		// The body is not JSON: it was cut off, or it is the page of a proxy. Its beginning may have the id.
		const values = { excerpt: body.slice(0, maxExcerptCharacters) };
		throw noUsableAnswerFailure(request.kind, 'answerUnreadable', host, { ...details, values });
	}
	const answeredAtMs = Date.parse(firstHeader(headers, ['date']) ?? '');
	return { body, ...details, answeredAtMs: Number.isNaN(answeredAtMs) ? undefined : answeredAtMs };
}

function firstHeader(headers: unknown, names: readonly string[]): string | undefined {
	if (typeof headers !== 'object' || headers === null) return undefined;
	const values = new Map(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value as unknown]),
	);
	return names.map((name) => values.get(name)).find((value) => typeof value === 'string');
}
