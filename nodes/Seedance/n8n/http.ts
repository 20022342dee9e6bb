import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import type { Connection } from '../seedance/connection';
import { stopped } from '../seedance/failure';
import { readRetryAfterMs, type RequestKind } from '../seedance/retryPolicy';
import {
	noUsableAnswerFailure,
	readProviderError,
	refusedFailure,
} from '../seedance/wire/providerError';
import type { Clock } from './clock';
import { createSemaphore } from './semaphore';

/** The parts of n8n's contexts that a request needs; an execution and a list search both have them. */
export type RequestContext = Pick<IExecuteFunctions, 'getNode' | 'getCredentials'> & {
	readonly helpers: Pick<
		IExecuteFunctions['helpers'],
		'httpRequest' | 'httpRequestWithAuthentication'
	>;
};

/** One call to the provider. */
export interface ProviderRequest {
	readonly kind: RequestKind;
	readonly method: 'GET' | 'POST' | 'DELETE';
	/** Absolute, query included. */
	readonly url: string;
	/** An object is sent as JSON, text as it is, a form as multipart. */
	readonly body?: Readonly<Record<string, unknown>> | string | FormData;
	/** False for the few calls that need no key. */
	readonly authenticated?: boolean;
	readonly timeoutMs: number;
}

/** Sends one request, exactly once. Throws a SeedanceFailure for every outcome but an answer with a status of success. */
export type Send = (request: ProviderRequest) => Promise<ProviderAnswer>;

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

/** Maximum number of requests of one run in flight; creates are limited by the create queue. */
const maxRequestsInFlight = 8;

/** The sender of one run: its requests share one limit, the headers of the provider and the secrets to hide. */
export function createSend(context: RequestContext, clock: Clock, connection: Connection): Send {
	const semaphore = createSemaphore(maxRequestsInFlight);
	return async (request) => {
		const call = async () => await sendOnce(context, clock, connection, request);
		return request.kind === 'create' ? await call() : await semaphore(call);
	};
}

async function sendOnce(
	context: RequestContext,
	clock: Clock,
	{ provider, secrets }: Connection,
	request: ProviderRequest,
): Promise<ProviderAnswer> {
	clock.throwIfStopped();
	const options: IHttpRequestOptions = {
		method: request.method,
		url: request.url,
		headers: { Accept: 'application/json', ...provider.headers },
		timeout: request.timeoutMs,
		returnFullResponse: true,
		// The body, headers and status of the answer are needed, not n8n's summary of them.
		ignoreHttpStatusErrors: true,
		// n8n would send the API key along to wherever a redirect leads.
		disableFollowRedirect: true,
		...bodyOf(request),
	};
	let answer: IN8nHttpFullResponse;
	try {
		answer = (
			request.authenticated === false
				? await context.helpers.httpRequest({ ...options, abortSignal: clock.signal })
				: await context.helpers.httpRequestWithAuthentication.call(
						callerOf(context, request.kind),
						'seedanceApi',
						options,
					)
		) as IN8nHttpFullResponse;
	} catch (error) {
		if (clock.signal.aborted && request.kind !== 'create') throw stopped();
		throw noAnswer(request, error);
	}
	return readAnswer(request, answer, secrets, clock.now());
}

/** The answer if its status says success. Throws a SeedanceFailure otherwise; nothing in an answer makes it throw anything else. */
function readAnswer(
	request: ProviderRequest,
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

function bodyOf({ body }: ProviderRequest): Partial<IHttpRequestOptions> {
	if (body === undefined) return {};
	if (typeof body === 'string') return { body };
	if (body instanceof FormData) return { body: body as unknown as IDataObject };
	return { body: { ...body } as IDataObject, json: true };
}

/**
 * n8n's helper aborts a request when the execution is stopped, by the cancel signal of its caller.
 * A create must not be aborted: the provider may have accepted it, and the ID of its task would stay unknown. So the caller of a create has no signal.
 */
function callerOf(context: RequestContext, kind: RequestKind): IExecuteFunctions {
	return (kind === 'create' ? withoutCancelSignal(context) : context) as IExecuteFunctions;
}

/** A context whose requests n8n does not abort when the execution is stopped. */
export function withoutCancelSignal(context: RequestContext): RequestContext {
	return {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async (...parameters) => await context.getCredentials(...parameters),
	};
}

/** Codes of a connection that was never made, or of a certificate that was refused: no byte of the request was sent. */
const neverConnected = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'CERT_NOT_YET_VALID',
	'SELF_SIGNED_CERT',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function noAnswer(request: ProviderRequest, error: unknown) {
	const code = codeOf(error);
	const isTimeout = code === 'ECONNABORTED' || code === 'ETIMEDOUT';
	const kind = wasNeverConnected(error)
		? 'notConnected'
		: isTimeout
			? 'answerTimedOut'
			: 'connectionLost';
	return noUsableAnswerFailure(request.kind, kind, new URL(request.url).host, { code }, error);
}

/** Whether the connection or its TLS handshake failed; n8n keeps the client's error as the cause. */
function wasNeverConnected(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	const { code, httpCode, syscall, message, cause } = error as Record<string, unknown>;
	return (
		neverConnected.has(String(code)) ||
		neverConnected.has(String(httpCode)) ||
		syscall === 'connect' ||
		/before secure TLS connection was established|wrong version number|handshake failure/i.test(
			String(message),
		) ||
		wasNeverConnected(cause)
	);
}

/** n8n wraps the client's error and keeps its code as `httpCode`; other versions keep the error itself as the cause. */
function codeOf(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null) return undefined;
	const { code, httpCode, cause } = error as Record<string, unknown>;
	return [code, httpCode].find(isSystemCode) ?? codeOf(cause);
}

function isSystemCode(value: unknown): value is string {
	return typeof value === 'string' && /^[A-Z][A-Z0-9_]+$/.test(value);
}

function firstHeader(headers: unknown, names: readonly string[]): string | undefined {
	if (typeof headers !== 'object' || headers === null) return undefined;
	const values = new Map(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value as unknown]),
	);
	return names.map((name) => values.get(name)).find((value) => typeof value === 'string');
}
