import { taskUrl } from '../../nodes/Seedance/seedance/wire/wire';
import { listUrl } from '../../nodes/Seedance/seedance/wire/official';
import { readCreatedTaskId } from '../../nodes/Seedance/seedance/task';
import { expectRefusal, expectSuccess, listTasks } from './answers';
import { differencesFrom, modelsShape } from './shapes';
import { StepFailure, type Check, type Step } from './step';

/** An id of the right form that no account has. */
const unknownTaskId = 'cgt-20200101000000-zzzzz';
const otherUnknownTaskId = 'cgt-20200101000001-zzzzz';

/** The list of tasks, without and with filters. */
export const listSteps: readonly Step[] = [
	{
		name: 'list',
		plan: 'GET the newest tasks',
		async run(check, findings) {
			check.state.noCreate = 'the list failed';
			const { tasks, total } = await listTasks(check, findings, {}, 'list');
			delete check.state.noCreate;
			check.state.earlierTaskIds = tasks.map(({ taskId }) => taskId);
			findings.note(`${total ?? 'an unknown number of'} tasks in all`);
		},
	},
	{
		name: 'list by status',
		plan: 'GET tasks with filter.status=succeeded',
		async run(check, findings) {
			const filter = { status: 'succeeded' };
			const { tasks } = await listTasks(check, findings, filter, 'list-by-status');
			const others = tasks.filter(({ status }) => status !== 'succeeded').length;
			if (others > 0) findings.differs(`${others} of ${tasks.length} tasks have another status`);
			findings.note(`${tasks.length} tasks`);
		},
	},
	{
		name: 'list by ids',
		plan: 'GET tasks with filter.task_ids, the key repeated for each of two ids',
		async run(check, findings) {
			const asked = [...check.state.earlierTaskIds, unknownTaskId, otherUnknownTaskId].slice(0, 2);
			const { tasks } = await listTasks(check, findings, { taskIds: asked }, 'list-by-ids');
			const got = tasks.map(({ taskId }) => taskId);
			const missing = check.state.earlierTaskIds.filter((taskId) => !got.includes(taskId)).length;
			const others = got.filter((taskId) => !asked.includes(taskId)).length;
			if (missing > 0) findings.differs(`${missing} of the tasks that were asked for are missing`);
			if (others > 0) findings.differs(`${others} tasks that were not asked for`);
			findings.note(`${got.length} tasks`);
		},
	},
];

/** The list of models, by which the credential is tested where tasks cannot be listed. */
export const modelsStep: Step = {
	name: 'models',
	plan: 'GET the list of models',
	async run({ connection, calls, sample, state, signal }, findings) {
		state.noCreate = 'the list of models failed';
		const url = connection.tasksUrl.slice(0, -connection.wire.collectionPath.length) + '/models';
		const answer = await calls.send({ method: 'GET', url, signal, fixture: 'models' });
		expectSuccess(answer);
		delete state.noCreate;
		findings.differs(...differencesFrom(modelsShape, answer.body));
		const models = modelsShape.safeParse(answer.body);
		if (!models.success) return;
		const isSold = models.data.data.some(({ id }) => id === sample.request.model);
		findings.note(`${models.data.data.length} models`);
		if (!isSold) findings.differs(`${sample.request.model} is not among the models`);
	},
};

/** Requests that are refused and therefore cost nothing. */
export const refusalSteps: readonly Step[] = [
	{
		name: 'refused create',
		plan: 'POST a task without a prompt and with a duration of 0, which has to be refused',
		async run(check, findings) {
			const { connection, calls, book, state } = check;
			const earlier = state.noCreate;
			state.noCreate = earlier ?? 'the refused create failed';
			const answer = await calls.send({
				method: 'POST',
				url: connection.tasksUrl,
				body: impossible(check),
				fixture: 'refused-create',
			});
			const taskId = answer.status < 300 ? readCreatedTaskId(answer.body) : undefined;
			if (taskId !== undefined) {
				book.add(taskId, 'created by a request that should have been refused');
				throw new StepFailure('a task was created from a request that makes no sense');
			}
			expectRefusal(check, findings, 'create', answer, 400);
			if (earlier === undefined) delete state.noCreate;
		},
	},
	{
		name: 'wrong key',
		plan: 'GET with a key that nobody has',
		async run(check, findings) {
			const { connection, calls, signal } = check;
			const { tasksUrl, wire } = connection;
			const url = wire.managesTasks
				? listUrl(tasksUrl, { pageNumber: 1, pageSize: 1 })
				: taskUrl(tasksUrl, unknownTaskId);
			const fixture = 'wrong-key';
			const answer = await calls.send({ method: 'GET', url, wrongKey: true, signal, fixture });
			expectRefusal(check, findings, 'list', answer, 401);
		},
	},
	{
		name: 'unknown task',
		plan: 'GET a task that does not exist',
		async run(check, findings) {
			const { connection, calls, signal } = check;
			const url = taskUrl(connection.tasksUrl, unknownTaskId);
			const answer = await calls.send({ method: 'GET', url, signal, fixture: 'unknown-task' });
			expectRefusal(check, findings, 'read', answer, 404);
		},
	},
];

/** Nothing could be made of it, even where one of the two faults is overlooked. */
function impossible({ sample, connection }: Check): Record<string, unknown> {
	const { content, media, prompt, ...rest } = sample.body;
	const length = connection.wire.style === 'official' ? { duration: 0 } : { seconds: '0' };
	const input = content !== undefined ? { content: [] } : media !== undefined ? { media: [] } : {};
	return { ...rest, ...input, ...(prompt === undefined ? {} : { prompt: '' }), ...length };
}
