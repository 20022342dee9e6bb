import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long the event loop stood still at most, in milliseconds. */
export interface Stall {
	/** As it was. */
	readonly wholeMs: number;
	/** As long as this process computed meanwhile: other processes of the machine may have the processors for longer. */
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
	let cpu = process.cpuUsage();
	const timer = setInterval(() => {
		const nowMs = performance.now();
		const cpuNow = process.cpuUsage();
		const stalledMs = nowMs - beforeMs - everyMs;
		const computedMs = (cpuNow.user + cpuNow.system - cpu.user - cpu.system) / 1_000;
		ownMs = Math.max(ownMs, Math.min(stalledMs, computedMs));
		beforeMs = nowMs;
		cpu = cpuNow;
	}, everyMs);
	return () => {
		clearInterval(timer);
		histogram.disable();
		return { wholeMs: histogram.max / nsPerMs, ownMs };
	};
}
