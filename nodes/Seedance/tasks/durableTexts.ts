import type { CreateKeys } from './createIdentity';
import type { Marker } from './marker';

/** How many days an Idempotency Key counts, today included. Source: PowerTokens create reference, id (stored for 7 days). */
export const keyDays = 7;
const dayMs = 86_400_000;

/** The create with this key is about to be sent, or was. */
export const intentText = (key: string) => `intent ${key}`;
/** The create with this key is sent now, or was. */
const sentText = (key: string) => `sent ${key}`;
/** The create with this key has this marker. */
export const markerText = (key: string, { field, value }: Marker) =>
	`marker ${key} ${field} ${value}`;
/** The create was answered with a task. */
export const answeredText = ({ request }: CreateKeys) => `answered ${request}`;
/** A later create of the item has taken its place. */
export const overText = ({ request }: CreateKeys) => `over ${request}`;

const keysIn = ({ request, row }: CreateKeys) => [request, ...(row === undefined ? [] : [row])];

/** The create is sent now, by each of its keys. With an Idempotency Key, another execution may send it at any moment, so there its intent says the same. */
export const sentTexts = (keys: CreateKeys) =>
	keys.shared === undefined ? keysIn(keys).map(sentText) : [];

/** The task belongs to the create, by each of its keys. */
export const pairTexts = (keys: CreateKeys, taskId: string) =>
	keysIn(keys).map((key) => `task ${key} ${taskId}`);

/** What is recorded with a fact, so that a fact that was only looked for is none. */
export const twinOf = (text: string) => `${text} indeed`;

/** Facts with their twins. */
export const facts = (texts: readonly string[]) => texts.flatMap((text) => [text, twinOf(text)]);

/** What is recorded before a create is sent. */
export function intentTexts(keys: CreateKeys, marker: Marker | undefined): string[] {
	return keysIn(keys).flatMap((key) => [
		intentText(key),
		...(marker === undefined ? [] : facts([markerText(key, marker)])),
	]);
}

/** For each day on which an Idempotency Key may have been used, today first: its intent, and the same with its request. */
export function keyTexts(key: string, request: string, nowMs: number): string[] {
	const today = Math.floor(nowMs / dayMs);
	return Array.from({ length: keyDays }, (_, before) => `${key} ${today - before}`).flatMap(
		(keyOfDay) => [intentText(keyOfDay), `request ${keyOfDay} ${request}`],
	);
}

/** What is recorded of a create that is sent today, or was on one of the last `days` days. */
export function createTexts(
	keys: CreateKeys,
	marker: Marker | undefined,
	nowMs: number,
	days = 1,
): string[] {
	const { request, shared } = keys;
	if (shared === undefined) return intentTexts(keys, marker);
	const ofMarker = marker === undefined ? [] : facts([markerText(request, marker)]);
	return [...keyTexts(request, shared.request, nowMs).slice(0, 2 * days), ...ofMarker];
}
