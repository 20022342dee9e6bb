import { SeedanceFailure } from '../seedance/failure';
import { isFinished, type Task } from '../seedance/task';
import type { CreateKeys } from './createIdentity';
import type { RecordedBy } from './durableLedger';
import type { LostCreate } from './ledger';
import { markersOf, type MarkerKind } from './marker';
import type { SearchedCreate } from './taskMatch';

/** A create whose task has to be searched for, and for how long. */
export interface Searched {
	/** What the item fails with when nothing is found. */
	readonly failure: SeedanceFailure;
	readonly create: SearchedCreate;
	readonly keys: CreateKeys | undefined;
	readonly searchMs: number;
	readonly firstPauseMs: number;
}

interface MarkedCreate {
	readonly markerKind: MarkerKind | undefined;
	readonly idempotencyKey: string | undefined;
}

/** A list may show a task late; how late is not documented. */
const searchedMs = 120_000;
const firstPauseMs = 2_000;
/** A create ends after two minutes, and is accepted before that. */
const acceptedWithinMs = 120_000;
/** How long tasks are listed. Source: PowerTokens create reference, id (stored for 7 days). */
const listedMs = 7 * 86_400_000;

/** A create whose answer was lost just now. */
export function justLost(lost: LostCreate, failure: SeedanceFailure, nowMs: number): Searched {
	return { ...ofThisExecution(lost, failure, nowMs), searchMs: searchedMs, firstPauseMs };
}

/** A create whose answer was lost in an earlier try of this execution; its task may be listed by now. */
export function ofEarlierTry(lost: LostCreate, create: MarkedCreate, nowMs: number): Searched {
	const failure = new SeedanceFailure(lost.failure);
	const { keys, by, sentAtMs } = lost;
	return keys !== undefined && by !== undefined
		? ofEarlierProcess(create, { keys, by }, failure, sentAtMs, nowMs)
		: ofThisExecution(lost, failure, nowMs);
}

/** A create that an earlier process has recorded. An Idempotency Key may stand for a task of another execution. */
export function ofEarlierProcess(
	create: MarkedCreate,
	recorded: { readonly keys: CreateKeys; readonly by: RecordedBy },
	failure: SeedanceFailure,
	startedAtMs: number | undefined,
	nowMs: number,
): Searched {
	const { markerKind, idempotencyKey } = create;
	const { keys } = recorded;
	const isListed = idempotencyKey !== undefined || startedAtMs === undefined;
	const sinceMs = isListed ? nowMs - listedMs : startedAtMs;
	const markers = markerKind === undefined ? [] : markersOf(markerKind, keys.request);
	return {
		...{ failure, keys },
		create: { sinceMs, beforeMs: nowMs, markers, recorded },
		...{ searchMs: searchedMs, firstPauseMs: 0 },
	};
}

function ofThisExecution(
	{ marker, keys, sentAtMs }: LostCreate,
	failure: SeedanceFailure,
	nowMs: number,
): Searched {
	const markers = marker === undefined ? [] : [marker];
	const leftMs = sentAtMs + searchedMs - nowMs;
	const beforeMs = Math.min(nowMs, sentAtMs + acceptedWithinMs);
	return {
		...{ failure, keys },
		create: { sinceMs: sentAtMs, beforeMs, markers, recorded: undefined },
		searchMs: Math.min(Math.max(leftMs, 0), searchedMs),
		firstPauseMs: 0,
	};
}

/** An earlier process, or an earlier execution with the same Idempotency Key, has recorded the create, and may have sent it. */
export function recordedBefore(key: string | undefined): SeedanceFailure {
	return new SeedanceFailure({ kind: 'createInterrupted', values: { key }, outcomeUnknown: true });
}

/** Whether a task can be created anew in place of this one: it was never charged, and nothing asks for the failure itself. */
export function endedForNothing({ status }: Task, { idempotencyKey }: MarkedCreate): boolean {
	const hasNoVideo = isFinished(status) && status !== 'succeeded';
	return status === 'cancelled' || (hasNoVideo && idempotencyKey !== undefined);
}

/** A bug of this package may come after the request was sent. */
export function unknownIfBug(failure: SeedanceFailure): SeedanceFailure {
	return failure.kind === 'bug' ? failure.with({ outcomeUnknown: true }) : failure;
}
