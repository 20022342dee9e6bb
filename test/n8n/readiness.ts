import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 200;
const requestTimeoutMs = 5_000;

/** Whether a health check answers with success now. */
export async function isReady(url: string): Promise<boolean> {
	const signal = AbortSignal.timeout(requestTimeoutMs);
	return await fetch(url, { signal }).then(
		({ ok }) => ok,
		() => false,
	);
}

async function answersReady(origin: string): Promise<boolean> {
	if (!(await isReady(`${origin}/healthz/readiness`))) return false;
	try {
		// The REST routes exist only some seconds later. Until then this is the editor's HTML.
		const signal = AbortSignal.timeout(requestTimeoutMs);
		const settings = await fetch(`${origin}/rest/settings`, { signal });
		return settings.ok && settings.headers.get('content-type')?.includes('json') === true;
	} catch {
		return false;
	}
}

/**
 * Resolves with true once the condition holds, and with false when it does not within the time or
 * is aborted.
 */
export async function waitUntil(
	condition: () => Promise<boolean>,
	timeoutMs: number,
	signal: AbortSignal,
): Promise<boolean> {
	const deadlineMs = Date.now() + timeoutMs;
	while (!signal.aborted && Date.now() < deadlineMs) {
		if (await condition()) return true;
		await delay(intervalMs);
	}
	return false;
}

/**
 * Resolves with true once n8n answers REST calls, and with false when it does not within the time
 * or is aborted.
 */
export async function waitUntilReady(
	origin: string,
	timeoutMs: number,
	signal: AbortSignal,
): Promise<boolean> {
	return await waitUntil(() => answersReady(origin), timeoutMs, signal);
}
