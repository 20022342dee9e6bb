import type { Draw } from './draw';
import { planOf, type Share } from './plan';
import type { DeleteFault, ListFault, ReadFault } from './faults';

/** Tasks besides those of the rows, which are cancelled at the end of a run. Their rows follow those of the run. */
export const managedTaskCount = 60;

/** What the first read or the first DELETE of a task meets. Together they take about half a minute of real time. */
const firstFaults = {
	'read hang': { share: 0.06, maxRows: 4 },
	'read drip': { share: 0.03, maxRows: 2 },
	'read throttled': { share: 0.05, maxRows: 3 },
	'read reset': { share: 0.05 },
	'read serverError': { share: 0.05 },
	'read page': { share: 0.03 },
	'read unauthorized': { share: 0.02 },
	'read forbidden': { share: 0.02 },
	'read errorObject': { share: 0.02 },
	'read notFound': { share: 0.02 },
	'delete resetBefore': { share: 0.03 },
	'delete resetAfter': { share: 0.05 },
	'delete serverErrorBefore': { share: 0.05 },
	'delete serverErrorAfter': { share: 0.03 },
	'delete hangBefore': { share: 0.03, maxRows: 2 },
	'delete hangAfter': { share: 0.03, maxRows: 2 },
	'delete throttled': { share: 0.03, maxRows: 2 },
	'delete errorObjectBefore': { share: 0.03 },
	'delete errorObjectAfter': { share: 0.03 },
	'delete pageAfter': { share: 0.02 },
	'delete answeredLate': { share: 0.07 },
} satisfies Partial<Record<`read ${ReadFault}` | `delete ${DeleteFault}`, Share>>;

/** What the read behind a failure or behind a DELETE meets. */
const secondReads = {
	hang: { share: 0.04 },
	reset: { share: 0.06 },
	serverError: { share: 0.06 },
	page: { share: 0.03 },
} satisfies Partial<Record<ReadFault, Share>>;

/** Answers to the list that tell nothing. */
const brokenLists: readonly ListFault[] = [
	'drip',
	'hang',
	'throttled',
	'serverError',
	'reset',
	'page',
];
/** A page of the list is tried five times. */
const brokenInARow = 3;
/** Contents of the list with which it goes on, and those with which it may end: they are the last, so that the others are met. */
const wrongLists: readonly ListFault[] = ['totalTooLarge', 'leavesOut'];
const lastLists: readonly ListFault[] = ['totalTooSmall', 'ignoresPage'];

/** The faults that Get Many and Cancel meet. */
export interface ManagedFaults {
	/** By the number of the list request of Get Many. */
	list(request: number): ListFault | undefined;
	/** By the number of the task. */
	read(task: number, attempt: number): ReadFault | undefined;
	delete(task: number, attempt: number): DeleteFault | undefined;
}

/** Draws the faults of Get Many and Cancel. */
export function drawManagedFaults(draw: Draw): ManagedFaults {
	const shuffled = (kinds: readonly ListFault[], name: string) =>
		draw.shuffled(kinds.length, name).flatMap((index) => kinds[index] ?? []);
	const broken = shuffled(brokenLists, 'managed, broken lists');
	const wrong = shuffled(wrongLists, 'managed, wrong lists');
	const last = shuffled(lastLists, 'managed, last lists');
	const lists = [
		...[...broken.slice(0, brokenInARow), ...wrong.slice(0, 1)],
		...[...broken.slice(brokenInARow), ...wrong.slice(1), ...last],
	];
	const first = planOf(draw, 'managed, first', managedTaskCount, firstFaults, 1);
	const second = planOf(draw, 'managed, second', managedTaskCount, secondReads, 1);
	const firstOf = (route: string, task: number) => {
		const [ofRoute, fault] = first.get(task)?.split(' ') ?? [];
		return ofRoute === route ? fault : undefined;
	};
	return {
		list: (request) => lists[request],
		read: (task, attempt) =>
			attempt === 0
				? (firstOf('read', task) as ReadFault | undefined)
				: attempt === 1
					? second.get(task)
					: undefined,
		delete: (task, attempt) =>
			attempt === 0 ? (firstOf('delete', task) as DeleteFault | undefined) : undefined,
	};
}
