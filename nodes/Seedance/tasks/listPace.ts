import type { Clock } from '../n8n/clock';
import { maxTasksPerPage } from '../seedance/wire/official';

/*
 * The pause between two lists:
 *
 *   usual ──429──▶ twice as long ──429──▶ twice that, up to a minute
 *     ▲                │
 *     └──works: half───┘
 */

/** An account may send one list a second, and several runs share it. Source: Volcengine docs 1521675. */
const usualPauseMs = 3_000;
/** Where one list does not hold all tasks. */
const leastPauseMs = 1_300;
const maxPauseMs = 60_000;
const maxFactor = maxPauseMs / usualPauseMs;

/** When a run may ask for the list again. */
export class ListPace {
	private factor = 1;
	private nextAtMs = -Infinity;

	constructor(
		private readonly clock: Clock,
		private readonly random: () => number,
	) {}

	/** Milliseconds between two lists while so many tasks are waited for. */
	pauseMs(waiting: number): number {
		const pagesMs = (usualPauseMs * maxTasksPerPage) / Math.max(waiting, maxTasksPerPage);
		return Math.min(maxPauseMs, Math.max(leastPauseMs, pagesMs) * this.factor);
	}

	/** Whether a list may be asked for now; if so, it counts as asked. */
	take(waiting: number): boolean {
		const nowMs = this.clock.monotonicMs();
		if (nowMs < this.nextAtMs) return false;
		this.nextAtMs = nowMs + this.pauseMs(waiting) * (0.8 + 0.4 * this.random());
		return true;
	}

	worked(): void {
		this.factor = Math.max(1, this.factor / 2);
	}

	/** The next list comes after the pause of few tasks, which is the longest. */
	throttled(): void {
		this.factor = Math.min(maxFactor, this.factor * 2);
		this.nextAtMs = this.clock.monotonicMs() + this.pauseMs(0) * (0.8 + 0.4 * this.random());
	}
}
