import type { Due, Round, Wait } from './polled';
import type { Waits } from './waits';

/** What may be polled at one moment, and the waits behind it. */
interface OpenRound<Seen> {
	readonly round: Round;
	/** One for each id. */
	readonly due: ReadonlyArray<Wait<Seen>>;
}

/** When a wait is due where the provider asked for a pause: its last poll is due at the deadline. */
export function dueAtMs<Seen>(
	{ dueAtMs: atMs, deadlineMs }: Wait<Seen>,
	notBeforeMs: number,
): number {
	return Math.min(Math.max(atMs, notBeforeMs), deadlineMs);
}

/** The idle waits of a moment: what is due, and what may be polled along with it. */
export function roundOf<Seen>(
	waits: Waits<Seen>,
	nowMs: number,
	notBeforeMs: number,
): OpenRound<Seen> {
	const dueById = new Map<string, Wait<Seen>>();
	for (const wait of waits) {
		if (wait.isInFlight) continue;
		const { id } = wait.polled;
		if (dueAtMs(wait, notBeforeMs) <= nowMs) dueById.set(id, sooner(wait, dueById.get(id)));
	}
	const due = [...dueById.values()].sort((first, second) => first.dueAtMs - second.dueAtMs);
	const round = {
		due: due.map((wait) => dueOf(wait, nowMs)),
		others: {
			*[Symbol.iterator]() {
				for (const { polled, isInFlight, earliestAtMs } of waits) {
					const mayBePolled = !isInFlight && Math.max(earliestAtMs, notBeforeMs) <= nowMs;
					// Two waits may be for the same id.
					if (mayBePolled && !dueById.has(polled.id)) yield polled.id;
				}
			},
		},
		overdue: { has: (id: string) => waits.isAny(id, ({ isOverdue }) => isOverdue?.() === true) },
		needsOwnCall: {
			has: (id: string) => waits.isAny(id, ({ needsOwnCall }) => needsOwnCall === true),
		},
		waiting: waits.size,
	};
	return { round, due };
}

function sooner<Seen>(wait: Wait<Seen>, other: Wait<Seen> | undefined): Wait<Seen> {
	return other !== undefined && other.dueAtMs <= wait.dueAtMs ? other : wait;
}

function dueOf<Seen>({ polled, pauseMs, deadlineMs }: Wait<Seen>, nowMs: number): Due {
	return { id: polled.id, pauseMs, isLast: nowMs >= deadlineMs };
}
