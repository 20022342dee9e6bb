import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long the event loop stood still at most, in milliseconds. */
export interface Stall {
	/** As it was. */
	readonly wholeMs: number;
	/** As long as its thread computed meanwhile: other processes of the machine may have the processors for longer. */
	readonly ownMs: number;
}

const everyMs = 10;
const nsPerMs = 1e6;

/** Measures the event loop of this process until the returned function is called. */
export function watchEventLoop(): () => Stall {
	const histogram = monitorEventLoopDelay({ resolution: everyMs });
	histogram.enable();
	let ownMs = 0;
	let beforeMs = performance.now();
	let computedMs = mainThreadMs();
	const timer = setInterval(() => {
		const nowMs = performance.now();
		const computedNowMs = mainThreadMs();
		const stalledMs = nowMs - beforeMs - everyMs;
		ownMs = Math.max(ownMs, Math.min(stalledMs, computedNowMs - computedMs));
		beforeMs = nowMs;
		computedMs = computedNowMs;
	}, everyMs);
	return () => {
		clearInterval(timer);
		histogram.disable();
		return { wholeMs: histogram.max / nsPerMs, ownMs };
	};
}

/** How long the main thread has computed in all. Where the system does not say that of a thread, helpers of the garbage collector count too. */
function mainThreadMs(): number {
	try {
		const [computedNs] = readFileSync('/proc/self/schedstat', 'utf8').split(' ');
		return Number(computedNs) / nsPerMs;
	} catch {
		const { user, system } = process.cpuUsage();
		return (user + system) / 1_000;
	}
}
