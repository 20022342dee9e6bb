import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import type { Locator, Page } from 'playwright-core';

import { openEditor } from './editor';
import { demoOwner, startInstance, type Instance } from './instance';
import { runScript } from './interruption';
import { parseLine } from './versions';
import { nodeOfType, seedanceVideoType } from './workflow';

// At 1280 × 800 n8n cuts off the tabs of the output.
const window = { width: 1440, height: 900, deviceScaleFactor: 2 };
const renderMs = 2_000;
const animationMs = 1_000;
const maxBytes = 300_000;

async function assertSucceeded(panel: Locator): Promise<void> {
	const status = panel.locator('[data-test-id^="node-run-status-"]').first();
	await status.waitFor();
	const found = await status.getAttribute('data-test-id');
	if (found === 'node-run-status-success') return;
	throw new Error(`The node failed, the output panel says: ${await outputText(panel)}`);
}

async function outputText(panel: Locator): Promise<string> {
	return await panel.locator('[data-test-id="output-panel"]').first().innerText();
}

async function photograph(page: Page, folder: string, instance: Instance): Promise<string[]> {
	const { workflow } = instance.seeded;
	const nodeName = nodeOfType(workflow, seedanceVideoType);
	await page.goto(`${instance.n8n.origin}/workflow/${workflow.id}`);
	const node = page.locator(`[data-test-id="canvas-node"][data-node-name="${nodeName}"]`).first();
	await node.dblclick();
	const panel = page.locator('[data-test-id="ndv"]').first();
	await panel.locator('[data-test-id="node-execute-button"]').first().click();
	await assertSucceeded(panel);
	await page.waitForTimeout(animationMs);
	await page.locator('.el-notification__closeBtn').first().click();
	await page.waitForTimeout(animationMs);
	const panelFile = join(folder, 'panel.png');
	await panel.screenshot({ path: panelFile });

	await page.keyboard.press('Escape');
	// A click beside the nodes ends the selection, which would frame the node in grey.
	await page.locator('[data-test-id="canvas"]').click({ position: { x: 60, y: 200 } });
	await page.waitForTimeout(animationMs);
	const canvasFile = join(folder, 'canvas.png');
	await page.screenshot({ path: canvasFile });
	return [panelFile, canvasFile];
}

async function main(signal: AbortSignal): Promise<number> {
	const { values } = parseArgs({
		options: {
			line: { type: 'string', default: '2' },
			out: { type: 'string', default: 'docs/images' },
		},
	});
	const line = parseLine(values.line);
	const folder = resolve(values.out);
	await mkdir(folder, { recursive: true });
	const userFolder = await mkdtemp(join(tmpdir(), 'seedance-n8n-'));
	const onProgress = (text: string) => process.stdout.write(`${text}\n`);
	const instance = await startInstance({ line, userFolder, renderMs, onProgress, signal });
	let files: string[];
	try {
		const editor = await openEditor(instance.n8n.origin, demoOwner, window);
		try {
			files = await photograph(editor.page, folder, instance);
			const refused = [...editor.refusedOrigins].join(' ');
			if (refused !== '') onProgress(`Refused, because it is not on this machine: ${refused}`);
		} finally {
			await editor.close();
		}
	} finally {
		await instance.close();
		await rm(userFolder, { recursive: true, force: true });
	}
	let exitCode = 0;
	for (const file of files) {
		const { size } = await stat(file);
		onProgress(`${file}: ${size} bytes`);
		if (size > maxBytes) {
			onProgress(`That is more than the ${maxBytes} bytes that an image in the README may have`);
			exitCode = 1;
		}
	}
	return exitCode;
}

void runScript(main);
