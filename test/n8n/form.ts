import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Page } from 'playwright-core';

import { projectFolder } from './packageTarball';
import { nodeOfType, type StoredWorkflow } from './workflow';

const formTriggerType = 'n8n-nodes-base.formTrigger';
const liveTimeoutMs = 20_000;
const pollMs = 250;

/** Where people find the form of a workflow, once it is published. */
export function formUrlOf(origin: string, workflow: StoredWorkflow): string {
	const name = nodeOfType(workflow, formTriggerType);
	const node = workflow.nodes.find((each) => each.name === name);
	return `${origin}/form/${String(node?.['webhookId'])}`;
}

/** n8n answers the activation before the form has its address. Rejects when it never has. */
export async function whenFormIsLive(url: string): Promise<void> {
	const deadlineMs = Date.now() + liveTimeoutMs;
	while (!(await fetch(url)).ok) {
		if (Date.now() > deadlineMs) throw new Error('The form is not there');
		await delay(pollMs);
	}
}

/** What a person enters into the form of the example form-to-video. */
export interface FormEntry {
	readonly prompt: string;
	/** A PNG. */
	readonly image: Buffer;
}

/** Fills the form in and submits it, as a person does. Resolves when the last page is shown: with a video or with an error code. */
export async function submitForm(page: Page, url: string, entry: FormEntry): Promise<void> {
	await page.goto(url);
	await page.getByLabel('Prompt').fill(entry.prompt);
	await page
		.locator('input[type="file"]')
		.setInputFiles({ name: 'leaves.png', mimeType: 'image/png', buffer: entry.image });
	await page.locator('#submit-btn').click();
	await page.locator('.card code, .card video').waitFor({ state: 'attached' });
}

/** Resolves when the browser has fetched the video of the page and recognized it as one. */
export async function whenPlayable(page: Page): Promise<void> {
	await page.locator('video').waitFor();
	// This runs in the browser, so it is text: a page does not have Node's types.
	await page.waitForFunction('document.querySelector("video").readyState === 4');
}

/** Gives the page a clip that is as large as a provider's, in place of the simulator's, and returns its address. */
export async function showLargeClip(page: Page, shape: 'wide' | 'tall'): Promise<string> {
	await whenPlayable(page);
	const url = String(await page.locator('video source').getAttribute('src'));
	const body = await readFile(join(projectFolder, 'test', 'n8n', 'media', `${shape}.mp4`));
	await page.route(url, async (route) => {
		await route.fulfill({ contentType: 'video/mp4', body });
	});
	await page.evaluate('document.querySelector("video").load()');
	await whenPlayable(page);
	return url;
}
