import { addTo } from './addTo';
import type { Asked, Due, Polled, Round, Wait } from './polled';

/** What may be polled at one moment, and the waits behind it. */
interface OpenRound<Seen> {
	readonly round: Round;
	/** By the id that they wait for. */
	readonly idle: ReadonlyMap<string, Array<Wait<Seen>>>;
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
	waits: ReadonlySet<Wait<Seen>>,
	nowMs: number,
	notBeforeMs: number,
): OpenRound<Seen> {
	const idle = new Map<string, Array<Wait<Seen>>>();
	const dueById = new Map<string, Wait<Seen>>();
	const others = new Set<string>();
	for (const wait of waits) {
		if (wait.isInFlight) continue;
		const { id } = wait.polled;
		addTo(idle, id, wait);
		if (dueAtMs(wait, notBeforeMs) <= nowMs) dueById.set(id, sooner(wait, dueById.get(id)));
		else if (Math.max(wait.earliestAtMs, notBeforeMs) <= nowMs) others.add(id);
	}
	const due = [...dueById.values()].sort((first, second) => first.dueAtMs - second.dueAtMs);
	const round = {
		due: due.map((wait) => dueOf(wait, nowMs)),
		// Two waits may be for the same id; it belongs to one group alone.
		others: [...others].filter((id) => !dueById.has(id)),
		overdue: ofAny(idle, ({ isOverdue }) => isOverdue?.() === true),
		needsOwnCall: ofAny(idle, ({ needsOwnCall }) => needsOwnCall === true),
		waiting: waits.size,
	};
	return { round, idle, due };
}

/** Whether one of the waits for an id has a property. */
function ofAny<Seen>(
	idle: ReadonlyMap<string, Array<Wait<Seen>>>,
	hasIt: (polled: Polled<Seen>) => boolean,
): Asked {
	return { has: (id) => idle.get(id)?.some(({ polled }) => hasIt(polled)) ?? false };
}

function sooner<Seen>(wait: Wait<Seen>, other: Wait<Seen> | undefined): Wait<Seen> {
	return other !== undefined && other.dueAtMs <= wait.dueAtMs ? other : wait;
}

function dueOf<Seen>({ polled, pauseMs, deadlineMs }: Wait<Seen>, nowMs: number): Due {
	return { id: polled.id, pauseMs, isLast: nowMs >= deadlineMs };
}
