import type { Clock } from '../n8n/clock';
import { stopped, toFailure, type SeedanceFailure } from '../seedance/failure';
import {
	blockedDelayMs,
	isLimitReached,
	limitDelayMs,
	retryDelayMs,
} from '../seedance/retryPolicy';

/*
 * A create, from `create` to the release of its task:
 *
 *   queued ──room, no pause──▶ in flight ──accepted──▶ task in flight ──release──▶ (gone)
 *     ▲                          │  │
 *     └──limit reached, throttled┘  └──anything else──▶ rejected
 *     └──run closed (stopped, or another item failed)──▶ rejected
 *
 * Room: creates and tasks in flight together are at most the lower of the limits of the user and the provider, of which at most five are creates.
 * Refusals in a row count for the run as a whole: what the first create has found out, the others do not find out again.
 * A throttled create is rejected at the ninth refusal in a row with nothing else of the run in flight, and at once when the provider asks for a pause of more than 300 s.
 * A create at a limit that others have used up (nothing of the run is in flight) is tried again until the run was blocked for as long as the create may be; without such a time, it is rejected at once when nothing was ever accepted, and at the fifth refusal in a row when something was.
 * The limit of the provider:
 *
 *   unknown ──429 "too many tasks"──▶ n, the others in flight ──n accepted──▶ n + 1 ──429──▶ the others in flight …
 *
 * The pace:
 *
 *   free ──throttled──▶ paused ──delay over──▶ cautious (one create at a time) ──accepted──▶ free
 *
 * A cautious create without an answer after ten seconds no longer holds up the next: it may get none for two minutes.
 */

/** Limits how many tasks of a run are in flight at the provider: by the user's limit, and by the provider's, which its refusals show. */
export interface CreateQueue {
	/**
	 * Runs a create when there is room, in order of arrival, and holds room for its task until `release`.
	 * A create that was certainly refused because of its rate, or because too many tasks are in flight, runs again later; nothing else does.
	 * `maxBlockedMs` is how long it waits while tasks of others use up the limit, undefined for not at all.
	 * Throws what the create throws, or a SeedanceFailure of kind `stopped`.
	 */
	create(send: () => Promise<string>, maxBlockedMs?: number): Promise<string>;
	/** Counts a task that exists already. */
	hold(taskId: string): void;
	/** Frees the room of a task; more than one call does no harm. */
	release(taskId: string): void;
	/** Sets a limit of the user; the lowest of several counts. */
	limitTo(maxTasks: number): void;
}

interface QueuedCreate {
	/** Place in the order of arrival. */
	readonly order: number;
	readonly maxBlockedMs: number | undefined;
	readonly send: () => Promise<string>;
	readonly resolve: (taskId: string) => void;
	readonly reject: (failure: Error) => void;
}

/** Creates in flight at the same time, each with its media in memory. */
const maxCreatesInFlight = 5;
/** Accepting a create takes a provider a few seconds at most. */
const lateAnswerMs = 10_000;
/** While other tasks of the run are in flight, the pause grows up to that of this many refusals, and the number of tries is not limited. */
const maxCountedRefusals = 4;

/** The queue of one run; `onLimitFound` is called with each limit that the provider turns out to have. */
export function createCreateQueue(
	clock: Clock,
	onLimitFound: (maxTasks: number) => void,
	random: () => number = Math.random,
): CreateQueue {
	return new Queue(clock, onLimitFound, random);
}

class Queue implements CreateQueue {
	private readonly queued: QueuedCreate[] = [];
	private readonly tasksInFlight = new Set<string>();
	private createsInFlight = 0;
	/** Of them, those that were sent since the last pause and may be answered soon. */
	private cautiousInFlight = 0;
	private userLimit = Infinity;
	private providerLimit = Infinity;
	private acceptedAtLimit = 0;
	private arrivals = 0;
	private everAccepted = false;
	private refusedInARow = 0;
	/** When the first of them came for a limit that others have used up. */
	private blockedSinceMs: number | undefined;
	private isCautious = false;
	private pausedUntilMs = 0;

	constructor(
		private readonly clock: Clock,
		private readonly onLimitFound: (maxTasks: number) => void,
		private readonly random: () => number,
	) {
		clock.closed.addEventListener('abort', () => this.rejectAll(), { once: true });
	}

	async create(send: () => Promise<string>, maxBlockedMs?: number): Promise<string> {
		this.clock.throwIfClosed();
		return await new Promise<string>((resolve, reject) => {
			this.queued.push({ order: this.arrivals++, maxBlockedMs, send, resolve, reject });
			this.admit();
		});
	}

	hold(taskId: string): void {
		this.tasksInFlight.add(taskId);
	}

	release(taskId: string): void {
		if (this.tasksInFlight.delete(taskId)) this.admit();
	}

	limitTo(maxTasks: number): void {
		this.userLimit = Math.min(this.userLimit, maxTasks);
	}

	private rejectAll(): void {
		for (const { reject } of this.queued.splice(0)) reject(stopped());
	}

	private admit(): void {
		const limit = Math.min(this.userLimit, this.providerLimit);
		while (
			!this.isPaused() &&
			this.createsInFlight < maxCreatesInFlight &&
			!(this.isCautious && this.cautiousInFlight > 0) &&
			this.createsInFlight + this.tasksInFlight.size < limit
		) {
			const next = this.queued.shift();
			if (next === undefined) return;
			void this.run(next, this.isCautious);
		}
	}

	private async run(create: QueuedCreate, isCautious: boolean): Promise<void> {
		this.createsInFlight++;
		const answered = isCautious ? this.awaitCautiously() : () => {};
		try {
			const taskId = await create.send();
			this.tasksInFlight.add(taskId);
			this.accepted();
			create.resolve(taskId);
		} catch (error) {
			const failure = toFailure(error);
			if (!this.runsAgain(create, failure)) create.reject(this.told(failure));
		} finally {
			this.createsInFlight--;
			answered();
			this.admit();
		}
	}

	/** Holds up the creates behind a cautious one until its answer, or until that is late. */
	private awaitCautiously(): () => void {
		this.cautiousInFlight++;
		let holdsUp = true;
		const release = () => {
			if (holdsUp) this.cautiousInFlight--;
			holdsUp = false;
		};
		const late = () => {
			release();
			this.admit();
		};
		this.clock.sleep(lateAnswerMs).then(late, release);
		return release;
	}

	private accepted(): void {
		this.everAccepted = true;
		this.refusedInARow = 0;
		this.blockedSinceMs = undefined;
		// What is accepted during a pause was sent before it.
		if (!this.isPaused()) this.isCautious = false;
		// A whole round at the limit: the provider may accept one more by now.
		if (this.providerLimit !== Infinity && ++this.acceptedAtLimit >= this.providerLimit) {
			this.providerLimit++;
			this.acceptedAtLimit = 0;
		}
	}

	private runsAgain(create: QueuedCreate, failure: SeedanceFailure): boolean {
		if (failure.outcomeUnknown || this.clock.closed.aborted) return false;
		const others = this.tasksInFlight.size + this.createsInFlight - 1;
		if (isLimitReached(failure) && others > 0) {
			this.providerLimit = others;
			this.acceptedAtLimit = 0;
			this.onLimitFound(others);
			this.putBack(create);
			return true;
		}
		// Refusals of creates that were sent together count once.
		if (!this.isPaused()) this.refusedInARow++;
		// While tasks of this run are in flight there is time, and what is refused now is accepted later.
		if (others > 0) this.refusedInARow = Math.min(this.refusedInARow, maxCountedRefusals);
		const delayMs = this.delayMs(create, failure);
		if (delayMs === undefined) return false;
		this.isCautious = true;
		this.putBack(create);
		this.pause(delayMs);
		return true;
	}

	private delayMs({ maxBlockedMs }: QueuedCreate, failure: SeedanceFailure): number | undefined {
		const retries = Math.max(this.refusedInARow - 1, 0);
		if (isLimitReached(failure) && maxBlockedMs !== undefined) {
			const nowMs = this.clock.monotonicMs();
			this.blockedSinceMs ??= nowMs;
			const delayMs = blockedDelayMs(failure, retries, this.random());
			const isOver = nowMs - this.blockedSinceMs + (delayMs ?? 0) > maxBlockedMs;
			return isOver ? undefined : delayMs;
		}
		return (
			retryDelayMs('create', failure, retries, this.random()) ??
			// The provider may see that a task has ended a moment later than this run.
			(this.everAccepted ? limitDelayMs(failure, retries, this.random()) : undefined)
		);
	}

	private told(failure: SeedanceFailure): SeedanceFailure {
		if (this.blockedSinceMs === undefined || !isLimitReached(failure)) return failure;
		const minutes = Math.round((this.clock.monotonicMs() - this.blockedSinceMs) / 60_000);
		return failure.with({ values: { ...failure.values, minutes } });
	}

	private isPaused(): boolean {
		return this.clock.monotonicMs() < this.pausedUntilMs;
	}

	private pause(delayMs: number): void {
		this.pausedUntilMs = Math.max(this.pausedUntilMs, this.clock.monotonicMs() + delayMs);
		const wake = () => {
			// Timers may fire a little early.
			const leftMs = this.pausedUntilMs - this.clock.monotonicMs();
			if (leftMs > 0) this.clock.sleep(Math.ceil(leftMs)).then(wake, () => {});
			else this.admit();
		};
		this.clock.sleep(delayMs).then(wake, () => {});
	}

	private putBack(create: QueuedCreate): void {
		const place = this.queued.findIndex(({ order }) => order > create.order);
		this.queued.splice(place === -1 ? this.queued.length : place, 0, create);
	}
}
