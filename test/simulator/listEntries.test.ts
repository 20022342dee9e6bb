import { useSimulator } from './testSimulator';

const setup = useSimulator({ listEntries: 'whole' });

it('lists tasks as their own call shows them', async () => {
	const video = await setup.create('A video');
	const failed = await setup.create('B [simulate:failed InternalServiceError]');
	setup.pass(20_000);
	const { data } = await setup.tasks.get('');
	const whole = await Promise.all(
		[failed, video].map(async (id) => (await setup.tasks.get(id)).data as unknown),
	);
	expect(data).toEqual({ total: 2, items: whole });
});
