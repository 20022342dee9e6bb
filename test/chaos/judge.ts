import { managedCases } from './judgeManaged';
import type { HistoryEntry, Provider } from './provider';
import { sha256OfVideo, type ProviderTask } from './providerTasks';
import type { Scenario } from './scenarios';
import { hasSecret, type Secret } from './secret';
import type { ChaosResult, RowItem } from './worker';

/** What a run came to, as its worker and its provider tell. */
export interface Evidence {
	readonly rows: number;
	readonly scenario: Scenario;
	readonly secret: Secret;
	readonly provider: Pick<Provider, 'tasks' | 'history' | 'textsWithoutKey' | 'unknownRows'>;
	/** Undefined when the worker has not come to its end. */
	readonly result: ChaosResult | undefined;
	/** What the worker has printed. */
	readonly printed: string;
	/** Requests that came after Cancel on Stop had to be over. */
	readonly lateRequests: readonly HistoryEntry[];
	/** Why there is no result. */
	readonly failure: string | undefined;
}

/** One figure of a run that has to be zero, and each case that it counts. */
export interface Figure {
	readonly name: string;
	readonly cases: readonly Case[];
}

/** One thing that is wrong. */
export interface Case {
	readonly what: string;
	/** Whose requests tell more. */
	readonly row?: number | undefined;
}

/** What was found out about a run. */
export interface Verdict {
	readonly figures: readonly Figure[];
	/** Tasks that were accepted. */
	readonly accepted: number;
	/** Items with the video of their own row, byte for byte. */
	readonly delivered: number;
	/** Rows of which only a person can say whether they have a task. */
	readonly unknown: number;
}

const maxStallMs = 100;

/** The figures of a run. A run that has no result has failed, and its items are not judged. */
export function judge(evidence: Evidence): Verdict {
	const { provider, result, failure, lateRequests, rows } = evidence;
	const tasks = provider.tasks.filter(({ row }) => row < rows);
	const isOver = result?.ended === true;
	const items = isOver ? itemsByRow(result.items) : undefined;
	const ofItems = (cases: (byRow: ItemsByRow) => readonly Case[]) =>
		items === undefined ? [] : cases(items);
	return {
		accepted: tasks.length,
		delivered: items === undefined ? 0 : deliveredRows(evidence, items).size,
		unknown: (result?.items ?? []).filter(({ json }) => json.includes('"outcomeUnknown":true'))
			.length,
		figures: [
			{
				name: 'limit',
				cases: [
					...(isOver ? [] : [{ what: failure ?? openRequestsOf(provider) }]),
					...lateRequests.map(({ route, row }) => ({ what: `${route} after a Stop`, row })),
				],
			},
			{ name: 'rows', cases: ofItems((byRow) => rowCases(evidence, byRow)) },
			{ name: 'deleted', cases: tasks.filter(wasDeleted).map(deletedCase) },
			{ name: 'twice', cases: chargedTwice(tasks) },
			{ name: 'lost', cases: isOver ? lost(tasks, result) : [] },
			{ name: 'no video', cases: ofItems((byRow) => withoutVideo(evidence, byRow)) },
			{ name: 'files', cases: ofItems((byRow) => fileCases(evidence, byRow)) },
			{ name: 'managed', cases: isOver ? managedCasesOf(evidence, result) : [] },
			{ name: 'leaks', cases: leakCases(evidence) },
			{ name: 'astray', cases: (result?.astray ?? []).map((what) => ({ what })) },
			{ name: 'stall', cases: stallCases(result) },
		],
	};
}

type ItemsByRow = ReadonlyMap<number | undefined, readonly RowItem[]>;

function itemsByRow(items: readonly RowItem[]): ItemsByRow {
	const byRow = new Map<number | undefined, RowItem[]>();
	for (const item of items) byRow.set(item.row, [...(byRow.get(item.row) ?? []), item]);
	return byRow;
}

function rowsOf({ rows }: Evidence): number[] {
	return Array.from({ length: rows }, (_, row) => row);
}

function rowCases(evidence: Evidence, byRow: ItemsByRow): Case[] {
	const error = evidence.result?.error ?? '';
	const wrong = rowsOf(evidence)
		.map((row) => ({ row, count: byRow.get(row)?.length ?? 0 }))
		.filter(({ count }) => count !== 1);
	// A run that ended in an error has no items at all: one case says it.
	if (wrong.length === evidence.rows) return [{ what: `no row is in the output: ${error}` }];
	return wrong.map(({ row, count }) => ({ row, what: `in the output ${count} times` }));
}

const wasDeleted = ({ deletedWhile }: ProviderTask) => deletedWhile !== undefined;

function deletedCase({ id, row, deletedWhile }: ProviderTask): Case {
	return { row, what: `${id} was deleted when it had ${deletedWhile}` };
}

function chargedTwice(tasks: readonly ProviderTask[]): Case[] {
	const byRow = new Map<number, ProviderTask[]>();
	for (const task of tasks.filter(({ status }) => status !== 'cancelled')) {
		byRow.set(task.row, [...(byRow.get(task.row) ?? []), task]);
	}
	return [...byRow]
		.filter(([, own]) => own.length > 1)
		.map(([row, own]) => ({ row, what: own.map(({ id }) => id).join(' and ') }));
}

/** Accepted tasks whose ID is in no item and in no error. */
function lost(tasks: readonly ProviderTask[], { items, error }: ChaosResult): Case[] {
	const text = [...items.map(({ json }) => json), error].join('\n');
	return tasks
		.filter(({ id, status }) => status !== 'cancelled' && !text.includes(id))
		.map(({ id, row, status }) => ({ row, what: `${id} has ${status} and is named nowhere` }));
}

function hasOwnVideo({ provider }: Evidence, row: number, item: RowItem | undefined): boolean {
	const task = provider.tasks.find(({ id }) => id === item?.taskId);
	return task?.row === row && item?.sha256 === sha256OfVideo(task);
}

function deliveredRows(evidence: Evidence, byRow: ItemsByRow): Set<number> {
	return new Set(rowsOf(evidence).filter((row) => hasOwnVideo(evidence, row, byRow.get(row)?.[0])));
}

/** Rows without their video, although the provider has it or would have made it. */
function withoutVideo(evidence: Evidence, byRow: ItemsByRow): Case[] {
	const { provider, scenario } = evidence;
	const delivered = deliveredRows(evidence, byRow);
	const accepted = new Set(provider.tasks.map(({ row }) => row));
	const isRefusedForGood = scenario.provider?.overloadedFrom !== undefined;
	const isExcused = (row: number) =>
		!accepted.has(row) && (isRefusedForGood || provider.unknownRows.has(row));
	return rowsOf(evidence)
		.filter((row) => !delivered.has(row) && !isExcused(row))
		.map((row) => ({ row, what: byRow.get(row)?.[0]?.json.slice(0, 600) ?? 'no item' }));
}

function fileCases(evidence: Evidence, byRow: ItemsByRow): Case[] {
	const { result } = evidence;
	const delivered = deliveredRows(evidence, byRow);
	const wrong = [...byRow.values()]
		.flat()
		.filter(({ sha256, row }) => sha256 !== undefined && !delivered.has(row ?? -1))
		.map(({ row }) => ({ row, what: 'its file is not the video of its task' }));
	const kept = result?.filesKept ?? 0;
	const more = kept - delivered.size;
	return [
		...wrong,
		...(more === 0 ? [] : [{ what: `${kept} files kept, ${delivered.size} videos delivered` }]),
	];
}

function managedCasesOf({ provider, rows }: Evidence, { managed }: ChaosResult): Case[] {
	return managed === undefined
		? [{ what: 'neither Get Many nor Cancel was run' }]
		: managedCases({ provider, rows, managed });
}

function leakCases({ provider, result, secret, printed }: Evidence): Case[] {
	const texts = [...provider.textsWithoutKey, printed];
	return [
		...(result?.leaks ?? []).map((what) => ({ what })),
		...texts
			.filter((text) => hasSecret(text, secret.needles))
			.map((text) => ({ what: text.slice(0, 300) })),
	];
}

function stallCases(result: ChaosResult | undefined): Case[] {
	const { wholeMs = 0, ownMs = 0 } = result?.stall ?? {};
	const ms = Math.min(wholeMs, ownMs);
	return ms <= maxStallMs
		? []
		: [{ what: `${Math.round(ms)} ms of its own, ${Math.round(wholeMs)} ms in all` }];
}

/** What the run may have waited for. */
function openRequestsOf({ history }: Evidence['provider']): string {
	const open = history.filter(({ endedAtMs }) => endedAtMs === undefined);
	const told = open.slice(0, 8).map(({ route, row, fault }) => {
		return [route, row === undefined ? '' : `of row ${row}`, fault].filter(Boolean).join(' ');
	});
	return `not ended, open requests: ${told.length === 0 ? 'none' : told.join(', ')}`;
}

/** What a row has met, in order. */
export function faultsOf({ history }: Evidence['provider'], row: number): string[] {
	return history.flatMap((entry) =>
		entry.row === row && entry.fault !== undefined ? [`${entry.route} ${entry.fault}`] : [],
	);
}

/** The requests of a row, one a line. */
export function historyOf({ history }: Evidence['provider'], row: number): string[] {
	return history
		.filter((entry) => entry.row === row)
		.map(({ atMs, endedAtMs, route, taskId, fault, status }) => {
			const took = endedAtMs === undefined ? 'open' : `${endedAtMs - atMs} ms`;
			return [
				`${(atMs / 1000).toFixed(1)} s`,
				route,
				taskId,
				fault ?? 'ordinary',
				`status ${status ?? '-'}`,
				took,
			]
				.filter(Boolean)
				.join('  ');
		});
}
