import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { z } from 'zod';

import { environmentForNode } from './npmEnvironment';

const execFileToEnd = promisify(execFile);

const manifestSchema = z.object({
	name: z.string(),
	version: z.string(),
	n8n: z.object({ nodes: z.array(z.string()), credentials: z.array(z.string()) }),
});

const packedSchema = z.array(z.object({ filename: z.string() })).min(1);

/** A package as it now lies in an n8n's user folder. */
export interface LoadedPackage {
	name: string;
	version: string;
	folder: string;
}

/** The folder of this project. */
export const projectFolder = resolve(__dirname, '..', '..');

async function assertIsBuilt(packageFolder: string, files: readonly string[]): Promise<void> {
	for (const file of files) {
		try {
			await access(join(packageFolder, file));
		} catch {
			throw new Error(`The package is not built, ${file} is missing: run "npm run build" first`);
		}
	}
}

/** Packs a built package into a folder and returns the tarball's path. No script of the package runs. */
export async function pack(packageFolder: string, into: string): Promise<string> {
	const { stdout } = await execFileToEnd(
		'npm',
		['pack', '--ignore-scripts', '--json', '--pack-destination', into],
		{ cwd: packageFolder, env: environmentForNode(process.execPath) },
	);
	const [packed] = packedSchema.parse(JSON.parse(stdout));
	if (packed === undefined) throw new Error('npm pack named no file');
	return join(into, packed.filename);
}

/** Puts the content of an npm tarball into an existing folder. */
export async function unpack(tarball: string, into: string): Promise<void> {
	await execFileToEnd('tar', ['-xzf', tarball, '-C', into, '--strip-components=1']);
}

/**
 * Packs a built package and unpacks it where n8n keeps community packages: as a real install does,
 * so that only published files are seen and n8n-workflow is n8n's own.
 */
export async function loadPackage(
	userFolder: string,
	packageFolder: string = projectFolder,
): Promise<LoadedPackage> {
	const manifestText = await readFile(join(packageFolder, 'package.json'), 'utf8');
	const { name, version, n8n } = manifestSchema.parse(JSON.parse(manifestText));
	await assertIsBuilt(packageFolder, [...n8n.nodes, ...n8n.credentials]);

	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	const folder = join(nodesFolder, 'node_modules', name);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	const temporaryFolder = await mkdtemp(join(tmpdir(), 'seedance-pack-'));
	try {
		const tarball = await pack(packageFolder, temporaryFolder);
		await unpack(tarball, folder);
	} finally {
		await rm(temporaryFolder, { recursive: true, force: true });
	}
	const installed = { name: 'installed-nodes', private: true, dependencies: { [name]: version } };
	await writeFile(join(nodesFolder, 'package.json'), JSON.stringify(installed));
	return { name, version, folder };
}
