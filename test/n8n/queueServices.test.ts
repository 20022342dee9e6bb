import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startPostgres } from './postgres';
import { startRedis } from './redis';

const folder = mkdtempSync(join(tmpdir(), 'seedance-services-'));
const path = process.env.PATH;

beforeAll(() => {
	process.env.PATH = folder;
});
afterAll(() => {
	process.env.PATH = path;
	rmSync(folder, { recursive: true });
});

test('without redis-server the message names the package to install', async () => {
	await expect(startRedis(folder)).rejects.toThrow(
		'redis-server is not on the PATH: install it (Debian: apt-get install redis-server)',
	);
});

test('without PostgreSQL the message names the package to install', async () => {
	const nowhere = join(folder, 'none');
	await expect(startPostgres(folder, nowhere)).rejects.toThrow(
		`PostgreSQL's server is neither in ${nowhere} nor on the PATH: install it (Debian: apt-get install postgresql)`,
	);
});
