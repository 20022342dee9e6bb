import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkN8nLoads } from './loadCheck';

const node = { path: process.execPath };
const countsStarts = `require('fs').appendFileSync('starts', 'x');`;

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'seedance-load-'));
});
afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

/** Checks an n8n that is this script. */
async function check(script: string, nativePackages: readonly string[] = []): Promise<void> {
	const bin = join(folder, 'node_modules', 'n8n', 'bin');
	await mkdir(bin, { recursive: true });
	await writeFile(join(bin, 'n8n'), `${countsStarts}\n${script}`);
	const natives = nativePackages.map((name) => ({ package: name, reason: '' }));
	await checkN8nLoads(folder, { nativePackages: natives }, node);
}

const starts = async () => (await readFile(join(folder, 'starts'), 'utf8')).length;

test('an n8n that loads is started once', async () => {
	await check(`console.log('Starts n8n');`);
	expect(await starts()).toBe(1);
});

test('an n8n that says nothing the first time is started again', async () => {
	await check(`if (require('fs').readFileSync('starts').length > 1) console.log('Starts n8n');`);
	expect(await starts()).toBe(2);
});

test('exit code and stderr are shown of an n8n that ends with an error twice', async () => {
	await expect(
		check(`console.error('Error: Command "start" not found'); process.exit(3);`),
	).rejects.toThrow(/ended with code 3, 2 times[^]*Command "start" not found/);
	expect(await starts()).toBe(2);
});

test('exit code and stderr are shown of an n8n that ends without an error and without output', async () => {
	await expect(check(`console.error('a warning');`)).rejects.toThrow(
		/ended with code 0, 2 times[^]*stderr: a warning/,
	);
});

test('a native package that does not load is named, and n8n is not started', async () => {
	await expect(check('', ['not-built'])).rejects.toThrow(/Cannot find module 'not-built'/);
	await expect(starts()).rejects.toThrow('ENOENT');
});
