import type { Clock } from '../n8n/clock';

/** A change is told this much later, together with those that come until then. */
const pauseMs = 10_000;

/** Tells of changes, however many there are, at most once in each pause. */
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
		// Nobody waits for it, and a rejection without a handler would end n8n.
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
