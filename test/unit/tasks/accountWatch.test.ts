import fc from 'fast-check';
import {
	deliverDue,
	type TriggerAccess,
} from '../../../nodes/Seedance/actions/trigger/deliverTasks';
import type { Connection } from '../../../nodes/Seedance/seedance/connection';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import { beginWatch, watch } from '../../../nodes/Seedance/tasks/accountWatch';
import { TriggerMemory } from '../../../nodes/Seedance/tasks/triggerMemory';
import { notFound } from '../given';
import { TriggerWorld, type Weather } from './triggerWorld';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const isWanted = ({ status }: Task) => status === 'succeeded';
const calm: Weather = { random: () => 0.99, failing: 0, isBusy: false };

/** A trigger with what n8n keeps of it: in the process, and in the database, where it is saved with a delivery. */
class Trigger {
	readonly delivered: string[] = [];
	/** In which time items begin. */
	withinMs = Infinity;
	private kept: string | undefined;
	private saved: string | undefined;

	constructor(private readonly world: TriggerWorld) {}

	get sizeBytes(): number {
		return this.kept?.length ?? 0;
	}

	async activate(): Promise<void> {
		const { memory } = await beginWatch(this.world.clock(), this.world.api);
		this.kept = this.saved = JSON.stringify(memory.stored('a'));
	}

	/** Whether it succeeded. */
	async poll(): Promise<boolean> {
		const { api } = this.world;
		const clock = this.world.clock();
		const memory = TriggerMemory.read(JSON.parse(this.kept ?? '{}'), 'a');
		if (memory === undefined) throw new Error('No memory');
		const connection = { provider: {} } as Connection;
		const access = { api, clock, connection } as unknown as TriggerAccess;
		const options = { isWanted, createdAfterMs: undefined, downloadTo: undefined, simplify: true };
		try {
			await watch(clock, api, memory, isWanted);
		} catch {
			return false;
		}
		const { items, failure } = await deliverDue(access, memory, options, this.withinMs);
		this.kept = JSON.stringify(memory.stored('a'));
		this.delivered.push(...items.map(({ json }) => String(json['taskId'])));
		if (items.length > 0) this.saved = this.kept;
		return failure === undefined;
	}

	restart(): void {
		this.kept = this.saved;
	}

	async pollUntilQuiet(): Promise<void> {
		for (let quiet = 0, polls = 0; quiet < 3; polls++) {
			if (polls > 1_000) throw new Error('It never ends');
			const before = this.delivered.length;
			const hasSucceeded = await this.poll();
			this.world.pass(minuteMs);
			quiet = hasSucceeded && before === this.delivered.length ? quiet + 1 : 0;
		}
	}
}

/** The tasks that have to be delivered: those that succeeded after the activation. */
function expected({ tasks }: TriggerWorld, activatedMs: number): string[] {
	return tasks
		.filter(({ end, endsMs }) => end === 'succeeded' && endsMs > activatedMs)
		.map(({ id }) => id)
		.sort();
}

describe('a trigger at a provider whose list shifts, lags and fails', () => {
	const step = fc.oneof(
		{
			weight: 3,
			arbitrary: fc.record({
				kind: fc.constant('create' as const),
				count: fc.oneof(
					{ weight: 5, arbitrary: fc.nat(20) },
					{ weight: 1, arbitrary: fc.nat(700) },
				),
				maxRenderMs: fc.nat(20 * minuteMs),
			}),
		},
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant('poll' as const) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
		{
			weight: 1,
			arbitrary: fc.record({ kind: fc.constant('down' as const), ms: fc.nat(dayMs) }),
		},
	);

	test('delivers each task that ends exactly once', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { minLength: 5, maxLength: 40 }),
				fc.integer({ min: -12, max: 12 }),
				fc.nat(0x7fffffff),
				async (steps, hoursAhead, seed) => {
					const weather = { random: randomFrom(seed), failing: 0, isBusy: false };
					const world = new TriggerWorld(weather, hoursAhead * 3_600_000);
					for (let index = 0; index < 130; index++) {
						world.create(weather.random() * 20 * minuteMs);
						world.pass(weather.random() * minuteMs);
					}
					const trigger = new Trigger(world);
					const before = world.providerMs;
					await trigger.activate();
					const after = world.providerMs;
					weather.failing = 0.2;
					weather.isBusy = true;
					for (const one of steps) {
						if (one.kind === 'create') {
							for (let left = one.count; left > 0; left--) {
								const end = weather.random() < 0.3 ? 'failed' : 'succeeded';
								world.create(weather.random() * one.maxRenderMs, end, weather.random() * 300_000);
								world.pass(weather.random() * 100);
							}
						} else if (one.kind === 'poll') await trigger.poll();
						else if (one.kind === 'restart') trigger.restart();
						else world.pass(Math.min(one.ms, 6 * dayMs - (world.providerMs - before)));
						world.pass(minuteMs);
					}
					weather.isBusy = false;
					weather.failing = 0;
					world.pass(30 * minuteMs);
					await trigger.pollUntilQuiet();
					// What ends while the trigger is activated may count as either.
					const sure = expected(world, after);
					const possible = new Set(expected(world, before));
					expect(trigger.delivered.length).toBe(new Set(trigger.delivered).size);
					expect(sure.filter((id) => !trigger.delivered.includes(id))).toEqual([]);
					expect(trigger.delivered.filter((id) => !possible.has(id))).toEqual([]);
				},
			),
			{ seed: 20261128, numRuns: 150 },
		);
	});
});

/** A small generator, so that a draw of fast-check decides everything. */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

describe('requests', () => {
	test('one where nothing is new, and one for each hundred tasks in flight that are not on the first page', async () => {
		const world = new TriggerWorld({ ...calm });
		for (let index = 0; index < 250; index++) {
			world.create(minuteMs);
			world.pass(5 * minuteMs);
		}
		const trigger = new Trigger(world);
		await trigger.activate();
		world.pass(minuteMs);
		const before = world.lists;
		await trigger.poll();
		expect(world.lists - before).toBe(1);

		const long = world.create(5 * 3_600_000);
		for (let index = 0; index < 120; index++) {
			world.create(minuteMs);
			world.pass(2 * minuteMs);
			if (index % 10 === 0) await trigger.pollUntilQuiet();
		}
		await trigger.pollUntilQuiet();
		const since = world.lists;
		await trigger.poll();
		expect(world.lists - since).toBe(2);
		expect(trigger.delivered).not.toContain(long.id);
		world.pass(5 * 3_600_000);
		await trigger.poll();
		expect(trigger.delivered.filter((id) => id === long.id)).toHaveLength(1);
		expect(world.reads).toBe(trigger.delivered.length);
	});

	test('after three days without n8n, every page once; then fifty tasks a poll', async () => {
		const world = new TriggerWorld({ ...calm });
		const trigger = new Trigger(world);
		await trigger.activate();
		for (let index = 0; index < 1_200; index++) {
			world.create(minuteMs);
			world.pass((3 * dayMs) / 1_200);
		}
		const before = world.lists;
		await trigger.poll();
		expect(world.lists - before).toBe(12);
		expect(trigger.delivered).toHaveLength(50);
		await trigger.poll();
		expect(trigger.delivered).toHaveLength(100);
		await trigger.pollUntilQuiet();
		expect(trigger.delivered.toSorted()).toEqual(expected(world, 0));
	});
});

describe('the activation', () => {
	test('settles what has ended, however many tasks were created in the last minutes', async () => {
		const world = new TriggerWorld({ ...calm });
		for (let index = 0; index < 250; index++) {
			world.create(0);
			world.pass(1_000);
		}
		const trigger = new Trigger(world);
		await trigger.activate();
		await trigger.pollUntilQuiet();
		expect(trigger.delivered).toEqual([]);
	});

	test.each([
		['knows what is queued and running, however old it is', false],
		['knows it also where the host ignores the filter by status', true],
	])('%s', async (_, ignoresStatus) => {
		const world = new TriggerWorld({ ...calm });
		world.ignoresStatus = ignoresStatus;
		const old = world.create(2 * dayMs);
		for (let index = 0; index < 450; index++) {
			world.create(0);
			world.pass(5 * minuteMs);
		}
		const trigger = new Trigger(world);
		await trigger.activate();
		world.pass(2 * dayMs);
		await trigger.pollUntilQuiet();
		expect(trigger.delivered).toEqual([old.id]);
	});
});

test('a clock of the provider that was ahead and is corrected', async () => {
	const world = new TriggerWorld({ ...calm });
	const trigger = new Trigger(world);
	await trigger.activate();
	const createSome = async () => {
		for (let minute = 0; minute < 120; minute++) {
			world.create(minuteMs);
			world.pass(minuteMs);
			await trigger.poll();
		}
	};
	await createSome();
	world.aheadMs = dayMs;
	await createSome();
	world.aheadMs = 0;
	await createSome();
	await trigger.pollUntilQuiet();
	const all = world.tasks.map(({ id }) => id);
	expect(all).toHaveLength(360);
	expect(trigger.delivered.toSorted()).toEqual(all.toSorted());
});

test('a task whose entry cannot be read is found later', async () => {
	const world = new TriggerWorld({ ...calm });
	const trigger = new Trigger(world);
	for (let index = 0; index < 60; index++) world.create(0);
	await trigger.activate();
	const broken = world.create(0);
	world.unreadable = broken.id;
	for (let minute = 0; minute < 30; minute++) {
		world.create(0);
		world.create(0);
		world.create(0);
		world.pass(minuteMs);
		await trigger.poll();
	}
	expect(trigger.delivered).not.toContain(broken.id);
	world.unreadable = undefined;
	await trigger.poll();
	expect(trigger.delivered).toContain(broken.id);
});

test('a poll whose list fails in the middle of the pages changes nothing', async () => {
	const weather = { ...calm };
	const world = new TriggerWorld(weather);
	const trigger = new Trigger(world);
	await trigger.activate();
	for (let index = 0; index < 500; index++) world.create(0);
	let calls = 0;
	weather.failing = 0.5;
	weather.random = () => (++calls === 3 ? 0 : 0.99);
	expect(await trigger.poll()).toBe(false);
	expect(trigger.delivered).toEqual([]);
	weather.failing = 0;
	await trigger.pollUntilQuiet();
	expect(trigger.delivered.toSorted()).toEqual(expected(world, 0));
});

test('a task without the time of its create does not stop the others, and is found when it has one', async () => {
	const world = new TriggerWorld({ ...calm });
	for (let index = 0; index < 60; index++) world.create(0);
	const trigger = new Trigger(world);
	await trigger.activate();
	const tasks = Array.from({ length: 3 }, () => world.create(0).id);
	const [one = '', ...others] = tasks;
	world.withoutTime.add(one);
	for (let polls = 0; polls < 3; polls++) expect(await trigger.poll()).toBe(true);
	expect(trigger.delivered.toSorted()).toEqual(others.toSorted());
	world.withoutTime.clear();
	await trigger.poll();
	expect(trigger.delivered.toSorted()).toEqual(tasks.toSorted());
	for (const { id } of world.tasks) world.withoutTime.add(id);
	expect(await trigger.poll()).toBe(false);
});

test('tasks on a page that is answered without entries are found later', async () => {
	const world = new TriggerWorld({ ...calm });
	const trigger = new Trigger(world);
	world.create(0);
	await trigger.activate();
	for (let index = 0; index < 350; index++) {
		world.create(0);
		world.pass(minuteMs);
	}
	world.emptyPage = 2;
	for (let polls = 0; polls < 4; polls++) expect(await trigger.poll()).toBe(true);
	expect(trigger.delivered).toHaveLength(100);
	world.emptyPage = undefined;
	await trigger.pollUntilQuiet();
	expect(trigger.delivered.toSorted()).toEqual(expected(world, 0).slice(1));
});

test.each([3, 30, 70])('%i tasks whose own calls hang do not stop the others', async (count) => {
	const world = new TriggerWorld({ ...calm });
	const trigger = new Trigger(world);
	await trigger.activate();
	trigger.withinMs = 120_000;
	for (let index = 0; index < count; index++) world.hanging.add(world.create(0).id);
	world.pass(minuteMs);
	const others = Array.from({ length: 60 }, () => world.create(0).id);
	for (let polls = 0; polls < 12; polls++) await trigger.poll();
	expect(trigger.delivered.toSorted()).toEqual(others.toSorted());
	const [answered = ''] = world.hanging;
	world.hanging.delete(answered);
	for (let polls = 0; polls < 12; polls++) await trigger.poll();
	expect(trigger.delivered).toContain(answered);
});

describe('a task that is due', () => {
	async function givenDue() {
		const world = new TriggerWorld({ ...calm });
		world.create(0);
		const trigger = new Trigger(world);
		await trigger.activate();
		return { world, trigger, task: world.create(0) };
	}

	/** Others follow, so that the task is not on the part of the list that is read in each poll. */
	function createOthers(world: TriggerWorld): void {
		for (let index = 0; index < 210; index++) {
			world.create(0, 'failed');
			world.pass(minuteMs);
		}
	}

	test.each([false, true])(
		'and that its own call does not know stays due as long as the list shows it, also far back: %s',
		async (isFarBack) => {
			const { world, trigger, task } = await givenDue();
			world.failures.set(task.id, notFound);
			for (let poll = 0; poll < 6; poll++) {
				await trigger.poll();
				world.pass(minuteMs);
				if (isFarBack && poll === 1) createOthers(world);
			}
			expect(trigger.delivered).toEqual([]);
			world.failures.clear();
			await trigger.poll();
			expect(trigger.delivered).toEqual([task.id]);
		},
	);

	test('and that neither its own call nor the list knows, in two polls, is given up', async () => {
		const { world, trigger, task } = await givenDue();
		world.failures.set(task.id, notFound);
		await trigger.poll();
		world.hidden.add(task.id);
		await trigger.poll();
		await trigger.poll();
		const before = world.reads;
		await trigger.poll();
		expect(world.reads).toBe(before);
	});

	test('and that lacks its video once and is unknown once is delivered with its video', async () => {
		const { world, trigger, task } = await givenDue();
		world.withoutVideo.add(task.id);
		await trigger.poll();
		world.withoutVideo.clear();
		world.failures.set(task.id, notFound);
		world.hidden.add(task.id);
		await trigger.poll();
		expect(trigger.delivered).toEqual([]);
		world.failures.clear();
		await trigger.poll();
		expect(trigger.delivered).toEqual([task.id]);
	});
});

test('what does not begin in time is left to the next poll', async () => {
	const world = new TriggerWorld({ ...calm });
	const trigger = new Trigger(world);
	await trigger.activate();
	for (let index = 0; index < 30; index++) world.create(0);
	// Eight reads a second.
	trigger.withinMs = 1_000;
	await trigger.poll();
	expect(trigger.delivered.length).toBeGreaterThan(5);
	expect(trigger.delivered.length).toBeLessThan(15);
	await trigger.pollUntilQuiet();
	expect(trigger.delivered.toSorted()).toEqual(expected(world, 0));
});

test('a task that the list leaves out is read by its own call, and given up when that does not know it twice', async () => {
	const world = new TriggerWorld({ ...calm });
	const hidden = world.create(10 * minuteMs);
	const removed = world.create(10 * minuteMs);
	const trigger = new Trigger(world);
	await trigger.activate();
	Object.assign(hidden, { lagMs: dayMs });
	removed.isRemoved = true;
	await trigger.poll();
	expect(world.reads).toBe(2);
	await trigger.poll();
	expect(world.reads).toBe(4);
	world.pass(11 * minuteMs);
	await trigger.poll();
	// Its own call twice: whether it has ended, and for its item.
	expect(world.reads).toBe(6);
	expect(trigger.delivered).toEqual([hidden.id]);
});

test('the memory is small: 1,000 tasks in flight', async () => {
	const world = new TriggerWorld({ ...calm });
	const trigger = new Trigger(world);
	for (let index = 0; index < 1_000; index++) {
		world.create(dayMs);
		world.pass(1_000);
	}
	await trigger.activate();
	expect(trigger.sizeBytes).toBeLessThan(20_000);
});
