/** Render times that are kept for each kind of video. */
const maxRemembered = 20;
/** Kinds that are kept; those that were seen last. */
const maxKinds = 200;

/** How long videos of each kind were seen to render. */
export class RenderTimes {
	private readonly timesMs = new Map<string, readonly number[]>();

	note(kind: string, ms: number): void {
		const times = [...(this.timesMs.get(kind) ?? []), ms].slice(-maxRemembered);
		this.timesMs.delete(kind);
		this.timesMs.set(kind, times);
		const [oldest] = this.timesMs.keys();
		if (this.timesMs.size > maxKinds && oldest !== undefined) this.timesMs.delete(oldest);
	}

	/** Undefined where none was seen. */
	medianMs(kind: string): number | undefined {
		const sorted = [...(this.timesMs.get(kind) ?? [])].sort((first, second) => first - second);
		return sorted[Math.floor(sorted.length / 2)];
	}
}

/** Those of all executions of this process: a single task has no other of its run to learn from. */
export const renderTimes = new RenderTimes();
