import type { Locator, Page } from 'playwright-core';

const settleMs = 300;

/** What n8n's output panel says that a node's run ended with. */
export type RunStatus = 'success' | 'warning' | 'error' | 'danger' | 'waiting';

/** Shows a workflow of an n8n on the canvas, all of its nodes in view. */
export async function showCanvas(page: Page, origin: string, workflowId: string): Promise<void> {
	await page.goto(`${origin}/workflow/${workflowId}`);
	await page.locator('[data-test-id="canvas-node"]').first().waitFor();
	await page.waitForTimeout(settleMs);
}

/** The node on the canvas with this name. */
export function canvasNode(page: Page, nodeName: string): Locator {
	return page.locator(`[data-test-id="canvas-node"][data-node-name="${nodeName}"]`).first();
}

export async function openPanel(page: Page, nodeName: string): Promise<Locator> {
	await canvasNode(page, nodeName).dblclick();
	const panel = page.locator('[data-test-id="ndv"]').first();
	await panel.locator('[data-test-id="node-parameters"]').first().waitFor();
	return panel;
}

/** Closes the panel and whatever is open in it. */
export async function closePanel(page: Page): Promise<void> {
	const panel = page.locator('[data-test-id="ndv"]').first();
	for (let presses = 0; presses < 5 && (await panel.isVisible()); presses++) {
		await page.keyboard.press('Escape');
		await page.waitForTimeout(settleMs);
	}
	await panel.waitFor({ state: 'hidden' });
}

// This runs in the browser, so it is text: a page does not have Node's types.
const readFields = `(() => {
	const item = '[data-test-id="parameter-item"]';
	const label = (of) =>
		[...of.querySelectorAll('label.n8n-input-label')]
			.filter((each) => each.closest('[data-test-id="credentials-label"]') === null)
			.filter((each) => each.closest(item) === of && each.checkVisibility())
			.map((each) => each.innerText.split('\\n')[0].trim());
	const path = (of, inner) => {
		const outer = of.parentElement.closest(item);
		return outer === null ? inner : path(outer, label(outer).at(-1) + ' › ' + inner);
	};
	return [...document.querySelectorAll('[data-test-id="node-parameters"] ' + item)]
		.filter((each) => each.checkVisibility())
		.flatMap((each) => label(each).map((inner) => path(each, inner)));
})()`;

/** The labels of the fields that the open panel shows, from top to bottom. A nested label is `Outer › Inner`. */
export async function shownFields(page: Page): Promise<string[]> {
	return await page.evaluate<string[]>(readFields);
}

/** Executes the node of the open panel. Returns how that ended. */
export async function executeNode(panel: Locator): Promise<RunStatus> {
	await panel.locator('[data-test-id="node-execute-button"]').first().click();
	const status = panel.locator('[data-test-id^="node-run-status-"]').first();
	await status.waitFor();
	const found = await status.getAttribute('data-test-id');
	return String(found).replace('node-run-status-', '') as RunStatus;
}

/** Everything that the open panel says about the output. */
export async function outputText(panel: Locator): Promise<string> {
	return await panel.locator('[data-test-id="output-panel"]').first().innerText();
}

/** Opens the credential that the node of the open panel uses. Returns the dialog. */
export async function openCredential(panel: Locator): Promise<Locator> {
	await panel.locator('[data-test-id="credential-edit-button"]').first().click();
	const dialog = panel.page().locator('[data-test-id="editCredential-modal"]').first();
	await dialog.locator('[data-test-id="parameter-input-apiKey"] input').first().waitFor();
	return dialog;
}

/** Closes a credential's dialog without saving it. */
export async function closeCredential(dialog: Locator): Promise<void> {
	await dialog.locator('.el-dialog__headerbtn').first().click();
	await dialog.waitFor({ state: 'hidden' });
}
