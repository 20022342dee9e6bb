import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
	name: string;
	dependencies?: unknown;
	peerDependencies: unknown;
	n8n: { nodes: string[]; credentials: string[] };
};

test('the tarball holds the built package and its documents, nothing else', () => {
	const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: root,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const [tarball] = JSON.parse(output) as Array<{ files: Array<{ path: string }> }>;
	const paths = tarball?.files.map(({ path }) => path) ?? [];
	const other = paths.filter((path) => !/^dist\/(nodes|credentials|icons)\//.test(path));
	expect(other.sort()).toEqual(['LICENSE.md', 'README.md', 'index.js', 'package.json']);
	for (const path of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		expect(paths).toContain(path);
	}
	expect(paths).toContain('dist/icons/seedance.svg');
	expect(paths).toContain('dist/nodes/Seedance/SeedanceVideo.node.json');
});

test('the package brings no dependencies of its own', () => {
	expect(manifest.dependencies).toBeUndefined();
	expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
});

test('the lock file names no registry', () => {
	const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
	expect(lock).not.toMatch(/"resolved": "https?:/);
	expect(existsSync(join(root, 'npm-shrinkwrap.json'))).toBe(false);
});

test('no file names the host of a registry', () => {
	const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
		cwd: root,
		encoding: 'utf8',
	})
		.split('\n')
		.filter((file) => file !== '' && existsSync(join(root, file)));
	expect(files.length).toBeGreaterThan(300);
	const host = /\b(?:registry|npm|packages?)\.[\w-]+\.(?:com|dev|io|net|org)\b|\bregistry-url\b/;
	expect(files.filter((file) => host.test(readFileSync(join(root, file), 'latin1')))).toEqual([]);
});

test.each(['SeedanceVideo', 'SeedanceAsset', 'SeedanceTrigger'])(
	'n8n’s search of nodes finds %s',
	(name) => {
		const file = join(root, 'nodes', 'Seedance', `${name}.node.json`);
		const codex = JSON.parse(readFileSync(file, 'utf8')) as { categories: string[] };
		// The editor shows a node of the category AI only among AI's own root nodes, and omits it from the search.
		expect(codex.categories).toEqual(['Marketing']);
	},
);
