import type { Clock } from '../n8n/clock';
import type { DurableSet } from '../n8n/durableSet';
import type { NodeStore } from '../n8n/nodeStore';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import type { CreateIdentity, CreateKeys } from './createIdentity';
import { fingerprintOf } from './fingerprint';
import { findLineage, type Lineage } from './lineage';
import type { Marker } from './marker';

/*
 * What is recorded of a create in n8n's database, so that a later process knows of it:
 *
 *   (nothing) ──intend, before the request is sent──▶ intent ──created──▶ intent and pair (key, task ID)
 *                                                       └──refused─────▶ (nothing)
 *
 * Nothing is removed when the item is delivered: n8n may be killed in a later node, and Retry starts from the beginning.
 * A fresh execution has a lineage of its own, so it never finds what another one recorded.
 */

/** By which of its keys an earlier process has recorded a create. */
export type RecordedBy = 'request' | 'row';

/** How long an Idempotency Key counts. Source: PowerTokens create reference, id (stored for 7 days). */
const keyDays = 7;
const dayMs = 86_400_000;

/** The creates of this node in n8n's database. Except for `intend` with an Idempotency Key, nothing here ever throws: without the database, creates are recorded in the node's store alone. */
export class DurableLedger {
	private set: DurableSet | undefined;
	private isToldGivenUp = false;
	private lineage: Promise<Lineage> | undefined;
	private readonly open = new Set<Promise<unknown>>();

	/** `onGivenUp` is told why n8n's database is not used. */
	constructor(
		set: DurableSet | undefined,
		private readonly store: NodeStore,
		private readonly clock: Pick<Clock, 'now'>,
		private readonly onGivenUp: (reason: string) => void,
	) {
		// An agent calls its tool several times in one execution, and each call is for another video.
		this.set = store.isTool ? undefined : set;
	}

	/** The keys of a create; undefined where nothing can be recorded. Throws a SeedanceFailure of kind `ledgerUnreadable`, or `ledgerUnavailable` for an Idempotency Key. */
	async keysOf(create: CreateIdentity): Promise<CreateKeys | undefined> {
		const { idempotencyKey, generation, itemIndex, request, row, occurrence } = create;
		if (idempotencyKey !== undefined) {
			const { credentialId } = this.store;
			const key = fingerprintOf(['key', credentialId, idempotencyKey, generation]);
			return { request: key, row: undefined, shared: { idempotencyKey, request } };
		}
		const lineage = await this.attempt(async (set) => await this.lineageOf(set));
		if (lineage === 'unreadable') throw new SeedanceFailure({ kind: 'ledgerUnreadable' });
		if (lineage === undefined) return undefined;
		return {
			request: fingerprintOf([lineage, request, occurrence.request, generation]),
			// Not by the index of the run: after a crash, n8n may number runs from 1.
			row: fingerprintOf([lineage, itemIndex, row, occurrence.row, generation]),
			shared: undefined,
		};
	}

	/** When the lineage of the run began, in milliseconds since 1970. */
	async startedAtMs(): Promise<number> {
		const lineage = await this.lineage;
		return typeof lineage === 'number' ? lineage : this.clock.now();
	}

	/** Records that a create is about to be sent. Returns by which key an earlier process has recorded it; undefined when it is new. Throws for an Idempotency Key that cannot be recorded, or that stands for another request. */
	async intend(keys: CreateKeys, marker: Marker | undefined): Promise<RecordedBy | undefined> {
		if (keys.shared !== undefined) return await this.intendShared(keys, keys.shared, marker);
		const before = await this.attempt(async (set) => await set.add(intentTexts(keys, marker)));
		if (before?.has(intentText(keys.request)) === true) return 'request';
		return keys.row !== undefined && before?.has(intentText(keys.row)) === true ? 'row' : undefined;
	}

	/** Forgets an intent whose create was certainly not accepted. */
	refused(keys: CreateKeys, marker: Marker | undefined): void {
		const texts = this.textsOf(keys, marker);
		this.later(async (set) => await set.remove(texts));
	}

	/** Records the task of a create, and its intent again: another process may have written over it, since n8n has no lock. */
	created(keys: CreateKeys, marker: Marker | undefined, taskId: string): void {
		const texts = [...this.textsOf(keys, marker), ...pairTexts(keys, taskId)];
		this.later(async (set) => await set.add(texts));
	}

	/** Forgets a create whose task was cancelled before it could be charged. */
	forget(keys: CreateKeys, taskId: string): void {
		this.refused(keys, undefined);
		this.later(async (set) => await set.remove(pairTexts(keys, taskId)));
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

	/** Resolves when everything is written, to what that has cost. */
	async settled(): Promise<DurableSet['usage']> {
		await Promise.all(this.open);
		return this.set?.usage ?? { calls: 0, elapsedMs: 0 };
	}

	private async lineageOf(set: DurableSet): Promise<Lineage> {
		this.lineage ??= findLineage(set, this.store, this.clock);
		return await this.lineage;
	}

	private async intendShared(
		{ request: key }: CreateKeys,
		{ idempotencyKey, request }: NonNullable<CreateKeys['shared']>,
		marker: Marker | undefined,
	): Promise<RecordedBy | undefined> {
		const ofDays = this.keyTexts(key, request);
		const ofMarker = marker === undefined ? [] : [markerText(key, marker)];
		const texts = [...ofDays, ...ofMarker];
		const before = await this.attempt(async (set) => await set.add(texts));
		if (before === undefined) throw new SeedanceFailure({ kind: 'ledgerUnavailable' });
		const days = Array.from({ length: keyDays }, (_, day) => ofDays.slice(2 * day, 2 * day + 2));
		const known = days.filter(([intent = '']) => before.has(intent));
		const isSame = known.some(([, ofRequest = '']) => before.has(ofRequest));
		const kept = known.length === 0 ? [...ofDays.slice(0, 2), ...ofMarker] : [];
		const added = texts.filter((text) => !before.has(text) && !kept.includes(text));
		await this.attempt(async (set) => await set.remove(added));
		if (known.length > 0 && !isSame) {
			const values = { key: idempotencyKey };
			throw new SeedanceFailure({ kind: 'idempotencyKeyReused', values });
		}
		return known.length > 0 ? 'request' : undefined;
	}

	/** What is recorded of a create that is sent now. */
	private textsOf(keys: CreateKeys, marker: Marker | undefined): string[] {
		const { request, shared } = keys;
		if (shared === undefined) return intentTexts(keys, marker);
		const ofMarker = marker === undefined ? [] : [markerText(request, marker)];
		return [...this.keyTexts(request, shared.request).slice(0, 2), ...ofMarker];
	}

	/** For each day on which the key may have been used, today first: its intent, and the same with its request. */
	private keyTexts(key: string, request: string): string[] {
		const today = Math.floor(this.clock.now() / dayMs);
		return Array.from({ length: keyDays }, (_, before) => `${key} ${today - before}`).flatMap(
			(keyOfDay) => [intentText(keyOfDay), `request ${keyOfDay} ${request}`],
		);
	}

	private async lookUp(texts: readonly string[]): Promise<ReadonlySet<string>> {
		if (texts.length === 0) return new Set();
		return (await this.attempt(async (set) => await set.lookUp(texts))) ?? new Set();
	}

	private later(write: (set: DurableSet) => Promise<unknown>): void {
		const done = this.attempt(write).finally(() => this.open.delete(done));
		this.open.add(done);
	}

	private async attempt<Result>(
		call: (set: DurableSet) => Promise<Result>,
	): Promise<Result | undefined> {
		const { set } = this;
		if (set === undefined) return this.giveUp('n8n keeps no processed data here');
		try {
			return await call(set);
		} catch (error) {
			return this.giveUp(String(toFailure(error).values['message']));
		}
	}

	private giveUp(reason: string): undefined {
		if (!this.isToldGivenUp) this.onGivenUp(reason);
		this.isToldGivenUp = true;
		this.set = undefined;
		return undefined;
	}
}

const intentText = (key: string) => `intent ${key}`;
const markerText = (key: string, { field, value }: Marker) => `marker ${key} ${field} ${value}`;
const keysIn = ({ request, row }: CreateKeys) => [request, ...(row === undefined ? [] : [row])];

function intentTexts(keys: CreateKeys, marker: Marker | undefined): string[] {
	return keysIn(keys).flatMap((key) => [
		intentText(key),
		...(marker === undefined ? [] : [markerText(key, marker)]),
	]);
}

function pairTexts(keys: CreateKeys, taskId: string): string[] {
	return keysIn(keys).map((key) => `task ${key} ${taskId}`);
}
