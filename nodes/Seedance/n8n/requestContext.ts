import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import type { Clock } from './clock';

/** The parts of n8n's contexts that a request needs; an execution and a list search both have them. */
export type RequestContext = Pick<IExecuteFunctions, 'getNode' | 'getCredentials'> & {
	readonly helpers: Pick<
		IExecuteFunctions['helpers'],
		'httpRequest' | 'httpRequestWithAuthentication'
	>;
};

/**
 * A context whose requests n8n does not abort when the execution is stopped: its helper replaces the signal of a request by that of the execution.
 * So the deadline of each request decides. A create continues after a stop: the provider may have accepted it, and the ID of its task would stay unknown.
 */
export function withoutCancelSignal(context: RequestContext): RequestContext {
	return {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async (...parameters) => await context.getCredentials(...parameters),
	};
}

/** A key that the user replaces is used after this time, before a refusal of the old one ends a wait. */
const credentialMs = 5_000;

/** A context that keeps what it reads of the credential for a moment: n8n's helper asks for it with every request, and each time n8n reads it from its database and decrypts it. */
export function withKeptCredential(context: RequestContext, clock: Clock): RequestContext {
	let kept: Promise<object> | undefined;
	let keptUntilMs = 0;
	return {
		...context,
		async getCredentials<Credential extends object>(type: string) {
			const nowMs = clock.monotonicMs();
			if (kept === undefined || nowMs >= keptUntilMs) {
				keptUntilMs = nowMs + credentialMs;
				kept = context.getCredentials(type);
				// The next request asks again.
				kept.catch(() => (kept = undefined));
			}
			// n8n adds to what it gets.
			return { ...(await kept) } as Credential;
		},
	};
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
	return { ...withoutCancelSignal(context), helpers };
}
