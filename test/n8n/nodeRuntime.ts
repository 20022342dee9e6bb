import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fillFolder, isFinished } from './finishedFolder';
import { environmentForNode } from './npmEnvironment';
import type { OnProgress } from './progress';
import { runNpm } from './runNpm';
import type { LineVersions } from './versions';

/** A Node that n8n runs on. */
export interface NodeRuntime {
	path: string;
	/** Packages that are compiled for one ABI do not load on another. */
	identity: string;
}

function packageName(): string {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	return `node-${platform}-${process.arch}`;
}

function manifestFor(versions: LineVersions): string {
	return JSON.stringify({
		name: 'n8n-node-runtime',
		private: true,
		dependencies: { [packageName()]: versions.nodeVersion },
	});
}

function folderFor(versions: LineVersions, cache: string): string {
	return join(cache, `node-${versions.nodeVersion}`);
}

/** The Node for a line, or undefined when it has still to be installed into the cache folder. */
export async function findNode(
	versions: LineVersions,
	cache: string,
): Promise<NodeRuntime | undefined> {
	const runningMajor = Number(process.versions.node.split('.')[0]);
	if (runningMajor === versions.nodeMajor) {
		return { path: process.execPath, identity: `${process.execPath} ${process.versions.modules}` };
	}
	const folder = folderFor(versions, cache);
	if (!(await isFinished(folder, manifestFor(versions)))) return undefined;
	const executable = process.platform === 'win32' ? 'node.exe' : 'node';
	const path = join(folder, 'node_modules', packageName(), 'bin', executable);
	return { path, identity: `${packageName()}@${versions.nodeVersion}` };
}

/**
 * Installs the line's Node from npm into its own folder, so that it never shadows the project's
 * Node.
 */
export async function installNode(
	versions: LineVersions,
	cache: string,
	logFile: string,
	onProgress: OnProgress,
	signal: AbortSignal | undefined,
): Promise<NodeRuntime> {
	const folder = folderFor(versions, cache);
	const manifest = manifestFor(versions);
	await fillFolder(folder, manifest, async () => {
		await writeFile(join(folder, 'package.json'), manifest);
		await runNpm({
			step: `Installing Node ${versions.nodeVersion} (about 200 MB)`,
			folder,
			arguments: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
			environment: environmentForNode(process.execPath),
			logFile,
			onProgress,
			...(signal === undefined ? {} : { signal }),
		});
	});
	const installed = await findNode(versions, cache);
	if (installed === undefined) throw new Error(`Node ${versions.nodeVersion} is not in ${folder}`);
	return installed;
}
