import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { InstalledN8n } from './install';
import { processGroupOf, type ProcessGroup } from './processGroup';

/** Which n8n process is started, and where its lines go. */
export interface N8nProcessOptions {
	installed: InstalledN8n;
	/** n8n's command and its flags, such as `start`. */
	command: readonly string[];
	userFolder: string;
	environment: NodeJS.ProcessEnv;
	logFile: string;
	/** Receives each line that n8n writes. */
	onLog: (line: string) => void;
}

function keepLog(n8n: ChildProcess, logFile: string, onLog: (line: string) => void): void {
	const log = createWriteStream(logFile);
	for (const stream of [n8n.stdout, n8n.stderr]) {
		if (stream === null) continue;
		createInterface({ input: stream }).on('line', (line) => {
			log.write(`${line}\n`);
			onLog(line);
		});
	}
	n8n.once('close', () => log.end());
}

/** Starts an n8n process. Returns the process group that it leads. */
export function spawnN8n(options: N8nProcessOptions): ProcessGroup {
	const { installed, command, userFolder, environment, logFile, onLog } = options;
	const n8n = spawn(installed.nodePath, [installed.scriptPath, ...command], {
		cwd: userFolder,
		env: environment,
		stdio: ['ignore', 'pipe', 'pipe'],
		// Its own group: Ctrl+C reaches it only through stop(), and stop() reaches its task runner.
		detached: true,
	});
	keepLog(n8n, logFile, onLog);
	return processGroupOf(n8n);
}
