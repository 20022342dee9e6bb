import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEditor, type OpenPage } from '../n8n/editor';
import { demoOwner, startInstance, type Instance, type InstanceOptions } from '../n8n/instance';
import type { Line } from '../n8n/versions';

declare const n8nLine: Line;

/** The n8n that the running jest project is about. */
export const line: Line = n8nLine;

const startTimeoutMs = 15 * 60_000;

type SetupOptions = Partial<Omit<InstanceOptions, 'line' | 'userFolder' | 'signal'>>;

/** Registers hooks that start a real n8n with the package, and a simulator, before the tests of a file, and stop both afterwards. The first start of a line installs n8n. Pass a function for options that are known only then. */
export function setUpN8n(options: SetupOptions | (() => SetupOptions) = {}): () => Instance {
	let instance: Instance | undefined;
	let userFolder = '';
	const controller = new AbortController();

	beforeAll(async () => {
		userFolder = await mkdtemp(join(tmpdir(), 'seedance-e2e-'));
		instance = await startInstance({
			line,
			userFolder,
			renderMs: 1_500,
			onProgress: () => {},
			signal: controller.signal,
			...(typeof options === 'function' ? options() : options),
		});
	}, startTimeoutMs);
	afterAll(async () => {
		await instance?.close();
		controller.abort();
		await rm(userFolder, { recursive: true, force: true });
	});
	return () => {
		if (instance === undefined) throw new Error('n8n is not started yet');
		return instance;
	};
}

/** Registers hooks that open the editor of an instance in Chromium before the tests of a file, signed in, and close it. */
export function setUpEditor(instance: () => Instance): () => OpenPage {
	let editor: OpenPage | undefined;

	beforeAll(async () => {
		editor = await openEditor(instance().n8n.origin, demoOwner, {
			width: 1440,
			height: 900,
			deviceScaleFactor: 1,
		});
	}, 120_000);
	afterAll(async () => {
		await editor?.close();
	});
	return () => {
		if (editor === undefined) throw new Error('The editor is not open yet');
		return editor;
	};
}
