import type { Draw } from './draw';
import { drawManagedFaults, type ManagedFaults } from './managedFaults';
import { planOf, type Share } from './plan';

const createFaults = {
	dripAccepted: { share: 0.004, maxRows: 2 },
	dripNotAccepted: { share: 0.002, maxRows: 1 },
	resetBefore: { share: 0.02 },
	resetAfter: { share: 0.02 },
	serverErrorAccepted: { share: 0.01 },
	badGatewayNotAccepted: { share: 0.01 },
	pageAccepted: { share: 0.01 },
	emptyObjectAccepted: { share: 0.005 },
	errorObjectAccepted: { share: 0.01 },
	errorObjectNotAccepted: { share: 0.01 },
	throttled: { share: 0.02 },
	throttledWithPause: { share: 0.01 },
	overloaded: { share: 0.01 },
} satisfies Record<string, Share>;

const readFaults = {
	drip: { share: 0.006, maxRows: 3 },
	hang: { share: 0.006, maxRows: 3 },
	unauthorized: { share: 0.015, isOnce: true },
	forbidden: { share: 0.015, isOnce: true },
	errorObject: { share: 0.015, isOnce: true },
	notFound: { share: 0.01, isOnce: true },
	serverError: { share: 0.02 },
	reset: { share: 0.02 },
	throttled: { share: 0.01 },
	page: { share: 0.01 },
} satisfies Record<string, Share>;

const downloadFaults = {
	drip: { share: 0.006, maxRows: 3 },
	hang: { share: 0.002, maxRows: 1 },
	page: { share: 0.02 },
	pageAsVideo: { share: 0.01 },
	errorObject: { share: 0.01 },
	xml: { share: 0.01 },
	empty: { share: 0.02 },
	cut: { share: 0.03 },
	wrongLength: { share: 0.02 },
	forbiddenUntilRenewed: { share: 0.02 },
	notFoundUntilRenewed: { share: 0.02 },
	reset: { share: 0.03 },
	linkLocal: { share: 0.01 },
	serverError: { share: 0.02 },
} satisfies Record<string, Share>;

/** What is wrong with one answer of the list, and with how many answers. */
const listFaults = {
	drip: 1,
	hang: 1,
	unauthorized: 1,
	forbidden: 1,
	errorObject: 1,
	serverError: 2,
	reset: 2,
	throttled: 1,
	page: 1,
	totalTooLarge: 3,
	totalTooSmall: 3,
	leavesOut: 4,
} satisfies Record<string, number>;

/** What is wrong with the list for a task, as long as it is listed. */
const listedFaults = {
	runningForEver: { share: 0.02 },
	leftOut: { share: 0.01 },
} satisfies Record<string, Share>;

export type CreateFault = keyof typeof createFaults;
export type ReadFault = keyof typeof readFaults;
export type DownloadFault = keyof typeof downloadFaults;
/** `ignoresPage`: the first page, whichever was asked for. */
export type ListFault = keyof typeof listFaults | 'ignoresPage';
export type ListedFault = keyof typeof listedFaults;
export type UploadFault = 'reset' | 'serverError' | 'hang';
export type StoppedReadFault = 'throttled' | 'hang';
/** Before, or after, the DELETE was carried out; what is answered late was. */
export type DeleteFault =
	| 'resetBefore'
	| 'resetAfter'
	| 'serverErrorBefore'
	| 'serverErrorAfter'
	| 'hangBefore'
	| 'hangAfter'
	| 'throttled'
	| 'errorObjectBefore'
	| 'errorObjectAfter'
	| 'pageAfter'
	| 'answeredLate';

/** The faults of a seed. An attempt is the number of requests of the same kind for the same row before it. */
export interface Faults {
	create(row: number, attempt: number): CreateFault | undefined;
	read(row: number, attempt: number): ReadFault | undefined;
	download(row: number, attempt: number): DownloadFault | undefined;
	/** By the number of the list request in the run. */
	list(request: number): ListFault | undefined;
	/** What the list always says wrongly of the task of a row. */
	listed(row: number): ListedFault | undefined;
	upload(attempt: number): UploadFault | undefined;
	/** Of a read after Stop. */
	stoppedRead(row: number): StoppedReadFault | undefined;
	delete(row: number, attempt: number): DeleteFault | undefined;
	/** Of Get Many and Cancel, which follow the run. */
	readonly managed: ManagedFaults;
}

/** List requests among which the faults of the list are spread. */
const listSpan = 40;
/** Part of the rows whose second request of a kind is broken as well, compared with the first. */
const secondPart = 0.3;

/** The faults of a seed: every kind is there, whatever the number of rows. */
export function drawFaults(draw: Draw, rows: number): Faults {
	const plan = <Kind extends string>(route: string, kinds: Record<Kind, Share>) => {
		const first = planOf(draw, `${route}, first`, rows, kinds, 1);
		const second = planOf(draw, `${route}, second`, rows, kinds, secondPart);
		for (const [row, kind] of first) {
			const next = second.get(row);
			if (kinds[kind].isOnce === true && next !== undefined && kinds[next].isOnce === true) {
				second.delete(row);
			}
		}
		return (row: number, attempt: number) => [first, second][attempt]?.get(row);
	};
	const listed = planOf(draw, 'listed', rows, listedFaults, 1);
	const lists = new Map(
		Object.entries(listFaults)
			.flatMap(([kind, count]) => Array<ListFault>(count).fill(kind as ListFault))
			.map((kind, index) => [draw.shuffled(listSpan, 'list')[index] ?? index, kind]),
	);
	const uploads: readonly UploadFault[] = ['reset', 'serverError', 'hang'];
	return {
		create: plan('create', createFaults),
		read: plan('read', readFaults),
		download: plan('download', downloadFaults),
		list: (request) => lists.get(request),
		listed: (row) => listed.get(row),
		upload: (attempt) => uploads[attempt],
		stoppedRead: (row) =>
			pick(draw, `stopped ${row}`, [
				['throttled', 0.1],
				['hang', 0.05],
			]),
		delete: (row, attempt) =>
			attempt > 0
				? undefined
				: pick(draw, `delete ${row}`, [
						['resetAfter', 0.1],
						['serverErrorBefore', 0.1],
					]),
		managed: drawManagedFaults(draw),
	};
}

function pick<Kind>(
	draw: Draw,
	name: string,
	kinds: ReadonlyArray<readonly [Kind, number]>,
): Kind | undefined {
	let left = draw.share(name);
	for (const [kind, share] of kinds) {
		if (left < share) return kind;
		left -= share;
	}
	return undefined;
}
