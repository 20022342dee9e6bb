/** The shortest time in which the slots can render all tasks, if each slot starts the next task as soon as it is free. Render times are in order of creation. */
export function idealMakespanMs(renderMs: readonly number[], slots: number): number {
	const freeAtMs = Array.from({ length: slots }, () => 0);
	for (const ms of renderMs) {
		const soonest = freeAtMs.indexOf(Math.min(...freeAtMs));
		freeAtMs[soonest] = (freeAtMs[soonest] ?? 0) + ms;
	}
	return Math.max(...freeAtMs);
}

/** No schedule is shorter: neither than the longest chain, whose tasks render one after the other, nor than all slots need for all tasks. */
export function idealOfChainsMs(chains: ReadonlyArray<readonly number[]>, slots: number): number {
	const totals = chains.map((renderMs) => renderMs.reduce((total, ms) => total + ms, 0));
	const all = totals.reduce((total, ms) => total + ms, 0);
	return Math.max(all / slots, ...totals);
}
