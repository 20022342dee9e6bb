import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { Finding } from './finding';

/** Finds comments that disable lint rules in nodes/ and credentials/. n8n's scanner ignores them, so they only hide what it will find. */
export async function checkDisables(folder: string): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const part of ['nodes', 'credentials']) {
		const names = await readdir(join(folder, part), { recursive: true });
		for (const name of names.filter((each) => each.endsWith('.ts'))) {
			const file = join(folder, part, name);
			const lines = (await readFile(file, 'utf8')).split('\n');
			for (const [index, line] of lines.entries()) {
				// The pattern that this check looks for; no rule is disabled here.
				if (!/eslint-disable|@ts-(?:ignore|nocheck|expect-error)/.test(line)) continue;
				findings.push({
					what: 'A comment switches checks off',
					where: `${relative(folder, file)}:${index + 1}`,
					remedy: 'Remove the comment and write the code so that the rule is kept.',
				});
			}
		}
	}
	return findings;
}
