import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { N8nClient } from '../n8n/client';
import { outputOf, type Execution } from '../n8n/execution';
import { installN8n } from '../n8n/install';
import { demoOwner } from '../n8n/instance';
import { credentialDataFor, credentialType, readExampleWorkflow } from '../n8n/seed';
import { startN8n, type RealN8n } from '../n8n/server';
import {
	manualTriggerType,
	nodeOfType,
	seedanceVideoType,
	withCredential,
	type StoredWorkflow,
} from '../n8n/workflow';
import { startSimulator, type Simulator } from '../simulator/simulator';
import {
	npmRegistry,
	packReleases,
	registryOfN8n,
	writeNpmSettings,
	type Release,
} from './npmRegistry';
import { setUpOutside } from './outsideHosts';
import { line } from './setup';

const packageName = 'n8n-nodes-seedance';
const higherVersion = '99.0.0';
let registryUrl: URL;
const registry = npmRegistry(packageName, () => registryUrl);
const outside = setUpOutside([registry]);
const executionTimeoutMs = 60_000;

let userFolder: string;
let simulator: Simulator;
let n8n: RealN8n;
let client: N8nClient;
let first: Release;
let second: Release;
let workflow: StoredWorkflow;

beforeAll(async () => {
	registryUrl = await registryOfN8n(await installN8n(line, () => {}));
	[first, second] = await packReleases(higherVersion);
	userFolder = await mkdtemp(join(tmpdir(), 'seedance-upgrade-'));
	simulator = await startSimulator({ renderMs: 1_000 });
	const { environment } = outside();
	await writeNpmSettings(userFolder, environment);
	n8n = await startN8n({ line, userFolder, environment });
	client = new N8nClient(n8n.origin);
	await client.signIn(demoOwner);
}, 15 * 60_000);

afterAll(async () => {
	await n8n?.stop();
	await simulator?.close();
	await rm(userFolder, { recursive: true, force: true });
});

async function run(): Promise<Execution> {
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
	return await client.waitForExecution(id, executionTimeoutMs);
}

async function expectVideo(): Promise<void> {
	const execution = await run();
	expect([execution.status, execution.data?.resultData.error]).toEqual(['success', undefined]);
	const items = outputOf(execution, nodeOfType(workflow, seedanceVideoType));
	expect(items.map(({ json }) => json['taskId'])).toEqual([simulator.tasks.at(-1)?.id]);
}

async function manifestOnDisk(): Promise<Record<string, unknown>> {
	const folder = join(userFolder, '.n8n', 'nodes', 'node_modules', packageName);
	return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
		string,
		unknown
	>;
}

const nodes = [
	{ name: 'Seedance Asset', type: `${packageName}.seedanceAsset`, latestVersion: 1 },
	{ name: 'Seedance Trigger', type: `${packageName}.seedanceTrigger`, latestVersion: 1 },
	{ name: 'Seedance Video', type: seedanceVideoType, latestVersion: 1 },
];

function installed(version: string) {
	return {
		packageName,
		installedVersion: version,
		installedNodes: expect.arrayContaining(nodes.map((node) => expect.objectContaining(node))),
	};
}

test('a tarball that is not what the registry announced is not installed', async () => {
	registry.releases.splice(0, Infinity, { ...first, integrity: second.integrity });
	await expect(client.installPackage(packageName)).rejects.toThrow('EINTEGRITY');
	expect(await client.listPackages()).toEqual([]);
});

test('the package page installs the package from the registry, and its nodes work', async () => {
	registry.releases.splice(0, Infinity, first);
	expect(await client.installPackage(packageName)).toEqual(
		expect.objectContaining(installed(first.version)),
	);
	expect(await client.listPackages()).toEqual([expect.objectContaining(installed(first.version))]);
	expect(await manifestOnDisk()).toMatchObject({ name: packageName, version: first.version });

	const credential = await client.createCredential(
		'Seedance',
		credentialType,
		credentialDataFor(simulator),
	);
	workflow = await client.createWorkflow(
		withCredential(await readExampleWorkflow(), credentialType, credential),
	);
	await expectVideo();
});

test('an update whose checksum is not the announced one is refused, and the nodes stay', async () => {
	registry.releases.splice(0, Infinity, first, second);
	await expect(client.updatePackage(packageName, second.version, first.integrity)).rejects.toThrow(
		/checksum/i,
	);
	await expectVideo();
});

test('a higher version is shown, installed over the one before, and the stored workflow runs', async () => {
	registry.releases.splice(0, Infinity, first, second);
	expect(await client.listPackages()).toEqual([
		expect.objectContaining({
			...installed(first.version),
			updateAvailable: second.version,
		}),
	]);
	expect(await client.updatePackage(packageName, second.version, second.integrity)).toEqual(
		expect.objectContaining(installed(second.version)),
	);
	expect(await manifestOnDisk()).toMatchObject({ version: second.version });
	await expectVideo();
});

test('uninstalled, the nodes are gone', async () => {
	await client.uninstallPackage(packageName);
	expect(await client.listPackages()).toEqual([]);
	await expect(manifestOnDisk()).rejects.toThrow('ENOENT');
	const before = simulator.requests.length;
	// Some versions refuse to start the workflow, others let it fail.
	const outcome = await run().then(
		({ status }) => status,
		() => 'refused',
	);
	expect(['error', 'refused']).toContain(outcome);
	expect(simulator.requests).toHaveLength(before);
});
