/** The shortest time in which the slots can render all tasks, if each slot starts the next task as soon as it is free. Render times are in order of creation. */
export function idealMakespanMs(renderMs: readonly number[], slots: number): number {
	const freeAtMs = Array.from({ length: slots }, () => 0);
	for (const ms of renderMs) {
		const soonest = freeAtMs.indexOf(Math.min(...freeAtMs));
		freeAtMs[soonest] = (freeAtMs[soonest] ?? 0) + ms;
	}
	return Math.max(...freeAtMs);
}
