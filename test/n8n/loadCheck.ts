import { execFile, type ExecFileException } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { NodeRuntime } from './nodeRuntime';
import { environmentForNode } from './npmEnvironment';
import type { LineVersions } from './versions';

const execFileToEnd = promisify(execFile);

/** n8n 1.123 was once seen to end with nothing in its output, and to load when it was started again. */
const maxTries = 2;

/** How a process ended, and what it wrote. */
interface Ended {
	readonly end: string;
	readonly stdout: string;
	readonly stderr: string;
}

async function endOf(
	nodePath: string,
	commandLine: readonly string[],
	options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
	try {
		return { end: 'code 0', ...(await execFileToEnd(nodePath, [...commandLine], options)) };
	} catch (error) {
		const {
			code,
			signal,
			stdout = '',
			stderr = '',
			message,
		} = error as ExecFileException & Partial<Ended>;
		const end = signal ?? (code === undefined ? message : `code ${code}`);
		return { end, stdout, stderr };
	}
}

/** Rejects with how n8n ended and what it wrote, when it does not load in two tries. The folder is that of the install. */
export async function checkN8nLoads(
	folder: string,
	{ nativePackages }: Pick<LineVersions, 'nativePackages'>,
	node: Pick<NodeRuntime, 'path'>,
): Promise<void> {
	// Without a separate user folder n8n would write into the user's ~/.n8n.
	const userFolder = join(folder, 'verification');
	const options = {
		cwd: folder,
		env: { ...environmentForNode(node.path), N8N_USER_FOLDER: userFolder },
	};
	const check = async (commandLine: readonly string[], isGood: (ended: Ended) => boolean) => {
		for (let tries = 1; ; tries++) {
			const ended = await endOf(node.path, commandLine, options);
			if (isGood(ended)) return;
			if (tries < maxTries) continue;
			const { end, stdout, stderr } = ended;
			throw new Error(
				`n8n does not load: node ${commandLine.join(' ')} ended with ${end}, ${maxTries} times.\nstderr: ${stderr.trim()}\nstdout: ${stdout.trim()}`,
			);
		}
	};
	const loadNatives = nativePackages.map(({ package: name }) => `require('${name}');`);
	await check(['-e', loadNatives.join('')], ({ end }) => end === 'code 0');
	// Unlike --version this loads what n8n runs, so that a wrong dependency shows here.
	await check(['node_modules/n8n/bin/n8n', 'start', '--help'], ({ end, stdout }) => {
		return end === 'code 0' && stdout.includes('Starts n8n');
	});
	await rm(userFolder, { recursive: true, force: true });
}
