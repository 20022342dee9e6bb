import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { randomBytes } from 'crypto';
import { explanationOf } from './taskObject';

/** One request to the provider in this process. */
export interface TestRequest {
	readonly method: string;
	readonly url: URL;
	readonly body: unknown;
	readonly headers: Readonly<Record<string, unknown>>;
	/** In milliseconds since 1970. */
	readonly nowMs: number;
}

/** A request as n8n's HTTP helper is given it. */
export function readRequest(options: IHttpRequestOptions, nowMs: number): TestRequest {
	const { method = 'GET', url, body, headers = {} } = options;
	return { method, url: new URL(url), body, headers, nowMs };
}

/** An answer as n8n's HTTP helper returns it: with status, headers and a body of text. */
export function json(body: unknown, statusCode = 200): IN8nHttpFullResponse {
	return {
		statusCode,
		body: JSON.stringify(body),
		headers: { 'content-type': 'application/json', 'x-request-id': newRequestId() },
	};
}

/** The answer that refuses a request. Source: BytePlus docs 1299023 (error object with code, message, param, type). */
export function refusal(
	statusCode: number,
	code: string,
	param = '',
	explanation?: string,
): IN8nHttpFullResponse {
	const requestId = newRequestId();
	const message = explanationOf(code, requestId, explanation);
	const error = { code, message, param, type: 'TestMode' };
	const answer = json({ error }, statusCode);
	return { ...answer, headers: { ...answer.headers, 'x-request-id': requestId } };
}

/** Ten hexadecimal digits. */
export function randomDigits(): string {
	return randomBytes(5).toString('hex');
}

function newRequestId(): string {
	return `test-${randomDigits()}`;
}

/** What the HTTP client throws when a connection breaks. */
export function brokenConnection(): Error {
	return Object.assign(new Error('The connection was closed (Test Mode)'), { code: 'ECONNRESET' });
}
