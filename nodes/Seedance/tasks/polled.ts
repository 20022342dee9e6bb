import type { WaitPolicy } from '../panel/wait';
import type { SeedanceFailure } from '../seedance/failure';

/** One thing at the provider that is polled until it is finished. */
export interface Polled<Seen> {
	/** Its id, which every failure of the wait carries. */
	readonly id: string;
	readonly policy: WaitPolicy;
	/** What is known before the first poll. */
	readonly initial: Seen;
	/** Whether it was just created: the provider may not find or list it yet. */
	readonly isNew: boolean;
	/** Milliseconds before the first poll; it may come earlier, together with others, since it costs no request then. */
	readonly firstPauseMs: number;
	isFinished(seen: Seen): boolean;
	/** Whether it takes longer than expected, so that what a list says of it is doubted. */
	isOverdue?(): boolean;
	/** Whether what a list says of it is not enough once it is finished. */
	readonly needsOwnCall?: boolean;
	/** Milliseconds before the next poll. */
	pauseMs(seen: Seen): number;
	/** Told everything that is seen, with the milliseconds since the wait began. */
	onSeen?(seen: Seen, elapsedMs: number): void;
}

/** How a wait ended: with something finished, or with what was seen last. */
export interface WaitResult<Seen> {
	readonly seen: Seen;
	readonly timedOut: boolean;
	/** The failure of the last poll, if it failed. */
	readonly lastFailure?: SeedanceFailure | undefined;
}

/** Told the outcome of a poll of one id; undefined where it could not be polled, so that it stays due. */
export type Report<Seen> = (id: string, outcome: Seen | SeedanceFailure | undefined) => void;

/** One thing that is to be polled now. */
export interface Due {
	readonly id: string;
	/** The pause that was chosen for it. */
	readonly pauseMs: number;
	/** Whether the wait for it ends now, so that this is its last poll. */
	readonly isLast: boolean;
}

/** Ids with a property, which is looked at when it is asked for: a round has thousands of ids. */
export type Asked = Pick<ReadonlySet<string>, 'has'>;

/** What a source may poll at one moment. */
export interface Round {
	/** What is due, that which has waited longest first. */
	readonly due: readonly Due[];
	/** What may be polled as well, where that costs no request of its own; an id may come twice. */
	readonly others: Iterable<string>;
	/** What takes longer than expected, of all of them. */
	readonly overdue: Asked;
	/** What is read by its own call once a list shows it finished. */
	readonly needsOwnCall: Asked;
	/** The number of all waits. */
	readonly waiting: number;
}

/** How things are polled: one at a time, or many with one request. */
export interface PollSource<Seen> {
	/** The groups to poll now. What is due and in none of them stays due. */
	group(round: Round): ReadonlyArray<readonly string[]>;
	/** Polls one group and reports each id once. Each request ends after `timeoutMs`; a list may be followed by single reads. */
	poll(ids: readonly string[], timeoutMs: number, report: Report<Seen>): Promise<void>;
}

/** The polls of a wait that failed since it was seen last. */
export interface FailedPolls {
	/** Without those that did not find it. */
	readonly inARow: number;
	readonly notFoundInARow: number;
	readonly throttledInARow: number;
	/** When the provider first refused one for another reason. */
	readonly refusedSinceMs: number | undefined;
}

export const nothingFailed: FailedPolls = {
	...{ inARow: 0, notFoundInARow: 0, throttledInARow: 0, refusedSinceMs: undefined },
};

/** A wait in the loop: what is polled, and how far it is. */
export interface Wait<Seen> {
	readonly polled: Polled<Seen>;
	readonly startedAtMs: number;
	readonly deadlineMs: number;
	readonly resolve: (result: WaitResult<Seen>) => void;
	readonly reject: (failure: SeedanceFailure) => void;
	dueAtMs: number;
	/** The pause before it. */
	pauseMs: number;
	/** Before this moment it is not polled along with others. */
	earliestAtMs: number;
	isInFlight: boolean;
	seen: Seen;
	wasSeen: boolean;
	failed: FailedPolls;
	lastFailure: SeedanceFailure | undefined;
}

/** A wait that begins now. */
export function newWait<Seen>(
	polled: Polled<Seen>,
	startedAtMs: number,
	resolve: Wait<Seen>['resolve'],
	reject: Wait<Seen>['reject'],
): Wait<Seen> {
	return {
		...{ polled, startedAtMs, resolve, reject },
		deadlineMs: startedAtMs + polled.policy.maxWaitMs,
		dueAtMs: startedAtMs,
		pauseMs: 0,
		earliestAtMs: startedAtMs,
		isInFlight: false,
		seen: polled.initial,
		wasSeen: false,
		failed: nothingFailed,
		lastFailure: undefined,
	};
}
