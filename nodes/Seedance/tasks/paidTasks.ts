import type { Breathe } from '../n8n/breathe';
import type { RenderFacts } from '../seedance/renderTime';
import { ClaimedTask, type PaidTask, type PaidTaskParts } from './claimedTask';
import {
	createCreates,
	type CreateParts,
	type Creates,
	type ObtainedTask,
	type RequestedCreate,
} from './creates';
import { fingerprintOf } from './fingerprint';
import type { LedgerEntry } from './ledger';
import type { CreatePlace, Occurrence } from './createIdentity';
import type { Marker } from './marker';
import type { OwnedTask } from './taskListing';
import { createTaskSearch } from './taskSearch';

/*
 * The life of a paid task:
 *
 *   claim ──in the ledger: task──▶ resumed ───────────────────┐
 *     ├──not in the ledger──obtain──created, or found again──▶ claimed ──deliver( read or wait, download )──▶ delivered
 *     │    ▲                  └──fails: refused, run closed,       │  └──failed, and the item says Create Again──▶ obtain, next generation
 *     │    │                     or outcome unknown                └──stopped, and Cancel on Stop──▶ cancelled if queued
 *     └──in the ledger: outcome unknown
 *
 * How a task is obtained is written down in creates.ts. From `claimed` on, every outcome of the item carries the task id.
 * The task keeps its room in the create queue until its wait ends or it is delivered.
 */

/** A create request of an item, before anything is sent. */
export interface PaidRequest extends RequestedCreate {
	/** Everything that makes it the same request as another one; JSON. */
	readonly identity: unknown;
	/** The row with its changing expressions unresolved, JSON; undefined where none resolves to another value each time. */
	readonly asWritten: unknown;
	readonly facts: RenderFacts;
}

/** An item whose task will be claimed. */
export interface ExpectedClaim {
	readonly itemIndex: number;
	readonly request: PaidRequest;
}

/** An item that is expected, with what an earlier try has recorded of its create. */
interface Expected {
	readonly place: CreatePlace;
	readonly known: LedgerEntry | undefined;
}

/** The paid tasks of one run of the node. */
export interface PaidTasks {
	/** Finds the tasks of earlier tries for all items of a run, and counts them as in flight, before the first of them is claimed: no item gets the task of another one, and no create is sent above the user's limit. */
	expect(items: readonly ExpectedClaim[], breathe: Breathe): Promise<void>;
	/** The task of an item: resumed where an earlier try has created it, otherwise created. Throws a SeedanceFailure; with `outcomeUnknown` where a task may have been created. */
	claim(itemIndex: number, request: PaidRequest): Promise<PaidTask>;
	/** A task in place of one that failed; its generation is one higher. Throws like `claim`. */
	claimAgain(itemIndex: number, request: PaidRequest, failed: PaidTask): Promise<PaidTask>;
	/** A task that another execution may have created. */
	existing(itemIndex: number, taskId: string): PaidTask;
	/** Sets a limit of the user for the tasks in flight; the lowest of several counts. */
	limitTo(maxTasks: number): void;
	/** The task of each item that has one, by the item's place in the input. */
	readonly claimed: ReadonlyMap<number, string>;
	/** Resolves when n8n's database has everything that was recorded. */
	settled(): Promise<void>;
}

/** The owner of a run's paid tasks. */
export function createPaidTasks(parts: PaidTaskParts): PaidTasks {
	return new RunTasks(parts);
}

class RunTasks implements PaidTasks {
	readonly claimed = new Map<number, string>();
	private readonly owned = new Map<string, OwnedTask>();
	private readonly sharedByKey = new Map<string, Promise<ObtainedTask>>();
	/** The number of the next equal request, and of the next equal row. */
	private readonly numbers = new Map<string, number>();
	private readonly occurrenceOfItem = new Map<number, Occurrence>();
	/** What is known of the items that are expected. */
	private readonly expected = new Map<number, Expected>();
	private readonly creates: Creates;

	constructor(private readonly parts: PaidTaskParts) {
		const { clock, api, durable } = parts;
		const search = createTaskSearch(clock, api, durable, this.owned);
		const onTask: CreateParts['onTask'] = (...told) => this.note(...told);
		this.creates = createCreates({ ...parts, search, onTask });
	}

	limitTo(maxTasks: number): void {
		this.parts.queue.limitTo(maxTasks);
	}

	existing(itemIndex: number, taskId: string): PaidTask {
		return this.task(itemIndex, { taskId, isNew: false, generation: 0 }, {});
	}

	async expect(items: readonly ExpectedClaim[], breathe: Breathe): Promise<void> {
		const { ledger, queue } = this.parts;
		const places: Array<readonly [place: CreatePlace, idempotencyKey: string | undefined]> = [];
		for (const { itemIndex, request } of items) {
			const place = placeOf(itemIndex, request);
			places.push([place, request.idempotencyKey]);
			ledger.reserve(place);
			await breathe();
		}
		const keys = new Set<string>();
		for (const [place, idempotencyKey] of places) {
			// Items with the same key share what the first of them finds.
			const known =
				idempotencyKey !== undefined && keys.has(idempotencyKey) ? undefined : ledger.find(place);
			if (idempotencyKey !== undefined) keys.add(idempotencyKey);
			if (known !== undefined && 'taskId' in known) queue.hold(known.taskId);
			this.expected.set(place.itemIndex, { place, known });
			await breathe();
		}
	}

	async claim(itemIndex: number, request: PaidRequest): Promise<PaidTask> {
		const { place, known } = await this.expectedOf(itemIndex, request);
		const occurrence = this.nextOccurrence(place);
		const obtain = async () => await this.obtain(place, known, request, occurrence);
		const task = await this.shared(itemIndex, request.idempotencyKey, obtain);
		return this.task(itemIndex, task, request.facts);
	}

	async claimAgain(itemIndex: number, request: PaidRequest, failed: PaidTask): Promise<PaidTask> {
		const { place } = await this.expectedOf(itemIndex, request);
		const occurrence = this.occurrenceOfItem.get(itemIndex) ?? { request: 0, row: 0 };
		const generation = failed.generation + 1;
		const obtain = async () =>
			await this.creates.obtain({ place, occurrence, request, generation, lost: undefined });
		const task = await this.shared(itemIndex, request.idempotencyKey, obtain, generation);
		return this.task(itemIndex, task, request.facts);
	}

	private async expectedOf(itemIndex: number, request: PaidRequest): Promise<Expected> {
		const expected = this.expected.get(itemIndex);
		if (expected !== undefined) return expected;
		await this.expect([{ itemIndex, request }], async () => await Promise.resolve());
		return await this.expectedOf(itemIndex, request);
	}

	async settled(): Promise<void> {
		const { calls, elapsedMs } = await this.parts.durable.settled();
		if (calls > 0) this.parts.log.recorded(calls, Math.round(elapsedMs));
	}

	private note(itemIndex: number, taskId: string, marker?: Marker, sentAtMs?: number): void {
		const { log, clock } = this.parts;
		this.claimed.set(itemIndex, taskId);
		const before = this.owned.get(taskId);
		const created =
			sentAtMs === undefined ? before?.created : { sentAtMs, answeredAtMs: clock.now() };
		this.owned.set(taskId, { marker: marker ?? before?.marker, created });
		log.claimed({ itemIndex, taskId }, sentAtMs !== undefined, clock.isExecutionStopped());
	}

	private task(itemIndex: number, task: ObtainedTask, facts: RenderFacts): PaidTask {
		return new ClaimedTask(this.parts, { itemIndex, ...task, facts });
	}

	/** Equal requests, and equal rows, of an execution are numbered, so that each is a task of its own. */
	private nextOccurrence(place: CreatePlace): Occurrence {
		const before = this.parts.ledger.recordedBefore(place);
		const occurrence = {
			request: this.nextNumber(`request ${place.request}`, before.request),
			row: this.nextNumber(`row ${place.row}`, before.row),
		};
		this.occurrenceOfItem.set(place.itemIndex, occurrence);
		return occurrence;
	}

	private nextNumber(of: string, first: number): number {
		const number = this.numbers.get(of) ?? first;
		this.numbers.set(of, number + 1);
		return number;
	}

	private async obtain(
		place: CreatePlace,
		known: LedgerEntry | undefined,
		request: PaidRequest,
		occurrence: Occurrence,
	): Promise<ObtainedTask> {
		const generation = known?.generation ?? 0;
		if (known === undefined || 'unknown' in known) {
			const lost = known?.unknown;
			return await this.creates.obtain({ place, occurrence, request, generation, lost });
		}
		this.note(place.itemIndex, known.taskId, known.marker);
		return { taskId: known.taskId, isNew: false, generation };
	}

	/** Items with the same Idempotency Key share one task. */
	private async shared(
		itemIndex: number,
		idempotencyKey: string | undefined,
		obtain: () => Promise<ObtainedTask>,
		generation = 0,
	): Promise<ObtainedTask> {
		if (idempotencyKey === undefined) return await obtain();
		const key = JSON.stringify([generation, idempotencyKey]);
		const first = this.sharedByKey.get(key);
		if (first === undefined) {
			const task = obtain();
			this.sharedByKey.set(key, task);
			return await task;
		}
		const task = await first;
		this.note(itemIndex, task.taskId);
		return task;
	}
}

function placeOf(itemIndex: number, { identity, asWritten }: PaidRequest): CreatePlace {
	const row = asWritten === undefined ? undefined : fingerprintOf(asWritten);
	return { itemIndex, request: fingerprintOf(identity), row };
}
