import { SeedanceFailure } from '../seedance/failure';
import { isFinished, type Task } from '../seedance/task';
import type { CreateKeys } from './createIdentity';
import type { DurableLedger, RecordedBy } from './durableLedger';
import type { LostCreate } from './ledger';
import { markersOf, type MarkerKind } from './marker';
import type { SearchedCreate } from './taskMatch';
import type { SearchResult, TaskSearch } from './taskSearch';

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
/** How long the task of a create is searched for that was recorded and not sent. */
const unsentSearchMs = 60_000;
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

/** What finds the task of a create. */
interface Sources {
	readonly search: TaskSearch;
	readonly durable: DurableLedger;
}

/** Searches for the task of a create. */
export async function searchFor(
	{ search, durable }: Sources,
	{ create, searchMs, firstPauseMs: pauseMs }: Searched,
): Promise<SearchResult> {
	const { markers, recorded } = create;
	if (markers.length === 0 && recorded === undefined) {
		return { search: 'notPossible', candidates: [], searchFailure: undefined };
	}
	const result = await search.find(create, searchMs, pauseMs);
	const isMissing = 'search' in result && result.search === 'notFound' && recorded !== undefined;
	if (!isMissing || !(await durable.wasAnswered(recorded.keys))) return result;
	return { ...result, search: 'notPossible', searchFailure: 'it lacks a task that was created' };
}

/** Whether an earlier process may have sent a create that it has recorded. Its record that it was sent may have been lost, so the list is asked as well. */
export async function mayBeSent(
	sources: Sources,
	earlier: Searched,
	keys: CreateKeys,
): Promise<boolean> {
	const { durable } = sources;
	if (await durable.wasSent(keys)) return true;
	if (earlier.create.markers.length === 0) return false;
	const result = await searchFor(sources, { ...earlier, searchMs: unsentSearchMs });
	const isListed = 'task' in result || result.search === 'notPossible';
	// A worker that n8n took for dead may have sent it meanwhile.
	return isListed || (await durable.wasSent(keys));
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
