import type { Clock } from '../n8n/clock';
import { SeedanceFailure, stopped, toFailure } from '../seedance/failure';
import { continuesAfter } from './pollFailure';
import { dueAtMs, roundOf } from './pollRound';
import {
	maxRetryAfterOfPollMs,
	minPauseMs,
	pauseAfterFailureMs,
	pauseAfterFailuresMs,
} from './pollSchedule';
import {
	newWait,
	nothingFailed,
	type Polled,
	type PollSource,
	type Report,
	type Wait,
	type WaitResult,
} from './polled';
import { Waits } from './waits';

/*
 * A wait, from `wait` to its end:
 *
 *   idle ──due, or polled along with others──▶ in flight ──seen, not finished────▶ idle
 *    │                                          │  │  ├────transient failure────▶ idle
 *    │                                          │  │  ├────404, perhaps later───▶ idle
 *    │                                          │  │  ├────could not be polled──▶ idle, still due
 *    │                                          │  │  ├────refused for seconds──▶ idle
 *    │                                          │  │  ├────other failure────────▶ rejected
 *    │                                          │  │  └────finished─────────────▶ resolved
 *    │                                          │  └──answered after the deadline▶ resolved, timed out
 *    ├──not polled 5 s after the deadline───────┴─▶ resolved, timed out
 *    └──run aborted: stopped, or nothing charged is left (also in flight)─────────────────────────────────▶ rejected
 *
 * A wait that timed out, has seen nothing and met 404 last is rejected with that failure. The last poll of a wait falls on its deadline.
 * One loop serves all waits: it runs while there is one, and sleeps while none is due, in slices; so anything may come up to 500 ms late.
 */

/** One loop for all waits of a run. */
export interface Poller<Seen> {
	/**
	 * Polls until the thing is finished or the wait times out; a poll that is in flight at the deadline may take 5 s more.
	 * Transient failures of a poll do not end the wait, nor do refusals of some seconds.
	 * Throws a SeedanceFailure that carries the id when the execution is stopped or the provider refuses the poll.
	 */
	wait(polled: Polled<Seen>): Promise<WaitResult<Seen>>;
}

/** A poll at the deadline of a wait may still take this long. */
const minPollTimeoutMs = 5_000;
/** Something new may not be listed for this long. */
const unlistedMs = 1_000;
/** Waits that begin within this time are polled together. */
const gatherMs = 50;
/** A wait that begins during a sleep may be due earlier, so the loop sleeps in slices. */
const maxSleepMs = 500;
/** What is due and could not be polled is looked at again after this time: the longer, the more waits there are to look at. */
const deferMs = { least: 125, forEachWait: 1, most: 1_000 };
/** A round looks at every wait, so it comes only after a millisecond for this many. */
const waitsPerMs = 10;
/** Polls that begin in one go; each prepares a request. */
const pollsInOneGo = 50;

/** The loop of one run. */
export function createPoller<Seen>(clock: Clock, source: PollSource<Seen>): Poller<Seen> {
	return new PollLoop(clock, source);
}

class PollLoop<Seen> implements Poller<Seen> {
	private readonly waits = new Waits<Seen>();
	private isRunning = false;
	/** The provider asked for a pause until then. */
	private notBeforeMs = 0;
	/** Nothing more could be polled before this moment. */
	private deferredUntilMs = 0;

	constructor(
		private readonly clock: Clock,
		private readonly source: PollSource<Seen>,
	) {}

	async wait(polled: Polled<Seen>): Promise<WaitResult<Seen>> {
		if (this.clock.signal.aborted) throw stopped().with({ taskId: polled.id });
		return await new Promise<WaitResult<Seen>>((resolve, reject) => {
			const startedAtMs = this.clock.monotonicMs();
			const wait = newWait(polled, startedAtMs, resolve, reject);
			if (polled.isNew) wait.earliestAtMs += unlistedMs;
			wait.pauseMs = Math.max(polled.firstPauseMs, gatherMs);
			wait.dueAtMs = startedAtMs + wait.pauseMs;
			this.waits.add(wait);
			if (!this.isRunning) void this.loop();
		});
	}

	private async loop(): Promise<void> {
		this.isRunning = true;
		try {
			while (this.waits.size > 0) {
				const leftMs = this.nextRoundAtMs() - this.clock.monotonicMs();
				const leastMs = Math.floor(this.waits.size / waitsPerMs);
				await this.clock.sleep(Math.min(Math.max(leftMs, leastMs), maxSleepMs));
				this.endOverdue();
				this.pollDue();
			}
		} catch (error) {
			// Stopped, or a bug: every wait ends with its own copy of the failure.
			const failure = toFailure(error);
			for (const { polled, reject } of this.waits) reject(failure.with({ taskId: polled.id }));
			this.waits.clear();
		} finally {
			this.isRunning = false;
		}
	}

	private nextRoundAtMs(): number {
		let nextMs = Infinity;
		for (const wait of this.waits) {
			if (!wait.isInFlight) nextMs = Math.min(nextMs, dueAtMs(wait, this.notBeforeMs));
		}
		return Math.max(nextMs, this.deferredUntilMs);
	}

	private endOverdue(): void {
		const nowMs = this.clock.monotonicMs();
		for (const wait of this.waits) {
			if (nowMs > wait.deadlineMs + minPollTimeoutMs) this.end(wait, false);
		}
	}

	private pollDue(): void {
		const nowMs = this.clock.monotonicMs();
		if (nowMs < this.nextRoundAtMs()) return;
		const { round, due } = roundOf(this.waits, nowMs, this.notBeforeMs);
		if (due.length === 0) return;
		const polled = this.source.group(round).map((ids) => this.waits.takeOut(ids));
		const isDeferred = due.some(({ isInFlight }) => !isInFlight);
		if (isDeferred) this.deferredUntilMs = nowMs + deferralMs(this.waits.size);
		// After a stop the loop has rejected every wait.
		this.pollAll(polled).catch(() => {});
	}

	private async pollAll(groups: ReadonlyArray<Map<string, Array<Wait<Seen>>>>): Promise<void> {
		for (const [index, open] of groups.entries()) {
			if (index > 0 && index % pollsInOneGo === 0) await this.clock.sleep(0);
			void this.poll(open);
		}
	}

	/** Polls these waits, by their ids. A wait that was reported may be polled again before its group is done. */
	private async poll(open: Map<string, Array<Wait<Seen>>>): Promise<void> {
		const ids = [...open.keys()];
		const deadlinesMs = [...open.values()].flat().map(({ deadlineMs }) => deadlineMs);
		const leftMs = Math.min(...deadlinesMs) - this.clock.monotonicMs();
		const report: Report<Seen> = (id, outcome) => {
			const reported = open.get(id) ?? [];
			open.delete(id);
			for (const wait of reported) this.settleSafely(wait, outcome);
		};
		let failure: SeedanceFailure | undefined;
		try {
			await this.source.poll(ids, Math.max(leftMs, minPollTimeoutMs), report);
		} catch (error) {
			failure = toFailure(error);
		}
		for (const id of [...open.keys()]) report(id, failure ?? unreported());
	}

	/** A bug in what is told of a poll ends that wait alone, as a bug. */
	private settleSafely(wait: Wait<Seen>, outcome: Seen | SeedanceFailure | undefined): void {
		try {
			this.settle(wait, outcome);
		} catch (error) {
			this.waits.delete(wait);
			wait.reject(toFailure(error).with({ taskId: wait.polled.id }));
		}
	}

	private settle(wait: Wait<Seen>, outcome: Seen | SeedanceFailure | undefined): void {
		wait.isInFlight = false;
		if (!this.waits.has(wait) || outcome === undefined) return;
		const nowMs = this.clock.monotonicMs();
		if (outcome instanceof SeedanceFailure) {
			if (!this.noteFailure(wait, outcome, nowMs)) return;
		} else {
			this.noteSeen(wait, outcome, nowMs);
		}
		const { polled, seen, lastFailure, deadlineMs, failed } = wait;
		const isFinished = lastFailure === undefined && polled.isFinished(seen);
		if (isFinished || nowMs >= deadlineMs) {
			this.end(wait, isFinished);
			return;
		}
		const { pollIntervalMs } = polled.policy;
		wait.earliestAtMs = nowMs + (pollIntervalMs ?? minPauseMs);
		const firstMs = pollIntervalMs ?? pauseAfterFailureMs;
		wait.pauseMs = pauseAfterFailuresMs(polled.pauseMs(seen), firstMs, failed);
		wait.dueAtMs = nowMs + wait.pauseMs;
	}

	private noteSeen(wait: Wait<Seen>, seen: Seen, nowMs: number): void {
		wait.seen = seen;
		wait.wasSeen = true;
		wait.failed = nothingFailed;
		wait.lastFailure = undefined;
		wait.polled.onSeen?.(seen, nowMs - wait.startedAtMs);
	}

	/** Whether the wait continues; otherwise it was rejected. */
	private noteFailure(wait: Wait<Seen>, failure: SeedanceFailure, nowMs: number): boolean {
		const named = failure.with({ taskId: failure.taskId ?? wait.polled.id });
		if (!continuesAfter(wait, failure, nowMs)) {
			this.waits.delete(wait);
			wait.reject(named);
			return false;
		}
		wait.lastFailure = named;
		const { retryAfterMs } = failure;
		if (retryAfterMs !== undefined) {
			const untilMs = nowMs + Math.min(retryAfterMs, maxRetryAfterOfPollMs);
			this.notBeforeMs = Math.max(this.notBeforeMs, untilMs);
		}
		return true;
	}

	private end(wait: Wait<Seen>, isFinished: boolean): void {
		const { seen, lastFailure, wasSeen, resolve, reject } = wait;
		this.waits.delete(wait);
		// It was never found, so there is nothing to return.
		if (!wasSeen && lastFailure?.httpStatus === 404) reject(lastFailure);
		else resolve({ seen, timedOut: !isFinished, lastFailure });
	}
}

function deferralMs(waiting: number): number {
	return Math.min(Math.max(waiting * deferMs.forEachWait, deferMs.least), deferMs.most);
}

/** The poll ended without a word about this id. */
function unreported(): SeedanceFailure {
	return new SeedanceFailure({
		kind: 'answerUnreadable',
		values: { host: 'the provider' },
	});
}
