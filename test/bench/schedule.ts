/** Takes how long each task renders, in order of creation, and gives the shortest time in which that many slots get through them when each takes the next task as soon as it is free. */
export function idealMakespanMs(renderMs: readonly number[], slots: number): number {
	const freeAtMs = Array.from({ length: slots }, () => 0);
	for (const ms of renderMs) {
		const soonest = freeAtMs.indexOf(Math.min(...freeAtMs));
		freeAtMs[soonest] = (freeAtMs[soonest] ?? 0) + ms;
	}
	return Math.max(...freeAtMs);
}
