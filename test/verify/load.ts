import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { environmentForNode } from '../n8n/npmEnvironment';
import type { LineVersions } from '../n8n/versions';
import type { Finding } from './finding';

const execFileToEnd = promisify(execFile);

/** What became of the nodes and credentials of a package. */
export interface LoadAnswer {
	/** The names of those that loaded. */
	loaded: string[];
	faults: Array<{ file: string; fault: string }>;
}

/** Loads the nodes and credentials of an installed package in a separate process, where the package finds only what n8n promises. */
export async function loadInstalled(packageFolder: string): Promise<LoadAnswer> {
	const worker = fork(join(__dirname, 'loadWorker.ts'), {
		execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
		cwd: packageFolder,
	});
	const ended = once(worker, 'exit');
	worker.send(packageFolder);
	const answered = once(worker, 'message') as Promise<[LoadAnswer]>;
	const first = await Promise.race([answered, ended.then(() => undefined)]);
	if (first === undefined) throw new Error('The process that loads the package ended early');
	await ended;
	return first[0];
}

/** Installs a tarball into an empty folder beside what one line of n8n brings, and loads its nodes and credentials there, where they find no other package. */
export async function checkLoading(
	tarball: string,
	packageName: string,
	{ hostPackages, n8nVersion }: LineVersions,
): Promise<Finding[]> {
	const hostFolder = await mkdtemp(join(tmpdir(), 'seedance-verify-host-'));
	try {
		await writeFile(join(hostFolder, 'package.json'), JSON.stringify({ private: true }));
		const packages = Object.entries(hostPackages).map(([name, version]) => `${name}@${version}`);
		const flags = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
		const npm = ['install', ...flags, '--loglevel=error', tarball, ...packages];
		const environment = environmentForNode(process.execPath);
		await execFileToEnd('npm', npm, { cwd: hostFolder, env: environment });
		const installed = join(hostFolder, 'node_modules', packageName);
		const { loaded, faults } = await loadInstalled(installed);
		const beside = `with ${packages.join(' and ')} of n8n ${n8nVersion}`;
		const remedy = `Load it ${beside} and nothing else.`;
		if (loaded.length + faults.length === 0) {
			return [{ what: 'Nothing was loaded', where: 'package.json', remedy }];
		}
		return faults.map(({ file, fault }) => ({ what: fault, where: file, remedy }));
	} finally {
		await rm(hostFolder, { recursive: true, force: true });
	}
}
