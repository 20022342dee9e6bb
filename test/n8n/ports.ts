import { once } from 'node:events';
import { createServer } from 'node:net';

const loopback = '127.0.0.1';

async function listenOnce(port: number): Promise<number> {
	const server = createServer();
	server.listen(port, loopback);
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error('No port was given out');
	return address.port;
}

/** A free loopback port. */
export async function freePort(): Promise<number> {
	return await listenOnce(0);
}

/** Rejects with one line that names the port when another program uses it. */
export async function assertPortIsFree(port: number): Promise<void> {
	try {
		await listenOnce(port);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === 'EADDRINUSE') {
			throw new Error(`Port ${port} is already in use: stop what uses it, or choose another port`);
		}
		throw new Error(`Port ${port} cannot be used: ${message}`);
	}
}
