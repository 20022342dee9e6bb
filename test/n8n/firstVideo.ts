import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';

import { projectFolder } from './packageTarball';
import { canvasNode, closePanel, openPanel } from './panel';

const nodeName = 'Seedance Video';
const exampleFile = join(projectFolder, 'examples', 'prompt-to-video.json');
const runTimeoutMs = 60_000;
const closesItselfMs = 3_000;

const byTestId = (of: Page | Locator, id: string) => of.locator(`[data-test-id="${id}"]`).first();

/** Does what README says of the first video: imports the example, creates a credential for Test Mode in the node and executes the workflow. Leaves the panel of the node open, with the clip in the viewer of the tab Binary. */
export async function makeFirstVideo(page: Page, origin: string): Promise<void> {
	await importExample(page, origin);
	await createTestModeCredential(page);
	await byTestId(page, 'execute-workflow-button').click();
	await canvasNode(page, nodeName)
		.locator('[data-test-id="canvas-node-status-success"]')
		.first()
		.waitFor({ timeout: runTimeoutMs });
	const panel = await openPanel(page, nodeName);
	await byTestId(byTestId(panel, 'output-panel'), 'radio-button-binary').click();
	await byTestId(panel, 'ndv-view-binary-data').click();
}

/** Plays the clip that the viewer shows, and returns its size once it plays. */
export async function playClip(page: Page): Promise<readonly [number, number]> {
	await page.locator('video').first().waitFor();
	// This runs in the browser, so it is text: a page does not have Node's types.
	await page.evaluate('document.querySelector("video").play()');
	await page.waitForFunction('document.querySelector("video").currentTime > 0.2');
	const { videoWidth, videoHeight } = await page.evaluate<{
		videoWidth: number;
		videoHeight: number;
	}>(
		'(({ videoWidth, videoHeight }) => ({ videoWidth, videoHeight }))(document.querySelector("video"))',
	);
	return [videoWidth, videoHeight];
}

async function importExample(page: Page, origin: string): Promise<void> {
	await page.goto(`${origin}/workflow/new`);
	await byTestId(page, 'workflow-menu').waitFor();
	await byTestId(page, 'workflow-menu').click();
	await page.locator('[data-test-id="workflow-import-input"]').setInputFiles(exampleFile);
	await canvasNode(page, nodeName).waitFor();
}

async function createTestModeCredential(page: Page): Promise<void> {
	const panel = await openPanel(page, nodeName);
	// n8n 2 shows a button instead of the list while there is no credential.
	const connect = panel.getByRole('button', { name: 'Connect to Seedance' });
	await byTestId(panel, 'node-credentials-select').or(connect).first().click();
	const create = byTestId(page, 'node-credentials-select-item-new');
	const dialog = byTestId(page, 'editCredential-modal');
	await create.or(dialog).first().waitFor();
	if (await create.isVisible()) await create.click();
	await byTestId(dialog, 'parameter-input-provider').click();
	await page.getByText('Test Mode (Free)', { exact: true }).last().click();
	await byTestId(dialog, 'credential-save-button').click();
	const isGood = byTestId(dialog, 'credentials-config-container-test-success');
	await isGood.waitFor({ state: 'attached' });
	// n8n 2 closes the dialog by itself, n8n 1 does not.
	const isHidden = async (timeout: number) => await dialog.waitFor({ state: 'hidden', timeout });
	await isHidden(closesItselfMs).catch(async () => {
		await dialog.locator('.el-dialog__headerbtn').first().click();
		await isHidden(closesItselfMs);
	});
	await closePanel(page);
}
