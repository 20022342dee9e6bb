import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { Polled, PollSource } from '../../../nodes/Seedance/tasks/polled';
import { createPoller } from '../../../nodes/Seedance/tasks/poller';
import { endingOf, FakeClock } from '../fakeClock';
import { policyOf } from '../given';

/** What a poll answers; a word that is not `done` is not finished. */
export type Answer = string | SeedanceFailure;
type Answers = (id: string, timesPolled: number) => Answer | Promise<Answer>;

/** One poll that the source received. */
export interface Poll {
	readonly atMs: number;
	readonly ids: readonly string[];
	readonly timeoutMs: number;
}

export interface Waiting extends Partial<Omit<Polled<string>, 'policy' | 'pauseMs'>> {
	readonly maxWaitMs?: number;
	readonly pollIntervalMs?: number;
	readonly pauseMs?: number;
}

/** A poller whose source has the given answers, and the results of its waits. */
export function pollerRun(
	answers: Answers,
	group: PollSource<string>['group'] = ({ due }) => due.map(({ id }) => [id]),
) {
	const clock = new FakeClock();
	const polls: Poll[] = [];
	const timesPolled = new Map<string, number>();
	const poller = createPoller<string>(clock, {
		group,
		async poll(ids, timeoutMs, report) {
			polls.push({ atMs: clock.monotonicMs(), ids, timeoutMs });
			const answering = ids.map(async (id) => {
				const times = (timesPolled.get(id) ?? 0) + 1;
				timesPolled.set(id, times);
				report(id, await answers(id, times));
			});
			await Promise.all(answering);
		},
	});
	const wait = (id: string, waiting: Waiting = {}) => {
		const { maxWaitMs = 60_000, pollIntervalMs, pauseMs = 10_000, ...more } = waiting;
		const polled = {
			...{ id, policy: policyOf({ maxWaitMs, pollIntervalMs }), initial: 'nothing' },
			...{ isNew: false, firstPauseMs: 0, pauseMs: () => pauseMs },
			isFinished: (seen: string) => seen === 'done',
			...more,
		};
		return endingOf(clock, poller.wait(polled));
	};
	const polledAtMs = () => polls.map(({ atMs }) => atMs);
	return { clock, poller, polls, polledAtMs, wait };
}

/** Answers in turn, the last one for ever. */
export const inTurn =
	(...answers: readonly Answer[]): Answers =>
	(_id, times) =>
		answers[Math.min(times, answers.length) - 1] ?? 'running';

/** An answer after the given time. */
export async function late(clock: FakeClock, ms: number, answer: Answer): Promise<Answer> {
	await clock.sleep(ms);
	return answer;
}

/** Polls everything that is due or may be polled along in one group. */
export const together: PollSource<string>['group'] = ({ due, others }) => [
	[...due.map(({ id }) => id), ...others],
];
