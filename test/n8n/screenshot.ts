import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import type { Locator, Page, PageScreenshotOptions } from 'playwright-core';

import { GoogleAccount } from '../e2e/googleAccount';
import { GoogleSheets } from '../e2e/googleSheets';
import { startOutside } from '../e2e/outsideHosts';
import { withImageHost } from './assetCheck';
import { openEditor, openPage } from './editor';
import { makeFirstVideo, playClip } from './firstVideo';
import { formUrlOf, showLargeClip, submitForm, whenFormIsLive } from './form';
import { demoOwner, startInstance, type Instance } from './instance';
import { runScript } from './interruption';
import {
	canvasNode,
	closeCredential,
	closePanel,
	executeNode,
	openCredential,
	openPanel,
	outputText,
	showCanvas,
} from './panel';
import { projectFolder } from './packageTarball';
import { credentialType, readExampleWorkflow } from './seed';
import { parseLine } from './versions';
import {
	nodeOfType,
	seedanceTriggerType,
	seedanceVideoType,
	withCredential,
	type StoredWorkflow,
	type Workflow,
} from './workflow';

type Clip = NonNullable<PageScreenshotOptions['clip']>;

// At 1280 × 800 n8n cuts off the tabs of the output.
const window = { width: 1440, height: 900, deviceScaleFactor: 1.25 };
// High enough for the longest panel, which scrolls otherwise.
const panelWindow = { width: 1440, height: 1900 };
const exampleWindow = { width: 1440, height: 900 };
// Three clips with their last frames.
const resultWindow = { width: 1800, height: 1200 };
// Small, so that the nodes are large: README shows these pictures at half their width.
const recipeWindow = { width: 900, height: 480 };
/** Leaves nothing of the editor but nodes and their connections. */
const onlyNodes = `
	body * { visibility: hidden; }
	.vue-flow__transformationpane * { visibility: visible; }
	.vue-flow__transformationpane .vue-flow__node [data-test-id*="toolbar"] * { visibility: hidden; }
`;
const withoutNotifications = '.el-notification { display: none; }';
const stickyNoteType = 'n8n-nodes-base.stickyNote';
const examplesFolder = join(projectFolder, 'examples');
const imageFile = join(projectFolder, 'test', 'simulator', 'media', 'lastFrame.png');
const marginPixels = 12;
const maxZoomOuts = 3;
const baseUrlLabelPixels = 36;
const formWindow = { width: 1000, height: 700, deviceScaleFactor: 1 };
const runTimeoutMs = 90_000;
const renderMs = 2_000;
const animationMs = 1_000;
const maxBytes = 150_000;

/** Nodes whose panels are shown, by the name of their picture. */
const panels = {
	'panel-create': {
		type: seedanceVideoType,
		parameters: {
			mode: 'firstFrame',
			prompt: 'Camera slowly pushes in, cherry blossom petals drifting in the wind',
			waitOptions: { maxWait: 30 },
			options: { returnLastFrame: true, seed: 42, watermark: false },
		},
	},
	'panel-get': {
		type: seedanceVideoType,
		parameters: {
			operation: 'get',
			taskId: { __rl: true, mode: 'id', value: '={{ $json.taskId }}' },
			waitForCompletion: true,
			downloadVideo: true,
		},
	},
	'panel-get-many': {
		type: seedanceVideoType,
		parameters: { operation: 'getAll', filters: { status: 'succeeded' } },
	},
	'panel-asset-upload': {
		type: 'n8n-nodes-seedance.seedanceAsset',
		parameters: { operation: 'upload', options: { fileName: 'product.png' } },
	},
};

async function photographRun(page: Page, folder: string, instance: Instance): Promise<string[]> {
	const { workflow } = instance.seeded;
	await showCanvas(page, instance.n8n.origin, workflow.id);
	const panel = await openPanel(page, nodeOfType(workflow, seedanceVideoType));
	const status = await executeNode(panel);
	if (status !== 'success') {
		throw new Error(`The node failed, the output panel says: ${await outputText(panel)}`);
	}
	await page.waitForTimeout(animationMs);
	await page.locator('.el-notification__closeBtn').first().click();
	await page.waitForTimeout(animationMs);
	const panelFile = join(folder, 'panel.png');
	await panel.screenshot({ path: panelFile });

	const dialog = await openCredential(panel);
	await dialog.locator('[data-test-id="credentials-config-container-test-success"]').waitFor();
	await page.waitForTimeout(animationMs);
	const credentialFile = join(folder, 'credential.png');
	const box = await dialog.locator('.el-dialog, [role="dialog"]').or(dialog).first().boundingBox();
	const baseUrl = await dialog.locator('[data-test-id="parameter-input-baseUrl"]').boundingBox();
	if (box === null || baseUrl === null) throw new Error('The credential is not shown');
	// Only the simulator needs a Base URL, so the picture ends above its label.
	const height = baseUrl.y - baseUrlLabelPixels - box.y;
	await page.screenshot({ path: credentialFile, clip: { ...box, height } });
	await closeCredential(dialog);

	await closePanel(page);
	return [panelFile, credentialFile];
}

async function storePanels({ client, seeded }: Instance): Promise<StoredWorkflow> {
	const { id, name } = seeded.credential;
	const nodes = Object.entries(panels).map(([picture, node], index) => ({
		...node,
		id: picture,
		name: picture,
		typeVersion: 1,
		position: [index * 240, 0],
		credentials: { [credentialType]: { id, name } },
	}));
	return await client.createWorkflow({ name: 'Panels', nodes, connections: {} });
}

/** Where the fields of a panel are, without the empty space below them. */
async function fieldsOf(panel: Locator): Promise<Clip> {
	const all = panel.locator('[data-test-id="node-parameters"]').first();
	const whole = await all.boundingBox();
	const last = await all.locator('[data-test-id="parameter-item"]:visible').last().boundingBox();
	if (whole === null || last === null) throw new Error('The panel shows no fields');
	const { x, y, width } = whole;
	return { x, y, width, height: last.y + last.height + marginPixels - y };
}

async function photographPanels(page: Page, folder: string, instance: Instance): Promise<string[]> {
	const workflow = await storePanels(instance);
	await page.setViewportSize(panelWindow);
	const files: string[] = [];
	await page.emulateMedia({ colorScheme: 'light' });
	await showCanvas(page, instance.n8n.origin, workflow.id);
	for (const picture of Object.keys(panels)) {
		const panel = await openPanel(page, picture);
		await page.waitForTimeout(animationMs);
		const file = join(folder, `${picture}.png`);
		await page.screenshot({ path: file, clip: await fieldsOf(panel) });
		files.push(file);
		await closePanel(page);
	}
	return files;
}

/** Photographs the panel of the trigger with a test event, which is the video of the run before. */
async function photographTrigger(
	page: Page,
	folder: string,
	{ client, n8n, seeded }: Instance,
): Promise<string[]> {
	const { id, name } = seeded.credential;
	const workflow = await client.createWorkflow({
		name: 'Trigger',
		nodes: [
			{
				...{ id: 'trigger', name: 'Seedance Trigger', type: seedanceTriggerType, typeVersion: 1 },
				...{ position: [0, 0], parameters: {}, credentials: { [credentialType]: { id, name } } },
			},
		],
		connections: {},
	});
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(exampleWindow);
	await showCanvas(page, n8n.origin, workflow.id);
	const panel = await openPanel(page, 'Seedance Trigger');
	const status = await executeNode(panel);
	if (status !== 'success') throw new Error(`No test event: ${await outputText(panel)}`);
	await page.waitForTimeout(animationMs);
	const file = join(folder, 'trigger.png');
	await panel.screenshot({ path: file, scale: 'css' });
	await closePanel(page);
	return [file];
}

async function exampleNames(): Promise<string[]> {
	return (await readdir(examplesFolder)).map((file) => basename(file, '.json'));
}

async function exampleOf({ seeded }: Instance, name: string): Promise<Workflow> {
	const example = await readExampleWorkflow(join(examplesFolder, `${name}.json`));
	return { ...withCredential(example, credentialType, seeded.credential), name };
}

async function showExample(
	page: Page,
	{ client, n8n }: Instance,
	workflow: Workflow,
): Promise<StoredWorkflow> {
	const stored = await client.createWorkflow(workflow);
	await showCanvas(page, n8n.origin, stored.id);
	await page.waitForTimeout(animationMs);
	return stored;
}

/** Photographs examples on the canvas, with their notes, for `docs/<example>.md`. */
async function photographExamples(
	page: Page,
	folder: string,
	instance: Instance,
	names: readonly string[],
): Promise<string[]> {
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(exampleWindow);
	const files: string[] = [];
	for (const name of names) {
		const workflow = await showExample(page, instance, await exampleOf(instance, name));
		const file = join(folder, `${name}.png`);
		await photographCanvas(page, file);
		files.push(file);
		const photographResult = results[name];
		if (photographResult === undefined) continue;
		files.push(...(await photographResult({ page, folder, instance, name, workflow })));
	}
	return files;
}

const account = new GoogleAccount();
const sheet = new GoogleSheets(account, 'Videos', [
	['prompt', 'seconds', 'status', 'video_url', 'task_id', 'problem'],
	['A paper boat crosses a puddle in the rain', 5],
	['A lighthouse at dusk, the lamp begins to turn', 5],
	['A kite over a beach, the camera follows it', 4],
	['A brand [simulate:failed OutputVideoSensitiveContentDetected]', 4],
]);

/** An example that is on the canvas. */
interface Shown {
	readonly page: Page;
	readonly folder: string;
	readonly instance: Instance;
	readonly name: string;
	readonly workflow: StoredWorkflow;
}

/** Photographs what is on the canvas, without the editor's own buttons and tabs. */
async function photographCanvas(page: Page, file: string): Promise<void> {
	const clip = await page.locator('[data-test-id="canvas"]').first().boundingBox();
	if (clip === null) throw new Error('The canvas is not shown');
	// n8n fits the nodes into the window without the labels below them.
	for (let times = 0; times < maxZoomOuts && (await isCut(page, clip)); times++) {
		await page.locator('[data-test-id="zoom-out-button"]').click();
		await page.waitForTimeout(animationMs);
	}
	await page.screenshot({ path: file, clip, scale: 'css', style: onlyNodes });
}

/** Whether anything of the nodes is outside, above which are only their hidden toolbars. */
async function isCut(page: Page, { x, y, width, height }: Clip): Promise<boolean> {
	// This runs in the browser, so it is text: a page does not have Node's types.
	const edges = await page.evaluate<{ left: number; right: number; bottom: number }>(`(() => {
		const all = [...document.querySelectorAll('.vue-flow__node *')]
			.map((element) => element.getBoundingClientRect())
			.filter(({ width, height }) => width > 0 && height > 0);
		const edge = (side) => all.map((box) => box[side]);
		return {
			left: Math.min(...edge('left')),
			right: Math.max(...edge('right')),
			bottom: Math.max(...edge('bottom')),
		};
	})()`);
	return edges.left < x || edges.right > x + width || edges.bottom > y + height;
}

/** Executes the workflow on the canvas, until a node has succeeded. */
async function executeUntil(page: Page, lastNode: string): Promise<void> {
	await page.locator('[data-test-id="execute-workflow-button"]').first().click();
	await canvasNode(page, lastNode)
		.locator('[data-test-id="canvas-node-status-success"]')
		.first()
		.waitFor({ timeout: runTimeoutMs });
}

/** Executes the workflow and photographs the panel of Seedance Video once the last node has succeeded. */
async function photographVideos(
	{ page, folder, name }: Shown,
	lastNode: string,
): Promise<string[]> {
	await executeUntil(page, lastNode);
	await page.setViewportSize(resultWindow);
	const panel = await openPanel(page, 'Seedance Video');
	await page.waitForTimeout(animationMs);
	const file = join(folder, `${name}-result.png`);
	await panel.screenshot({ path: file, scale: 'css', style: withoutNotifications });
	await closePanel(page);
	await page.setViewportSize(exampleWindow);
	return [file];
}

/** Executes the example on the canvas with an image that comes from this machine. */
async function photographAsset(shown: Shown): Promise<string[]> {
	const { page, instance, name } = shown;
	return await withImageHost(await exampleOf(instance, name), async (changed) => {
		await showExample(page, instance, changed);
		return await photographVideos(shown, 'Seedance Video');
	});
}

/** Executes the example with a stand-in for Google, and photographs on the canvas how many rows went which way. */
async function photographSheet(shown: Shown): Promise<string[]> {
	const { page, folder, instance, name } = shown;
	const { client } = instance;
	const type = 'googleSheetsOAuth2Api';
	const google = await client.createCredential('Google Sheets', type, account.credentialData);
	await client.connectOAuth2(google, (url) => account.consent(url));
	const example = withCredential(await exampleOf(instance, name), type, google);
	const documentId = { __rl: true, mode: 'id', value: sheet.spreadsheetId };
	const nodes = example.nodes.map((node) => {
		const parameters = Object(node['parameters']) as Record<string, unknown>;
		return 'documentId' in parameters
			? { ...node, parameters: { ...parameters, documentId } }
			: node;
	});
	await showExample(page, instance, { ...example, nodes });
	await executeUntil(page, 'Write the problem');
	await page.waitForTimeout(animationMs);
	const file = join(folder, `${name}-result.png`);
	await photographCanvas(page, file);
	return [file];
}

/** Fills the form in twice and photographs its last pages: one with a video, one with the reason why there is none. */
async function photographForm({ folder, instance, name, workflow }: Shown): Promise<string[]> {
	const { client, n8n } = instance;
	await client.activate(workflow);
	const url = formUrlOf(n8n.origin, workflow);
	await whenFormIsLive(url);
	const image = await readFile(imageFile);
	const { page, close } = await openPage(formWindow);
	try {
		await submitForm(page, url, { prompt: 'The sun goes down behind the waves', image });
		await showLargeClip(page, 'wide');
		// The browser's sign that it loads goes out slowly.
		await page.waitForTimeout(animationMs);
		const result = join(folder, `${name}-result.png`);
		await page.screenshot({ path: result, clip: { x: 0, y: 0, width: 1000, height: 520 } });
		await submitForm(page, url, {
			prompt: 'The sun goes down [simulate:failed OutputVideoSensitiveContentDetected]',
			image,
		});
		const failed = join(folder, `${name}-failed.png`);
		await page.screenshot({ path: failed, clip: { x: 0, y: 0, width: 1000, height: 330 } });
		return [result, failed];
	} finally {
		await close();
		await client.deactivate(workflow);
	}
}

/** Examples whose results are photographed as well, for `docs/<example>.md`. */
const results: Readonly<Record<string, (shown: Shown) => Promise<string[]>>> = {
	'asset-to-video': photographAsset,
	'form-to-video': photographForm,
	'multi-shot-story': async (shown) => await photographVideos(shown, 'Each clip'),
	'sheet-batch': photographSheet,
};

/** Photographs the nodes of each example without its notes, for the grid of README. */
async function photographRecipes(
	page: Page,
	folder: string,
	instance: Instance,
	names: readonly string[],
): Promise<string[]> {
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(recipeWindow);
	const files: string[] = [];
	for (const name of names) {
		const workflow = await exampleOf(instance, name);
		const nodes = workflow.nodes.filter(({ type }) => type !== stickyNoteType);
		await showExample(page, instance, { ...workflow, nodes });
		const file = join(folder, `recipe-${name}.png`);
		await photographCanvas(page, file);
		files.push(file);
	}
	return files;
}

/** Photographs the clip of Test Mode in the viewer of the tab Binary, for `docs/test-mode.md`. */
async function photographFirstVideo(
	page: Page,
	folder: string,
	{ n8n }: Instance,
): Promise<string[]> {
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(exampleWindow);
	await makeFirstVideo(page, n8n.origin);
	await playClip(page);
	const file = join(folder, 'first-video.png');
	await page.screenshot({ path: file, scale: 'css' });
	await closePanel(page);
	return [file];
}

/** What is photographed, in this order: the trigger shows the video of the run. */
const groups = {
	run: photographRun,
	panels: photographPanels,
	trigger: photographTrigger,
	examples: photographExamples,
	recipes: photographRecipes,
	firstVideo: photographFirstVideo,
};

async function main(signal: AbortSignal): Promise<number> {
	const { values } = parseArgs({
		options: {
			line: { type: 'string', default: '2' },
			out: { type: 'string', default: 'docs/images' },
			only: { type: 'string', multiple: true, default: Object.keys(groups) },
			// Of `examples` and `recipes`, only these.
			example: { type: 'string', multiple: true },
		},
	});
	const line = parseLine(values.line);
	const names = values.example ?? (await exampleNames());
	const folder = resolve(values.out);
	await mkdir(folder, { recursive: true });
	const userFolder = await mkdtemp(join(tmpdir(), 'seedance-n8n-'));
	const onProgress = (text: string) => process.stdout.write(`${text}\n`);
	const outside = await startOutside([account, sheet]);
	const { environment } = outside;
	const options = { line, userFolder, renderMs, environment, onProgress, signal };
	const instance = await startInstance(options);
	const files: string[] = [];
	try {
		const editor = await openEditor(instance.n8n.origin, demoOwner, window);
		try {
			for (const [name, photograph] of Object.entries(groups)) {
				if (!values.only.includes(name)) continue;
				files.push(...(await photograph(editor.page, folder, instance, names)));
			}
			const refused = [...editor.refusedOrigins].join(' ');
			if (refused !== '') onProgress(`Refused, because it is not on this machine: ${refused}`);
		} finally {
			await editor.close();
		}
	} finally {
		await instance.close();
		await outside.close();
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
