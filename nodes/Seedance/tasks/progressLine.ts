import type { Clock } from '../n8n/clock';

/** The line comes this much after a change, with those that come until then. */
const pauseMs = 10_000;

/** When the line of a run's counts is written: however many changes there are, at most once in each pause. */
export class ProgressLine {
	private readonly over = new AbortController();
	private isWaiting = false;

	constructor(
		private readonly clock: Pick<Clock, 'pause'>,
		private readonly write: () => void,
	) {}

	/** The counts have changed. */
	changed(): void {
		if (this.isWaiting || this.over.signal.aborted) return;
		this.isWaiting = true;
		// Nobody waits for it, and a rejection without a handler would end n8n.
		this.writeLater().catch(() => {});
	}

	/** No line is written from now on. */
	end(): void {
		this.over.abort();
	}

	private async writeLater(): Promise<void> {
		await this.clock.pause(pauseMs, this.over.signal);
		this.isWaiting = false;
		if (!this.over.signal.aborted) this.write();
	}
}
