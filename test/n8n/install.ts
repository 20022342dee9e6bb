import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder } from './cacheFolder';
import { fillFolder, isFinished } from './finishedFolder';
import { withLock } from './installLock';
import { checkN8nLoads } from './loadCheck';
import { findNode, installNode, type NodeRuntime } from './nodeRuntime';
import { environmentForNpm } from './npmEnvironment';
import { withProgress, type OnProgress } from './progress';
import { runNpm } from './runNpm';
import { versionsOf, type Line, type LineVersions } from './versions';

/** An n8n that is installed and has been seen to load. */
export interface InstalledN8n {
	versions: LineVersions;
	/** The Node that runs it. */
	nodePath: string;
	/** The script that is run with `start`. */
	scriptPath: string;
}

function manifestOf(versions: LineVersions): string {
	const overrides = versions.overrides.map(({ package: name, version }) => [name, version]);
	return JSON.stringify({
		name: 'real-n8n',
		private: true,
		dependencies: { n8n: versions.n8nVersion },
		overrides: Object.fromEntries(overrides) as Record<string, string>,
	});
}

async function fillWithN8n(
	folder: string,
	logFile: string,
	versions: LineVersions,
	node: NodeRuntime,
	onProgress: OnProgress,
	signal: AbortSignal | undefined,
): Promise<void> {
	const common = {
		folder,
		environment: environmentForNpm(node.path),
		logFile,
		onProgress,
		...(signal === undefined ? {} : { signal }),
	};
	await writeFile(join(folder, 'package.json'), manifestOf(versions));
	await runNpm({
		...common,
		step: `Installing n8n ${versions.n8nVersion} from npm (about 2 GB, 2 to 4 minutes)`,
		arguments: [
			'install',
			// n8n's peers contradict each other, and resolving them adds minutes.
			'--legacy-peer-deps',
			// Some of n8n's packages download from hosts outside npm when they are installed.
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
			'--loglevel=error',
		],
	});
	const natives = versions.nativePackages.map(({ package: name }) => name);
	await runNpm({
		...common,
		step: `Building ${natives.join(' and ')} (1 to 3 minutes)`,
		arguments: ['rebuild', '--ignore-scripts=false', '--loglevel=error', ...natives],
	});
	await withProgress('Checking that n8n loads', onProgress, checkN8nLoads(folder, versions, node));
}

function installedIn(folder: string, versions: LineVersions, node: NodeRuntime): InstalledN8n {
	return {
		versions,
		nodePath: node.path,
		scriptPath: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
	};
}

function contentWith(versions: LineVersions, node: NodeRuntime): string {
	return `${manifestOf(versions)}\n${node.identity}\n`;
}

function folderOf(versions: LineVersions, cache: string): string {
	return join(cache, `n8n-${versions.n8nVersion}`);
}

/** Finds a line of n8n in the cache folder, or returns undefined if it is not installed yet. */
export async function findN8n(line: Line): Promise<InstalledN8n | undefined> {
	const versions = versionsOf(line);
	const cache = cacheFolder();
	const folder = folderOf(versions, cache);
	const node = await findNode(versions, cache);
	if (node === undefined || !(await isFinished(folder, contentWith(versions, node)))) {
		return undefined;
	}
	return installedIn(folder, versions, node);
}

/** Installs a line of n8n into the cache folder on first use, which takes minutes. Later calls find it there. */
export async function installN8n(
	line: Line,
	onProgress: OnProgress,
	signal?: AbortSignal,
): Promise<InstalledN8n> {
	const versions = versionsOf(line);
	const cache = cacheFolder();
	const folder = folderOf(versions, cache);
	const found = await findN8n(line);
	if (found !== undefined) return found;
	return await withLock(join(cache, 'install.lock'), onProgress, signal, async () => {
		const logFile = join(cache, 'logs', `install-n8n-${versions.n8nVersion}.log`);
		await mkdir(join(cache, 'logs'), { recursive: true });
		await rm(logFile, { force: true });
		const node =
			(await findNode(versions, cache)) ??
			(await installNode(versions, cache, logFile, onProgress, signal));
		const content = contentWith(versions, node);
		if (!(await isFinished(folder, content))) {
			onProgress(`n8n goes into ${folder}`);
			await fillFolder(folder, content, async () => {
				await fillWithN8n(folder, logFile, versions, node, onProgress, signal);
			});
		}
		return installedIn(folder, versions, node);
	});
}
