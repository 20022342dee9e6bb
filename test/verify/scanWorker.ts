import { pathToFileURL } from 'node:url';

import type { ScanAnswer, ScanJob } from './scan';

interface Scanner {
	readonly SOURCE_FILE_PATTERNS: readonly string[];
	analyzePackage(
		folder: string,
		patterns: readonly string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

// The scanner selects the tarball's files in its download code and does not export the patterns.
const tarballPatterns = ['**/*.js', 'package.json'];

async function answer(jobs: readonly ScanJob[]): Promise<ScanAnswer[]> {
	const script = require.resolve('@n8n/scan-community-package/scanner/scanner.mjs');
	const scanner = (await import(pathToFileURL(script).href)) as Scanner;
	const patternsOf = ({ files }: ScanJob) => {
		if (files === 'source') return scanner.SOURCE_FILE_PATTERNS;
		return files === 'tarball' ? tarballPatterns : files;
	};
	const answers: ScanAnswer[] = [];
	for (const job of jobs) {
		answers.push(await scanner.analyzePackage(job.folder, patternsOf(job)));
	}
	return answers;
}

process.once('message', (jobs: ScanJob[]) => {
	answer(jobs).then(
		(answers) => process.send?.(answers, () => process.exit()),
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
});
