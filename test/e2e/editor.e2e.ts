import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import type { Response } from 'playwright-core';
import { join } from 'node:path';
import { projectFolder } from '../n8n/packageTarball';
import {
	canvasNode,
	closeCredential,
	closePanel,
	executeNode,
	openCredential,
	openPanel,
	outputText,
	showCanvas,
	shownFields,
} from '../n8n/panel';
import { credentialDataFor, credentialType } from '../n8n/seed';
import {
	manualTriggerType,
	seedanceVideoType,
	type StoredWorkflow,
	type Workflow,
} from '../n8n/workflow';
import { panelStates, type PanelState } from './panelStates';
import { setUpEditor, setUpN8n } from './setup';
import { triggerNode, videoNode, videoWorkflow } from './videoWorkflow';

const instance = setUpN8n();
const editor = setUpEditor(instance);
const panelsTimeoutMs = 600_000;
const fieldsWithinMs = 8_000;

const quickCreate = { prompt: 'A kitten runs', waitOptions: { pollInterval: 1 } };

async function store(parameters: object): Promise<StoredWorkflow> {
	const { client, seeded } = instance();
	const options = { name: videoNode, parameters: { ...parameters } };
	return await client.createWorkflow(videoWorkflow({ ...options, credential: seeded.credential }));
}

async function show(workflow: StoredWorkflow): Promise<void> {
	await showCanvas(editor().page, instance().n8n.origin, workflow.id);
}

describe('The node creator', () => {
	test('finds the nodes by their name and by what else they are called', async () => {
		await show(await store(quickCreate));
		const { page } = editor();
		await page.locator('[data-test-id="node-creator-plus-button"]').first().click();
		const found = page.locator('[data-test-id="node-creator-item-name"]');
		for (const text of ['seedance', 'bytedance']) {
			await page.locator('[data-test-id="node-creator-search-bar"]').first().fill(text);
			await found.filter({ hasText: 'Seedance' }).nth(2).waitFor();
			const ours = (await found.allInnerTexts()).filter((name) => name.startsWith('Seedance'));
			expect([text, ours.sort()]).toEqual([
				text,
				// n8n shows triggers without that word.
				['Seedance', 'Seedance Asset', 'Seedance Video'],
			]);
		}
		for (const text of ['image to video', 'ai video', 'animate', 'video generation']) {
			await page.locator('[data-test-id="node-creator-search-bar"]').first().fill(text);
			await found.filter({ hasText: 'Seedance Video' }).first().waitFor();
			// The results of the search before.
			await found.filter({ hasText: 'Seedance Asset' }).waitFor({ state: 'detached' });
			const ours = (await found.allInnerTexts()).filter((name) => name.startsWith('Seedance'));
			expect([text, ours[0]]).toEqual([text, 'Seedance Video']);
		}
		await page.keyboard.press('Escape');
	});
});

describe('The icons', () => {
	test.each([
		['light', 'seedance.svg'],
		['dark', 'seedance.dark.svg'],
	] as const)('in the %s theme', async (colorScheme, file) => {
		const { page } = editor();
		const workflow = await store(quickCreate);
		const answers: Response[] = [];
		const listen = (response: Response) => {
			if (response.url().includes('/icons/n8n-nodes-seedance/')) answers.push(response);
		};
		// The editor keeps what it has loaded before.
		const session = await page.context().newCDPSession(page);
		await session.send('Network.setCacheDisabled', { cacheDisabled: true });
		await page.emulateMedia({ colorScheme });
		page.on('response', listen);
		await show(workflow);
		const icon = canvasNode(page, videoNode).locator('img').first();
		await icon.waitFor();
		const path = `/icons/n8n-nodes-seedance/dist/icons/${file}`;
		expect(await icon.getAttribute('src')).toBe(path);
		const source = `${instance().n8n.origin}${path}`;
		page.off('response', listen);
		expect(
			answers.map((answer) => [answer.url(), answer.status(), answer.headers()['content-type']]),
		).toEqual(expect.arrayContaining([[source, 200, expect.stringMatching(/^image\/svg\+xml/)]]));
		await page.emulateMedia({ colorScheme: 'light' });
		await session.detach();
	});
});

describe('The panel', () => {
	async function describeNode(name: 'SeedanceVideo' | 'SeedanceAsset') {
		const file = join(projectFolder, 'dist', 'nodes', 'Seedance', `${name}.node.js`);
		const module = (await import(file)) as Record<string, new () => INodeType>;
		const Node = module[name];
		if (Node === undefined) throw new Error(`${file} has no ${name}`);
		return new Node().description;
	}

	/** All states side by side on one canvas, eight in a row. */
	async function storeStates(
		description: INodeTypeDescription,
		states: readonly PanelState[],
	): Promise<StoredWorkflow> {
		const { client, seeded } = instance();
		const { id, name } = seeded.credential;
		const nodes: Workflow['nodes'] = states.map(({ title, parameters }, index) => ({
			id: `node-${index}`,
			name: title,
			type: `n8n-nodes-seedance.${description.name}`,
			typeVersion: 1,
			position: [(index % 8) * 200, Math.floor(index / 8) * 200],
			parameters,
			credentials: { [credentialType]: { id, name } },
		}));
		return await client.createWorkflow({ name: description.displayName, nodes, connections: {} });
	}

	async function fieldsOnceDue(due: readonly string[]): Promise<string[]> {
		const deadlineMs = Date.now() + fieldsWithinMs;
		for (;;) {
			const shown = await shownFields(editor().page);
			if (JSON.stringify(shown) === JSON.stringify(due) || Date.now() > deadlineMs) return shown;
			await editor().page.waitForTimeout(100);
		}
	}

	async function shownInStates(
		description: INodeTypeDescription,
		states: readonly PanelState[],
	): Promise<Array<[string, readonly string[]]>> {
		await show(await storeStates(description, states));
		const shown: Array<[string, readonly string[]]> = [];
		for (const { title, fields } of states) {
			await openPanel(editor().page, title);
			shown.push([title, await fieldsOnceDue(fields)]);
			await closePanel(editor().page);
		}
		return shown;
	}

	test.each([
		['SeedanceVideo', ['cancel', 'create', 'delete', 'get', 'getAll']],
		['SeedanceAsset', ['delete', 'get', 'getAll', 'upload']],
	] as const)(
		'of %s shows exactly the fields of each operation, mode and switch',
		async (name, operations) => {
			const description = await describeNode(name);
			const states = panelStates(description);
			expect(new Set(states.map(({ parameters }) => parameters['operation']))).toEqual(
				new Set(operations),
			);
			expect(await shownInStates(description, states)).toEqual(
				states.map(({ title, fields }) => [title, fields]),
			);
		},
		panelsTimeoutMs,
	);

	test('shows each field at most once where an expression decides', async () => {
		const description = await describeNode('SeedanceVideo');
		const fieldsWith = async (model: string, mode: string) => {
			const state = { title: 'expressions', parameters: { model, mode }, fields: [] };
			const [[, fields] = ['', []]] = await shownInStates(description, [state]);
			return fields;
		};
		const known = await fieldsWith('={{ "seedance-2-5" }}', '={{ "textToVideo" }}');
		expect(known).toEqual(expect.arrayContaining(['Prompt', 'Resolution', 'Generate Audio']));
		const unknown = await fieldsWith('={{ $json.model }}', '={{ $json.mode }}');
		expect(unknown).toEqual(expect.arrayContaining(['Model', 'Mode', 'Resolution']));
		for (const fields of [known, unknown]) expect(new Set(fields).size).toBe(fields.length);
	});

	test('shows for each reference where its file is', async () => {
		const entry = (source: string) => ({ type: 'image', source, value: 'data' });
		const sources = ['binary', 'url', 'asset'];
		const state: PanelState = {
			title: 'references',
			parameters: { mode: 'reference', references: { reference: sources.map(entry) } },
			fields: [
				'Operation',
				'Model',
				'Mode',
				'Prompt',
				'References',
				...['Input Data Field Name', 'Image URL', 'Asset ID'].flatMap((value) => [
					'References › Type',
					'References › Source',
					`References › ${value}`,
				]),
				'Resolution',
				'Ratio',
				'Duration (Seconds)',
				'Generate Audio',
				'Wait for Completion',
				'Wait Options',
				'Download Video',
				'Put Output File in Field',
				'Simplify',
				'Options',
			],
		};
		const description = await describeNode('SeedanceVideo');
		expect(await shownInStates(description, [state])).toEqual([[state.title, state.fields]]);
	});
});

describe('The credential dialog', () => {
	const success = '[data-test-id="credentials-config-container-test-success"]';
	const failure = 'Couldn’t connect with these settings';

	test('says green to a good key and red to a bad one', async () => {
		const { client, simulator } = instance();
		simulator.requests.length = 0;
		const data = credentialDataFor(simulator);
		const credential = await client.createCredential('To be tested', credentialType, data);
		const workflow = await client.createWorkflow(
			videoWorkflow({ name: 'Credential', parameters: quickCreate, credential }),
		);
		await show(workflow);
		const dialog = await openCredential(await openPanel(editor().page, videoNode));
		await dialog.locator(success).waitFor();
		expect(await dialog.getByText(failure).isVisible()).toBe(false);

		const key = dialog.locator('[data-test-id="parameter-input-apiKey"] input').first();
		const save = dialog.locator('[data-test-id="credential-save-button"]').first();
		await key.fill('a-wrong-key');
		await save.click();
		await dialog.getByText(failure).waitFor();
		expect(await dialog.locator(success).isVisible()).toBe(false);

		await key.fill(simulator.apiKey);
		await save.click();
		await dialog.locator(success).waitFor();
		expect(await dialog.getByText(failure).isVisible()).toBe(false);
		await closeCredential(dialog);
		await closePanel(editor().page);
		const statuses = simulator.requests.map(({ method, status }) => `${method} ${status}`);
		// n8n tests what was saved more than once.
		expect(statuses.filter((status, index) => status !== statuses[index - 1])).toEqual([
			'GET 200',
			'GET 401',
			'GET 200',
		]);
	});
});

describe('A node that is executed in its panel', () => {
	test('lists the tasks of the provider, and shows the video in the tab Binary', async () => {
		const { client, seeded, simulator } = instance();
		const { id, name } = seeded.credential;
		const get = {
			id: 'get',
			name: 'Get',
			type: seedanceVideoType,
			typeVersion: 1,
			position: [240, 200],
			parameters: { operation: 'get' },
			credentials: { [credentialType]: { id, name } },
		};
		const base = videoWorkflow({
			name: 'Executed',
			parameters: quickCreate,
			credential: { id, name },
		});
		const workflow = await client.createWorkflow({ ...base, nodes: [...base.nodes, get] });
		expect(workflow.nodes.find(({ type }) => type === manualTriggerType)?.name).toBe(triggerNode);
		await show(workflow);
		const { page } = editor();
		const panel = await openPanel(page, videoNode);
		expect([await executeNode(panel), await outputText(panel)]).toEqual([
			'success',
			expect.any(String),
		]);
		const task = simulator.tasks.at(-1);
		await panel
			.locator('[data-test-id="output-panel"] [data-test-id="radio-button-binary"]')
			.click();
		const file = panel.locator('[data-test-id="ndv-binary-data_0"]').first();
		await file.waitFor();
		expect((await file.innerText()).split('\n').map((line) => line.trim())).toEqual(
			expect.arrayContaining(['data', `${task?.id}.mp4`, 'mp4', 'video/mp4']),
		);
		await file.locator('[data-test-id="ndv-view-binary-data"]').click();
		const video = page.locator('video').first();
		await video.waitFor();
		await page.waitForFunction('document.querySelector("video").readyState >= 2');
		const size = '(({ videoWidth, videoHeight }) => [videoWidth, videoHeight])';
		expect(await page.evaluate(`${size}(document.querySelector('video'))`)).toEqual([320, 180]);
		await closePanel(page);

		await openPanel(page, 'Get');
		await page.locator('[data-test-id="rlc-input"]').first().click();
		await page.locator('[data-test-id="rlc-item"]').first().waitFor();
		const listed = await page.locator('[data-test-id="rlc-item"]').allInnerTexts();
		expect(listed.map((text) => text.trim())).toEqual(
			[...simulator.tasks].reverse().map((each) => {
				const minute = new Date(each.createdMs).toISOString().slice(0, 16).replace('T', ' ');
				return `${minute} UTC · doubao-seedance-2-0-260128 · succeeded · ${each.id}`;
			}),
		);
		await page.locator('[data-test-id="rlc-item"]').first().click();
		expect(await page.locator('[data-test-id="rlc-input"]').first().inputValue()).toContain(
			String(task?.id),
		);
		await closePanel(page);
	});
});

test('the editor sent no requests outside this machine', () => {
	expect([...editor().refusedOrigins]).toEqual([]);
});
