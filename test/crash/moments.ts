import type { Interception, RecordedRequest, Simulator } from '../simulator/simulator';
import { waitUntil } from '../n8n/readiness';

/** The rows of a batch. */
export const rowCount = 40;

/** Where the node behind the videos reports, on the simulator's address. */
export const reportPath = '/report';

type Kind = 'create' | 'download' | 'report' | 'other';

/** A moment of a batch at which n8n is killed. */
export interface Moment {
	readonly name: string;
	readonly renderMs: number;
	/** From so many answers on, requests of this kind get none. A create is accepted all the same. */
	readonly holds?: { readonly kind: Kind; readonly afterAnswers: number };
	/** How many tasks the provider has at least. */
	readonly tasks: number;
}

/** Longer than forty creates take, and not longer than n8n needs to start again. */
const longRenderMs = 15_000;
const shortRenderMs = 1_500;

/** The moments by their number. */
export const moments: ReadonlyMap<number, Moment> = new Map([
	[
		1,
		{
			name: 'before the first create answer',
			renderMs: longRenderMs,
			holds: { kind: 'create', afterAnswers: 0 },
			tasks: 1,
		},
	],
	[
		2,
		{
			name: 'half created',
			renderMs: longRenderMs,
			holds: { kind: 'create', afterAnswers: rowCount / 2 },
			tasks: rowCount / 2 + 1,
		},
	],
	[3, { name: 'all created, none finished', renderMs: longRenderMs, tasks: rowCount }],
	[
		4,
		{
			name: 'half downloaded',
			renderMs: shortRenderMs,
			holds: { kind: 'download', afterAnswers: rowCount / 2 },
			tasks: rowCount,
		},
	],
	[
		5,
		{
			name: 'last download',
			renderMs: shortRenderMs,
			holds: { kind: 'download', afterAnswers: rowCount - 1 },
			tasks: rowCount,
		},
	],
	[
		6,
		{
			name: 'in the node behind',
			renderMs: shortRenderMs,
			holds: { kind: 'report', afterAnswers: 0 },
			tasks: rowCount,
		},
	],
]);

/** Holds requests back so that a batch stands still at a moment. */
export interface Gate {
	/** Resolves when the batch stands still at the moment, and rejects if it does not get there. */
	reached(signal: AbortSignal): Promise<void>;
	/** Holds nothing back from now on. */
	open(): void;
}

const reachedTimeoutMs = 90_000;
/** Without a create or a download for so long, nothing more will come. */
const quietMs = 1_000;

/** Prepares a simulator for a moment, and for the reports of the node behind the videos. */
export function closeGate(simulator: Simulator, { name, holds, tasks }: Moment): Gate {
	let isOpen = false;
	let seen = 0;
	let held = 0;
	simulator.intercept((request): Interception => {
		const kind = kindOf(request);
		const answer = kind === 'report' ? { status: 200, body: {} } : undefined;
		if (isOpen || kind !== holds?.kind || seen++ < holds.afterAnswers) return answer;
		held++;
		return kind === 'create' ? { after: 'hang' } : 'hang';
	});

	const standsStill = async () => {
		if (simulator.tasks.length < tasks || (holds !== undefined && held === 0)) return false;
		const last = simulator.requests.findLast((request) =>
			['create', 'download'].includes(kindOf(request)),
		);
		return Date.now() - (last?.at ?? 0) >= quietMs;
	};
	return {
		async reached(signal) {
			const isReached = await waitUntil(standsStill, reachedTimeoutMs, signal);
			signal.throwIfAborted();
			if (!isReached) {
				const found = `${simulator.tasks.length} tasks, ${held} requests held`;
				throw new Error(`The batch did not get to "${name}": ${found}`);
			}
			if (holds === undefined && simulator.tasks.some(({ status }) => status === 'succeeded')) {
				throw new Error(`A task was finished before "${name}": this machine is too busy`);
			}
		},
		open: () => (isOpen = true),
	};
}

function kindOf({ method, path }: RecordedRequest): Kind {
	if (method === 'POST' && path.endsWith('/tasks')) return 'create';
	if (path.startsWith('/tos/')) return 'download';
	return path === reportPath ? 'report' : 'other';
}
