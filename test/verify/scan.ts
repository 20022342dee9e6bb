import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import type { Finding } from './finding';

/** What is scanned: the sources or the built files of a folder as n8n's scanner chooses them, or the files of these patterns. */
export interface ScanJob {
	folder: string;
	files: 'source' | 'tarball' | readonly string[];
}

/** What n8n's scanner says of a folder. */
export interface ScanAnswer {
	passed: boolean;
	message?: string;
	/** ESLint's output "stylish": a line for each file, and indented lines for what is wrong in it. */
	details?: string;
}

const scanner = '@n8n/scan-community-package';
const findingLine = /^\s+(\d+:\d+)\s+error\s+(.*?)\s+(\S+)$/;

function findingsOf({ folder }: ScanJob, { passed, message, details }: ScanAnswer): Finding[] {
	if (passed && message === undefined) return [];
	const findings: Finding[] = [];
	let file = '';
	for (const line of stripVTControlCharacters(details ?? '').split('\n')) {
		const [, position, what, rule] = findingLine.exec(line) ?? [];
		if (line !== '' && !line.startsWith(' ')) file = relative(folder, line);
		if (position === undefined || what === undefined || rule === undefined) continue;
		const remedy = `Keep the rule ${rule}; comments that switch it off do not count.`;
		findings.push({ what, where: `${file}:${position}`, remedy });
	}
	if (findings.length > 0) return findings;
	// It also passes when it has found no file to read.
	const remedy = `See what ${scanner} says about this folder.`;
	return [{ what: message ?? 'The scan did not pass', where: folder, remedy }];
}

/** Runs n8n's own scanner on folders, in a separate process, and returns the findings of each in the same order. Rejects if the scanner itself fails. */
export async function scan(jobs: readonly ScanJob[]): Promise<Finding[][]> {
	const worker = fork(join(__dirname, 'scanWorker.ts'), {
		execArgv: ['--import', 'tsx'],
		cwd: join(__dirname, '..', '..'),
		// Jest sets it, and n8n's lint plugin then treats every file as one of its own tests.
		env: { ...process.env, NODE_ENV: undefined },
	});
	const ended = once(worker, 'exit');
	worker.send(jobs);
	const answered = once(worker, 'message') as Promise<[ScanAnswer[]]>;
	const first = await Promise.race([answered, ended.then(() => undefined)]);
	if (first === undefined) throw new Error(`${scanner} ended without an answer`);
	await ended;
	const [answers] = first;
	return jobs.map((job, index) => {
		const answer = answers[index];
		if (answer === undefined) throw new Error(`${scanner} left out ${job.folder}`);
		return findingsOf(job, answer);
	});
}
