import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import { lostAnswerFailure, readProviderError, refusedFailure } from '../api/errors';
import { readRetryAfterMs, type RequestKind } from '../api/retry';
import { stopped, type Clock } from './clock';

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
	/** False for the few calls that take no key. */
	readonly authenticated?: boolean;
	/** Headers that the provider needs besides the usual ones. */
	readonly headers: Readonly<Record<string, string>>;
	readonly timeoutMs: number;
	/** What a provider may repeat in its answers and nobody else may see. */
	readonly secrets: readonly string[];
}

/** An answer that says success. */
export interface ProviderAnswer {
	/** Parsed JSON, or the text when it is none. */
	readonly body: unknown;
	readonly httpStatus: number;
	readonly requestId: string | undefined;
}

const requestIdHeaders = ['x-request-id', 'x-tt-logid', 'x-client-request-id'];

/** Sends one request with the credential, exactly once, and gives the answer when it says success; every other outcome is thrown as a SeedanceFailure. */
export async function sendRequest(
	context: RequestContext,
	clock: Clock,
	request: ProviderRequest,
): Promise<ProviderAnswer> {
	clock.throwIfStopped();
	const options: IHttpRequestOptions = {
		method: request.method,
		url: request.url,
		headers: { Accept: 'application/json', ...request.headers },
		timeout: request.timeoutMs,
		returnFullResponse: true,
		// The answer's own words, headers and status are needed, not n8n's summary of them.
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
		throw lostAnswer(request, error);
	}
	const body = withoutSecrets(answer.body, request.secrets);
	const requestId = firstHeader(answer.headers, requestIdHeaders);
	const details = { httpStatus: answer.statusCode, requestId };
	if (answer.statusCode < 200 || answer.statusCode > 299) {
		throw refusedFailure(request.kind, answer.statusCode, readProviderError(body), {
			...details,
			retryAfterMs: readRetryAfterMs(firstHeader(answer.headers, ['retry-after']), clock.now()),
		});
	}
	if (typeof body === 'string' && body !== '') {
		// A body that did not parse as JSON: cut off, or the page of a proxy.
		throw lostAnswerFailure(request.kind, 'unreadable', new URL(request.url).host, details);
	}
	return { body, ...details };
}

/** Some gateways quote the key that they refuse, and what a provider says goes into items and messages. */
function withoutSecrets(body: unknown, secrets: readonly string[]): unknown {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	if (text === undefined || !secrets.some((secret) => text.includes(secret))) return body;
	const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
	return typeof body === 'string' ? clean : (JSON.parse(clean) as unknown);
}

function bodyOf({ body }: ProviderRequest): Partial<IHttpRequestOptions> {
	if (body === undefined) return {};
	if (typeof body === 'string') return { body };
	if (body instanceof FormData) return { body: body as unknown as IDataObject };
	return { body: { ...body } as IDataObject, json: true };
}

/**
 * n8n's helper breaks a request off when the execution is stopped, by the cancel signal that it finds on its caller.
 * A create must not be broken off: the task may exist by then, and its id would be lost. So a create's caller shows no signal.
 */
function callerOf(context: RequestContext, kind: RequestKind): IExecuteFunctions {
	return (kind === 'create' ? withoutCancelSignal(context) : context) as IExecuteFunctions;
}

/** Takes a context and gives one whose requests n8n does not break off when the execution is stopped. */
export function withoutCancelSignal(context: RequestContext): RequestContext {
	return {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async (...parameters) => await context.getCredentials(...parameters),
	};
}

/** Codes of a connection that was never made. */
const neverConnected = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function lostAnswer(request: ProviderRequest, error: unknown) {
	const code = codeOf(error);
	const isTimeout = code === 'ECONNABORTED' || code === 'ETIMEDOUT';
	return lostAnswerFailure(
		request.kind,
		isTimeout ? 'timeout' : 'network',
		new URL(request.url).host,
		{ code, neverSent: code !== undefined && neverConnected.has(code) },
	);
}

/** n8n wraps the client's error and keeps its code as `httpCode`; other versions keep the error itself as the cause. */
function codeOf(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null) return undefined;
	const { code, httpCode, cause } = error as Record<string, unknown>;
	return [code, httpCode].find(isSystemCode) ?? codeOf(cause);
}

function isSystemCode(value: unknown): value is string {
	return typeof value === 'string' && /^[A-Z_]+$/.test(value);
}

function firstHeader(headers: unknown, names: readonly string[]): string | undefined {
	if (typeof headers !== 'object' || headers === null) return undefined;
	const values = new Map(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value as unknown]),
	);
	return names.map((name) => values.get(name)).find((value) => typeof value === 'string');
}
