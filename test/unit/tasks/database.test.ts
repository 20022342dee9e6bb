import { Database } from '../../../nodes/Seedance/tasks/database';
import { flush } from '../fakeClock';
import { MemorySet } from '../given';

/** A database of which each call fails or works as the test says. */
function databaseOf(set: MemorySet | undefined = new MemorySet()) {
	const told: string[] = [];
	const database = new Database(set, (reason) => told.push(reason));
	let calls = 0;
	/** One call: it works, or throws. */
	const call = async (works: boolean, isRequired?: boolean) =>
		await database.attempt(async () => {
			calls++;
			if (!works) throw new Error('The database is locked');
			return 'worked';
		}, isRequired);
	return { set, database, told, call, calls: () => calls };
}

const locked = 'The database is locked';
const unreadable = { kind: 'ledgerUnreadable', outcomeUnknown: false };

describe('a database that fails', () => {
	test('before it has ever worked is given up at once', async () => {
		const { call, calls, told } = databaseOf();
		expect(await call(false)).toBeUndefined();
		expect(await call(true)).toBeUndefined();
		expect(calls()).toBe(1);
		expect(told).toEqual([locked]);
	});

	test('after it has worked is given up at the third failure in a row', async () => {
		const { call, calls, told } = databaseOf();
		const results: unknown[] = [];
		for (const works of [true, false, false, true, false, false, false, true]) {
			results.push(await call(works));
		}
		const none = undefined;
		expect(results).toEqual(['worked', none, none, 'worked', none, none, none, none]);
		expect(calls()).toBe(7);
		expect(told).toEqual(Array(5).fill(locked));
	});

	test('throws where it is required, also after it was given up', async () => {
		const { call, calls, told } = databaseOf();
		await expect(call(false, true)).rejects.toMatchObject(unreadable);
		await expect(call(true, true)).rejects.toMatchObject(unreadable);
		expect(await call(true)).toBeUndefined();
		expect(calls()).toBe(1);
		expect(told).toEqual([locked]);
	});
});

test('a database that n8n does not offer is told once, and never throws', async () => {
	const told: string[] = [];
	const database = new Database(undefined, (reason) => told.push(reason));
	const call = async () => await Promise.reject(new TypeError('It is not called'));
	expect(await database.attempt(call)).toBeUndefined();
	expect(await database.attempt(call, true)).toBeUndefined();
	database.later(call);
	expect(await database.settled()).toEqual({ calls: 0, elapsedMs: 0 });
	expect(told).toEqual(['n8n does not offer it here']);
});

describe('a write that nobody waits for', () => {
	test('is waited for at the end, and its failure is told alone', async () => {
		const { database, told, set } = databaseOf();
		let fail = () => {};
		database.later(async () => {
			await new Promise<void>((resolve) => (fail = resolve));
			throw new Error(locked);
		});
		let isSettled = false;
		const settled = database.settled().then((usage) => {
			isSettled = true;
			return usage;
		});
		await flush();
		expect(isSettled).toBe(false);
		fail();
		expect(await settled).toEqual({ calls: 0, elapsedMs: 0 });
		expect(told).toEqual([locked]);
		expect(set?.asked).toEqual([]);
	});

	test('is made with the set, and counted', async () => {
		const { database, set } = databaseOf();
		database.later(async (given) => await given.add(['x']));
		expect(await database.settled()).toEqual({ calls: 1, elapsedMs: 0 });
		expect(set?.texts).toEqual(['x']);
	});
});
