import type { Task } from '../seedance/task';
import type { CreateKeys } from './createIdentity';
import type { DurableLedger, RecordedBy } from './durableLedger';
import { showsMarker, type Marker } from './marker';

/** A create whose task is searched for. */
export interface SearchedCreate {
	/** Only tasks that were created since then count, in milliseconds since 1970. */
	readonly sinceMs: number;
	/** Only tasks that were created before that count. */
	readonly beforeMs: number;
	/** The markers of which its task carries one; empty where it has none. */
	readonly markers: readonly Marker[];
	/** What n8n's database knows it by; undefined when it was lost in this process, and so has no recorded task. */
	readonly recorded: { readonly keys: CreateKeys; readonly by: RecordedBy } | undefined;
}

/** What a list has of a searched create: its task, or those that may be it. */
export interface Matching {
	readonly task?: Task | undefined;
	readonly candidates: readonly string[];
}

/** One reading of the provider's list. */
export interface ListedTasks {
	/** Those that belong to no other item of the run. */
	readonly free: readonly Task[];
	/** Whether the tasks of other items show the markers that they were created with. Without one that does, a task that shows another value proves nothing: some gateways replace it. */
	readonly isMarkerShown: boolean;
	/** How far apart the clocks of the provider and of this machine may be. */
	readonly toleranceMs: number;
}

/** Pairs of a create and a task that are looked for although the task shows another marker. */
const maxPairsOfLastResort = 20_000;

/** What n8n's database is asked. */
export type RecordedTasks = Pick<DurableLedger, 'recordedPairs' | 'recordedMarkers' | 'takenTasks'>;

interface Fits {
	/** Tasks that are recorded with the create, or that carry its marker. */
	readonly sure: readonly Task[];
	/** Tasks that do not show whether they carry it. */
	readonly doubtful: readonly Task[];
}

/** The tasks of the list for each create: the one whose ID is recorded with it, or else the one that carries its marker. A task that fits two creates is the task of neither. */
export async function match(
	creates: readonly SearchedCreate[],
	listed: ListedTasks,
	recorded: RecordedTasks,
): Promise<Matching[]> {
	const pairs = await pairsOf(creates, listed.free, recorded, isPossible);
	// A gateway may show another value for all; then only the records tell.
	const unpairedCreates = creates.filter((create) => !pairs.has(create));
	if (unpairedCreates.length * listed.free.length <= maxPairsOfLastResort) {
		const more = await pairsOf(unpairedCreates, listed.free, recorded, () => true);
		for (const [create, own] of more) pairs.set(create, own);
	}
	const paired = new Set([...pairs.values()].flat());
	const unpaired = { ...listed, free: listed.free.filter((task) => !paired.has(task)) };
	const fits = await Promise.all(
		creates.map(async (create): Promise<Fits> => {
			const own = pairs.get(create) ?? [];
			return own.length > 0
				? { sure: own, doubtful: [] }
				: await markedWith(create, unpaired, recorded);
		}),
	);
	const uses = new Map<Task, number>();
	for (const task of fits.flatMap(({ sure }) => sure)) uses.set(task, (uses.get(task) ?? 0) + 1);
	return fits.map(({ sure, doubtful }) => {
		const [task] = sure;
		const isUnique = task !== undefined && sure.length === 1 && uses.get(task) === 1;
		if (isUnique) return { task, candidates: [] };
		return { candidates: (sure.length > 0 ? sure : doubtful).map(({ taskId }) => taskId) };
	});
}

async function pairsOf(
	creates: readonly SearchedCreate[],
	tasks: readonly Task[],
	recorded: RecordedTasks,
	mayBe: (create: SearchedCreate, task: Task) => boolean,
): Promise<Map<SearchedCreate, Task[]>> {
	const possible: Array<{ create: SearchedCreate; task: Task; pair: [CreateKeys, string] }> = [];
	for (const create of creates) {
		if (create.recorded === undefined) continue;
		for (const task of tasks) {
			if (!mayBe(create, task)) continue;
			possible.push({ create, task, pair: [create.recorded.keys, task.taskId] });
		}
	}
	const found = new Set(await recorded.recordedPairs(possible.map(({ pair }) => pair)));
	const pairs = new Map<SearchedCreate, Task[]>();
	for (const { create, task, pair } of possible) {
		if (found.has(pair)) pairs.set(create, [...(pairs.get(create) ?? []), task]);
	}
	return pairs;
}

/** A task that shows another marker is another create's. What marked a create that is known by its row alone cannot be computed. */
function isPossible({ markers, recorded }: SearchedCreate, task: Task): boolean {
	if (recorded?.by === 'row' || markers.length === 0) return true;
	const shown = markers.map((marker) => showsMarker(task, marker));
	return shown.includes(true) || shown.every((one) => one === undefined);
}

async function markedWith(
	{ sinceMs, beforeMs, markers, recorded: known }: SearchedCreate,
	{ free, isMarkerShown, toleranceMs }: ListedTasks,
	recorded: RecordedTasks,
): Promise<Fits> {
	const isInTime = ({ createdAtMs = sinceMs }: Task) =>
		createdAtMs >= sinceMs - toleranceMs && createdAtMs <= beforeMs + toleranceMs;
	const own = known === undefined ? markers : await ownMarkers(known, markers, free, recorded);
	const isMarked = (task: Task) => own.some((marker) => showsMarker(task, marker) === true);
	const showsOther = (task: Task) => own.some((marker) => showsMarker(task, marker) === false);
	// Another execution may have used the same value.
	const taken = await recorded.takenTasks(free.filter(isMarked).map(({ taskId }) => taskId));
	const left = free.filter(({ taskId }) => !taken.has(taskId));
	return {
		sure: left.filter((task) => isInTime(task) && isMarked(task)),
		// Without a marker, any of them may be the one; with the marker, a time may be wrong.
		doubtful: left.filter((task) =>
			isInTime(task) ? !(isMarkerShown && showsOther(task)) : isMarked(task),
		),
	};
}

/** What an earlier process has marked the create with. What marked a row cannot be computed, so the values that tasks show are looked for. */
async function ownMarkers(
	{ keys, by }: NonNullable<SearchedCreate['recorded']>,
	markers: readonly Marker[],
	tasks: readonly Task[],
	recorded: RecordedTasks,
): Promise<readonly Marker[]> {
	return by === 'row' && keys.row !== undefined
		? await recorded.recordedMarkers(keys.row, shownMarkers(markers, tasks))
		: await recorded.recordedMarkers(keys.request, markers);
}

/** The values that tasks show of the members that can mark a create. */
function shownMarkers(markers: readonly Marker[], tasks: readonly Task[]): Marker[] {
	const fields = new Set(markers.map(({ field }) => field));
	return tasks.flatMap(({ raw }) =>
		[...fields].flatMap((field) => {
			const value = raw[field];
			return typeof value === 'number' || typeof value === 'string' ? [{ field, value }] : [];
		}),
	);
}
