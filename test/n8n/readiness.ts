import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 200;
const requestTimeoutMs = 5_000;

async function answersReady(origin: string): Promise<boolean> {
	const signal = AbortSignal.timeout(requestTimeoutMs);
	try {
		const readiness = await fetch(`${origin}/healthz/readiness`, { signal });
		if (!readiness.ok) return false;
		// The REST routes exist only some seconds later; until then this is the editor's HTML.
		const settings = await fetch(`${origin}/rest/settings`, { signal });
		return settings.ok && settings.headers.get('content-type')?.includes('json') === true;
	} catch {
		return false;
	}
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
	const deadlineMs = Date.now() + timeoutMs;
	while (!signal.aborted && Date.now() < deadlineMs) {
		if (await answersReady(origin)) return true;
		await delay(intervalMs);
	}
	return false;
}
