import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import type { Connection } from '../seedance/connection';
import type { RequestKind } from '../seedance/retryPolicy';
import { toFailure } from '../seedance/failure';
import { scrubberOf, type Scrub } from '../seedance/secrets';
import { noUsableAnswerFailure } from '../seedance/wire/providerError';
import { readAnswer, type ProviderAnswer } from './answer';
import type { Clock } from './clock';
import { startDeadline, type Deadline } from './deadline';
import { KeptCredential } from './keptCredential';
import { noAnswer } from './noAnswer';
import { withRetries } from './retry';
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
	/** Milliseconds from the first byte that is sent to the last that is received. */
	readonly timeoutMs: number;
	/** Bytes of the body that were sent so far, where it is long: then `timeoutMs` is the time in which too few of them count as none. */
	readonly movedBytes?: () => number;
	/** Told the answer to a create that comes after its time, when the outcome was reported as unknown. */
	readonly onLateAnswer?: (answer: ProviderAnswer) => void;
}

/** Sends one request, exactly once. Throws a SeedanceFailure for every outcome but an answer with a status of success. */
export type Send = (request: ProviderRequest) => Promise<ProviderAnswer>;

/** Maximum number of requests of one run in flight; creates are limited by the create queue. */
export const maxRequestsInFlight = 8;
/** As many as bring an account to its limit of twenty DELETEs a second: after a Stop there are 15 s, and each task takes three requests. Source: Volcengine docs 1521720. */
export const maxRequestsAfterStop = 10;

/** Longer than every deadline. */
const maxSilenceMs = 3_600_000;

/** The sender of one run: its requests share one limit, the headers of the provider and the secrets to hide. */
export function createSend(
	context: RequestContext,
	clock: Clock,
	connection: Connection,
	maxInFlight: number = maxRequestsInFlight,
): Send {
	const semaphore = createSemaphore(maxInFlight);
	const scrub = scrubberOf(connection.secrets);
	const credential = new KeptCredential(context, clock, scrub);
	const sender = { context, clock, connection, credential, scrub };
	return async (request) => {
		const call = async () => await sendOnce(sender, request);
		return request.kind === 'create' ? await call() : await semaphore(call);
	};
}

/** What all requests of a run share. */
interface Sender {
	readonly context: RequestContext;
	readonly clock: Clock;
	readonly connection: Connection;
	readonly credential: KeptCredential;
	readonly scrub: Scrub;
}

/*
 * A request, with its credential:
 *
 *   credential ──read just now──▶ sent
 *    ├──kept──▶ sent ──HTTP 401, which certainly refuses, and the user has replaced it──▶ sent again, unless it is a DELETE
 *    └──cannot be read──▶ not sent; a create reads it up to five times
 *
 * From its first byte to the last of its answer:
 *
 *   sent ──answered──────────────────────────▶ answer, or the failure that it means
 *    ├──stopped, unless it is a create───────▶ aborted: stopped
 *    ├──time over, unless it is a create─────▶ aborted: answerTimedOut
 *    └──time over, a create──────────────────▶ outcome unknown, and late
 *   late ──answered──▶ onLateAnswer
 *    └──as much time again──▶ aborted
 */
async function sendOnce(sender: Sender, request: ProviderRequest): Promise<ProviderAnswer> {
	const { clock, credential } = sender;
	clock.throwIfStopped();
	if (request.authenticated === false) return await sendWith(sender, request, {});
	// The stream of an upload cannot be sent again.
	if (request.kind === 'upload') credential.forget();
	const read = async () => await credential.read();
	const { values, isKept } =
		request.kind === 'create' ? await withRetries(clock, 'read', read) : await read();
	clock.throwIfStopped();
	try {
		return await sendWith(sender, request, values);
	} catch (error) {
		const failure = toFailure(error);
		if (failure.httpStatus !== 401) throw failure;
		credential.forget();
		// A DELETE follows the read of its task at once, or not at all: a task that has finished meanwhile would lose its video.
		if (!isKept || request.kind === 'delete') throw failure;
		const { values: present } = await credential.read();
		if (JSON.stringify(present) === JSON.stringify(values)) throw failure;
		clock.throwIfStopped();
		return await sendWith(sender, request, present);
	}
}

async function sendWith(
	sender: Sender,
	request: ProviderRequest,
	credential: object,
): Promise<ProviderAnswer> {
	const { clock } = sender;
	const { kind, timeoutMs, movedBytes, onLateAnswer } = request;
	const isCreate = kind === 'create';
	const { host } = new URL(request.url);
	const patience = {
		...{ timeoutMs, movedBytes, endsAtStop: !isCreate },
		timedOut: () => noUsableAnswerFailure(kind, 'answerTimedOut', host, {}),
	};
	const deadline = startDeadline(clock, patience);
	const connected = isCreate
		? startDeadline(clock, { ...patience, timeoutMs: 2 * timeoutMs })
		: deadline;
	const answering = exchange(sender, request, credential, connected);
	if (onLateAnswer !== undefined) {
		const tellLate = () => void answering.then(onLateAnswer).catch(() => {});
		deadline.signal.addEventListener('abort', tellLate, { once: true });
	}
	return await deadline.race(answering).finally(() => deadline.release());
}

async function exchange(
	{ context, clock, connection, scrub }: Sender,
	request: ProviderRequest,
	credential: object,
	connected: Deadline,
): Promise<ProviderAnswer> {
	const options: IHttpRequestOptions = {
		method: request.method,
		url: request.url,
		headers: {
			...{ Accept: 'application/json', ...connection.provider.headers },
			// A status from a cache may be over, and a DELETE may follow it.
			...(request.method === 'GET' ? { 'Cache-Control': 'no-cache' } : {}),
		},
		// The deadline ends the request; n8n's own limit would end a long upload before.
		timeout: maxSilenceMs,
		abortSignal: connected.signal,
		// As text, because the client's own parser rounds long numbers.
		encoding: 'text',
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
				? await context.helpers.httpRequest(options)
				: await context.helpers.httpRequestWithAuthentication.call(
						callerOf(context, credential) as IExecuteFunctions,
						'seedanceApi',
						options,
					)
		) as IN8nHttpFullResponse;
	} catch (error) {
		throw noAnswer(request, error);
	} finally {
		connected.release();
	}
	return readAnswer(request, answer, scrub, clock.now());
}

function bodyOf({ body }: ProviderRequest): Partial<IHttpRequestOptions> {
	if (body === undefined) return {};
	if (typeof body === 'string') return { body };
	if (body instanceof FormData) return { body: body as unknown as IDataObject };
	return { body: { ...body } as IDataObject, json: true };
}

/**
 * What n8n's helper is called with: the credential as it was read, and no signal.
 * The helper replaces the signal of a request by that of the execution, so that n8n would abort it when the execution is stopped. But the deadline of each request decides: a create continues after a stop, since the provider may have accepted it, and the ID of its task would stay unknown.
 */
function callerOf(context: RequestContext, credential: object): RequestContext {
	const getCredentials = async () => await Promise.resolve({ ...credential } as never);
	return { helpers: context.helpers, getNode: () => context.getNode(), getCredentials };
}

/** A context whose requests, those for files too, go to a function of this process in place of n8n's HTTP client. */
export function withAnswersOf<Helpers extends RequestContext['helpers']>(
	context: RequestContext & { readonly helpers: Helpers },
	answer: (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>,
): RequestContext & { readonly helpers: Helpers } {
	const helpers = {
		...context.helpers,
		httpRequest: answer,
		httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) =>
			await answer(options),
	};
	return {
		helpers,
		getNode: () => context.getNode(),
		getCredentials: async (...parameters) => await context.getCredentials(...parameters),
	};
}
