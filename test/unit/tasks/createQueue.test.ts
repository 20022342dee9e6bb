import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import { createClock } from '../../../nodes/Seedance/n8n/clock';
import { createTaskSlots } from '../../../nodes/Seedance/tasks/createQueue';

const refused = (code: string) =>
	new SeedanceFailure({ reason: 'refused', message: code, description: '', code, httpStatus: 429 });

const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

test('a throttled create always gets its turn, though timers may fire early', async () => {
	const ids = await Promise.all(
		Array.from({ length: 1_000 }, async (_, index) => {
			await pause(index / 2);
			let tries = 0;
			return await createTaskSlots(createClock(undefined), () => {}).take(async () => {
				if (tries++ === 0) throw refused('ServerOverloaded');
				return `task ${index}`;
			});
		}),
	);
	expect(ids).toHaveLength(1_000);
});

test('creates run in order of arrival, also those that were put back', async () => {
	const slots = createTaskSlots(createClock(undefined), () => {});
	const order: number[] = [];
	let refusals = 3;
	const all = [0, 1, 2, 3, 4, 5, 6].map(
		async (item) =>
			await slots.take(async () => {
				if (refusals-- > 0) throw refused('RequestBurstTooFast');
				order.push(item);
				return String(item);
			}),
	);
	await Promise.all(all);
	// Five go out together and three of them come back; the two others were accepted meanwhile.
	expect(order).toEqual([3, 4, 0, 1, 2, 5, 6]);
});

test('the limit of the provider is told, held and tried again when a place is free', async () => {
	const limits: number[] = [];
	const slots = createTaskSlots(createClock(undefined), (mostTasks) => limits.push(mostTasks));
	const unfinished = new Set<string>();
	let sent = 0;
	const create = (item: string) => async () => {
		sent++;
		await pause(1);
		if (unfinished.size >= 2) throw refused('QuotaExceeded');
		unfinished.add(item);
		return item;
	};
	const all = ['a', 'b', 'c', 'd'].map(async (item) => await slots.take(create(item)));
	await pause(50);
	expect([...unfinished]).toEqual(['a', 'b']);
	expect(limits.at(-1)).toBe(2);
	const sentSoFar = sent;
	await pause(200);
	expect(sent).toBe(sentSoFar);
	for (const item of ['a', 'b', 'c', 'd']) {
		await all[['a', 'b', 'c', 'd'].indexOf(item)];
		unfinished.delete(item);
		slots.release(item);
	}
	expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
});

test('a stop rejects what waits, and what is in flight still gives its id', async () => {
	const controller = new AbortController();
	const slots = createTaskSlots(createClock(controller.signal), () => {});
	slots.limitTo(1);
	const first = slots.take(async () => {
		await pause(50);
		return 'first';
	});
	const second = slots.take(async () => 'second');
	controller.abort();
	await expect(second).rejects.toMatchObject({ reason: 'stopped' });
	expect(await first).toBe('first');
});

test('nothing but a certain refusal comes again', async () => {
	const slots = createTaskSlots(createClock(undefined), () => {});
	for (const failure of [
		new SeedanceFailure({ reason: 'timeout', message: 'late', description: '', mayExist: true }),
		new SeedanceFailure({ reason: 'refused', message: 'no', description: '', httpStatus: 500 }),
		new SeedanceFailure({ reason: 'refused', message: '?', description: '', httpStatus: 429 }),
		refused('QuotaExceeded'),
	]) {
		let sent = 0;
		const taken = slots.take(async () => {
			sent++;
			throw failure;
		});
		await expect(taken).rejects.toBe(failure);
		expect(sent).toBe(1);
	}
});
