import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { freePort } from './ports';
import { processGroupOf } from './processGroup';
import type { QueueService } from './redis';
import { tailOf } from './runNpm';

const execFileToEnd = promisify(execFile);

/** Debian keeps the server's programs off the PATH, in a folder for each major version. */
const debianFolder = '/usr/lib/postgresql';
const startTimeoutMs = 30_000;
const pollMs = 100;
const user = 'n8n';

async function programFolder(versionsFolder: string): Promise<string> {
	const versions = await readdir(versionsFolder).catch(() => []);
	const newestFirst = versions.sort((first, second) => Number(second) - Number(first));
	const candidates = [
		...newestFirst.map((version) => join(versionsFolder, version, 'bin')),
		...(process.env.PATH ?? '').split(delimiter),
	];
	const found = candidates.find((folder) => existsSync(join(folder, 'initdb')));
	if (found !== undefined) return found;
	throw new Error(
		`PostgreSQL's server is neither in ${versionsFolder} nor on the PATH: install it (Debian: apt-get install postgresql)`,
	);
}

async function idOf(flag: '-u' | '-g'): Promise<number> {
	const { stdout } = await execFileToEnd('id', [flag, 'postgres']).catch(() => {
		throw new Error(
			'PostgreSQL does not run as root, and there is no user postgres: install it (Debian: apt-get install postgresql), or run this as another user',
		);
	});
	return Number(stdout);
}

async function owner(): Promise<{ uid?: number; gid?: number }> {
	if (process.getuid?.() !== 0) return {};
	return { uid: await idOf('-u'), gid: await idOf('-g') };
}

function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => {
			resolve(true);
			socket.destroy();
		});
		socket.once('error', () => resolve(false));
	});
}

/**
 * Starts a PostgreSQL cluster of its own on loopback, never as root, with its log in the folder;
 * rejects with what to install when there is none.
 */
export async function startPostgres(
	folder: string,
	versionsFolder = debianFolder,
): Promise<QueueService> {
	const programs = await programFolder(versionsFolder);
	const as = await owner();
	const port = await freePort();
	// Not below the folder, which may be closed to the user that PostgreSQL runs as.
	const home = await mkdtemp(join(tmpdir(), 'seedance-postgres-'));
	const data = join(home, 'data');
	const logFile = join(folder, 'postgres.log');
	if (as.uid !== undefined && as.gid !== undefined) {
		await chown(home, as.uid, as.gid);
	}
	const options = { cwd: home, env: { ...process.env, LC_ALL: 'C' }, ...as };
	await execFileToEnd(
		join(programs, 'initdb'),
		['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-sync'],
		options,
	);
	const log = await open(logFile, 'a');
	const settings = [
		'listen_addresses=127.0.0.1',
		'unix_socket_directories=',
		'max_connections=200',
		// The cluster is deleted afterwards: nothing in it has to survive a power cut.
		'fsync=off',
	].flatMap((setting) => ['-c', setting]);
	const server = spawn(join(programs, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
		...options,
		stdio: ['ignore', log.fd, log.fd],
		detached: true,
	});
	const { ended, stop: stopServer } = processGroupOf(server);
	await log.close();
	const stop = async () => {
		await stopServer();
		await rm(home, { recursive: true, force: true });
	};
	let end: string | undefined;
	void ended.then((words) => (end = words));
	const deadlineMs = Date.now() + startTimeoutMs;
	while (!(await listens(port))) {
		if (end !== undefined || Date.now() >= deadlineMs) {
			await stop();
			const reason = end === undefined ? 'is not ready in time' : `ended with ${end}`;
			throw new Error(`PostgreSQL ${reason}. Its last lines:\n${await tailOf(logFile)}`);
		}
		await delay(pollMs);
	}
	return {
		environment: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: user,
			DB_POSTGRESDB_PASSWORD: 'unused',
			// With its default of 2, n8n's own ping waits behind forty executions, and it answers 503.
			DB_POSTGRESDB_POOL_SIZE: '10',
		},
		stop,
	};
}
