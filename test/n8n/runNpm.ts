import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';

import { processGroupOf } from './processGroup';
import { withProgress, type OnProgress } from './progress';

/** How one npm command is run: where, on which Node, and where its output is kept. */
export interface NpmRun {
	/** What a person reads while it runs. */
	step: string;
	folder: string;
	arguments: readonly string[];
	environment: NodeJS.ProcessEnv;
	logFile: string;
	onProgress: OnProgress;
	signal?: AbortSignal;
}

const linesInMessage = 20;

/** The last lines of a text file, for a message. Empty when there is no such file. */
export async function tailOf(file: string, lineCount = linesInMessage): Promise<string> {
	const text = await readFile(file, 'utf8').catch(() => '');
	return text.trimEnd().split('\n').slice(-lineCount).join('\n');
}

async function endOfNpm(run: NpmRun): Promise<string> {
	const log = await open(run.logFile, 'a');
	try {
		await log.write(`$ npm ${run.arguments.join(' ')}\n`);
		const npm = spawn('npm', run.arguments, {
			cwd: run.folder,
			env: run.environment,
			stdio: ['ignore', log.fd, log.fd],
			// Its own group, so that an interrupted build leaves no compiler behind.
			detached: true,
		});
		const group = processGroupOf(npm);
		const interrupt = () => void group.stop();
		run.signal?.addEventListener('abort', interrupt);
		const end = await group.ended;
		run.signal?.removeEventListener('abort', interrupt);
		await group.stop();
		return end;
	} finally {
		await log.close();
	}
}

/**
 * Runs npm with its output in a log file. Rejects with the output's last lines and the file's
 * path.
 */
export async function runNpm(run: NpmRun): Promise<void> {
	run.signal?.throwIfAborted();
	const end = await withProgress(run.step, run.onProgress, endOfNpm(run));
	run.signal?.throwIfAborted();
	if (end === 'code 0') return;
	const reason = `${run.step} failed: npm ended with ${end}. The last lines that it wrote:`;
	throw new Error(`${reason}\n${await tailOf(run.logFile)}\nAll of them: ${run.logFile}`);
}
