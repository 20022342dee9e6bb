/** Render times that are kept for each kind of video. */
const maxRemembered = 20;
/** Kinds that are kept; those that were seen last. */
const maxKinds = 200;

interface KindOfVideo {
	readonly timesMs: readonly number[];
	/** Kept with them: every poll of every task asks for it. */
	readonly medianMs: number | undefined;
}

/** How long videos of each kind were seen to render. */
export class RenderTimes {
	private readonly kinds = new Map<string, KindOfVideo>();

	note(kind: string, ms: number): void {
		const timesMs = [...(this.kinds.get(kind)?.timesMs ?? []), ms].slice(-maxRemembered);
		this.kinds.delete(kind);
		this.kinds.set(kind, { timesMs, medianMs: medianOf(timesMs) });
		const [oldest] = this.kinds.keys();
		if (this.kinds.size > maxKinds && oldest !== undefined) this.kinds.delete(oldest);
	}

	/** Undefined where none was seen. */
	medianMs(kind: string): number | undefined {
		return this.kinds.get(kind)?.medianMs;
	}
}

function medianOf(timesMs: readonly number[]): number | undefined {
	const sorted = [...timesMs].sort((first, second) => first - second);
	return sorted[Math.floor(sorted.length / 2)];
}

/** Those of all executions of this process: a single task has no other of its run to learn from. */
export const renderTimes = new RenderTimes();
