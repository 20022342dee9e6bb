import type { DeleteFault, ReadFault } from './faults';
import type { Case } from './judge';
import type { HistoryEntry, Provider } from './provider';
import type { ProviderTask } from './providerTasks';
import type { CancelItem, ManagedResult } from './worker';

/** What came of Get Many and Cancel, which follow a run. */
export interface ManagedEvidence {
	readonly provider: Pick<Provider, 'tasks' | 'history'>;
	/** Tasks of rows beyond these are those that were cancelled. */
	readonly rows: number;
	readonly managed: ManagedResult;
}

/** Source: BytePlus docs 1521675 (one list request a second). */
const listIntervalMs = 1_000;
/** Timers and sockets of a busy machine. */
const toleranceMs = 150;

const cancelled = 'cancelled';
/** What an item says of a task that is not cancelled. */
const notCancelled: ReadonlySet<string> = new Set([
	'runningTaskNotCancellable',
	'taskNotCancellable',
	'InvalidAction.RunningTaskDeletion',
]);
const unconfirmed = 'cancelUnconfirmed';
/** Faults after which nothing is sent again. No task meets as many of the others as it has tries. */
const refusals: ReadonlySet<string | undefined> = new Set<ReadFault | DeleteFault>([
	'unauthorized',
	'forbidden',
	'errorObject',
	'notFound',
	'errorObjectBefore',
	'errorObjectAfter',
]);

/** What is wrong with Get Many and Cancel. */
export function managedCases(evidence: ManagedEvidence): Case[] {
	const { ended, listedIds, errors } = evidence.managed;
	if (!ended) return [{ what: 'Get Many and Cancel have not ended in time' }];
	return [
		...errors.map((what) => ({ what })),
		...paceCases(listsOf(evidence)),
		...listingCases(evidence, listedIds),
		...cancelCases(evidence),
	];
}

function listsOf({ provider }: ManagedEvidence): HistoryEntry[] {
	return provider.history
		.filter(({ shownIds }) => shownIds !== undefined)
		.sort((first, second) => first.atMs - second.atMs);
}

function paceCases(lists: readonly HistoryEntry[]): Case[] {
	return lists.flatMap((second, index) => {
		const first = lists[index - 1];
		const apartMs = second.atMs - (first?.atMs ?? -Infinity);
		if (first === undefined || apartMs >= listIntervalMs - toleranceMs) return [];
		return [{ what: `list requests ${apartMs} ms apart: ${told(first)}, ${told(second)}` }];
	});
}

function told({ route, atMs, fault }: HistoryEntry): string {
	return `${route} (${fault ?? 'ordinary'}) at ${(atMs / 1000).toFixed(1)} s`;
}

function listingCases(evidence: ManagedEvidence, listedIds: readonly string[]): Case[] {
	const lists = listsOf(evidence);
	const existing = new Set(evidence.provider.tasks.map(({ id }) => id));
	const listed = new Set(listedIds);
	const shown = new Set(lists.flatMap(({ shownIds = [] }) => shownIds));
	const twice = listedIds.filter((id, index) => listedIds.indexOf(id) !== index);
	const missing = [...shown].filter((id) => !listed.has(id));
	const answers = lists.map(told).join(', ');
	return [
		...(shown.size === 0 ? [{ what: `the list has shown nothing: ${answers}` }] : []),
		...twice.map((id) => ({ what: `Get Many returned ${id} twice` })),
		...[...listed]
			.filter((id) => !existing.has(id))
			.map((id) => ({ what: `Get Many returned ${id}, which does not exist` })),
		...(missing.length === 0
			? []
			: [{ what: `Get Many lacks ${missing.length} IDs, such as ${missing[0]}, of ${answers}` }]),
	];
}

function cancelCases({ provider, rows, managed }: ManagedEvidence): Case[] {
	const tasks = provider.tasks.filter(({ row }) => row >= rows);
	const refused = new Set(
		provider.history.filter(({ fault }) => refusals.has(fault)).map(({ row }) => row),
	);
	const isNoneCancelled = tasks.every(({ status }) => status !== 'cancelled');
	return [
		...(isNoneCancelled ? [{ what: 'no task was cancelled' }] : []),
		...tasks.flatMap((task) => {
			const { row } = task;
			const own = managed.cancelItems.filter(({ askedId }) => askedId === task.id);
			const [item] = own;
			return [
				...(own.length === 1 ? [] : [`${task.id} is in the output ${own.length} times`]),
				...(task.deletedWhile === undefined
					? []
					: [`${task.id} was deleted when it had ${task.deletedWhile}`]),
				...(item === undefined ? [] : wrongWords(task, item, refused.has(row))),
			].map((what) => ({ row, what }));
		}),
	];
}

/** What is wrong with what an item says of its task. */
function wrongWords(
	{ id, status }: ProviderTask,
	{ says, json }: CancelItem,
	isRefused: boolean,
): string[] {
	const isCancelled = status === 'cancelled';
	const isWrong =
		(says === cancelled && !isCancelled) ||
		(notCancelled.has(says) && (isCancelled || status === 'queued'));
	const isKnown = says === cancelled || notCancelled.has(says) || says === unconfirmed;
	return [
		...(isWrong ? [`${id} is ${status}, and its item says ${says}: ${json.slice(0, 400)}`] : []),
		...(isKnown || isRefused ? [] : [`${id} met no refusal, and its item says ${says}: ${json}`]),
		...(json.includes(id) ? [] : [`${id} is not named: ${json.slice(0, 400)}`]),
	];
}
