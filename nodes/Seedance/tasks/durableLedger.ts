import type { Clock } from '../n8n/clock';
import type { DurableSet } from '../n8n/durableSet';
import type { NodeStore } from '../n8n/nodeStore';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { CreateIdentity, CreateKeys } from './createIdentity';
import {
	answeredText,
	createTexts,
	facts,
	intentText,
	intentTexts,
	markerText,
	overText,
	pairTexts,
	sentTexts,
	takenText,
	twinOf,
} from './durableTexts';
import { Database } from './database';
import { fingerprintOf } from './fingerprint';
import { intendByKey } from './idempotencyKey';
import { findLineage, type Lineage } from './lineage';
import type { Marker } from './marker';

/*
 * What is recorded of a create in n8n's database, so that a later process knows of it:
 *
 *   (nothing) ──intend──▶ intent ──sending──▶ sent ──created──▶ sent, and its task
 *                            │                  │ │              ├──a later generation is intended──▶ over
 *                            │                  │ │              └──its task was cancelled──────────▶ over
 *                            │                  │ └──a later generation is intended──▶ over
 *                            └──refused─────────┴──▶ (nothing)
 *
 * The intent is seen again in the database before the request is sent, since another worker can write over it. A later process sends an intent that was not sent, once the provider's list has no task of it.
 * Nothing is removed when the item is delivered: n8n may be killed in a later node, and Retry starts from the beginning.
 * A fresh execution has a lineage of its own, so it never finds what another one recorded.
 * When the database fails, a fresh execution continues without a record. One that continues another creates nothing: what it does not know may be charged.
 */

/** By which of its keys an earlier process has recorded a create. */
export type RecordedBy = 'request' | 'row';

/** The creates of this node in n8n's database. */
export class DurableLedger {
	private readonly database: Database;
	private lineage: Promise<Lineage> | undefined;
	private isContinued = false;

	/** `onFailure` is told why something is not recorded. */
	constructor(
		set: DurableSet | undefined,
		private readonly store: NodeStore,
		private readonly clock: Pick<Clock, 'now'>,
		onFailure: (reason: string) => void,
	) {
		// An agent calls its tool several times in one execution, and each call is for another video.
		this.database = new Database(store.isTool ? undefined : set, onFailure);
	}

	/** The keys of a create; undefined where nothing can be recorded. Throws a SeedanceFailure of kind `ledgerUnreadable`. */
	async keysOf(create: CreateIdentity): Promise<CreateKeys | undefined> {
		const { idempotencyKey, generation, request, row, occurrence } = create;
		if (idempotencyKey !== undefined) {
			const { credentialId } = this.store;
			const key = fingerprintOf(['key', credentialId, idempotencyKey, generation]);
			return { request: key, row: undefined, shared: { idempotencyKey, request } };
		}
		// As long as its lineage is not known, a Retry may continue anything.
		const { isRetryOfExecution } = this.store;
		const lineage = await this.database.attempt(
			async (set) => await this.lineageOf(set),
			isRetryOfExecution,
		);
		if (lineage === 'unreadable') throw new SeedanceFailure({ kind: 'ledgerUnreadable' });
		if (lineage === undefined) return undefined;
		const of = [this.store.place, lineage.number];
		return {
			request: fingerprintOf([...of, request, occurrence.request, generation]),
			// Neither by the place of the item, which may have moved, nor by the run: after a crash, n8n may number runs from 1.
			row: row && fingerprintOf([...of, row, occurrence.row, generation]),
			shared: undefined,
		};
	}

	/** The keys of the creates of the same item before this one. */
	async keysBefore(create: CreateIdentity): Promise<CreateKeys[]> {
		const earlier: CreateKeys[] = [];
		for (let generation = 0; generation < create.generation; generation++) {
			const keys = await this.keysOf({ ...create, generation });
			if (keys !== undefined) earlier.push(keys);
		}
		return earlier;
	}

	/** When the execution began that the run continues, in milliseconds since 1970; undefined when that is not known. */
	async continuedSinceMs(): Promise<number | undefined> {
		const lineage = await this.lineage;
		return typeof lineage === 'object' && lineage.isContinued ? lineage.startedAtMs : undefined;
	}

	/**
	 * Records that a create is about to be sent, and that the creates before it (`earlier`) are over. Returns by which key an earlier process has recorded it; undefined when it is new.
	 * Throws a SeedanceFailure: `ledgerUnreadable`; for an Idempotency Key `ledgerUnavailable` when it cannot be recorded, `idempotencyKeyReused` when it stands for another request.
	 */
	async intend(
		keys: CreateKeys,
		marker: Marker | undefined,
		earlier: readonly CreateKeys[] = [],
	): Promise<RecordedBy | undefined> {
		const { shared } = keys;
		if (shared !== undefined) {
			const create = { keys, shared, marker, earlier };
			return await intendByKey(this.database, create, this.clock.now());
		}
		const over = facts(earlier.map(overText));
		const texts = [...intentTexts(keys, marker), ...over];
		const before = await this.database.attempt(
			async (set) => await set.addConfirmed(texts),
			this.isContinued,
		);
		if (before?.has(intentText(keys.request)) === true) return 'request';
		if (keys.row === undefined || before?.has(intentText(keys.row)) !== true) return undefined;
		// The request has another value this time, and no create was sent with it.
		const ofRequest = intentTexts({ ...keys, row: undefined }, marker);
		await this.database.attempt(async (set) => await set.remove(ofRequest));
		return 'row';
	}

	/** Records the intent of a create that an earlier process has recorded and not sent. */
	async intendAgain(keys: CreateKeys, marker: Marker | undefined): Promise<void> {
		const texts = intentTexts(keys, marker);
		await this.database.attempt(async (set) => await set.addConfirmed(texts), this.isContinued);
	}

	/** Records that a create is sent now. */
	async sending(keys: CreateKeys): Promise<void> {
		const texts = sentTexts(keys);
		if (texts.length === 0) return;
		await this.database.attempt(async (set) => await set.add(texts), this.isContinued);
	}

	/** Whether an intent was sent, or may have been. Throws a SeedanceFailure of kind `ledgerUnreadable`. */
	async wasSent(keys: CreateKeys): Promise<boolean> {
		return keys.shared !== undefined || (await this.lookUpOnce(sentTexts(keys))).size > 0;
	}

	/** Forgets an intent whose create was certainly not accepted. */
	refused(keys: CreateKeys, marker: Marker | undefined): void {
		// It may have been intended before midnight.
		const texts = [...createTexts(keys, marker, this.clock.now(), 2), ...sentTexts(keys)];
		this.database.later(async (set) => await set.remove(texts));
	}

	/** Records the task of a create, and its intent again: another process may have written over it, since n8n has no lock. */
	created(keys: CreateKeys, marker: Marker | undefined, taskId: string): void {
		// n8n drops the oldest first: what only tells other creates comes before what tells this one.
		const task = facts([takenText(taskId), answeredText(keys), ...pairTexts(keys, taskId)]);
		const texts = [...createTexts(keys, marker, this.clock.now()), ...sentTexts(keys), ...task];
		this.database.later(async (set) => await set.add(texts));
	}

	/** Records that the task of a create was cancelled before it could be charged. The next create has another marker, so it does not find that task. */
	cancelled(keys: CreateKeys): void {
		const over = facts([overText(keys)]);
		this.database.later(async (set) => await set.add(over));
	}

	/** Whether a later create of the item has taken the place of this one. */
	async isOver(keys: CreateKeys): Promise<boolean> {
		return (await this.lookUp([overText(keys)])).size > 0;
	}

	/** Whether the create was answered with a task. */
	async wasAnswered(keys: CreateKeys): Promise<boolean> {
		return (await this.lookUp([answeredText(keys)])).size > 0;
	}

	/** The pairs of key and task ID that are recorded, out of these. */
	async recordedPairs(pairs: ReadonlyArray<readonly [CreateKeys, string]>) {
		const textsOf = pairs.map(([keys, taskId]) => pairTexts(keys, taskId));
		const found = await this.lookUp(textsOf.flat());
		return pairs.filter((_, index) => textsOf[index]?.some((text) => found.has(text)));
	}

	/** The markers that are recorded for the create with this key, out of these. */
	async recordedMarkers(key: string, markers: readonly Marker[]): Promise<Marker[]> {
		const found = await this.lookUp(markers.map((marker) => markerText(key, marker)));
		return markers.filter((marker) => found.has(markerText(key, marker)));
	}

	/** The tasks that are recorded with a create of this node, out of these; none when that is not known. */
	async takenTasks(taskIds: readonly string[]): Promise<ReadonlySet<string>> {
		if (taskIds.length === 0) return new Set();
		const found = await this.lookUp(taskIds.map(takenText), false);
		return new Set(taskIds.filter((taskId) => found.has(takenText(taskId))));
	}

	/** Resolves when everything is written, to what that has cost. */
	async settled(): Promise<DurableSet['usage']> {
		return await this.database.settled();
	}

	private async lineageOf(set: DurableSet): Promise<Lineage> {
		this.lineage ??= findLineage(set, this.store, this.clock);
		try {
			const lineage = await this.lineage;
			if (lineage !== 'unreadable') this.isContinued = lineage.isContinued;
			return lineage;
		} catch (error) {
			this.lineage = undefined;
			throw toFailure(error);
		}
	}

	/** A process that ended while it looked for a fact has left the fact, but not its twin. Throws a SeedanceFailure of kind `ledgerUnreadable`. */
	private async lookUp(texts: readonly string[], isRequired = true): Promise<ReadonlySet<string>> {
		const seen = await this.lookUpOnce(texts, isRequired);
		const twins = await this.lookUpOnce([...seen].map(twinOf), isRequired);
		return new Set([...seen].filter((text) => twins.has(twinOf(text))));
	}

	private async lookUpOnce(
		texts: readonly string[],
		isRequired = true,
	): Promise<ReadonlySet<string>> {
		if (texts.length === 0) return new Set();
		const found = await this.database.attempt(async (set) => await set.lookUp(texts), isRequired);
		return found ?? new Set();
	}
}
