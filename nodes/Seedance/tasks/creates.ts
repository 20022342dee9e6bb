import { randomUUID } from 'crypto';
import type { Clock } from '../n8n/clock';
import type { TaskApi } from '../n8n/taskApi';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { CreateRequest } from '../seedance/request';
import type { CreateQueue } from './createQueue';
import type { CreateIdentity, CreateKeys, CreatePlace, Occurrence } from './createIdentity';
import type { DurableLedger, RecordedBy } from './durableLedger';
import { fingerprintOf } from './fingerprint';
import type { Ledger, LostCreate, TaskFacts } from './ledger';
import {
	endedForNothing,
	justLost,
	mayBeSent,
	ofEarlierProcess,
	ofEarlierTry,
	recordedBefore,
	searchFor,
	type Searched,
	unknownIfBug,
} from './lostCreate';
import { Markers, showsMarker, type Marker, type MarkerKind } from './marker';
import type { TaskSearch, Unresolved } from './taskSearch';
import type { TaskLog } from './taskLog';

/*
 * Where the task of an item comes from, for each generation of its create:
 *
 *   queued ──recorded by an earlier process, and over──▶ queued, next generation
 *     ├──recorded, but not as sent, and not in the list──▶ sent
 *     ├──recorded by an earlier process──────────────────┐
 *     └──not recorded──▶ sent ──answered──▶ created      │
 *                         ├──certainly refused──▶ fails  │
 *                         └──outcome unknown─────────────┴─▶ searched for
 *   searched for ──found──▶ found again
 *                ├──found, and was cancelled before it could be charged──────────▶ queued, next generation
 *                ├──found by an Idempotency Key, and ended without a video───────▶ queued, next generation
 *                ├──not found, and the item says Create Again──▶ queued, next generation, up to the third; not once the run is closed, nor above a budget
 *                └──anything else──▶ fails: outcome unknown
 *
 * Nothing is sent before its intent is recorded, and that it is sent; and the ledgers are told of a task before anything else.
 */

/** A create request of an item, before anything is sent. */
export interface RequestedCreate {
	/** Which member of the body marks the create; undefined for none. */
	readonly markerKind: MarkerKind | undefined;
	readonly idempotencyKey: string | undefined;
	readonly onUnknownOutcome: 'stop' | 'createAgain';
	/** Whether the budgets of the run allow one more create of the item, which is then counted; asked only for one that may be charged in addition. */
	takeAnother(): boolean;
	/** How long it waits while tasks of others use up the account's limit; undefined for not at all. */
	readonly maxBlockedMs: number | undefined;
	/** Runs before the create is queued, for what takes long: uploads. */
	prepare(): Promise<void>;
	/** The request as it is sent, with its marker; runs when it is this create's turn, since embedded media are held in memory. */
	ready(marker: Marker | undefined): Promise<CreateRequest>;
}

/** One item's create. */
export interface ItemCreate {
	readonly place: CreatePlace;
	readonly occurrence: Occurrence;
	readonly request: RequestedCreate;
	/** How many creates of the item came before it. */
	readonly generation: number;
	/** Set when an earlier try knows that the outcome is unknown. */
	readonly lost: LostCreate | undefined;
}

/** A task that an item has got. */
export interface ObtainedTask {
	readonly taskId: string;
	/** Whether it was created just now. */
	readonly isNew: boolean;
	readonly generation: number;
}

/** What creates are made of. */
export interface CreateParts {
	readonly clock: Clock;
	readonly api: Pick<TaskApi, 'createTask'>;
	readonly queue: CreateQueue;
	readonly ledger: Ledger;
	readonly durable: DurableLedger;
	readonly search: TaskSearch;
	readonly log: TaskLog;
	/** Told each task as soon as it is known, with what marked its create, and when this run has sent that. */
	onTask(itemIndex: number, taskId: string, marker?: Marker, sentAtMs?: number): void;
}

/** The creates of one run. */
export interface Creates {
	/** The task of an item: created, or found again where an earlier create may have made it. Throws a SeedanceFailure; with `outcomeUnknown` where a task may have been created. */
	obtain(create: ItemCreate): Promise<ObtainedTask>;
}

const maxCreatedAgain = 3;

/** The creates of one run. */
export function createCreates(parts: CreateParts): Creates {
	return new RunCreates(parts);
}

class RunCreates implements Creates {
	private readonly markers = new Markers();
	/** Marks creates where n8n's database is not used. */
	private readonly nonce = randomUUID();

	constructor(private readonly parts: CreateParts) {}

	async obtain(create: ItemCreate): Promise<ObtainedTask> {
		const { clock, queue, log } = this.parts;
		const { request, place } = create;
		let { generation, lost } = create;
		let isPrepared = false;
		for (; ; generation++) {
			let sent: ObtainedTask | Searched | undefined;
			if (lost !== undefined) {
				sent = ofEarlierTry(lost, request, clock.now());
				lost = undefined;
			} else {
				if (!isPrepared) await clock.whileOpen(async () => await request.prepare());
				isPrepared = true;
				sent = await this.send(create, generation);
				if (sent === undefined) continue;
			}
			if ('taskId' in sent) return sent;
			const result = await searchFor(this.parts, sent);
			if ('task' in result) {
				const { task } = result;
				if (endedForNothing(task, request)) continue;
				const marker = sent.create.markers.find((one) => showsMarker(task, one) === true);
				this.note(create, task.taskId, { keys: sent.keys, marker, generation });
				queue.hold(task.taskId);
				log.foundAgain({ itemIndex: place.itemIndex, taskId: task.taskId });
				return { taskId: task.taskId, isNew: false, generation };
			}
			const isWanted = request.onUnknownOutcome === 'createAgain' && !clock.closed.aborted;
			const mayCreate = isWanted && generation < maxCreatedAgain;
			if (mayCreate && result.search === 'notFound' && request.takeAnother()) continue;
			throw this.unresolved(create, generation, sent, result);
		}
	}

	/** What an earlier process has recorded is put into the ledger too, so that a later run of the execution counts it. */
	private unresolved(
		{ place }: ItemCreate,
		generation: number,
		{ failure, keys, create }: Searched,
		{ search, candidates, searchFailure }: Unresolved,
	): SeedanceFailure {
		const values = { ...failure.values, search, searchFailure };
		const unknown = failure.with({ outcomeUnknown: true, candidates, values });
		const { recorded, sinceMs } = create;
		if (recorded !== undefined) {
			const details = { failure: failure.details(), marker: undefined, sentAtMs: sinceMs };
			this.parts.ledger.recordUnknown(place, { ...details, keys, by: recorded.by }, generation);
		}
		return unknown;
	}

	/** Undefined when a later create has taken the place of this one. */
	private async send(
		create: ItemCreate,
		generation: number,
		isIntended = false,
	): Promise<ObtainedTask | Searched | undefined> {
		const { clock, queue, durable, api, log } = this.parts;
		const { request, place, occurrence } = create;
		const { idempotencyKey } = request;
		const identity: CreateIdentity = { ...place, occurrence, generation, idempotencyKey };
		let keys: CreateKeys | undefined;
		let marker: Marker | undefined;
		let recordedBy: RecordedBy | undefined;
		let sentAtMs = clock.now();

		const onLateTask = (taskId: string) => log.lateTask({ itemIndex: place.itemIndex, taskId });
		const sendOnce = async (): Promise<string> => {
			keys = await durable.keysOf(identity);
			marker = this.markerOf(request, keys?.request ?? this.transientKey(identity));
			const body = await request.ready(marker);
			recordedBy = keys && (await this.intend(identity, keys, marker, isIntended));
			if (recordedBy !== undefined) throw recordedBefore(idempotencyKey);
			try {
				if (keys !== undefined) await durable.sending(keys);
				clock.throwIfClosed();
				sentAtMs = clock.now();
				return await api.createTask(body, onLateTask);
			} catch (error) {
				const failure = unknownIfBug(toFailure(error));
				// It is forgotten before the create queue sends it again: while it waits, nothing is in flight.
				if (keys !== undefined && !failure.outcomeUnknown) durable.refused(keys, marker);
				throw failure;
			}
		};

		try {
			const taskId = await queue.create(async () => {
				const created = await sendOnce();
				this.note(create, created, { keys, marker, generation }, sentAtMs);
				return created;
			}, request.maxBlockedMs);
			return { taskId, isNew: true, generation };
		} catch (error) {
			const failure = toFailure(error);
			if (recordedBy !== undefined && keys !== undefined) {
				if (await durable.isOver(keys)) return undefined;
				const sinceMs = await durable.continuedSinceMs();
				const recorded = { keys, by: recordedBy };
				const earlier = ofEarlierProcess(request, recorded, failure, sinceMs, clock.now());
				const isSent = await mayBeSent(this.parts, earlier, keys);
				return isSent ? earlier : await this.send(create, generation, true);
			}
			if (!failure.outcomeUnknown) throw failure;
			const lost = { failure: failure.details(), marker, keys, sentAtMs };
			this.parts.ledger.recordUnknown(place, lost, generation);
			log.outcomeUnknown(place.itemIndex, failure);
			return justLost(lost, failure, clock.now());
		}
	}

	private async intend(
		identity: CreateIdentity,
		keys: CreateKeys,
		marker: Marker | undefined,
		isIntended: boolean,
	): Promise<RecordedBy | undefined> {
		const { durable } = this.parts;
		if (!isIntended) return await durable.intend(keys, marker, await durable.keysBefore(identity));
		await durable.intendAgain(keys, marker);
		return undefined;
	}

	private note({ place }: ItemCreate, taskId: string, facts: TaskFacts, sentAtMs?: number): void {
		const { ledger, durable, onTask } = this.parts;
		ledger.recordTask(place, taskId, facts);
		onTask(place.itemIndex, taskId, facts.marker, sentAtMs);
		if (facts.keys !== undefined) durable.created(facts.keys, facts.marker, taskId);
	}

	/** Without the database no later process looks for this marker, so it may be random. */
	private transientKey({ request, itemIndex, generation }: CreateIdentity): string {
		return fingerprintOf([this.nonce, request, itemIndex, generation]);
	}

	private markerOf({ markerKind }: RequestedCreate, key: string): Marker | undefined {
		return markerKind === undefined ? undefined : this.markers.of(markerKind, key);
	}
}
