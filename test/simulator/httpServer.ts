import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { ArkError, describeServerError, type ArkErrorBody } from './errors';
import type { Faults } from './faults';
import type { RequestLog } from './requestLog';

/** The largest request body. Source: BytePlus docs 1520757 (64 MB). */
const bodyLimitBytes = 64 * 1024 * 1024;

/** A server without routes that records requests, runs the interceptors and answers errors as Ark does. */
export function createHttpServer(
	log: RequestLog,
	faults: Faults,
	requestId: () => string,
	labelsAsGzip: (message: IncomingMessage) => boolean,
	now: () => number,
): FastifyInstance {
	const server = fastify({
		bodyLimit: bodyLimitBytes,
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		genReqId: requestId,
		routerOptions: { maxParamLength: 500 },
		// A path that cannot be decoded never reaches the hooks.
		frameworkErrors: (error, request, reply) => {
			log.open(request.raw, reply.raw);
			const answer = errorAnswer(error, request.id);
			reply.hijack();
			reply.raw
				.writeHead(answer.status, {
					'content-type': 'application/json; charset=utf-8',
					'x-request-id': request.id,
					...(labelsAsGzip(request.raw) ? { 'content-encoding': 'gzip' } : {}),
				})
				.end(JSON.stringify(answer.body));
		},
	});

	server.addHook('onRequest', async (request, reply) => {
		log.open(request.raw, reply.raw);
		reply.header('x-request-id', request.id);
		// The clock of the tasks, which may not be that of the machine.
		reply.header('date', new Date(now()).toUTCString());
	});
	server.removeAllContentTypeParsers();
	server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
		const body = parseBody(bytes);
		log.setBody(request.raw, body);
		done(null, body);
	});
	server.addHook('preHandler', async (request, reply) => await faults.before(request, reply));
	server.addHook(
		'onSend',
		async (request, reply, payload) => await faults.replace(request, reply, payload),
	);
	// A callback hook, as only that can leave the answer unsent.
	server.addHook('onSend', (request, reply, payload, done) => {
		const isJson = String(reply.getHeader('content-type')).startsWith('application/json');
		if (isJson && !reply.hasHeader('content-encoding') && labelsAsGzip(request.raw)) {
			reply.header('content-encoding', 'gzip');
		}
		if (!faults.allows(request, reply, payload)) return;
		if (!request.raw.socket.destroyed) log.setStatus(request.raw, reply.statusCode);
		done(null, payload);
	});

	server.setNotFoundHandler(() => {
		throw new ArkError(404, 'NotFound', 'The path or the method is not known.');
	});
	server.setErrorHandler(async (error: FastifyError | ArkError, request, reply) => {
		const answer = errorAnswer(error, request.id);
		return await reply.code(answer.status).send(answer.body);
	});
	return server;
}

/** The JSON of a body, its text if it is not JSON, or undefined if it is empty. */
export function parseBody(bytes: Buffer): unknown {
	const text = bytes.toString();
	if (text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function errorAnswer(
	error: FastifyError | ArkError,
	requestId: string,
): { status: number; body: ArkErrorBody } {
	const arkError = error instanceof ArkError ? error : describeServerError(error);
	return { status: arkError.status, body: arkError.toBody(requestId) };
}
