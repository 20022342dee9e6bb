import type { Clock } from '../n8n/clock';

/** Longest time until a change is told; nothing is told more often. */
const pauseMs = 10_000;

/** Tells changes that come often from time to time. */
export class Pacer {
	private readonly over = new AbortController();
	private isWaiting = false;

	constructor(
		private readonly clock: Pick<Clock, 'pause'>,
		private readonly tell: () => void,
	) {}

	/** What is told about has changed. */
	changed(): void {
		if (this.isWaiting || this.over.signal.aborted) return;
		this.isWaiting = true;
		this.tellLater().catch(() => {});
	}

	/** Nothing is told from now on. */
	end(): void {
		this.over.abort();
	}

	private async tellLater(): Promise<void> {
		await this.clock.pause(pauseMs, this.over.signal);
		this.isWaiting = false;
		if (!this.over.signal.aborted) this.tell();
	}
}
