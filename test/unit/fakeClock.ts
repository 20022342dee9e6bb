import type { Clock } from '../../nodes/Seedance/n8n/clock';
import { stopped } from '../../nodes/Seedance/seedance/failure';

interface Sleeper {
	readonly wakeAtMs: number;
	readonly wake: () => void;
	/** Undefined for what a stop does not end. */
	readonly reject: ((failure: Error) => void) | undefined;
}

/** When a fake clock starts, in milliseconds since 1970. */
export const startedAtMs = Date.UTC(2026, 10, 21);

/** Code that repeatedly sleeps for no time would never let a test end. */
const maxWakesAtOnce = 1_000;

/** Lets everything run that is ready to run; no time passes. */
export async function flush(): Promise<void> {
	await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock whose time moves only when the test advances it; it starts at 0. */
export class FakeClock implements Clock {
	private timeMs = 0;
	private isStopped = false;
	private readonly controller = new AbortController();
	private readonly sleepers = new Set<Sleeper>();

	readonly signal: AbortSignal = this.controller.signal;
	/** The length of every sleep so far. */
	readonly slept: number[] = [];

	/** Timers wake this many milliseconds early, as those of Node.js may. */
	constructor(private readonly earlyMs = 0) {}

	now(): number {
		return startedAtMs + this.timeMs;
	}

	monotonicMs(): number {
		return this.timeMs;
	}

	isExecutionStopped(): boolean {
		return this.isStopped;
	}

	throwIfStopped(): void {
		if (this.signal.aborted) throw stopped();
	}

	async sleep(ms: number): Promise<void> {
		this.throwIfStopped();
		this.slept.push(ms);
		const wakeAtMs = this.timeMs + (ms > 1 ? ms - this.earlyMs : ms);
		await new Promise<void>((wake, reject) => this.sleepers.add({ wakeAtMs, wake, reject }));
	}

	/** As sleep, but neither a stop ends it nor does `slept` have it. */
	async pause(ms: number, until: AbortSignal): Promise<void> {
		if (until.aborted) return;
		let end = () => {};
		await new Promise<void>((wake) => {
			const pauser = { wakeAtMs: this.timeMs + ms, wake, reject: undefined };
			this.sleepers.add(pauser);
			end = () => {
				this.sleepers.delete(pauser);
				wake();
			};
			until.addEventListener('abort', end, { once: true });
		});
		until.removeEventListener('abort', end);
	}

	onStop(listener: () => void): () => void {
		if (this.signal.aborted) listener();
		else this.signal.addEventListener('abort', listener, { once: true });
		return () => this.signal.removeEventListener('abort', listener);
	}

	release(): void {}

	/** Lets this much time pass: wakes every sleeper at its time, the earliest first, and lets it run before time moves again. */
	async advance(ms: number): Promise<void> {
		const untilMs = this.timeMs + ms;
		await flush();
		let wakesNow = 0;
		for (let next = this.nextUntil(untilMs); next; next = this.nextUntil(untilMs)) {
			wakesNow = next.wakeAtMs > this.timeMs ? 0 : wakesNow + 1;
			if (wakesNow > maxWakesAtOnce) throw new Error('Time stands still: a loop does not sleep');
			this.timeMs = next.wakeAtMs;
			this.sleepers.delete(next);
			next.wake();
			await flush();
		}
		this.timeMs = untilMs;
	}

	/** As n8n's Stop. */
	stop(): void {
		this.isStopped = true;
		this.abortRun();
	}

	abortRun(): void {
		this.controller.abort();
		for (const sleeper of [...this.sleepers]) {
			if (sleeper.reject === undefined) continue;
			this.sleepers.delete(sleeper);
			sleeper.reject(stopped());
		}
	}

	private nextUntil(untilMs: number): Sleeper | undefined {
		let next: Sleeper | undefined;
		for (const sleeper of this.sleepers) {
			if (sleeper.wakeAtMs > untilMs) continue;
			if (next === undefined || sleeper.wakeAtMs < next.wakeAtMs) next = sleeper;
		}
		return next;
	}
}

/** How a promise has ended so far, and when. */
export interface Ending<Value> {
	value?: Value;
	failure?: unknown;
	atMs?: number;
}

/** The result of a promise. Empty until it settles. */
export function endingOf<Value>(clock: Clock, promise: Promise<Value>): Ending<Value> {
	const ending: Ending<Value> = {};
	promise.then(
		(value) => Object.assign(ending, { value, atMs: clock.monotonicMs() }),
		(failure: unknown) => Object.assign(ending, { failure, atMs: clock.monotonicMs() }),
	);
	return ending;
}
