import { randomInt } from 'node:crypto';

/** Ids carry the time of Beijing. Source: APIYI API reference (id and created_at of its recorded sample). */
const idTimeOffsetMs = 8 * 60 * 60 * 1000;

/** Formats a time in milliseconds as IDs have it: YYYYMMDDHHMMSS. */
export function timeInId(timeMs: number): string {
	return new Date(timeMs + idTimeOffsetMs).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** An ID of prefix, time and five random characters, for which `isTaken` is false. */
export function newId(prefix: string, timeMs: number, isTaken: (id: string) => boolean): string {
	for (;;) {
		const suffix = randomInt(36 ** 5)
			.toString(36)
			.padStart(5, '0');
		const id = `${prefix}-${timeInId(timeMs)}-${suffix}`;
		if (!isTaken(id)) return id;
	}
}
