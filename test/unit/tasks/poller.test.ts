import type { FailureKind, SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import { createPoller } from '../../../nodes/Seedance/tasks/poller';
import { endingOf, FakeClock } from '../fakeClock';
import { failureOf, forbidden, notFound, policyOf, throttled, unavailable } from '../given';
import { inTurn, late, pollerRun, together, type Answer } from './pollerRun';

const never = async () => await new Promise<Answer>(() => {});

describe('polls', () => {
	test('a wait is polled at once, then after each pause, until it is finished', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn('queued', 'running', 'done'));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 10_050, 20_050]);
		expect(ending).toEqual({
			value: { seen: 'done', timedOut: false, lastFailure: undefined },
			atMs: 20_050,
		});
	});

	test('a first pause delays the first poll', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn('done'));
		wait('a', { firstPauseMs: 3_000 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([3_000]);
	});

	test('the pause is the one for what was seen', async () => {
		const { clock, poller, polledAtMs } = pollerRun(inTurn('queued', 'running', 'done'));
		const asked: string[] = [];
		void poller.wait({
			...{ id: 'a', policy: policyOf(), initial: 'nothing', isNew: false, firstPauseMs: 0 },
			isFinished: (seen) => seen === 'done',
			pauseMs: (seen) => {
				asked.push(seen);
				return seen === 'queued' ? 4_000 : 7_000;
			},
		});
		await clock.advance(60_000);
		expect(asked).toEqual(['queued', 'running']);
		expect(polledAtMs()).toEqual([50, 4_050, 11_050]);
	});

	test('a listener receives everything that is seen, with the time since its wait began', async () => {
		const { clock, wait } = pollerRun(inTurn('queued', 'running', unavailable(), 'done'));
		await clock.advance(1_000);
		const told: Array<[string, number]> = [];
		wait('a', { onSeen: (seen, elapsedMs) => told.push([seen, elapsedMs]) });
		await clock.advance(60_000);
		expect(told).toEqual([
			['queued', 50],
			['running', 10_050],
			['done', 21_050],
		]);
	});

	test('a poll in flight is not repeated, however long it lasts', async () => {
		const { clock, polls, polledAtMs, wait } = pollerRun(
			async (_id, times) => await (times === 1 ? late(clock, 30_000, 'running') : 'done'),
		);
		const ending = wait('a', { pauseMs: 1_000 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 31_050]);
		expect(polls[0]?.timeoutMs).toBe(59_950);
		expect(ending.value?.seen).toBe('done');
	});

	test('waits that begin within 50 ms are polled together', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('done'), together);
		wait('a');
		await clock.advance(30);
		wait('b');
		await clock.advance(1_000);
		expect(polls).toEqual([{ atMs: 50, ids: ['a', 'b'], timeoutMs: 59_950 }]);
	});

	test('a wait that begins while the loop sleeps is polled at most 500 ms late', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'));
		wait('a', { firstPauseMs: 20_000 });
		await clock.advance(5_100);
		wait('b');
		await clock.advance(1_000);
		expect(polls.map(({ atMs, ids }) => [atMs, ...ids])).toEqual([[5_500, 'b']]);
	});

	test('the loop sleeps exactly until the next wait is due', async () => {
		const { clock, wait } = pollerRun(inTurn('running'));
		wait('a', { firstPauseMs: 1_230 });
		wait('b', { firstPauseMs: 9_000 });
		await clock.advance(1_300);
		expect(clock.slept.slice(0, 3)).toEqual([500, 500, 230]);
	});

	test('the loop ends with its last wait, and begins again with the next', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn('done'));
		wait('a');
		await clock.advance(60_000);
		const slept = clock.slept.length;
		await clock.advance(60_000);
		expect(clock.slept).toHaveLength(slept);
		const ending = wait('b');
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 120_050]);
		expect(ending.value?.seen).toBe('done');
	});

	test('one loop serves all waits', async () => {
		const { clock, wait } = pollerRun(inTurn('running'));
		for (const id of ['a', 'b', 'c']) wait(id);
		await clock.advance(50);
		// Fifty milliseconds until all are due, then the first slice.
		expect(clock.slept).toEqual([50, 500]);
	});
});

describe('polled along with others', () => {
	const polledIds = (polls: ReadonlyArray<{ ids: readonly string[] }>) =>
		polls.map(({ ids }) => ids.join(' '));

	test('exactly half a second after its last poll it is polled along', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'), together);
		wait('slow', { pauseMs: 30_000 });
		wait('fast', { pauseMs: 500 });
		await clock.advance(600);
		expect(polledIds(polls)).toEqual(['slow fast', 'fast slow']);
	});

	test('an interval that the user set is never shortened', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'), together);
		wait('slow', { pauseMs: 30_000, pollIntervalMs: 8_000 });
		wait('fast', { pauseMs: 5_000 });
		await clock.advance(10_100);
		expect(polledIds(polls)).toEqual(['slow fast', 'fast', 'fast slow']);
	});

	test('something new is not listed for 1 s, and after that polled along before its first pause ends', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'), together);
		wait('old', { pauseMs: 900 });
		wait('new', { isNew: true, firstPauseMs: 20_000 });
		await clock.advance(3_000);
		expect(polls.map(({ atMs }) => atMs)).toEqual([50, 950, 1_850, 2_750]);
		expect(polledIds(polls)).toEqual(['old', 'old', 'old new', 'old new']);
	});

	test('exactly 1 s after its wait began something new may be listed', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'), together);
		wait('new', { isNew: true, firstPauseMs: 20_000 });
		wait('old', { firstPauseMs: 1_000 });
		await clock.advance(1_000);
		expect(polledIds(polls)).toEqual(['old new']);
	});

	test('what is not new may be polled along at once', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'), together);
		wait('old');
		wait('later', { firstPauseMs: 20_000 });
		await clock.advance(50);
		expect(polledIds(polls)).toEqual(['old later']);
	});

	test('a wait in flight is not polled along', async () => {
		const { clock, polls, wait } = pollerRun(
			async (id) => await (id === 'slow' ? never() : 'running'),
			together,
		);
		wait('slow');
		await clock.advance(500);
		wait('fast');
		await clock.advance(2_000);
		expect(polledIds(polls)).toEqual(['slow', 'fast']);
	});

	test('a poll of several may last until the first deadline', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'), together);
		wait('a', { maxWaitMs: 30_000 });
		wait('b', { maxWaitMs: 20_000 });
		await clock.advance(50);
		expect(polls).toEqual([{ atMs: 50, ids: ['a', 'b'], timeoutMs: 19_950 }]);
	});
});

describe('two waits for the same id', () => {
	test('are polled once and both informed', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running', 'done'));
		const endings = [wait('a'), wait('a')];
		await clock.advance(60_000);
		expect(polls.map(({ ids }) => ids)).toEqual([['a'], ['a']]);
		expect(endings.map(({ atMs }) => atMs)).toEqual([10_050, 10_050]);
	});

	test('a second one that is not due is polled along, and its ID is in one group alone', async () => {
		const offered: string[][][] = [];
		const { clock, polls, wait } = pollerRun(inTurn('running', 'done'), ({ due, others }) => {
			offered.push([due.map(({ id }) => id), [...others]]);
			return due.map(({ id }) => [id]);
		});
		const first = wait('a');
		const second = wait('a', { firstPauseMs: 20_000 });
		await clock.advance(60_000);
		expect(offered).toEqual([
			[['a'], []],
			[['a'], []],
		]);
		expect(polls).toHaveLength(2);
		expect([first.atMs, second.atMs]).toEqual([10_050, 10_050]);
	});

	test('the end of one does not end the polls of the other', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn('queued', 'running', 'done'));
		const short = wait('a', { maxWaitMs: 8_000 });
		const long = wait('a');
		await clock.advance(60_000);
		expect(short).toMatchObject({ value: { seen: 'running', timedOut: true }, atMs: 8_000 });
		expect(long).toMatchObject({ value: { seen: 'done', timedOut: false }, atMs: 18_000 });
		expect(polledAtMs()).toEqual([50, 8_000, 18_000]);
	});

	test("one that begins while the other's poll is in flight is polled separately", async () => {
		const { clock, polledAtMs, wait } = pollerRun(
			async (_id, times) => await (times === 1 ? late(clock, 9_000, 'done') : 'done'),
		);
		const first = wait('a');
		await clock.advance(1_000);
		const second = wait('a');
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 1_050]);
		expect([first.atMs, second.atMs]).toEqual([9_050, 1_050]);
	});
});

describe('the deadline', () => {
	test('the last poll falls on it, and the wait ends as timed out with what was seen', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('running'));
		const ending = wait('a', { maxWaitMs: 25_000 });
		await clock.advance(60_000);
		expect(polls).toEqual([
			{ atMs: 50, ids: ['a'], timeoutMs: 24_950 },
			{ atMs: 10_050, ids: ['a'], timeoutMs: 14_950 },
			{ atMs: 20_050, ids: ['a'], timeoutMs: 5_000 },
			{ atMs: 25_000, ids: ['a'], timeoutMs: 5_000 },
		]);
		expect(ending).toEqual({
			value: { seen: 'running', timedOut: true, lastFailure: undefined },
			atMs: 25_000,
		});
	});

	test('a poll right before it delays the last poll by less than 500 ms', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn('running'));
		wait('a', { maxWaitMs: 10_060 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 10_050, 10_550]);
	});

	test('a first pause beyond it ends there', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn('running'));
		const ending = wait('a', { maxWaitMs: 600, firstPauseMs: 9_000 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([600]);
		expect(ending).toMatchObject({ value: { timedOut: true }, atMs: 600 });
	});

	test('what is finished on it has not timed out', async () => {
		const { clock, wait } = pollerRun(inTurn('running', 'done'));
		const ending = wait('a', { maxWaitMs: 5_000 });
		await clock.advance(60_000);
		expect(ending).toMatchObject({ value: { seen: 'done', timedOut: false }, atMs: 5_000 });
	});

	test('a poll that is answered after it ends the wait as timed out', async () => {
		const { clock, polledAtMs, wait } = pollerRun(
			async (_id, times) => await (times === 2 ? late(clock, 3_000, 'running') : 'queued'),
		);
		const ending = wait('a', { maxWaitMs: 20_000, pauseMs: 18_000 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 18_050]);
		expect(ending).toMatchObject({ value: { seen: 'running', timedOut: true }, atMs: 21_050 });
	});

	test('an answer up to 5 s after it counts', async () => {
		const { clock, wait } = pollerRun(
			async (_id, times) => await (times === 2 ? late(clock, 5_000, 'done') : 'running'),
		);
		const ending = wait('a', { maxWaitMs: 20_000, pauseMs: 30_000 });
		await clock.advance(60_000);
		expect(ending).toMatchObject({ value: { seen: 'done', timedOut: false }, atMs: 25_000 });
	});

	test('a poll that is unanswered 5 s after it ends the wait with what was seen before', async () => {
		const { clock, wait } = pollerRun(
			async (_id, times) => await (times === 2 ? never() : 'queued'),
		);
		const ending = wait('a', { maxWaitMs: 20_000, pauseMs: 30_000 });
		await clock.advance(25_499);
		expect(ending).toEqual({});
		await clock.advance(1);
		expect(ending).toEqual({
			value: { seen: 'queued', timedOut: true, lastFailure: undefined },
			atMs: 25_500,
		});
	});

	test('a late answer to a wait that has ended changes nothing', async () => {
		const { clock, wait, polledAtMs } = pollerRun(async () => await late(clock, 50_000, 'done'));
		const told: string[] = [];
		const ending = wait('a', { maxWaitMs: 10_000, onSeen: (seen) => told.push(seen) });
		await clock.advance(100_000);
		expect(ending.value).toEqual({ seen: 'nothing', timedOut: true, lastFailure: undefined });
		expect(told).toEqual([]);
		expect(polledAtMs()).toEqual([50]);
	});

	test('a wait that is idle after its deadline gets its last poll before it ends', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn('done'));
		const ending = wait('a', { maxWaitMs: 10 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([10]);
		expect(ending.value?.timedOut).toBe(false);
	});

	test('the failure of the last poll is reported', async () => {
		const failure = unavailable();
		const { clock, wait } = pollerRun(inTurn('running', failure));
		const ending = wait('a', { maxWaitMs: 9_000 });
		await clock.advance(60_000);
		expect(ending.value).toMatchObject({ seen: 'running', timedOut: true });
		expect(ending.value?.lastFailure).toMatchObject({ httpStatus: 503, taskId: 'a' });
	});

	test('a failure before the last poll is not reported', async () => {
		const { clock, wait } = pollerRun(inTurn(unavailable(), 'running'));
		const ending = wait('a', { maxWaitMs: 9_000 });
		await clock.advance(60_000);
		expect(ending.value).toEqual({ seen: 'running', timedOut: true, lastFailure: undefined });
	});
});

describe('failures', () => {
	test.each<[string, Partial<SeedanceFailure>]>([
		['no connection', { kind: 'notConnected' }],
		['a lost connection', { kind: 'connectionLost' }],
		['no answer in time', { kind: 'answerTimedOut' }],
		['an answer that cannot be read', { kind: 'answerUnreadable' }],
		['429', { httpStatus: 429 }],
		['503', { httpStatus: 503 }],
	])('%s does not end the wait', async (_name, details) => {
		const { clock, wait } = pollerRun(inTurn(failureOf(details), failureOf(details), 'done'));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending.value).toEqual({ seen: 'done', timedOut: false, lastFailure: undefined });
	});

	test.each<[FailureKind, number | undefined]>([
		['stopped', undefined],
		['bug', undefined],
		['bug', 200],
	])('%s ends the wait at once, with its ID', async (kind, httpStatus) => {
		const { clock, polls, wait } = pollerRun(inTurn(failureOf({ kind, httpStatus })));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending).toMatchObject({ failure: { kind, httpStatus, taskId: 'a' }, atMs: 50 });
		expect(polls).toHaveLength(1);
	});

	test.each<[FailureKind, number]>([
		['notAllowed', 403],
		['apiKeyRefused', 401],
		['notAllowed', 200],
	])('%s ends the wait when polls confirm it for ten seconds', async (kind, httpStatus) => {
		const { clock, polls, wait } = pollerRun(inTurn(failureOf({ kind, httpStatus })));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending).toMatchObject({ failure: { kind, httpStatus, taskId: 'a' }, atMs: 15_050 });
		expect(polls.map(({ atMs }) => atMs)).toEqual([50, 1_050, 3_050, 7_050, 15_050]);
	});

	test('a refusal that the next poll does not confirm changes nothing, and is forgotten', async () => {
		const answers = [forbidden(), 'running', forbidden(), 'running', forbidden(), 'done'];
		const { clock, wait } = pollerRun(inTurn(...answers));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending.value).toEqual({ seen: 'done', timedOut: false, lastFailure: undefined });
	});

	test('a failure in between does not begin the ten seconds anew', async () => {
		const { clock, wait, polls } = pollerRun(inTurn(forbidden(), unavailable(), forbidden()));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending).toMatchObject({ failure: { kind: 'notAllowed' }, atMs: 15_050 });
		expect(polls).toHaveLength(5);
	});

	test('the next polls come after 1, 2, 4 … s, never later than usual or sooner than the user wants', async () => {
		const { clock, wait, polledAtMs } = pollerRun(inTurn(unavailable()));
		wait('a');
		await clock.advance(40_000);
		expect(polledAtMs()).toEqual([50, 1_050, 3_050, 7_050, 15_050, 25_050, 35_050]);
		const slow = pollerRun(inTurn(unavailable()));
		slow.wait('a', { pollIntervalMs: 30_000, pauseMs: 30_000 });
		await slow.clock.advance(59_000);
		expect(slow.polledAtMs()).toEqual([50, 30_050]);
	});

	test('a failure that names a task keeps that name', async () => {
		const { clock, wait } = pollerRun(inTurn(forbidden().with({ taskId: 'named' })));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ taskId: 'named' });
	});

	test('what is known before the first poll does not end a wait whose poll fails', async () => {
		const { clock, wait } = pollerRun(inTurn(unavailable(), 'done'));
		const ending = wait('a', { initial: 'done' });
		await clock.advance(60_000);
		expect(ending.atMs).toBe(1_050);
	});

	test("one wait's failure does not affect the others", async () => {
		const { clock, wait } = pollerRun((id) => (id === 'a' ? forbidden() : 'done'), together);
		const [first, second] = [wait('a'), wait('b')];
		await clock.advance(60_000);
		expect(first.failure).toMatchObject({ kind: 'notAllowed', taskId: 'a' });
		expect(second.value?.seen).toBe('done');
	});

	test('a poll that throws fails for every id of its group, each with its own', async () => {
		const clock = new FakeClock();
		const poller = createPoller<string>(clock, {
			group: together,
			poll: async () => await Promise.reject(forbidden()),
		});
		const polled = { policy: policyOf(), initial: '', isNew: false, firstPauseMs: 0 };
		const endings = ['a', 'b'].map((id) =>
			endingOf(clock, poller.wait({ ...polled, id, isFinished: () => true, pauseMs: () => 1_000 })),
		);
		await clock.advance(60_000);
		expect(endings).toMatchObject([
			{ failure: { kind: 'notAllowed', taskId: 'a' } },
			{ failure: { kind: 'notAllowed', taskId: 'b' } },
		]);
	});

	test('an ID that a poll leaves out is polled again, as after an answer that cannot be read', async () => {
		const clock = new FakeClock();
		let polls = 0;
		const poller = createPoller<string>(clock, {
			group: together,
			async poll(ids, _timeoutMs, report) {
				polls++;
				report('somebody else', 'done');
				if (polls === 2) for (const id of ids) report(id, 'running');
			},
		});
		const polled = { id: 'a', policy: policyOf({ maxWaitMs: 25_000 }), isNew: false };
		const ending = endingOf(
			clock,
			poller.wait({
				...{ ...polled, initial: '', firstPauseMs: 0 },
				...{ isFinished: (seen) => seen === 'done', pauseMs: () => 10_000 },
			}),
		);
		await clock.advance(60_000);
		expect(polls).toBe(7);
		expect(ending.value).toMatchObject({ seen: 'running', timedOut: true });
		expect(ending.value?.lastFailure).toMatchObject({ kind: 'answerUnreadable', taskId: 'a' });
		expect(ending.value?.lastFailure?.values['host']).toBeTruthy();
	});

	test('the first report of an ID counts', async () => {
		const clock = new FakeClock();
		const poller = createPoller<string>(clock, {
			group: together,
			async poll(ids, _timeoutMs, report) {
				for (const id of ids) report(id, 'running');
				for (const id of ids) report(id, forbidden());
			},
		});
		const told: string[] = [];
		const ending = endingOf(
			clock,
			poller.wait({
				...{ id: 'a', policy: policyOf(), initial: '', isNew: false, firstPauseMs: 0 },
				...{ isFinished: () => false, pauseMs: () => 10_000 },
				onSeen: (seen) => told.push(seen),
			}),
		);
		await clock.advance(10_100);
		expect(told).toEqual(['running', 'running']);
		expect(ending).toEqual({});
	});

	test('a wait that was reported is polled again while the rest of its group is in flight', async () => {
		const { clock, polls, wait } = pollerRun(
			async (id) => await (id === 'slow' ? late(clock, 30_000, 'done') : 'running'),
			together,
		);
		wait('slow');
		wait('fast', { pauseMs: 10_000 });
		await clock.advance(20_100);
		expect(polls.map(({ atMs, ids }) => [atMs, ...ids])).toEqual([
			[50, 'slow', 'fast'],
			[10_050, 'fast'],
			[20_050, 'fast'],
		]);
	});

	test.each(['onSeen', 'isFinished'])(
		'a bug in %s ends that wait alone, as a bug',
		async (where) => {
			const { clock, wait } = pollerRun(inTurn('done'), together);
			const bug = () => {
				throw new TypeError('a bug');
			};
			const [broken, whole] = [wait('a', { [where]: bug }), wait('b')];
			await clock.advance(60_000);
			expect(broken).toMatchObject({
				failure: { kind: 'bug', taskId: 'a' },
				atMs: 50,
			});
			expect(whole.value?.seen).toBe('done');
			const slept = clock.slept.length;
			await clock.advance(10_000);
			expect(clock.slept).toHaveLength(slept);
		},
	);

	test('a bug in the grouping ends every wait, and the next wait has a new loop', async () => {
		let isBroken = true;
		const { clock, wait } = pollerRun(inTurn('done'), ({ due }) => {
			if (isBroken) throw new TypeError('a bug');
			return due.map(({ id }) => [id]);
		});
		const endings = [wait('a'), wait('b')];
		await clock.advance(60_000);
		expect(endings).toMatchObject([
			{ failure: { kind: 'bug', taskId: 'a' }, atMs: 50 },
			{ failure: { kind: 'bug', taskId: 'b' }, atMs: 50 },
		]);
		isBroken = false;
		const next = wait('c');
		await clock.advance(60_000);
		expect(next.value?.seen).toBe('done');
	});
});

describe('404', () => {
	test('the third in a row ends the wait of something old', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn(notFound()));
		const ending = wait('a');
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 10_050, 20_050]);
		expect(ending).toMatchObject({
			failure: { kind: 'taskNotFound', taskId: 'a' },
			atMs: 20_050,
		});
	});

	test('two in a row do not, and once it is seen they count anew', async () => {
		const { clock, wait } = pollerRun(
			inTurn(notFound(), notFound(), 'running', notFound(), notFound(), 'done'),
		);
		const ending = wait('a');
		await clock.advance(60_000);
		expect(ending.value).toEqual({ seen: 'done', timedOut: false, lastFailure: undefined });
	});

	test('something new may be unknown for 20 s, however often it is polled', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn(notFound()));
		await clock.advance(100_000);
		const ending = wait('a', { isNew: true, pauseMs: 4_000 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([100_050, 104_050, 108_050, 112_050, 116_050, 120_050]);
		expect(ending).toMatchObject({ failure: { kind: 'taskNotFound' }, atMs: 120_050 });
	});

	test('exactly after 20 s it may not', async () => {
		const { clock, wait } = pollerRun(inTurn(notFound()));
		const ending = wait('a', { isNew: true, firstPauseMs: 5_000, pauseMs: 5_000 });
		await clock.advance(60_000);
		expect(ending.atMs).toBe(20_000);
	});

	test('something new that is first polled late has two more polls', async () => {
		const { clock, wait } = pollerRun(inTurn(notFound()));
		const ending = wait('a', { isNew: true, firstPauseMs: 25_000, pauseMs: 5_000 });
		await clock.advance(60_000);
		expect(ending.atMs).toBe(35_000);
	});

	test('a wait that timed out without ever having found it is rejected with that failure', async () => {
		const { clock, wait } = pollerRun(inTurn(notFound()));
		const ending = wait('a', { maxWaitMs: 9_000 });
		await clock.advance(60_000);
		expect(ending).toMatchObject({ failure: { kind: 'taskNotFound', taskId: 'a' }, atMs: 9_000 });
	});

	test('a wait that has seen it times out with what was seen', async () => {
		const { clock, wait } = pollerRun(inTurn('running', notFound()));
		const ending = wait('a', { maxWaitMs: 9_000 });
		await clock.advance(60_000);
		expect(ending.value).toMatchObject({ seen: 'running', timedOut: true });
		expect(ending.value?.lastFailure?.kind).toBe('taskNotFound');
	});

	test('a wait that met another failure last times out with nothing seen', async () => {
		const { clock, wait } = pollerRun(inTurn(notFound(), unavailable()));
		const ending = wait('a', { maxWaitMs: 9_000 });
		await clock.advance(60_000);
		expect(ending.value).toMatchObject({ seen: 'nothing', timedOut: true });
		expect(ending.value?.lastFailure?.httpStatus).toBe(503);
	});

	test('a poll that is unanswered 5 s after the deadline rejects a wait that only ever met 404', async () => {
		const { clock, wait } = pollerRun(async (_id, times) =>
			times === 1 ? notFound() : await never(),
		);
		const ending = wait('a', { maxWaitMs: 9_000 });
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'taskNotFound', taskId: 'a' });
	});
});

describe('throttled polls', () => {
	test('429 after 429 doubles the pause, up to sixteen times', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn(failureOf({ httpStatus: 429 })));
		wait('a', { pauseMs: 1_000, maxWaitMs: 600_000 });
		await clock.advance(63_000);
		const pauses = polledAtMs().map((atMs, index, all) => atMs - (all[index - 1] ?? 50));
		expect(pauses).toEqual([0, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
	});

	test.each([
		['an answer', 'running'],
		['another failure', unavailable()],
	])('%s ends the slow pauses', async (_name, answer) => {
		const throttling = failureOf({ httpStatus: 429 });
		const { clock, polledAtMs, wait } = pollerRun(
			inTurn(throttling, throttling, answer, throttling, 'running'),
		);
		wait('a', { pauseMs: 1_000 });
		await clock.advance(10_200);
		expect(polledAtMs()).toEqual([50, 2_050, 6_050, 7_050, 9_050, 10_050]);
	});

	test('Retry-After pauses every wait, also those that begin later', async () => {
		const { clock, polls, wait } = pollerRun((id, times) =>
			id === 'a' && times === 1 ? throttled(30_000) : 'running',
		);
		wait('a', { pauseMs: 1_000 });
		wait('b', { firstPauseMs: 3_000 });
		await clock.advance(1_000);
		wait('c');
		await clock.advance(29_600);
		expect(polls.map(({ atMs, ids }) => [atMs, ...ids])).toEqual([
			[50, 'a'],
			[30_050, 'c'],
			[30_050, 'a'],
			[30_050, 'b'],
		]);
	});

	test('a wait whose poll was in flight keeps to the pause as well', async () => {
		const { clock, polls, wait } = pollerRun(async (id, times) =>
			times > 1 ? 'running' : id === 'a' ? throttled(30_000) : await late(clock, 5_000, 'running'),
		);
		wait('a', { pauseMs: 1_000 });
		wait('b', { pauseMs: 1_000 });
		await clock.advance(30_100);
		expect(polls.map(({ atMs }) => atMs)).toEqual([50, 50, 30_050, 30_050]);
	});

	test('during the pause nothing is polled along', async () => {
		const { clock, polls, wait } = pollerRun(
			(id, times) => (id === 'a' && times === 1 ? throttled(30_000) : 'running'),
			together,
		);
		wait('a', { pauseMs: 40_000 });
		await clock.advance(100);
		wait('b', { maxWaitMs: 10_000 });
		await clock.advance(11_000);
		expect(polls.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
	});

	test('a shorter pause does not end a longer one', async () => {
		const { clock, polls, wait } = pollerRun((id, times) =>
			times > 1 ? 'running' : throttled(id === 'a' ? 30_000 : 2_000),
		);
		wait('a', { pauseMs: 1_000 });
		wait('b', { pauseMs: 1_000 });
		await clock.advance(30_100);
		expect(polls.map(({ atMs }) => atMs)).toEqual([50, 50, 30_050, 30_050]);
	});

	test('a pause of more than two minutes ends after two', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn(throttled(3_600_000), 'done'));
		wait('a', { maxWaitMs: 600_000 });
		await clock.advance(600_000);
		expect(polledAtMs()).toEqual([50, 120_050]);
	});

	test('a pause does not move the last poll beyond the deadline', async () => {
		const { clock, polledAtMs, wait } = pollerRun(inTurn(throttled(100_000), 'done'));
		const ending = wait('a', { maxWaitMs: 20_000 });
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 20_000]);
		expect(ending.value?.timedOut).toBe(false);
	});

	test('a pause that any transient failure asks for counts', async () => {
		const failure = failureOf({ httpStatus: 503, retryAfterMs: 20_000 });
		const { clock, polledAtMs, wait } = pollerRun(inTurn(failure, 'done'));
		wait('a');
		await clock.advance(60_000);
		expect(polledAtMs()).toEqual([50, 20_050]);
	});
});

describe('a stop', () => {
	test.each(['stop', 'abortRun'] as const)(
		'%s rejects what is idle and what is in flight, each with its id',
		async (how) => {
			const { clock, wait } = pollerRun(async (id) => await (id === 'b' ? never() : 'running'));
			const endings = ['a', 'b'].map((id) => wait(id));
			await clock.advance(2_000);
			clock[how]();
			await clock.advance(0);
			expect(endings).toMatchObject([
				{ failure: { kind: 'stopped', taskId: 'a' }, atMs: 2_000 },
				{ failure: { kind: 'stopped', taskId: 'b' }, atMs: 2_000 },
			]);
		},
	);

	test('a wait that begins after it is rejected with its ID, and nothing is polled', async () => {
		const { clock, polls, wait } = pollerRun(inTurn('done'));
		clock.stop();
		const ending = wait('a');
		await clock.advance(1_000);
		expect(ending).toMatchObject({ failure: { kind: 'stopped', taskId: 'a' }, atMs: 0 });
		expect(polls).toEqual([]);
	});

	test('an answer after it is reported to nobody', async () => {
		const { clock, wait } = pollerRun(async () => {
			await Promise.resolve();
			clock.stop();
			await new Promise((resolve) => setTimeout(resolve, 1));
			return 'done';
		});
		const told: string[] = [];
		const ending = wait('a', { onSeen: (seen) => told.push(seen) });
		await clock.advance(50);
		await new Promise((resolve) => setTimeout(resolve, 5));
		expect(ending.failure).toMatchObject({ kind: 'stopped' });
		expect(told).toEqual([]);
	});
});

describe('thousands of waits', () => {
	/** How often the loop looks at a wait, for each poll, when each is due at another moment and read by its own call. */
	async function looksPerPoll(waits: number, dueWithinMs: number): Promise<number> {
		const { clock, poller, polls } = pollerRun(() => 'done');
		let looks = 0;
		for (let number = 0; number < waits; number++) {
			const polled = {
				get id() {
					looks++;
					return `task ${number}`;
				},
				...{ policy: policyOf({ maxWaitMs: 600_000 }), initial: 'nothing', isNew: false },
				firstPauseMs: 1_000 + (number / waits) * dueWithinMs,
				...{ isFinished: () => true, pauseMs: () => 0 },
			};
			poller.wait(polled).catch(() => {});
		}
		await clock.advance(600_000);
		expect(polls).toHaveLength(waits);
		return looks / waits;
	}

	test('those that are due together are looked at a few times for each poll', async () => {
		expect(await looksPerPoll(10_000, 0)).toBeLessThan(10);
	});

	test.each([
		['few', 10, 75, 85],
		['a thousand', 1_000, 8, 12],
		['many', 10_000, 8, 12],
	])('what is due and cannot be polled yet: %s waits', async (_, waits, least, most) => {
		let rounds = 0;
		const { clock, wait } = pollerRun(inTurn('done'), () => {
			rounds++;
			return [];
		});
		for (let number = 0; number < waits; number++) wait(`task ${number}`);
		await clock.advance(10_000);
		expect(rounds).toBeGreaterThanOrEqual(least);
		expect(rounds).toBeLessThanOrEqual(most);
	});

	test('rounds are farther apart with more waits', async () => {
		const few = await looksPerPoll(1_000, 5_000);
		const many = await looksPerPoll(10_000, 5_000);
		expect(many).toBeLessThan(few);
	});
});
