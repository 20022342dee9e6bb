import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readCreateRequest } from './createRules';
import { ArkError, taskNotFound } from './errors';
import type { SimulatedTask } from './task';
import { pageOf } from './taskList';
import { describeListItem, describeTask, type SignFile } from './taskObject';
import type { TaskStore } from './taskStore';

/** What the task routes need; the base path is what comes before `/contents/generations/tasks`. */
export interface ArkTasksContext {
	readonly basePath: string;
	readonly apiKey: string;
	readonly store: TaskStore;
	readonly signFile: SignFile;
}

/** Adds create, get, list and delete of video tasks. Source: PowerTokens quick start, Endpoint List. */
export function addArkTaskRoutes(server: FastifyInstance, context: ArkTasksContext): void {
	const { store, signFile } = context;
	const tasksPath = `${context.basePath}/contents/generations/tasks`;
	const preHandler = async (request: FastifyRequest) => {
		checkKey(request.headers.authorization, context.apiKey);
	};

	server.post(tasksPath, { preHandler }, async (request) => {
		const plan = readCreateRequest(request.body, (id) => store.find(id));
		const { id } = store.accept(plan, request.id);
		const { safetyIdentifier } = plan;
		return safetyIdentifier === undefined ? { id } : { id, safety_identifier: safetyIdentifier };
	});

	// With a slash and no id behind it the path still means the list.
	for (const url of [tasksPath, `${tasksPath}/`]) {
		server.get(url, { preHandler }, async (request) => {
			const query = new URLSearchParams(request.url.split(/\?(.*)/s)[1] ?? '');
			const { total, tasks } = pageOf(store.readable(), query);
			return { total, items: tasks.map((task) => describeListItem(task, signFile)) };
		});
	}

	server.get<{ Params: { id: string } }>(`${tasksPath}/:id`, { preHandler }, async (request) =>
		describeTask(findTask(store, request.params.id), signFile),
	);

	server.delete<{ Params: { id: string } }>(
		`${tasksPath}/:id`,
		{ preHandler },
		async (request, reply) => {
			deleteTask(store, findTask(store, request.params.id));
			return await reply.send();
		},
	);
}

/** Source: PowerTokens quick start, Authentication (the key itself); PowerTokens create reference (Bearer). */
function checkKey(authorization: string | undefined, apiKey: string): void {
	if (authorization === apiKey || authorization === `Bearer ${apiKey}`) return;
	throw new ArkError(401, 'AuthenticationError', 'The API key is missing or not valid.');
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
