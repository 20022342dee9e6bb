import { errorBody, useSimulator } from './testSimulator';

const setup = useSimulator({ concurrency: 1 });

const dayMs = 24 * 60 * 60 * 1000;
const notFound = errorBody('NotFound.Task', 'Task not found.', '', 'NotFound');

it('cancels a queued task, whose record stays for a day', async () => {
	await setup.create('In the way');
	const id = await setup.create('Waiting');
	const answer = await setup.tasks.delete(id);
	expect({ status: answer.status, data: answer.data }).toEqual({ status: 200, data: '' });
	setup.pass(dayMs - 1);
	expect((await setup.tasks.get(id)).data.status).toBe('cancelled');
	setup.pass(1);
	const later = await setup.tasks.get(id);
	expect({ status: later.status, data: later.data }).toEqual({ status: 404, data: notFound });
});

it('refuses to delete a running task, which continues', async () => {
	const id = await setup.create('A cat');
	const { status, data } = await setup.tasks.delete(id);
	expect(status).toBe(409);
	expect(data).toEqual(
		errorBody(
			'InvalidAction.RunningTaskDeletion',
			'Cannot delete task because it is currently running.',
			'',
			'Conflict',
		),
	);
	setup.pass(10_000);
	expect((await setup.tasks.get(id)).data.status).toBe('succeeded');
});

it.each(['A cat', '[simulate:failed]', '[simulate:expired]'])(
	'deletes the record of a finished task: %s',
	async (prompt) => {
		const id = await setup.create(prompt);
		setup.pass(10_000);
		const answer = await setup.tasks.delete(id);
		expect({ status: answer.status, data: answer.data }).toEqual({ status: 200, data: '' });
		for (const again of [await setup.tasks.get(id), await setup.tasks.delete(id)]) {
			expect({ status: again.status, data: again.data }).toEqual({ status: 404, data: notFound });
		}
		expect((await setup.tasks.get('')).data).toEqual({ total: 0, items: [] });
		expect(setup.simulator.tasks).toMatchObject([{ id, deletedMs: expect.any(Number) }]);
	},
);

it('refuses to delete a cancelled task', async () => {
	await setup.create('In the way');
	const id = await setup.create('Waiting');
	await setup.tasks.delete(id);
	const { status, data } = await setup.tasks.delete(id);
	expect(status).toBe(409);
	expect(data).toEqual(
		errorBody(
			'InvalidAction.CancelledTaskDeletion',
			'Cannot delete task because it is already cancelled.',
			'',
			'Conflict',
		),
	);
});

it('does not know a task that never was', async () => {
	const { status, data } = await setup.tasks.delete('cgt-20260101000000-aaaaa');
	expect({ status, data }).toEqual({ status: 404, data: notFound });
});
