import type { Interception, RecordedRequest, Simulator } from '../simulator/simulator';
import { waitUntil } from '../n8n/readiness';
import { singleRows, storyRows, type Row } from './rows';

/** Where the node behind the videos reports, on the simulator's address. */
export const reportPath = '/report';

type Kind = 'create' | 'upload' | 'download' | 'report' | 'other';

/** A moment of a batch at which n8n is killed. */
export interface Moment {
	readonly name: string;
	readonly rows: readonly Row[];
	readonly renderMs: number;
	/** From so many answers on, requests of this kind get none. A create is accepted all the same. */
	readonly holds?: { readonly kind: Kind; readonly afterAnswers: number };
	/** How many tasks the provider has at least. */
	readonly tasks: number;
	/** How many of them are finished where nothing is held. Default: 0. */
	readonly finished?: number;
}

const rowCount = singleRows.length;
/** The stories of {@link storyRows}. */
const storyCount = 2;

/** Longer than forty creates take, and not longer than n8n needs to start again. */
const longRenderMs = 15_000;
const shortRenderMs = 1_500;

/** The moments by their number. */
export const moments: ReadonlyMap<number, Moment> = new Map([
	[
		1,
		{
			name: 'before the first create answer',
			rows: singleRows,
			renderMs: longRenderMs,
			holds: { kind: 'create', afterAnswers: 0 },
			tasks: 1,
		},
	],
	[
		2,
		{
			name: 'half created',
			rows: singleRows,
			renderMs: longRenderMs,
			holds: { kind: 'create', afterAnswers: rowCount / 2 },
			tasks: rowCount / 2 + 1,
		},
	],
	[
		3,
		{
			name: 'all created, none finished',
			rows: singleRows,
			renderMs: longRenderMs,
			tasks: rowCount,
		},
	],
	[
		4,
		{
			name: 'half downloaded',
			rows: singleRows,
			renderMs: shortRenderMs,
			holds: { kind: 'download', afterAnswers: rowCount / 2 },
			tasks: rowCount,
		},
	],
	[
		5,
		{
			name: 'last download',
			rows: singleRows,
			renderMs: shortRenderMs,
			holds: { kind: 'download', afterAnswers: rowCount - 1 },
			tasks: rowCount,
		},
	],
	[
		6,
		{
			name: 'in the node behind',
			rows: singleRows,
			renderMs: shortRenderMs,
			holds: { kind: 'report', afterAnswers: 0 },
			tasks: rowCount,
		},
	],
	[
		7,
		{
			name: 'stories: shot 2 sent',
			rows: storyRows,
			renderMs: shortRenderMs,
			holds: { kind: 'create', afterAnswers: storyCount },
			tasks: 2 * storyCount,
		},
	],
	[
		8,
		{
			name: 'stories: frame of shot 2 uploads',
			rows: storyRows,
			renderMs: shortRenderMs,
			holds: { kind: 'upload', afterAnswers: storyCount },
			tasks: 2 * storyCount,
		},
	],
	[
		9,
		{
			name: 'stories: shot 3 renders',
			rows: storyRows,
			renderMs: shortRenderMs,
			tasks: 3 * storyCount,
			finished: 2 * storyCount,
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
export function closeGate(simulator: Simulator, moment: Moment): Gate {
	const { name, holds, tasks, finished = 0 } = moment;
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
			const done = simulator.tasks.filter(({ status }) => status === 'succeeded').length;
			if (holds === undefined && done !== finished) {
				throw new Error(`${done} tasks were finished before "${name}": this machine is too busy`);
			}
		},
		open: () => (isOpen = true),
	};
}

/** Whether a request creates a task. */
export const isCreate = ({ method, path }: RecordedRequest): boolean =>
	method === 'POST' && path.endsWith('/tasks');

function kindOf(request: RecordedRequest): Kind {
	const { method, path } = request;
	if (isCreate(request)) return 'create';
	if (method === 'POST' && path.endsWith('/upload')) return 'upload';
	if (path.startsWith('/tos/')) return 'download';
	return path === reportPath ? 'report' : 'other';
}
