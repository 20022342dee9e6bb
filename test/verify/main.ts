import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import { runScript } from '../n8n/interruption';
import { pack, projectFolder, unpack } from '../n8n/packageTarball';
import { versionsOf } from '../n8n/versions';
import type { Finding } from './finding';
import { checkLoading } from './load';
import { checkManifest } from './manifest';
import { scan } from './scan';

interface Check {
	name: string;
	run(): Promise<Finding[]>;
}

function checksOf(tarball: string, unpacked: string, packageName: string): Check[] {
	const scanOf = async (folder: string, files: 'source' | 'tarball') =>
		(await scan([{ folder, files }])).flat();
	const loadings = [versionsOf(1), versionsOf(2)].map((versions) => ({
		name: `nodes and credentials load with what n8n ${versions.n8nVersion} brings`,
		run: async () => await checkLoading(tarball, packageName, versions),
	}));
	return [
		{ name: 'the manifest', run: () => checkManifest(projectFolder) },
		{ name: 'the manifest in the tarball', run: () => checkManifest(unpacked) },
		{ name: "n8n's scanner on the sources", run: () => scanOf(projectFolder, 'source') },
		{ name: "n8n's scanner on the tarball", run: () => scanOf(unpacked, 'tarball') },
		...loadings,
	];
}

async function findingsOf({ name, run }: Check): Promise<Finding[]> {
	try {
		return await run();
	} catch (error) {
		const what = error instanceof Error ? error.message : String(error);
		return [{ what, where: name, remedy: 'The check itself did not get to its end: see there.' }];
	}
}

/** Prints a line for each check, and one for each finding. Returns 1 if there is a finding. */
async function main(): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), 'seedance-verify-'));
	try {
		const manifest: unknown = JSON.parse(
			await readFile(join(projectFolder, 'package.json'), 'utf8'),
		);
		const { name: packageName } = z.object({ name: z.string() }).parse(manifest);
		const tarball = await pack(projectFolder, folder);
		const unpacked = join(folder, 'package');
		await mkdir(unpacked);
		await unpack(tarball, unpacked);

		const checks = checksOf(tarball, unpacked, packageName).map((check) => ({
			name: check.name,
			findings: findingsOf(check),
		}));
		let found = 0;
		for (const { name, findings } of checks) {
			const lines = (await findings).map(
				({ what, where, remedy }) => `not ok  ${name}: ${what}. Where: ${where}. ${remedy}`,
			);
			found += lines.length;
			console.log(lines.length === 0 ? `ok      ${name}` : lines.join('\n'));
		}
		return found === 0 ? 0 : 1;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

void runScript(main);
