import { setTimeout as delay } from 'node:timers/promises';

const callTimeoutMs = 30_000;
const pollMs = 500;

/** A Webhook node that starts an execution for each POST to its path, and answers at once. */
export function webhookNode(name: string, path: string) {
	return {
		id: '0c9a3c3e-5d0b-4d3f-9d2e-1f7d5b8a9e01',
		name,
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		position: [0, 0],
		webhookId: '0c9a3c3e-5d0b-4d3f-9d2e-1f7d5b8a9e02',
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
	};
}

/** Starts one execution of an active workflow. Asks again while the webhook is not live yet. */
export async function callWebhook(origin: string, path: string, body: unknown): Promise<void> {
	const deadlineMs = Date.now() + callTimeoutMs;
	for (;;) {
		const response = await fetch(`${origin}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		if (response.ok) return;
		// n8n makes a webhook live a moment after it has answered to the activation, and refuses
		// calls with 503 while its database is slow.
		if (![404, 503].includes(response.status) || Date.now() >= deadlineMs) {
			throw new Error(`The webhook answered ${response.status}: ${await response.text()}`);
		}
		await delay(pollMs);
	}
}
