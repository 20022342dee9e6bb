import { formatted } from './budget';
import { itemNumber } from './values';

/** How an item ended. What its video has used is known only of one that was delivered. */
export type ItemEnd =
	| {
			readonly kind: 'delivered';
			readonly tokens?: number | undefined;
			readonly cost?: ItemCost | undefined;
	  }
	| { readonly kind: Exclude<EndKind, 'delivered'> };

/** `continuing`: the task may still succeed. `undelivered`: it has succeeded, and its video is in no item. `noTask`: the item is about no task. */
export type EndKind =
	| 'delivered'
	| 'failed'
	| 'outcomeUnknown'
	| 'continuing'
	| 'undelivered'
	| 'cancelled'
	| 'notCreated'
	| 'noTask';

/** What a video costs; `currency` is undefined where that of the provider is not known. */
export interface ItemCost {
	readonly amount: number;
	readonly currency: string | undefined;
}

/** The task of an item. */
export interface TaskOfItem {
	/** Place of the item in the input, from 0. */
	readonly itemIndex: number;
	readonly taskId: string;
}

/** How many items are at each step. */
export interface ItemCounts {
	readonly items: number;
	readonly notCreated: number;
	readonly queued: number;
	readonly running: number;
	readonly downloading: number;
	readonly ended: Readonly<Record<EndKind, number>>;
}

/** What a run came to. */
export interface RunTotals {
	readonly counts: ItemCounts;
	/** Tasks that were created in this run, those of creates that were repeated included. */
	readonly created: number;
	/** Tasks that existed already: of an earlier try, or of an earlier execution with the same Idempotency Key. */
	readonly resumed: number;
	/** Tasks of creates whose answers were lost. */
	readonly foundAgain: number;
	/** Videos that were delivered; items may share one. */
	readonly videos: number;
	/** Of the videos that were delivered; undefined where nothing is known. */
	readonly tokens: Known<number> | undefined;
	/** One for each currency. */
	readonly costs: ReadonlyArray<Known<ItemCost>>;
}

/** A sum, and of how many videos it is. */
export interface Known<Sum> {
	readonly sum: Sum;
	readonly videos: number;
}

/** How a run ended. */
export type RunEnd = 'ended' | 'failed' | 'stopped';

const wordsOfRunEnd: Readonly<Record<RunEnd, string>> = {
	ended: 'has ended',
	failed: 'has failed',
	stopped: 'was stopped',
};

/** A number of a line; at zero it is left out unless it is always said. */
type Part = readonly [count: number, words: string, isAlwaysSaid?: boolean];

/** How far the items of a run are; `limit`: the tasks that the provider accepts, where that is known. */
export function progressText(counts: ItemCounts, limit?: string): string {
	const { items, notCreated, queued, running, downloading, ended } = counts;
	const { delivered, failed, outcomeUnknown, ...others } = ended;
	const parts: Part[] = [
		[notCreated, 'to be created'],
		[queued, 'queued', true],
		[running, 'running', true],
		[downloading, 'downloading'],
		[delivered, 'delivered', true],
		[failed + outcomeUnknown, 'failed', true],
		[sumOf(Object.values(others)), 'ended otherwise'],
	];
	return [`${said(parts)} (of ${items})`, ...(limit === undefined ? [] : [limit])].join('. ');
}

/** That a run has ended. */
export function endText(nodeName: string, end: RunEnd): string {
	return `${nodeName} ${wordsOfRunEnd[end]}`;
}

/** What a run came to. */
export function summaryText({ counts, videos, tokens, costs, ...tasks }: RunTotals): string {
	const { items, notCreated, ended } = counts;
	const created: Part[] = [
		[tasks.created, 'created', true],
		[tasks.resumed, 'resumed', true],
		[tasks.foundAgain, 'found again'],
	];
	const unknown =
		ended.outcomeUnknown === 0 ? '' : ` (${ended.outcomeUnknown} with an unknown outcome)`;
	const parts: Part[] = [
		[ended.delivered, 'delivered', true],
		[ended.failed + ended.outcomeUnknown, `failed${unknown}`, true],
		[ended.continuing, 'continuing'],
		[ended.undelivered, 'undelivered'],
		[ended.cancelled, 'cancelled'],
		[ended.notCreated + notCreated, 'not created'],
		[ended.noTask, 'without a task'],
	];
	const used = [
		...(tokens === undefined ? [] : [`${formatted(tokens.sum)} tokens${ofVideos(tokens, videos)}`]),
		...costs.map((cost) => `${costText(cost.sum)}${ofVideos(cost, videos)}`),
	];
	return [
		said(created),
		`Items: ${said(parts)} (of ${items})`,
		...(used.length === 0 ? [] : [`Used: ${used.join(', ')}`]),
	].join('. ');
}

/** Tasks with their items, as a line of the log lists them. */
export function tasksText(tasks: readonly TaskOfItem[]): string {
	return tasks
		.map(({ taskId, itemIndex }) => `${taskId} (item ${itemNumber(itemIndex)})`)
		.join(', ');
}

const said = (parts: readonly Part[]) =>
	parts
		.filter(([count, , isAlwaysSaid]) => count > 0 || isAlwaysSaid === true)
		.map(([count, words]) => `${count} ${words}`)
		.join(', ');

const costText = ({ amount, currency }: ItemCost) =>
	currency === undefined ? `cost ${formatted(amount)}` : `cost ${formatted(amount)} ${currency}`;

/** Where not all videos say it, the sum is only that of some. */
const ofVideos = ({ videos }: Known<unknown>, all: number) =>
	videos === all ? '' : ` (of ${videos} ${videos === 1 ? 'video' : 'videos'})`;

const sumOf = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
