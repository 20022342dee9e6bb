import { createHash } from 'crypto';
import type { Task } from '../seedance/task';

/** What marks a create: a member of its body that the provider's list shows again. */
export interface Marker {
	readonly field: 'execution_expires_after' | 'safety_identifier';
	readonly value: string | number;
}

/** Which member marks a create. */
export type MarkerKind = 'expiry' | 'safetyIdentifier';

/** Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (3600 to 259200, default 172800). */
const defaultExpirySeconds = 172_800;
/** The markers are spread over the 12 hours below the default. */
const expirySpreadSeconds = 43_200;
/** Values that are tried for a create until one is free in its run. */
const maxAttempts = 4;

const hashOf = (text: string) => createHash('sha256').update(text).digest();

function markerOf(kind: MarkerKind, key: string, attempt: number): Marker {
	const hash = hashOf(`${key} ${attempt}`);
	return kind === 'expiry'
		? {
				field: 'execution_expires_after',
				value: defaultExpirySeconds - 1 - (hash.readUInt32BE() % expirySpreadSeconds),
			}
		: { field: 'safety_identifier', value: `n8n-${hash.toString('hex').slice(0, 32)}` };
}

/** Every marker that the create with this key can have. */
export function markersOf(kind: MarkerKind, key: string): Marker[] {
	return Array.from({ length: maxAttempts }, (_, attempt) => markerOf(kind, key, attempt));
}

/** The markers of one run: each create has its own, as far as there are enough. */
export class Markers {
	private readonly keyOfValue = new Map<string | number, string>();

	/** The marker of the create with this key; the same key has the same one. */
	of(kind: MarkerKind, key: string): Marker {
		let attempt = 0;
		while (attempt < maxAttempts && !this.isFree(markerOf(kind, key, attempt), key)) attempt++;
		const marker = markerOf(kind, key, attempt % maxAttempts);
		this.keyOfValue.set(marker.value, key);
		return marker;
	}

	private isFree({ value }: Marker, key: string): boolean {
		return (this.keyOfValue.get(value) ?? key) === key;
	}
}

/** Whether a task shows this marker: undefined where the provider does not show that member. */
export function showsMarker({ raw }: Task, { field, value }: Marker): boolean | undefined {
	const shown = raw[field];
	return shown === undefined || shown === null ? undefined : String(shown) === String(value);
}
