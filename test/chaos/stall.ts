import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long the event loop stood still at most, in milliseconds. */
export interface Stall {
	/** As it was. */
	readonly wholeMs: number;
	/** Without the time in which this process was ready to run and others had the processors. */
	readonly ownMs: number;
}

const everyMs = 10;
const perMs = 1e6;

/** Measures the event loop of this process until the returned function is called. */
export function watchEventLoop(): () => Stall {
	const histogram = monitorEventLoopDelay({ resolution: everyMs });
	histogram.enable();
	let ownMs = 0;
	let beforeMs = performance.now();
	let waitedMs = waitedForProcessorMs();
	const timer = setInterval(() => {
		const nowMs = performance.now();
		const waitedNowMs = waitedForProcessorMs();
		ownMs = Math.max(ownMs, nowMs - beforeMs - everyMs - (waitedNowMs - waitedMs));
		beforeMs = nowMs;
		waitedMs = waitedNowMs;
	}, everyMs);
	return () => {
		clearInterval(timer);
		histogram.disable();
		return { wholeMs: histogram.max / perMs, ownMs };
	};
}

/** How long the main thread has waited for a processor in all; 0 where the system does not say. */
function waitedForProcessorMs(): number {
	try {
		const [, waitedNs] = readFileSync('/proc/self/schedstat', 'utf8').split(' ');
		return Number(waitedNs) / perMs;
	} catch {
		return 0;
	}
}
