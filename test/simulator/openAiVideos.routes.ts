import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { admissionOf, type TaskRoutesContext } from './arkTasks.routes';
import { ArkError, describeServerError, taskNotFound } from './errors';
import { readOpenAiCreateRequest } from './openAiCreateRequest';
import { describeCreated, describeOpenAiTask } from './openAiTaskObject';
import { checkKey } from './providers';
import type { SimulatedTask } from './task';

/**
 * Adds the OpenAI-style interface, which has no list and no delete. Without effect where the provider has none.
 * Source: PowerTokens quick start, Official Compatible Interface vs OpenAI-style Interface.
 */
export function addOpenAiVideoRoutes(server: FastifyInstance, context: TaskRoutesContext): void {
	const { openAiBasePath: prefix } = context.provider;
	if (prefix === undefined) return;
	// A separate scope, because its errors have a different form.
	void server.register(async (scope) => addRoutes(scope, context), { prefix });
}

function addRoutes(scope: FastifyInstance, context: TaskRoutesContext): void {
	const { provider, store, view } = context;
	const preHandler = async (request: FastifyRequest) => {
		checkKey(provider, request.headers.authorization, context.apiKey);
	};
	const findTask = (id: string): SimulatedTask => {
		const task = store.find(id);
		if (task === undefined) throw taskNotFound();
		return task;
	};

	scope.setNotFoundHandler(() => {
		throw new ArkError(404, 'NotFound', 'The path or the method is not known.');
	});
	scope.setErrorHandler(async (error: FastifyError | ArkError, request, reply) => {
		const refusal = error instanceof ArkError ? error : describeServerError(error);
		return await reply.code(refusal.status).send(refusal.toOpenAiBody(request.id));
	});

	scope.post('/videos', { preHandler: admissionOf(context, 'create') }, async (request) => {
		const plan = readOpenAiCreateRequest(
			request.body,
			provider,
			(id) => store.find(id),
			context.findAsset,
		);
		return describeCreated(store.accept(plan, request.id));
	});

	scope.get<{ Params: { id: string } }>(
		'/videos/:id',
		{ preHandler: admissionOf(context, 'get') },
		async (request) => describeOpenAiTask(findTask(request.params.id), view),
	);

	// Source: github PowerTokens/video-studio, wan_core.py (the video itself, for the same key).
	scope.get<{ Params: { id: string } }>(
		'/videos/:id/content',
		{ preHandler },
		async (request, reply) => {
			const { id, status, fileExtension } = findTask(request.params.id);
			if (status !== 'succeeded') {
				throw new ArkError(400, 'InvalidAction.TaskNotSucceeded', `The task is ${status}.`);
			}
			const file = await context.media.find(`${id}.${fileExtension}`);
			if (file === undefined) throw taskNotFound();
			reply.header('content-length', file.sizeBytes);
			return await reply.type(file.contentType).send(file.read(0, file.sizeBytes));
		},
	);

	// Source: github ym1623/powertokens-cli, dist/client.js (the members of an entry).
	scope.get('/models', { preHandler }, async () => ({
		object: 'list',
		data: Object.keys(provider.models).map((id) => ({
			id,
			owned_by: 'byteplus',
			supported_endpoint_types: ['openai-video'],
		})),
	}));
}
