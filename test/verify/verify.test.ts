import { spawnSync } from 'node:child_process';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { projectFolder } from '../n8n/packageTarball';
import { loadInstalled } from './load';
import { checkManifest } from './manifest';
import { scan, type ScanJob } from './scan';

jest.setTimeout(120_000);

const workFolder = mkdtempSync(join(tmpdir(), 'seedance-verify-copy-'));
let copies = 0;

afterAll(() => rmSync(workFolder, { recursive: true }));

/** A copy of the package where n8n would have it, beside what n8n promises. */
function copyOfPackage(): string {
	const modules = join(workFolder, String(copies++), 'node_modules');
	const folder = join(modules, 'n8n-nodes-seedance');
	mkdirSync(folder, { recursive: true });
	for (const name of ['nodes', 'credentials', 'icons', 'dist', 'package.json', 'index.js']) {
		cpSync(join(projectFolder, name), join(folder, name), { recursive: true });
	}
	for (const name of ['n8n-workflow', 'zod']) {
		symlinkSync(join(projectFolder, 'node_modules', name), join(modules, name));
	}
	return folder;
}

function change(folder: string, file: string, edit: (text: string) => string): string {
	const path = join(folder, file);
	const before = readFileSync(path, 'utf8');
	const after = edit(before);
	expect(after).not.toBe(before);
	writeFileSync(path, after);
	return folder;
}

type Manifest = Record<string, unknown> & {
	keywords: string[];
	author: Record<string, unknown>;
	scripts: Record<string, string>;
	n8n: { nodes: string[] };
};

function changeManifest(folder: string, edit: (manifest: Manifest) => void): string {
	return change(folder, 'package.json', (text) => {
		const manifest = JSON.parse(text) as Manifest;
		edit(manifest);
		return JSON.stringify(manifest, undefined, '\t');
	});
}

const atEnd = (code: string) => (text: string) => `${text}\n${code}\n`;
const atStart = (code: string) => (text: string) => `${code}\n${text}`;

test('nothing is found in the package as it is', async () => {
	const folder = copyOfPackage();
	expect(await checkManifest(folder)).toEqual([]);
	expect(await loadInstalled(folder)).toEqual({
		loaded: ['seedanceAsset', 'seedanceTrigger', 'seedanceVideo', 'seedanceApi'],
		faults: [],
	});
});

describe('the manifest', () => {
	test.each<[string, (manifest: Manifest) => void, RegExp]>([
		['a dependency', (it) => (it['dependencies'] = { axios: '1.0.0' }), /runtime dependencies/],
		[
			'another peer',
			(it) => (it['peerDependencies'] = { 'n8n-workflow': '*', zod: '*' }),
			/peerDependencies is not exactly/,
		],
		['overrides', (it) => (it['overrides'] = { zod: '4.0.0' }), /has overrides/],
		['more files', (it) => (it['files'] = ['dist', 'test']), /files is not exactly/],
		[
			'no keyword',
			(it) => (it.keywords = it.keywords.filter((each) => !each.startsWith('n8n-community'))),
			/keyword n8n-community-node-package is missing/,
		],
		['an author without e-mail', (it) => delete it.author['email'], /author has no name or no e-/],
		['no homepage', (it) => delete it['homepage'], /no homepage/],
		['no repository', (it) => delete it['repository'], /repository\.url/],
		['another license', (it) => (it['license'] = 'ISC'), /license is not MIT/],
		[
			'a script after install',
			(it) => (it.scripts['postinstall'] = 'true'),
			/"postinstall" runs on/,
		],
		[
			'a node that does not exist',
			(it) => it.n8n.nodes.push('dist/nodes/Seedance/Other.node.js'),
			/names dist\/nodes\/Seedance\/Other\.node\.js, which does not exist/,
		],
	])('%s is found', async (_name, edit, expected) => {
		const findings = await checkManifest(changeManifest(copyOfPackage(), edit));
		expect(findings).toEqual([
			{ what: expect.stringMatching(expected), where: 'package.json', remedy: expect.any(String) },
		]);
	});
});

test('no comment can change a lint rule, and the compiler cannot be silenced in nodes and credentials', () => {
	const eslint = (...options: string[]): { stdout: string; status: number | null } =>
		spawnSync(
			process.execPath,
			[join(projectFolder, 'node_modules/eslint/bin/eslint.js'), ...options],
			{
				...{ cwd: projectFolder, encoding: 'utf8' },
				input: '/* eslint no-console: 0 */\nconsole.log(1);\n',
			},
		);
	const file = 'nodes/Seedance/seedance/task.ts';
	const linted = eslint('--stdin', '--stdin-filename', file, '--format', 'json');
	const [result] = JSON.parse(linted.stdout) as Array<{
		messages: Array<{ ruleId: string | null }>;
	}>;
	expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual(
		expect.arrayContaining([null, 'no-console']),
	);
	const { linterOptions, rules } = JSON.parse(eslint('--print-config', file).stdout) as {
		linterOptions: unknown;
		rules: Record<string, unknown>;
	};
	expect(linterOptions).toMatchObject({ noInlineConfig: true });
	expect(rules['@typescript-eslint/ban-ts-comment']).toEqual([
		2,
		{ 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true },
	]);
});

describe("n8n's scanner", () => {
	const node = 'nodes/Seedance/SeedanceVideo.node.ts';
	const other = 'nodes/Seedance/actions/operation.ts';
	const breaches: ReadonlyArray<[string, string, (text: string) => string, string]> = [
		['an import of fs', other, atStart("import { readFile } from 'fs';"), 'no-restricted-imports'],
		['setTimeout', other, atEnd('setTimeout(() => undefined, 1);'), 'no-restricted-globals'],
		['process', other, atEnd('export const home = process.env.HOME;'), 'no-restricted-globals'],
		['console.log', other, atEnd('console.log(1);'), 'no-console'],
		[
			'an error that is thrown on raw',
			other,
			atEnd('export function raw() { try { raw(); } catch (error) { throw error; } }'),
			'require-node-api-error',
		],
		['eval', other, atEnd("eval('1');"), 'no-dangerous-functions'],
		[
			'an icon that does not exist',
			node,
			(text) => text.replace('icons/seedance.svg', 'icons/other.svg'),
			'icon-validation',
		],
		[
			'a node that says nothing about its use as a tool',
			node,
			(text) => text.replace('usableAsTool: true,', ''),
			'node-usable-as-tool',
		],
		[
			'an operation without noDataExpression',
			'nodes/Seedance/actions/operation.ts',
			(text) => text.replaceAll('noDataExpression: true,', ''),
			'n8n-nodes-base/node-param-operation-without-no-data-expression',
		],
	];
	let found: Awaited<ReturnType<typeof scan>> = [];

	beforeAll(async () => {
		// One process for all of them: starting the scanner needs more time than a file.
		const jobs = breaches.map(([, file, edit]): ScanJob => ({
			folder: change(copyOfPackage(), file, edit),
			files: [file],
		}));
		found = await scan([
			...jobs,
			{ folder: copyOfPackage(), files: 'source' },
			{ folder: dirname(workFolder), files: ['no-such-file.js'] },
		]);
	});

	test('nothing is found in the sources as they are', () => {
		expect(found.at(-2)).toEqual([]);
	});

	test.each(breaches.map(([name, file, , rule], index) => ({ name, file, rule, index })))(
		'$name is found',
		({ file, rule, index }) => {
			const findings = found[index] ?? [];
			expect(findings.map(({ remedy }) => remedy).join('\n')).toContain(rule);
			for (const { where } of findings) expect(where).toMatch(new RegExp(`^${file}:\\d+:\\d+$`));
		},
	);

	test('reading no file does not count as success', () => {
		expect(found.at(-1)?.map(({ what }) => what)).toEqual(['No files found to analyze']);
	});
});

describe('loading', () => {
	const video = 'dist/nodes/Seedance/SeedanceVideo.node.js';

	test.each<[string, (text: string) => string, RegExp]>([
		['a package that n8n does not promise', atEnd("require('axios');"), /loads axios, which n8n/],
		[
			'an icon that is not packed',
			(text) => text.replace('icons/seedance.dark.svg', 'icons/none.svg'),
			/names the icon file:\S+none\.svg, which is not packed/,
		],
		[
			'a class of another name',
			(text) => text.replaceAll('exports.SeedanceVideo', 'exports.Video'),
			/exports no class SeedanceVideo/,
		],
	])('%s is found', async (_name, edit, expected) => {
		const { loaded, faults } = await loadInstalled(change(copyOfPackage(), video, edit));
		expect(faults).toEqual([{ file: video, fault: expect.stringMatching(expected) }]);
		expect(loaded).toEqual(['seedanceAsset', 'seedanceTrigger', 'seedanceApi']);
	});
});
