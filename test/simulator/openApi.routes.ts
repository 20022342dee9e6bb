import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { ArkError, describeServerError } from './errors';
import { parseBody } from './httpServer';
import { openApiActions } from './openApiActions';
import type { OpenApiAssetStore } from './openApiAssetStore';
import { errorBodyOf, OpenApiError, resultBody, type OpenApiCall } from './openApiErrors';
import { checkSignature } from './openApiSignature';
import type { Provider } from './providers';
import type { RequestLog } from './requestLog';

/** What the OpenAPI needs. `now` returns the time in milliseconds. */
export interface OpenApiRoutesContext {
	readonly provider: Provider;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly library: OpenApiAssetStore;
	readonly log: RequestLog;
	readonly now: () => number;
}

/** Source: BytePlus docs 2318271. */
const version = '2024-01-01';

/** Adds the OpenAPI that keeps assets. Without effect where the provider has none. Source: BytePlus docs 2318271. */
export function addOpenApiRoutes(server: FastifyInstance, context: OpenApiRoutesContext): void {
	const { openApiRegion: region } = context.provider;
	if (region === undefined) return;
	// A separate scope, because its errors have a different form and its signature is over the raw body.
	void server.register(async (scope) => addRoutes(scope, context, region));
}

function addRoutes(scope: FastifyInstance, context: OpenApiRoutesContext, region: string): void {
	scope.removeAllContentTypeParsers();
	scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
		context.log.setBody(request.raw, parseBody(bytes));
		done(null, bytes);
	});
	scope.setErrorHandler(async (error: FastifyError | ArkError | OpenApiError, request, reply) => {
		const { status, code, message } = describeError(error);
		return await reply.code(status).send(errorBodyOf(callOf(request, region), code, message));
	});

	scope.post<{ Body: Buffer | undefined }>('/', async (request) => {
		const body = request.body ?? Buffer.alloc(0);
		const [path = '', rawQuery = ''] = request.url.split(/\?(.*)/s);
		const { method, headers } = request;
		checkSignature(
			{ method, path, rawQuery, headers, body },
			{ ...context, region },
			context.now(),
		);
		const call = callOf(request, region);
		return resultBody(call, findAction(call)(parseBody(body), context.library));
	});
}

/** Source: BytePlus OpenAPI, common error codes (MissingParameter, InvalidActionOrVersion). */
function findAction(call: OpenApiCall) {
	const { action, version: asked } = call;
	if (action === undefined || asked === undefined) {
		throw new OpenApiError('MissingParameter', 'Action or Version is missing in the query.', 400);
	}
	const known = asked === version && Object.hasOwn(openApiActions, action);
	const found = known ? openApiActions[action] : undefined;
	if (found === undefined) {
		const message = `Could not find operation ${action} for version ${asked}.`;
		throw new OpenApiError('InvalidActionOrVersion', message, 404);
	}
	return found;
}

function callOf(request: FastifyRequest, region: string): OpenApiCall {
	const query = new URLSearchParams(request.url.split(/\?(.*)/s)[1] ?? '');
	return {
		requestId: request.id,
		region,
		action: query.get('Action') ?? undefined,
		version: query.get('Version') ?? undefined,
	};
}

function describeError(error: FastifyError | ArkError | OpenApiError) {
	if (error instanceof OpenApiError) return error;
	const refusal = error instanceof ArkError ? error : describeServerError(error);
	return { status: refusal.status, code: refusal.code, message: refusal.explanation };
}
