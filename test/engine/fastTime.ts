import { ClientRequest } from 'node:http';

/**
 * Makes time run `factor` times as fast for everything in this process that depends on it: timers, both clocks and the timeouts of HTTP requests.
 * Sockets stay real, so the time they need counts `factor` times. Processes with the same origin, a moment of the usual clock, agree about Date.now().
 * Returns the function that restores the usual time.
 */
export function speedUpTime(factor: number, originMs: number = Date.now()): () => void {
	const { setTimeout: usualTimeout, setInterval: usualInterval } = globalThis;
	const usualNow = Date.now;
	const usualMonotonic = performance.now.bind(performance);
	const usualSocketTimeout = ClientRequest.prototype.setTimeout;
	const startMonotonicMs = usualMonotonic();

	globalThis.setTimeout = scaled(usualTimeout, factor);
	globalThis.setInterval = scaled(usualInterval, factor);
	Date.now = () => originMs + Math.floor((usualNow() - originMs) * factor);
	performance.now = () => startMonotonicMs + (usualMonotonic() - startMonotonicMs) * factor;
	ClientRequest.prototype.setTimeout = function (timeoutMs, callback) {
		return usualSocketTimeout.call(this, timeoutMs / factor, callback);
	};
	return () => {
		globalThis.setTimeout = usualTimeout;
		globalThis.setInterval = usualInterval;
		Date.now = usualNow;
		performance.now = usualMonotonic;
		ClientRequest.prototype.setTimeout = usualSocketTimeout;
	};
}

function scaled<Timer extends (...parameters: never[]) => unknown>(
	usual: Timer,
	factor: number,
): Timer {
	const timer = (callback: unknown, ms = 0, ...rest: unknown[]) =>
		(usual as unknown as (...parameters: unknown[]) => unknown)(
			callback,
			Number(ms) / factor,
			...rest,
		);
	return Object.assign(timer, usual) as unknown as Timer;
}
