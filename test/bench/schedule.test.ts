import { idealMakespanMs, idealOfChainsMs } from './schedule';

test.each<[readonly number[], number, number]>([
	[[], 3, 0],
	[[5], 3, 5],
	[[5, 4, 3], 1, 12],
	// The third task starts at 4, when the second ends.
	[[5, 4, 3], 2, 7],
	[[10, 1, 1, 1, 1], 2, 10],
	[Array.from({ length: 50 }, () => 60_000), 10, 300_000],
])('%j over %d slots has a makespan of %d', (renderMs, slots, makespanMs) => {
	expect(idealMakespanMs(renderMs, slots)).toBe(makespanMs);
});

test.each<[ReadonlyArray<readonly number[]>, number, number]>([
	[[], 3, 0],
	[[[5, 4], [3]], 2, 9],
	// Three equal chains over two slots need all slots all the time.
	[[[2], [2], [2]], 2, 3],
])('the chains %j over %d slots take at least %d', (chains, slots, ms) => {
	expect(idealOfChainsMs(chains, slots)).toBe(ms);
});
