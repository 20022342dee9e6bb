import type { IExecuteFunctions } from 'n8n-workflow';
import { createAssetApi } from '../n8n/assetApi';
import { createBreathe, type Breathe } from '../n8n/breathe';
import { createClock, type Clock } from '../n8n/clock';
import {
	createSend,
	maxRequestsAfterStop,
	withAnswersOf,
	type RequestContext,
	type Send,
} from '../n8n/http';
import type { FileContents } from '../n8n/inputFile';
import { openDurableSet } from '../n8n/durableSet';
import { openNodeStore, type NodeStore } from '../n8n/nodeStore';
import { createSemaphore, type Semaphore } from '../n8n/semaphore';
import { createTaskApi, type TaskApi } from '../n8n/taskApi';
import { TaskIds } from '../n8n/taskIds';
import type { Connection } from '../seedance/connection';
import { Shots } from '../tasks/shots';
import type { TestProvider } from '../testMode/provider';
import { createAssets, type Assets } from '../tasks/assets';
import { createDeletes, type Deletes } from '../tasks/cancel';
import { createCancelOnStop, type CancelOnStop } from '../tasks/cancelOnStop';
import { createCreateQueue } from '../tasks/createQueue';
import { DurableLedger } from '../tasks/durableLedger';
import { openLedger } from '../tasks/ledger';
import { createPaidTasks, type PaidTasks } from '../tasks/paidTasks';
import { createRunBudget, type RunBudget } from '../tasks/runBudget';
import { createRunLog } from '../tasks/runLog';
import type { TaskLog } from '../tasks/taskLog';
import { createTaskPoller } from '../tasks/taskPoller';
import { TaskSource } from '../tasks/taskSource';

/** What all items of one run share. */
export interface Session {
	readonly context: IExecuteFunctions;
	/** What sends requests and downloads files. */
	readonly outside: OutsideContext;
	readonly connection: Connection;
	readonly clock: Clock;
	readonly store: NodeStore;
	readonly breathe: Breathe;
	/** The provider's task calls, for operations that create nothing. */
	readonly api: Omit<TaskApi, 'createTask'>;
	/** The tasks that are charged when they succeed. */
	readonly tasks: PaidTasks;
	/** What the creates of the run may come to. */
	readonly budget: RunBudget;
	/** The calls that cancel tasks and delete their records. */
	readonly deletes: Deletes;
	readonly assets: Assets;
	/** Lets three downloads run at the same time. */
	readonly downloads: Semaphore;
	/** The same for files that shots are made from: they do not wait behind videos. */
	readonly shotDownloads: Semaphore;
	readonly fileContents: FileContents;
	readonly log: TaskLog;
	/** The shots of stories, which other items of the run wait for. */
	readonly shots: Shots;
}

const maxDownloads = 3;

/** The parts of n8n's context that a download needs as well as a request. */
type OutsideContext = RequestContext & Pick<IExecuteFunctions, 'helpers'>;

/** The context whose HTTP helpers lead to the provider: n8n's own, or in Test Mode those that answer in this process. Nothing else knows which. */
function outsideOf<Helpers extends RequestContext['helpers']>(
	context: RequestContext & { readonly helpers: Helpers },
	clock: Clock,
	{ provider }: Connection,
): RequestContext & { readonly helpers: Helpers } {
	if (provider.isInProcess !== true) return context;
	let opened: Promise<TestProvider> | undefined;
	return withAnswersOf(context, async (options) => {
		const answer = await (opened ??= openTestProvider(clock));
		return await answer(options);
	});
}

/** How the provider is reached: by a run, a picker or a trigger. */
export interface Access<Outside extends RequestContext = RequestContext> {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly outside: Outside;
	readonly send: Send;
	readonly api: TaskApi;
	/** Lets three downloads run at the same time. */
	readonly downloads: Semaphore;
}

/** Opens the way to the provider; `taskIds`: see {@link createTaskApi}. */
export function openAccess<Helpers extends RequestContext['helpers']>(
	context: RequestContext & { readonly helpers: Helpers },
	clock: Clock,
	connection: Connection,
	taskIds?: TaskIds,
): Access<RequestContext & { readonly helpers: Helpers }> {
	const outside = outsideOf(context, clock, connection);
	const send = createSend(outside, clock, connection);
	const api = createTaskApi(send, clock, connection, taskIds);
	return { connection, clock, outside, send, api, downloads: createSemaphore(maxDownloads) };
}

/** The session of one run. */
export function openSession(
	context: IExecuteFunctions,
	clock: Clock,
	connection: Connection,
): Session {
	const { provider, wire } = connection;
	const breathe = createBreathe();
	const store = openNodeStore(context);
	const log = createRunLog(context, clock, {
		...{ provider: provider.label, executionId: store.executionId },
		itemsInAll: context.getInputData().length,
	});
	if (!store.isKept) log.notKept();
	const taskIds = new TaskIds();
	const access = openAccess(context, clock, connection, taskIds);
	const { outside, send, api, downloads } = access;
	const source = new TaskSource(api, clock, wire.managesTasks, (failure) =>
		log.listGivenUp(failure),
	);
	const ledger = openLedger(store);
	const durable = new DurableLedger(openDurableSet(context), store, clock, (reason) =>
		log.notDurable(reason),
	);
	let cancelOnStop: CancelOnStop | undefined;
	return {
		...{ context, outside, connection, clock, store, breathe, api, log },
		tasks: createPaidTasks({
			...{ clock, api, log, ledger, durable },
			queue: createCreateQueue(clock, (maxTasks) => log.limitFound(maxTasks)),
			poller: createTaskPoller(clock, source),
			cancelOnStop: () =>
				(cancelOnStop ??= createCancelOnStop(openAfterStop(outside, connection, taskIds), {
					...{ ledger, durable, log },
				})),
		}),
		budget: createRunBudget(),
		deletes: createDeletes(api, clock),
		assets: createAssets(clock, () => createAssetApi(send, clock, connection)),
		downloads,
		shotDownloads: createSemaphore(maxDownloads),
		fileContents: new Map(),
		shots: new Shots(clock, async (taskId) => await api.readTask(taskId)),
	};
}

/** Loaded when it is needed: n8n loads every node at its start. */
async function openTestProvider(clock: Clock): Promise<TestProvider> {
	const { createTestProvider } = await import('../testMode/provider');
	return createTestProvider(() => clock.now());
}

/** The run's own clock and context refuse every request after a stop. */
function openAfterStop(outside: OutsideContext, connection: Connection, taskIds: TaskIds) {
	const clock = createClock(undefined);
	const send = createSend(outside, clock, connection, maxRequestsAfterStop);
	const api = createTaskApi(send, clock, connection, taskIds);
	return { clock, deletes: createDeletes(api, clock, maxRequestsAfterStop) };
}
