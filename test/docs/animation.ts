import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import type { Locator, Page } from 'playwright-core';

import type { DataTable } from '../n8n/client';
import { openEditor } from '../n8n/editor';
import { playClip } from '../n8n/firstVideo';
import { demoOwner, startInstance, type Instance } from '../n8n/instance';
import { runScript } from '../n8n/interruption';
import { projectFolder } from '../n8n/packageTarball';
import { canvasNode, closePanel, openPanel, showCanvas } from '../n8n/panel';
import { credentialType } from '../n8n/seed';
import type { StoredWorkflow } from '../n8n/workflow';
import { framesOf, type Frames, type Part } from './frames';
import { sheetColumns, sheetRows, sheetWorkflow } from './sheetWorkflow';

// Small, so that words are read in a picture that is as wide as a page.
const window = { width: 1000, height: 600, deviceScaleFactor: 2 };
// In a smaller one, n8n cuts off the output.
const panelWindow = { width: 1440, height: 864 };
const gif = { widthPixels: 840, heightPixels: 504 };
const maxBytes = 2_000_000;
const settleMs = 1_000;
const readMs = 2_200;
const clipMs = 1_800;
const runTimeoutMs = 60_000;

/** Shows a caption over the page until it is left. */
async function caption(page: Page, text: string): Promise<void> {
	// This runs in the browser, so it is text: a page does not have Node's types.
	await page.evaluate(`(() => {
		document.querySelector('#caption')?.remove();
		const caption = Object.assign(document.createElement('div'), { id: 'caption' });
		caption.textContent = ${JSON.stringify(text)};
		caption.style = 'position:fixed;left:50%;bottom:14px;transform:translateX(-50%);z-index:99999;'
			+ 'padding:8px 20px;border-radius:20px;background:#101330;color:#fff;font:600 20px sans-serif';
		document.body.append(caption);
	})()`);
}

async function showSheet(page: Page, origin: string, { path }: DataTable): Promise<void> {
	await page.goto(`${origin}${path}`);
	await page
		.getByText(sheetRows[0]?.prompt ?? '')
		.first()
		.waitFor();
	await page.waitForTimeout(settleMs);
}

async function filmRun(
	page: Page,
	frames: Frames,
	origin: string,
	{ id }: StoredWorkflow,
): Promise<void> {
	await showCanvas(page, origin, id);
	await page.waitForTimeout(settleMs);
	await caption(page, '2  One node makes all videos');
	await frames.hold(readMs);
	await page.locator('[data-test-id="execute-workflow-button"]').first().click();
	const isDone = canvasNode(page, 'The result').locator(
		'[data-test-id="canvas-node-status-success"]',
	);
	await frames.during(isDone.first().waitFor({ timeout: runTimeoutMs }));
	await frames.hold(readMs);
}

/** The part of the page around an element, in the shape of the page. */
async function partAround(element: Locator): Promise<Part> {
	const box = await element.boundingBox();
	if (box === null) throw new Error('The element is not shown');
	const { x, width } = box;
	const height = (width * gif.heightPixels) / gif.widthPixels;
	const y = box.y + (box.height - height) / 2;
	return { x, y, width, height };
}

async function filmClip(page: Page, frames: Frames): Promise<void> {
	await page.setViewportSize(panelWindow);
	const panel = await openPanel(page, 'Seedance Video');
	const output = panel.locator('[data-test-id="output-panel"]').first();
	await output.locator('[data-test-id="radio-button-binary"]').first().click();
	await caption(page, '3  Each item has its MP4');
	await page.waitForTimeout(settleMs);
	await frames.hold(readMs);
	await panel.locator('[data-test-id="ndv-view-binary-data"]').first().click();
	await page.waitForTimeout(settleMs);
	await frames.hold(settleMs);
	frames.lookAt(await partAround(page.locator('video').first()));
	await playClip(page);
	await frames.during(page.waitForTimeout(clipMs));
	await frames.hold(settleMs);
	frames.lookAt(undefined);
	await closePanel(page);
	await page.setViewportSize(window);
}

/** Films a workflow in Test Mode: the sheet, the canvas, a clip, and the sheet again. */
async function film(page: Page, frames: Frames, { client, n8n }: Instance): Promise<void> {
	const table = await client.createDataTable('Videos to make', sheetColumns, sheetRows);
	const credential = await client.createCredential('Test Mode', credentialType, {
		provider: 'testMode',
	});
	const workflow = await client.createWorkflow(sheetWorkflow(table.id, credential));
	await showSheet(page, n8n.origin, table);
	await caption(page, '1  A row for each video');
	await frames.hold(readMs);
	await filmRun(page, frames, n8n.origin, workflow);
	await filmClip(page, frames);
	await showSheet(page, n8n.origin, table);
	await caption(page, '4  The sheet has the results');
	await frames.hold(readMs);
}

async function main(signal: AbortSignal): Promise<number> {
	const { values } = parseArgs({
		options: { out: { type: 'string', default: join(projectFolder, 'docs', 'images') } },
	});
	const file = join(resolve(values.out), 'sheet-to-clip.gif');
	await mkdir(resolve(values.out), { recursive: true });
	const folder = await mkdtemp(join(tmpdir(), 'seedance-animation-'));
	const onProgress = (text: string) => process.stdout.write(`${text}\n`);
	try {
		const userFolder = join(folder, 'n8n');
		const instance = await startInstance({ line: 2, userFolder, onProgress, signal });
		try {
			const editor = await openEditor(instance.n8n.origin, demoOwner, window);
			try {
				const frames = framesOf(editor.page, folder);
				await film(editor.page, frames, instance);
				await frames.writeGif(file, gif.widthPixels, gif.heightPixels);
			} finally {
				await editor.close();
			}
		} finally {
			await instance.close();
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	const { size } = await stat(file);
	onProgress(`${file}: ${size} bytes`);
	if (size <= maxBytes) return 0;
	onProgress(`That is more than the ${maxBytes} bytes that the animation may have`);
	return 1;
}

void runScript(main);
