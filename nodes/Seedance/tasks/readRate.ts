import type { Clock } from '../n8n/clock';

/*
 * The rate of a run, in reads a second:
 *
 *   usual ──429──▶ half ──429──▶ half of that … (at least one in two seconds) ──each second──▶ a little more, up to the usual
 */

/** An account may send twenty a second, and several runs share it. Source: Volcengine docs 1521309 (GET). */
const usualReadsPerSecond = 8;
const leastReadsPerSecond = 0.5;
/** By which the rate grows for each second without a 429. */
const growthPerSecond = 0.1;
/** Reads that may be sent at the same moment. */
const maxBurst = 2;

/** How often a run reads single tasks. Runs do not know of each other, so each takes a part of what the account may do, and less once the provider throttles. */
export class ReadRate {
	private readsPerSecond = usualReadsPerSecond;
	private turns = maxBurst;
	private countedAtMs: number;

	constructor(private readonly clock: Clock) {
		this.countedAtMs = clock.monotonicMs();
	}

	/** Takes as many turns as there are now, up to a number, and returns how many. */
	take(wanted: number): number {
		this.count();
		const taken = Math.min(wanted, Math.floor(this.turns));
		this.turns -= taken;
		return taken;
	}

	/** Resolves when there is a turn, by the rate of this moment: a read that waits already comes no later after a 429. Rejects at a stop. */
	async turn(): Promise<void> {
		this.count();
		this.turns--;
		if (this.turns < 0) await this.clock.sleep((-this.turns * 1_000) / this.readsPerSecond);
	}

	/** The provider has throttled a read. */
	throttled(): void {
		this.count();
		this.readsPerSecond = Math.max(leastReadsPerSecond, this.readsPerSecond / 2);
		this.turns = Math.min(this.turns, 0);
	}

	private count(): void {
		const nowMs = this.clock.monotonicMs();
		const seconds = (nowMs - this.countedAtMs) / 1_000;
		this.countedAtMs = nowMs;
		this.turns = Math.min(maxBurst, this.turns + seconds * this.readsPerSecond);
		this.readsPerSecond = Math.min(
			usualReadsPerSecond,
			this.readsPerSecond + seconds * growthPerSecond,
		);
	}
}
