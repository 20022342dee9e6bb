import { setTimeout as delay } from 'node:timers/promises';

import { hasEnded, type Execution } from './execution';
import type { Instance } from './instance';
import { RestError } from './rest';
import { credentialType } from './seed';
import { callWebhook, webhookNode } from './webhook';
import { seedanceVideoType } from './workflow';

/** The name of the node that creates the videos. */
export const videoNodeName = 'Seedance Video';

/** An active workflow that creates a video for each call of its webhook. The webhook answers at once. */
export interface VideoWebhook {
	/** Starts an execution that creates a video from this prompt, waits for it and downloads it. */
	call(prompt: string): Promise<void>;
	/**
	 * Returns all executions, oldest first, once there are enough and each has ended. Rejects with
	 * their statuses on a timeout.
	 */
	waitForExecutions(count: number, timeoutMs: number): Promise<Execution[]>;
}

const path = 'videos';
const pollMs = 500;

/** A slow database is a reason to ask again, and no list at all. */
function unlessNotReady(error: unknown): [] {
	if (error instanceof RestError && error.status === 503) return [];
	throw error;
}

/** Puts the workflow into an instance and makes it live. */
export async function createVideoWebhook(instance: Instance): Promise<VideoWebhook> {
	const { client, n8n, seeded } = instance;
	const { id, name } = seeded.credential;
	const workflow = await client.createWorkflow({
		name: 'Videos by webhook',
		nodes: [
			webhookNode('Webhook', path),
			{
				id: '0c9a3c3e-5d0b-4d3f-9d2e-1f7d5b8a9e03',
				name: videoNodeName,
				type: seedanceVideoType,
				typeVersion: 1,
				position: [240, 0],
				parameters: {
					operation: 'create',
					model: 'seedance-2-0',
					prompt: '={{ $json.body.prompt }}',
					waitOptions: { pollInterval: 1 },
				},
				credentials: { [credentialType]: { id, name } },
			},
		],
		connections: { Webhook: { main: [[{ node: videoNodeName, type: 'main', index: 0 }]] } },
	});
	await client.activate(workflow);

	return {
		call: async (prompt) => await callWebhook(n8n.origin, path, { prompt }),
		async waitForExecutions(count, timeoutMs) {
			const deadlineMs = Date.now() + timeoutMs;
			for (;;) {
				const listed = await client.listExecutions(workflow.id).catch(unlessNotReady);
				if (listed.length >= count && listed.every(hasEnded)) {
					const oldestFirst = listed.toSorted(
						(first, second) => Number(first.id) - Number(second.id),
					);
					return await Promise.all(
						oldestFirst.map(async (each) => await client.readExecution(each.id)),
					);
				}
				if (Date.now() >= deadlineMs) {
					const statuses = listed.map((each) => `${each.id} ${each.status}`).join(', ');
					throw new Error(`Not ended after ${timeoutMs / 1000} s: ${statuses}`);
				}
				await delay(pollMs);
			}
		},
	};
}
