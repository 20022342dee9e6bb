import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FindAsset } from './assets';
import type { CallbackSender } from './callbacks';
import { readCreateRequest } from './createRules';
import { ArkError, taskNotFound } from './errors';
import type { MediaFiles } from './mediaFiles';
import type { CheckOwnFile } from './mediaUrls';
import { checkKey, type Provider } from './providers';
import type { LimitedCall, RateLimits } from './rateLimits';
import type { SimulatedTask } from './task';
import { pageOf } from './taskList';
import { describeCreated, describeListItem, describeTask, type TaskView } from './taskObject';
import type { TaskStore } from './taskStore';

/** What the task routes need. A key without the group that the provider requires for a model cannot create with it. */
export interface TaskRoutesContext {
	readonly provider: Provider;
	readonly apiKey: string;
	/** Both interfaces count together. */
	readonly limits: RateLimits;
	readonly groups: readonly string[];
	readonly store: TaskStore;
	/** Undefined if assets are not checked. */
	readonly findAsset: FindAsset | undefined;
	/** Judges the URLs of files on the simulator's own address. */
	readonly checkOwn: CheckOwnFile;
	readonly view: TaskView;
	readonly media: MediaFiles;
	readonly callbacks: CallbackSender;
	readonly listWorks: boolean;
}

/** Source: github QuantumNous/new-api, router/web-router.go (a path that it does not know is its web app, with status 200 and without a key). */
const webAppPage = `<!doctype html>
<html lang="en"><head><title>Gateway</title></head><body><div id="root"></div></body></html>
`;

/** Adds create, get, list and delete of video tasks. Source: PowerTokens quick start, Endpoint List. */
export function addArkTaskRoutes(server: FastifyInstance, context: TaskRoutesContext): void {
	const { provider, store, view } = context;
	const tasksPath = `${provider.officialBasePath}/contents/generations/tasks`;
	const admits = (call: LimitedCall) => ({ preHandler: admissionOf(context, call) });

	server.post(tasksPath, admits('create'), async (request, reply) => {
		const { model } = Object(request.body) as { model?: unknown };
		const group = provider.groupOf(model);
		if (group !== undefined && !context.groups.includes(group)) {
			// Source: APIYI API reference (the message); status and body are an inference.
			const refusal = new ArkError(503, 'model_not_found', 'no available channel for this model');
			return await reply.code(refusal.status).send(refusal.toOpenAiBody(request.id));
		}
		const plan = readCreateRequest(
			request.body,
			provider,
			(id) => store.find(id),
			context.findAsset,
			context.checkOwn,
		);
		const task = store.accept(plan, request.id);
		context.callbacks.follow(task);
		return describeCreated(task, view);
	});

	// With a slash and no ID behind it the path still means the list.
	for (const url of [tasksPath, `${tasksPath}/`]) {
		if (!context.listWorks) {
			server.get(
				url,
				async (_, reply) => await reply.type('text/html; charset=utf-8').send(webAppPage),
			);
			continue;
		}
		server.get(url, admits('list'), async (request) => {
			const query = new URLSearchParams(request.url.split(/\?(.*)/s)[1] ?? '');
			const { total, tasks } = pageOf(store.listed(), query);
			return { total, items: tasks.map((task) => describeListItem(task, view)) };
		});
	}

	server.get<{ Params: { id: string } }>(`${tasksPath}/:id`, admits('get'), async (request) =>
		describeTask(findTask(store, request.params.id), view),
	);

	server.delete<{ Params: { id: string } }>(
		`${tasksPath}/:id`,
		admits('delete'),
		async (request, reply) => {
			deleteTask(store, findTask(store, request.params.id));
			return await reply.send();
		},
	);
}

/** Checks the key of a request, then whether it may be sent now. */
export function admissionOf({ provider, apiKey, limits }: TaskRoutesContext, call: LimitedCall) {
	return async (request: FastifyRequest): Promise<void> => {
		checkKey(provider, request.headers.authorization, apiKey);
		limits.count(call);
	};
}

function findTask(store: TaskStore, id: string): SimulatedTask {
	const task = store.find(id);
	if (task === undefined) throw taskNotFound();
	return task;
}

/** Source: BytePlus docs 1521720 (what DELETE does in each state). */
function deleteTask(store: TaskStore, task: SimulatedTask): void {
	switch (task.status) {
		case 'queued':
			store.cancel(task.id);
			return;
		case 'running':
			throw new ArkError(
				409,
				'InvalidAction.RunningTaskDeletion',
				'Cannot delete task because it is currently running.',
			);
		case 'cancelled':
			throw new ArkError(
				409,
				'InvalidAction.CancelledTaskDeletion',
				'Cannot delete task because it is already cancelled.',
			);
		default:
			store.remove(task.id);
	}
}
