import { z } from 'zod';
import type { Accepts } from './accepts';
import { isBlank } from './values';

const pattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(Z|[+-]\d\d:?\d\d)?$/i;

/** A moment in milliseconds since 1970, or nothing. The panel gives text, an expression a date of n8n or of JavaScript; a text without a time zone is in that of the workflow. */
export function moment(timeZone: string): Accepts<number | undefined> {
	return {
		schema: z
			.unknown()
			.transform((given) => (isBlank(given) ? undefined : toMs(given, timeZone)))
			.pipe(z.number().finite().optional()) as unknown as Accepts<number | undefined>['schema'],
		expected: 'Enter a date and time such as "2026-11-20T08:00:00".',
		property: { type: 'dateTime' },
	};
}

/** NaN for what is not a moment. */
function toMs(given: unknown, timeZone: string): number {
	if (given instanceof Date) return given.getTime();
	const { toISO } = Object(given) as { toISO?: () => unknown };
	const text = typeof toISO === 'function' ? toISO.call(given) : given;
	const [, day, time = '00:00:00', zone] =
		typeof text === 'string' ? (pattern.exec(text.trim()) ?? []) : [];
	if (day === undefined) return NaN;
	if (zone !== undefined) return Date.parse(`${day}T${time}${zone.toUpperCase()}`);
	const asUtcMs = Date.parse(`${day}T${time}Z`);
	if (Number.isNaN(asUtcMs)) return NaN;
	const nearMs = asUtcMs - offsetMs(asUtcMs, timeZone);
	return asUtcMs - offsetMs(nearMs, timeZone);
}

/** By how much the clocks of a time zone are ahead of UTC at a moment. */
function offsetMs(atMs: number, timeZone: string): number {
	const format = new Intl.DateTimeFormat('en-US', {
		...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
		...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
	});
	const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
	const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
	const shownMs = Date.UTC(
		...([part('year'), part('month') - 1, part('day')] as const),
		...([part('hour'), part('minute'), part('second')] as const),
	);
	return shownMs - Math.floor(atMs / 1000) * 1000;
}
