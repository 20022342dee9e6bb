import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { N8nClient } from '../n8n/client';
import { openEditor, type OpenPage } from '../n8n/editor';
import { makeFirstVideo, playClip } from '../n8n/firstVideo';
import { installN8n } from '../n8n/install';
import { demoOwner } from '../n8n/instance';
import { startN8n, type RealN8n } from '../n8n/server';
import { npmRegistry, packReleases, registryOfN8n, writeNpmSettings } from './npmRegistry';
import { setUpOutside } from './outsideHosts';
import { line } from './setup';

/** What a person does who has just installed the package: no key, no other process, no network. */

const packageName = 'n8n-nodes-seedance';
const maxSecondsToClip = 60;

let registryUrl: URL;
const registry = npmRegistry(packageName, () => registryUrl);
const outside = setUpOutside([registry]);

let userFolder: string;
let n8n: RealN8n;
let client: N8nClient;
let editor: OpenPage;

beforeAll(async () => {
	registryUrl = await registryOfN8n(await installN8n(line, () => {}));
	userFolder = await mkdtemp(join(tmpdir(), 'seedance-first-'));
	const { environment } = outside();
	await writeNpmSettings(userFolder, environment);
	n8n = await startN8n({ line, userFolder, environment });
	client = new N8nClient(n8n.origin);
	await client.signIn(demoOwner);
	editor = await openEditor(n8n.origin, demoOwner, {
		...{ width: 1440, height: 900, deviceScaleFactor: 1 },
	});
}, 15 * 60_000);

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
	await rm(userFolder, { recursive: true, force: true });
});

test('a clip plays within a minute after the package is installed', async () => {
	const [release] = await packReleases('99.0.0');
	registry.releases.splice(0, Infinity, release);
	await client.installPackage(packageName);
	// From here on nothing outside answers, the registry included.
	registry.releases.length = 0;
	const installedAtMs = Date.now();
	const before = outside().unexpected.length;
	await makeFirstVideo(editor.page, n8n.origin);
	expect(await playClip(editor.page)).toEqual([416, 234]);
	const seconds = (Date.now() - installedAtMs) / 1_000;
	process.stdout.write(`n8n ${line}: ${seconds.toFixed(1)} s from the install to the clip\n`);
	expect(seconds).toBeLessThanOrEqual(maxSecondsToClip);
	expect(outside().unexpected.slice(before)).toEqual([]);
	expect([...editor.refusedOrigins]).toEqual([]);
}, 180_000);
