import fastifyMultipart from '@fastify/multipart';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { ArkError, describeServerError } from './errors';
import { checkKey, type Provider } from './providers';
import { readUploadBody } from './uploadBody';
import type { UploadState, UploadStore } from './uploadStore';

/** What the routes of the asset library need. */
export interface UploadRoutesContext {
	readonly provider: Provider;
	readonly apiKey: string;
	readonly uploads: UploadStore;
}

interface Envelope {
	readonly code: number;
	readonly data: object | null;
	readonly msg: string;
}

/**
 * Adds the asset library that accepts files. Does nothing if the provider has none.
 * Source: PowerTokens quick start, Asset Preparation; PowerTokens asset library, upload-file.
 */
export function addUploadRoutes(server: FastifyInstance, context: UploadRoutesContext): void {
	const { uploadBasePath: prefix } = context.provider;
	if (prefix === undefined) return;
	// A separate scope, because its errors have a different form and its bodies are not collected.
	void server.register(async (scope) => await addRoutes(scope, context), { prefix });
}

async function addRoutes(
	scope: FastifyInstance,
	{ provider, apiKey, uploads }: UploadRoutesContext,
) {
	scope.removeAllContentTypeParsers();
	await scope.register(fastifyMultipart);
	scope.addContentTypeParser('*', (_, body, done) => done(null, body));
	scope.setErrorHandler(async (error: FastifyError | ArkError, _, reply) => {
		const { status, explanation } = error instanceof ArkError ? error : describeServerError(error);
		return await reply.code(status).send(envelope(status, null, explanation));
	});

	const preHandler = async (request: FastifyRequest) => {
		checkKey(provider, request.headers.authorization, apiKey);
	};
	scope.post('/upload', { preHandler }, async (request) => {
		const { file, groupId } = await readUploadBody(request);
		if (file === undefined) throw new ArkError(400, 'InvalidParameter', 'file is required');
		const taskId = uploads.accept(file, groupId, request.headers);
		return envelope(200, { task_id: taskId });
	});

	// Source: PowerTokens quick start, Asset Preparation (no auth required for this endpoint).
	scope.get('/jobs/get-asset-id', async (request): Promise<Envelope> => {
		const query = new URLSearchParams(request.url.split(/\?(.*)/s)[1] ?? '');
		return describeJob(uploads.look(query.get('task_id') ?? ''));
	});
}

/** The answers of a job in turn while it is processed. They are undocumented, so these are all forms that a client must expect. */
const processingAnswers: readonly Envelope[] = [
	envelope(200, {}),
	envelope(200, null),
	envelope(202, { asset_id: '' }, 'processing'),
];

function describeJob(state: UploadState | undefined): Envelope {
	if (state === undefined) return envelope(404, null, 'task not found');
	switch (state.status) {
		case 'processing':
			return processingAnswers[state.looks % processingAnswers.length] ?? envelope(200, {});
		case 'failed':
			return envelope(500, null, state.reason);
		case 'ready':
			return envelope(200, { asset_id: state.assetId });
	}
}

function envelope(code: number, data: object | null, msg = ''): Envelope {
	return { code, data, msg };
}
