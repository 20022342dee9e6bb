import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from './ports';
import { processGroupOf } from './processGroup';

/** A service that a queue needs, started for it alone. */
export interface QueueService {
	/** The settings with which n8n finds the service. */
	environment: Readonly<Record<string, string>>;
	/** Ends the service. Safe to call twice. */
	stop(): Promise<void>;
}

const startTimeoutMs = 10_000;
const pollMs = 50;

function answersPing(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
		socket.once('data', (answer) => {
			resolve(answer.toString().startsWith('+PONG'));
			socket.destroy();
		});
		socket.once('error', () => resolve(false));
	});
}

/**
 * Starts a Redis of its own on loopback, which keeps nothing on disk. Rejects with what to install
 * when there is none.
 */
export async function startRedis(folder: string): Promise<QueueService> {
	const port = await freePort();
	const child = spawn(
		'redis-server',
		['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
		{ cwd: folder, env: process.env, stdio: 'ignore', detached: true },
	);
	const { ended, stop } = processGroupOf(child);
	let end: string | undefined;
	void ended.then((words) => (end = words));
	const deadlineMs = Date.now() + startTimeoutMs;
	while (!(await answersPing(port))) {
		if (end?.includes('ENOENT') === true) {
			throw new Error(
				'redis-server is not on the PATH: install it (Debian: apt-get install redis-server)',
			);
		}
		if (end !== undefined) throw new Error(`redis-server ended with ${end}`);
		if (Date.now() >= deadlineMs) {
			await stop();
			throw new Error(`redis-server was not ready within ${startTimeoutMs / 1000} s`);
		}
		await delay(pollMs);
	}
	return {
		environment: { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(port) },
		stop,
	};
}
