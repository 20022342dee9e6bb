import type { RecordedRequest } from '../simulator/simulator';

/** Within 12 hours below the default of 172800 s, and never the default itself. */
const lowest = 129_600;
const highest = 172_799;

/** What marks each create. Throws for a create whose marker is missing or out of range. */
export function markersOf(creates: readonly RecordedRequest[]): number[] {
	return creates.map(({ body }) => {
		const { execution_expires_after: marker } = membersOf(body);
		if (typeof marker === 'number' && Number.isInteger(marker)) {
			if (marker >= lowest && marker <= highest) return marker;
		}
		throw new Error(`The marker is not from ${lowest} to ${highest}: ${JSON.stringify(body)}`);
	});
}

/** The bodies of creates without what marks them, whole otherwise. Throws like {@link markersOf}. */
export function withoutMarkers(creates: readonly RecordedRequest[]): object[] {
	markersOf(creates);
	return creates.map(({ body }) => {
		const { execution_expires_after: _, ...others } = membersOf(body);
		return others;
	});
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
	return Object(body) as Readonly<Record<string, unknown>>;
}
