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
import type { CreatePlace, Occurrence } from './createIdentity';
import type { Marker } from './marker';
import type { OwnedTask } from './taskListing';
import { createTaskSearch } from './taskSearch';

/*
 * The life of a paid task:
 *
 *   claim ──in the ledger: task──▶ resumed ───────────────────┐
 *     ├──not in the ledger──obtain──created, or found again──▶ claimed ──deliver( read or wait, download )──▶ delivered
 *     │    ▲                  └──fails: refused, run aborted,      │  └──failed, and the item says Create Again──▶ obtain, next generation
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

/** The paid tasks of one run of the node. */
export interface PaidTasks {
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

	async claim(itemIndex: number, request: PaidRequest): Promise<PaidTask> {
		const place = placeOf(itemIndex, request);
		const occurrence = this.nextOccurrence(place);
		this.parts.ledger.reserve(place);
		// The items of a run are claimed together; only then does an item look for an entry at another place.
		await Promise.resolve();
		const obtain = async () => await this.obtain(place, request, occurrence);
		const task = await this.shared(itemIndex, request.idempotencyKey, obtain);
		return this.task(itemIndex, task, request.facts);
	}

	async claimAgain(itemIndex: number, request: PaidRequest, failed: PaidTask): Promise<PaidTask> {
		const place = placeOf(itemIndex, request);
		const occurrence = this.occurrenceOfItem.get(itemIndex) ?? { request: 0, row: 0 };
		const generation = failed.generation + 1;
		const obtain = async () =>
			await this.creates.obtain({ place, occurrence, request, generation, lost: undefined });
		const task = await this.shared(itemIndex, request.idempotencyKey, obtain, generation);
		return this.task(itemIndex, task, request.facts);
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
		log.claimed(itemIndex, taskId, clock.isExecutionStopped());
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
		request: PaidRequest,
		occurrence: Occurrence,
	): Promise<ObtainedTask> {
		const { ledger, queue } = this.parts;
		const known = ledger.find(place);
		const generation = known?.generation ?? 0;
		if (known === undefined || 'unknown' in known) {
			const lost = known?.unknown;
			return await this.creates.obtain({ place, occurrence, request, generation, lost });
		}
		queue.hold(known.taskId);
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
