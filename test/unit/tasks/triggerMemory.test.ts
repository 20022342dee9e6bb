import { TriggerMemory, type Sighting } from '../../../nodes/Seedance/tasks/triggerMemory';

const account = 'a';
const startMs = Date.UTC(2026, 10, 21);
const at = (seconds: number) => startMs + seconds * 1000;
/** Later than every task of these tests. */
const laterMs = at(10 * 86_400);

/** A memory after n8n has stored it and read it again. */
function again(memory: TriggerMemory): TriggerMemory {
	const read = TriggerMemory.read(JSON.parse(JSON.stringify(memory.stored(account))), account);
	if (read === undefined) throw new Error('The memory cannot be read');
	return read;
}

function memoryOf(...sightings: ReadonlyArray<readonly [string, number, Sighting['state']]>) {
	const memory = new TriggerMemory(startMs);
	for (const [taskId, seconds, state] of sightings) {
		memory.see({ taskId, createdAtMs: at(seconds), state });
	}
	return again(memory);
}

const see = (memory: TriggerMemory, taskId: string, state: Sighting['state'], seconds = 0) =>
	memory.see({ taskId, createdAtMs: at(seconds), state });
const stateOf = (memory: TriggerMemory) => [memory.openIds().sort(), memory.dueIds()];

describe('a task', () => {
	test('that was created before the horizon is settled', () => {
		expect(stateOf(memoryOf(['t', -1, 'wanted'], ['u', -1, 'inFlight']))).toEqual([[], []]);
	});

	test('in flight is open, becomes due when it has ended, and is settled when it was delivered', () => {
		const memory = memoryOf(['t', 5, 'inFlight']);
		expect(stateOf(memory)).toEqual([['t'], []]);
		see(memory, 't', 'wanted', 5);
		expect(stateOf(again(memory))).toEqual([[], ['t']]);
		memory.done('t');
		const later = again(memory);
		for (const state of ['wanted', 'inFlight', 'unwanted'] as const) see(later, 't', state, 5);
		expect(stateOf(later)).toEqual([[], []]);
	});

	test('that is not wanted is settled', () => {
		const memory = memoryOf(['t', 5, 'inFlight'], ['u', 5, 'unwanted']);
		see(memory, 't', 'unwanted', 5);
		const later = again(memory);
		see(later, 't', 'wanted', 5);
		see(later, 'u', 'wanted', 5);
		expect(stateOf(later)).toEqual([[], []]);
	});

	test('that is due and has not ended is open again, and the list does not change one that is due', () => {
		const memory = memoryOf(['t', 5, 'wanted']);
		see(memory, 't', 'inFlight', 5);
		expect(stateOf(memory)).toEqual([[], ['t']]);
		memory.reopen('t');
		expect(stateOf(again(memory))).toEqual([['t'], []]);
	});

	test.each(['inFlight', 'wanted'] as const)('that is unknown twice is settled: %s', (state) => {
		const memory = memoryOf(['t', 5, state]);
		memory.noteUnknown('t');
		const later = again(memory);
		expect(stateOf(later).flat()).toEqual(['t']);
		later.noteUnknown('t');
		expect(stateOf(again(later))).toEqual([[], []]);
	});

	test('that is seen in between has to be unknown twice again', () => {
		const memory = memoryOf(['t', 5, 'inFlight']);
		memory.noteUnknown('t');
		see(memory, 't', 'inFlight', 5);
		memory.noteUnknown('t');
		expect(stateOf(again(memory))).toEqual([['t'], []]);
	});

	test('that is due is not unknown where the list of this poll shows it', () => {
		const memory = memoryOf(['t', 5, 'wanted']);
		memory.noteUnknown('t');
		for (let poll = 0; poll < 3; poll++) {
			const later = again(memory);
			see(later, 't', 'wanted', 5);
			later.noteUnknown('t');
			expect(stateOf(again(later))).toEqual([[], ['t']]);
		}
	});

	test('that is unknown and that lacks its video is no doubt of the same kind', () => {
		const memory = memoryOf(['t', 5, 'wanted'], ['u', 6, 'wanted']);
		expect(again(memory).noteMissingVideo('t')).toBe(false);
		memory.noteMissingVideo('t');
		memory.noteUnknown('u');
		const later = again(memory);
		later.noteUnknown('t');
		expect(later.noteMissingVideo('u')).toBe(false);
		expect(stateOf(again(later))).toEqual([[], ['t', 'u']]);
		expect(again(later).noteMissingVideo('u')).toBe(true);
	});

	test('whose own call failed comes after the others, the one whose call failed last comes last', () => {
		const memory = memoryOf(['t', 5, 'wanted'], ['u', 6, 'wanted'], ['v', 7, 'wanted']);
		memory.noteFailedRead('t', at(200));
		memory.noteFailedRead('u', at(100));
		expect(again(memory).dueIds()).toEqual(['v', 'u', 't']);
	});

	test('that is open again has to be doubtful twice again', () => {
		const memory = memoryOf(['t', 5, 'wanted']);
		memory.noteUnknown('t');
		memory.reopen('t');
		const later = again(memory);
		later.noteUnknown('t');
		expect(stateOf(again(later))).toEqual([['t'], []]);
	});

	test('that was open before the horizon passed it keeps the time of its create', () => {
		const memory = memoryOf(['t', 5, 'inFlight'], ['u', 9, 'inFlight']);
		memory.see({ taskId: 'u', createdAtMs: 0, state: 'wanted' });
		memory.see({ taskId: 't', createdAtMs: 0, state: 'wanted' });
		expect(again(memory).dueIds()).toEqual(['t', 'u']);
	});
});

describe('the horizon', () => {
	const times = (count: number, pauseSeconds: number) =>
		Array.from({ length: count }, (_, index) => at(100_000 - index * pauseSeconds));

	test.each([
		['ten minutes before the newest, where tasks are frequent', times(100, 1), 99_400],
		['at the fiftieth, where they are rare', times(100, 60), 100_000 - 49 * 60 + 1],
		['at the oldest, where there are few', times(3, 3_600), 100_000 - 2 * 3_600 + 1],
	])('is %s', (_, createdAtMs, expected) => {
		const memory = new TriggerMemory(0);
		memory.begin(createdAtMs, laterMs);
		expect(again(memory).horizonMs).toBe(at(expected));
	});

	test('moves one poll late, and never back', () => {
		const memory = memoryOf();
		memory.advance(times(100, 1), true, laterMs);
		expect(again(memory).horizonMs).toBe(at(0));
		memory.advance([at(0)], true, laterMs);
		expect(again(memory).horizonMs).toBe(at(99_400));
		memory.advance([], true, laterMs);
		memory.advance([], true, laterMs);
		expect(again(memory).horizonMs).toBe(at(99_400));
	});

	test('stays where the list was not read as far, at most as long as the provider keeps tasks', () => {
		const memory = memoryOf(['t', 5, 'unwanted']);
		memory.advance(times(100, 1), true, laterMs);
		memory.stay(times(100, 1), laterMs);
		memory.stay([], laterMs);
		expect(again(memory).horizonMs).toBe(at(0));
		memory.stay([at(8 * 86_400)], laterMs);
		expect(again(memory).horizonMs).toBe(at(86_400));
	});

	test('is not behind a time in the future of this machine: a clock that was ahead may be corrected', () => {
		const ahead = [at(100_000)];
		const memory = memoryOf();
		memory.advance(ahead, true, at(50_000));
		memory.advance(ahead, true, at(50_000));
		expect(again(memory).horizonMs).toBe(at(50_000) - 600_000);
		memory.stay([at(8 * 86_400)], at(50_000));
		expect(again(memory).horizonMs).toBe(at(50_000) - 600_000);
		const begun = new TriggerMemory(0);
		begun.begin(ahead, at(50_000));
		expect(again(begun).horizonMs).toBe(at(50_000) - 600_000);
	});

	test('stays up to an hour behind where an entry could not be read', () => {
		const memory = memoryOf();
		memory.advance(times(100, 1), false, laterMs);
		memory.advance([], true, laterMs);
		expect(memory.horizonMs).toBe(at(100_000 - 3_600));
	});

	test('forgets what it has passed', () => {
		const memory = memoryOf(['t', 5, 'unwanted'], ['u', 99_500, 'unwanted']);
		memory.begin(times(100, 1), laterMs);
		expect(JSON.stringify(memory.stored(account))).not.toContain('0t');
		const later = again(memory);
		see(later, 't', 'wanted', 5);
		see(later, 'u', 'wanted', 99_500);
		expect(stateOf(later)).toEqual([[], []]);
	});

	test('reaches back to what has ended since a moment, and keeps what is open', () => {
		const memory = memoryOf(['t', 5, 'unwanted'], ['u', 6, 'inFlight']);
		memory.reachBack(at(-50));
		const later = again(memory);
		see(later, 't', 'wanted', 5);
		see(later, 'v', 'wanted', -40);
		see(later, 'w', 'wanted', -60);
		expect(stateOf(later)).toEqual([['u'], ['v', 't']]);
	});
});

test.each([
	[undefined],
	['text'],
	[{}],
	[{ version: 2, account, horizon: 5, nextHorizon: 5 }],
	[{ version: 1, account: 'b', horizon: 5, nextHorizon: 5 }],
	[{ version: 1, account, horizon: 'x', nextHorizon: 5 }],
	[{ version: 1, account, horizon: 5 }],
])('%j is no memory of this account', (stored) => {
	expect(TriggerMemory.read(stored, account)).toBeUndefined();
});
