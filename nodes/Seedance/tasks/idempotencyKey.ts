import { SeedanceFailure } from '../seedance/failure';
import type { CreateKeys } from './createIdentity';
import type { Database } from './database';
import { answeredText, createTexts, facts, keyDays, keyTexts, overText } from './durableTexts';
import type { Marker } from './marker';

/** A create with an Idempotency Key. */
interface KeyedCreate {
	readonly keys: CreateKeys;
	readonly shared: NonNullable<CreateKeys['shared']>;
	readonly marker: Marker | undefined;
	/** The keys of the creates of the item before it. */
	readonly earlier: readonly CreateKeys[];
}

/**
 * Records that a create is about to be sent. Returns `request` when it was recorded before, by any execution of the last seven days; undefined when it is new.
 * Throws a SeedanceFailure: `ledgerUnavailable` when it cannot be recorded, `idempotencyKeyReused` when the key stands for another request.
 */
export async function intendByKey(
	database: Database,
	{ keys, shared, marker, earlier }: KeyedCreate,
	nowMs: number,
): Promise<'request' | undefined> {
	const { idempotencyKey, request } = shared;
	const ofDays = keyTexts(keys.request, request, nowMs);
	const today = createTexts(keys, marker, nowMs);
	// The generations before it have to last as long as this one.
	const ofEarlier = earlier.flatMap((one) => [
		...createTexts(one, undefined, nowMs),
		...facts([overText(one)]),
	]);
	const texts = [...new Set([...ofDays, ...today])];
	const before = await database.attempt(async (set) => await set.add([...texts, ...ofEarlier]));
	if (before === undefined) throw new SeedanceFailure({ kind: 'ledgerUnavailable' });
	const days = Array.from({ length: keyDays }, (_, day) => ofDays.slice(2 * day, 2 * day + 2));
	const known = days.filter(([intent = '']) => before.has(intent));
	const isSame = known.some(([, ofRequest = '']) => before.has(ofRequest));
	const isNew = known.length === 0;
	const kept = isNew ? today : [];
	const added = texts.filter((text) => !before.has(text) && !kept.includes(text));
	// A key that was used more than seven days ago may have been followed by others.
	const stale = isNew ? facts([overText(keys), answeredText(keys)]) : [];
	await database.attempt(async (set) => await set.remove([...added, ...stale]));
	if (isNew) return undefined;
	if (isSame) return 'request';
	throw new SeedanceFailure({ kind: 'idempotencyKeyReused', values: { key: idempotencyKey } });
}
