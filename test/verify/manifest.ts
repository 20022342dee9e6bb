import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import type { Finding } from './finding';

const manifestSchema = z
	.object({
		keywords: z.array(z.string()).catch([]),
		author: z.object({ name: z.string(), email: z.string() }).partial().catch({}),
		scripts: z.record(z.string()).catch({}),
		repository: z.object({ url: z.string() }).partial().catch({}),
		n8n: z.object({
			nodes: z.array(z.string()).catch([]),
			credentials: z.array(z.string()).catch([]),
		}),
	})
	.passthrough();

type Manifest = z.infer<typeof manifestSchema>;

interface Rule {
	isKept(manifest: Manifest): boolean;
	what: string;
	remedy: string;
}

const keyword = 'n8n-community-node-package';
const dependencyFields = ['dependencies', 'optionalDependencies', 'bundledDependencies'];
/** The scripts that npm runs on its own when someone installs or packs. */
const lifecycleScripts = [
	...['preinstall', 'install', 'postinstall'],
	...['preprepare', 'prepare', 'postprepare', 'prepublish', 'prepack', 'postpack'],
	'dependencies',
];

const rules: readonly Rule[] = [
	{
		isKept: (manifest) => dependencyFields.every((field) => manifest[field] === undefined),
		what: 'The package has runtime dependencies',
		remedy: 'Write the code yourself, or move what only tests need to devDependencies.',
	},
	{
		isKept: ({ peerDependencies }) => isDeepStrictEqual(peerDependencies, { 'n8n-workflow': '*' }),
		what: 'peerDependencies is not exactly { "n8n-workflow": "*" }',
		remedy: 'Set it to exactly that.',
	},
	{
		isKept: ({ overrides }) => overrides === undefined,
		what: 'The package has overrides',
		remedy: 'Remove them, and pin a devDependency instead.',
	},
	{
		isKept: ({ files }) => isDeepStrictEqual(files, ['dist']),
		what: 'files is not exactly ["dist"]',
		remedy: 'Set it to exactly that, so that only what is built is published.',
	},
	{
		isKept: ({ keywords }) => keywords.includes(keyword),
		what: `The keyword ${keyword} is missing`,
		remedy: 'Add it: n8n finds community packages by it.',
	},
	{
		isKept: ({ author }) => author.name !== undefined && /^\S+@\S+$/.test(author.email ?? ''),
		what: 'author has no name or no e-mail address',
		remedy: 'Write author as an object with name and email.',
	},
	{
		isKept: ({ homepage }) => typeof homepage === 'string' && homepage.startsWith('https://'),
		what: 'There is no homepage',
		remedy: 'Set it to an https address.',
	},
	{
		isKept: ({ repository }) => /^git\+https:\/\/github\.com\/.+\.git$/.test(repository.url ?? ''),
		what: 'repository.url is not git+https://github.com/….git',
		remedy: 'Set it: the scanner fetches the source from there.',
	},
	{
		isKept: ({ license }) => license === 'MIT',
		what: 'The license is not MIT',
		remedy: 'Set it to "MIT", which n8n asks of verified packages.',
	},
	{
		isKept: ({ n8n }) => n8n.nodes.length > 0 && n8n.credentials.length > 0,
		what: 'The section n8n names no nodes or no credentials',
		remedy: 'List the built files of each.',
	},
];

function brokenScripts({ scripts }: Manifest): Finding[] {
	return lifecycleScripts
		.filter((name) => scripts[name] !== undefined)
		.map((name) => ({
			what: `The script "${name}" runs on its own when somebody installs or packs`,
			where: 'package.json',
			remedy: 'Give it another name, or remove it.',
		}));
}

function missingFiles(folder: string, { n8n }: Manifest): Finding[] {
	return [...n8n.nodes, ...n8n.credentials]
		.filter((file) => !existsSync(join(folder, file)))
		.map((file) => ({
			what: `The section n8n names ${file}, which does not exist`,
			where: 'package.json',
			remedy: 'Correct the path, or build the package first.',
		}));
}

/** Checks the package.json of a built package, in its source folder or unpacked from its tarball. */
export async function checkManifest(folder: string): Promise<Finding[]> {
	const text = await readFile(join(folder, 'package.json'), 'utf8');
	const manifest = manifestSchema.parse(JSON.parse(text));
	const broken = rules
		.filter(({ isKept }) => !isKept(manifest))
		.map(({ what, remedy }) => ({ what, where: 'package.json', remedy }));
	return [...broken, ...brokenScripts(manifest), ...missingFiles(folder, manifest)];
}
