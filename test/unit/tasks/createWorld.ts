import type { DurableSet } from '../../../nodes/Seedance/n8n/durableSet';
import type { NodeStore } from '../../../nodes/Seedance/n8n/nodeStore';
import type { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { CreateRequest } from '../../../nodes/Seedance/seedance/request';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import { createCreateQueue } from '../../../nodes/Seedance/tasks/createQueue';
import { DurableLedger } from '../../../nodes/Seedance/tasks/durableLedger';
import { openLedger } from '../../../nodes/Seedance/tasks/ledger';
import type { Marker } from '../../../nodes/Seedance/tasks/marker';
import {
	createCreates,
	type ItemCreate,
	type RequestedCreate,
} from '../../../nodes/Seedance/tasks/creates';
import { createPaidTasks, type PaidRequest } from '../../../nodes/Seedance/tasks/paidTasks';
import type { OwnedTask } from '../../../nodes/Seedance/tasks/taskListing';
import type { TaskLog } from '../../../nodes/Seedance/tasks/taskLog';
import { createTaskSearch } from '../../../nodes/Seedance/tasks/taskSearch';
import { endingOf, FakeClock } from '../fakeClock';
import { failureOf, MemorySet, storeOf, taskOf, taskApiOf } from '../given';

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

export const lostAnswer = () =>
	failureOf({ kind: 'answerTimedOut', outcomeUnknown: true, requestId: 'r-1' });

/** How the provider answers a create. */
export type Answer =
	| 'accepted'
	/** The task is created, and no answer arrives. */
	| 'lost'
	/** No task is created, and no answer arrives. */
	| 'lost before'
	/** The task is created, and n8n is ended before the answer arrives. */
	| 'killed'
	| SeedanceFailure;

/** What outlives n8n's processes: the provider, n8n's database and the time. */
export function world() {
	const clock = new FakeClock();
	const tasks: Task[] = [];
	const given = {
		...{ clock, tasks, set: new MemorySet() },
		/** The set as one run of the node opens it. */
		openSet: (): DurableSet => given.set,
		/** Whether n8n keeps processed data. */
		hasDatabase: true,
		/** How creates are answered, in turn; the others are accepted. */
		answers: [] as Answer[],
		/** The marker of each create that was sent, or undefined. */
		sent: [] as Array<Marker['value'] | undefined>,
		/** Whether the list shows what marks a task. */
		echoes: true,
		listFailure: undefined as SeedanceFailure | undefined,
		lists: 0,
		async createTask(request: CreateRequest): Promise<string> {
			const { marker } = request as unknown as { readonly marker: Marker | undefined };
			given.sent.push(marker?.value);
			const answer = given.answers.shift() ?? 'accepted';
			if (typeof answer === 'object') throw answer;
			if (answer === 'lost before') throw lostAnswer();
			const taskId = `cgt-${tasks.length + 1}`;
			const raw = marker === undefined ? {} : { [marker.field]: marker.value };
			tasks.unshift(taskOf(taskId, 'queued', { raw, createdAtMs: clock.now() }));
			if (answer === 'lost') throw lostAnswer();
			if (answer === 'killed') await new Promise(() => {});
			return taskId;
		},
		async listTasks() {
			given.lists++;
			if (given.listFailure !== undefined) throw given.listFailure;
			const shown = given.echoes ? tasks : tasks.map((task) => ({ ...task, raw: {} }));
			const { length: count } = shown;
			return { tasks: shown, count, total: count, hasMore: false, answeredAtMs: clock.now() };
		},
		/** What became of a task at the provider. */
		become(taskId: string, changes: Partial<Task>) {
			const index = tasks.findIndex((task) => task.taskId === taskId);
			tasks[index] = { ...taskOf(taskId, 'queued'), ...tasks[index], ...changes };
		},
	};
	return given;
}

export type World = ReturnType<typeof world>;
export type Kept = Record<string, Record<string, unknown>>;

/** What a run of the node is made of in a process of n8n; `kept` outlives the tries of Retry On Fail. */
export function partsOf(given: World, changes: Partial<NodeStore> = {}, kept: Kept = {}) {
	const { clock, openSet, hasDatabase } = given;
	const events: string[] = [];
	const store = storeOf(kept, changes);
	const log: Partial<TaskLog> = {
		claimed: ({ itemIndex, taskId }) => events.push(`log: item ${itemIndex} has ${taskId}`),
		outcomeUnknown: (item, { kind }) => events.push(`log: item ${item} is unknown, ${kind}`),
		recorded: () => {},
		waits: () => {},
		foundAgain: ({ itemIndex, taskId }) => events.push(`log: item ${itemIndex} found ${taskId}`),
	};
	return {
		...{ events, clock, ledger: openLedger(store), log: log as TaskLog },
		durable: new DurableLedger(hasDatabase ? openSet() : undefined, store, clock, () => {}),
		queue: createCreateQueue(
			clock,
			() => {},
			() => 0,
		),
		api: taskApiOf({
			async createTask(request) {
				events.push('send');
				return await given.createTask(request);
			},
			listTasks: given.listTasks,
			readTask: async (taskId) => {
				events.push(`read ${taskId}`);
				return taskOf(taskId, 'running');
			},
		}),
		entries: () => Object.values(kept['seedanceTasks'] ?? {}),
	};
}

/** What an item requests; what is made ready carries its marker. */
export function requestedBy(events: string[]): RequestedCreate {
	return {
		...{ markerKind: 'expiry', idempotencyKey: undefined, onUnknownOutcome: 'stop' },
		takeAnother: () => true,
		maxBlockedMs: undefined,
		prepare: async () => void events.push('prepare'),
		ready: async (marker) => {
			events.push('ready');
			return { marker } as unknown as CreateRequest;
		},
	};
}

/** The creates of a run of the node. */
export function startCreates(given: World, changes: Partial<NodeStore> = {}, kept: Kept = {}) {
	const parts = partsOf(given, changes, kept);
	const { clock, events, durable, entries, queue } = parts;
	const owned = new Map<string, OwnedTask>();
	const creates = createCreates({
		...parts,
		search: createTaskSearch(clock, given, durable, owned),
		onTask(item, taskId, marker, sentAtMs) {
			const created = sentAtMs === undefined ? undefined : { sentAtMs, answeredAtMs: clock.now() };
			owned.set(taskId, { marker, created });
			events.push(`item ${item} has ${taskId}, ${entries().length} in the ledger`);
		},
	});
	/** The create of item 0, with these changes of what is requested and of the item. */
	const create = (
		requested: Partial<RequestedCreate> = {},
		{ itemIndex = 0, request = 'cat', row = 'w', ...item }: Partial<Item> = {},
	): ItemCreate => ({
		place: { itemIndex, request, row },
		...{ occurrence: { request: 0, row: 0 }, generation: 0, lost: undefined, ...item },
		request: { ...requestedBy(events), ...requested },
	});
	const obtain = (requested?: Partial<RequestedCreate>, item?: Partial<Item>) =>
		endingOf(clock, creates.obtain(create(requested, item)));
	/** The keys of the create of item 0. */
	const keysOf = async (generation = 0) =>
		await durable.keysOf({
			...{ itemIndex: 0, request: 'cat', row: 'w' },
			...{ occurrence: { request: 0, row: 0 }, generation, idempotencyKey: undefined },
		});
	return { events, kept, entries, queue, durable, obtain, keysOf };
}

/** The create of an item, with its place. */
export interface Item extends Pick<ItemCreate, 'occurrence' | 'generation' | 'lost'> {
	readonly itemIndex: number;
	readonly request: string;
	readonly row: string;
}

/** The paid tasks of a run of the node. */
export function startTasks(given: World, changes: Partial<NodeStore> = {}, kept: Kept = {}) {
	const parts = partsOf(given, changes, kept);
	const { events, clock } = parts;
	const tasks = createPaidTasks({
		...parts,
		poller: {
			wait: async ({ taskId }) => ({ seen: taskOf(taskId, 'succeeded'), timedOut: false }),
		},
		cancelOnStop: () => ({ cancel: async () => {} }),
	});
	const request = (prompt: string, requested: Partial<PaidRequest> = {}): PaidRequest => ({
		...{ ...requestedBy(events), identity: prompt, asWritten: [prompt], facts: {} },
		...requested,
	});
	const claim = (itemIndex: number, prompt: string, requested?: Partial<PaidRequest>) =>
		endingOf(clock, tasks.claim(itemIndex, request(prompt, requested)));
	return { ...parts, tasks, request, claim };
}

export const hasPair = ({ set }: World, taskId: string) =>
	set.texts.filter((text) => text.startsWith('task ') && text.endsWith(` ${taskId}`)).length > 0;

export const intents = ({ set }: World) =>
	set.texts.filter((text) => text.startsWith('intent ')).length;

export const retry = { executionId: '8', isRetryOfExecution: true };
