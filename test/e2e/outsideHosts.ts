import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generateCACertificate, getLocal, type Mockttp } from 'mockttp';

import { freePort } from '../n8n/ports';

/** A request that n8n meant for a host on the internet. */
export interface OutsideRequest {
	readonly method: string;
	readonly url: URL;
	/** By names in lower case. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Buffer;
}

/** The answer of a host. An object that is not a Buffer becomes JSON. */
export interface OutsideAnswer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: object | string;
}

/** A stand-in on this machine for a service on the internet. */
export interface OutsideHost {
	readonly hostnames: readonly string[];
	answer(request: OutsideRequest): OutsideAnswer | Promise<OutsideAnswer>;
}

/** The internet as n8n sees it: the hosts that have a stand-in, and nothing else. */
export interface Outside {
	/** What sends n8n through the proxy and lets it trust the certificates made there. */
	readonly environment: Readonly<Record<string, string>>;
	/** Requests that no stand-in answers, as "METHOD url". Each got HTTP 502. */
	readonly unexpected: readonly string[];
}

const loopback = '127.0.0.1';

/** Runs an HTTPS proxy on loopback, in which the hosts answer, until it is closed. */
export async function startOutside(
	hosts: readonly OutsideHost[],
): Promise<Outside & { close(): Promise<void> }> {
	const folder = await mkdtemp(join(tmpdir(), 'seedance-outside-'));
	const authority = await generateCACertificate({
		subject: { commonName: 'Tests of n8n-nodes-seedance' },
	});
	const authorityFile = join(folder, 'authority.pem');
	await writeFile(authorityFile, authority.cert);
	const server = getLocal({ https: { cert: authority.cert, key: authority.key } });
	const port = await freePort();
	await startOnLoopback(server, port);
	const unexpected: string[] = [];
	await answerAll(server, hosts, unexpected);
	const proxy = `http://${loopback}:${port}`;
	return {
		environment: {
			HTTP_PROXY: proxy,
			HTTPS_PROXY: proxy,
			ALL_PROXY: proxy,
			NO_PROXY: `${loopback},localhost`,
			NODE_EXTRA_CA_CERTS: authorityFile,
		},
		unexpected,
		async close() {
			await server.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Registers hooks that run such a proxy around the tests of a file. */
export function setUpOutside(hosts: readonly OutsideHost[]): () => Outside {
	let outside: Awaited<ReturnType<typeof startOutside>> | undefined;

	beforeAll(async () => {
		outside = await startOutside(hosts);
	});
	afterAll(async () => {
		await outside?.close();
	});
	return () => {
		if (outside === undefined) throw new Error('The proxy is not started yet');
		return outside;
	};
}

/** Mockttp listens on every address of the machine and has no option against it. */
async function startOnLoopback(server: Mockttp, port: number): Promise<void> {
	const { listen } = Server.prototype;
	Server.prototype.listen = function (this: Server) {
		return Reflect.apply(listen, this, [port, loopback]) as Server;
	} as typeof listen;
	try {
		await server.start(port);
	} finally {
		Server.prototype.listen = listen;
	}
}

async function answerAll(
	server: Mockttp,
	hosts: readonly OutsideHost[],
	unexpected: string[],
): Promise<void> {
	await server.forAnyRequest().thenCallback(async (request) => {
		const url = new URL(request.url);
		const host = hosts.find(({ hostnames }) => hostnames.includes(url.hostname));
		if (host === undefined) {
			unexpected.push(`${request.method} ${request.url}`);
			return { statusCode: 502 };
		}
		const headers = Object.fromEntries(
			Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
		);
		const body = (await request.body.getDecodedBuffer()) ?? Buffer.alloc(0);
		const answer = await host.answer({ method: request.method, url, headers, body });
		const { status, body: answered = '' } = answer;
		const isText = typeof answered === 'string' || Buffer.isBuffer(answered);
		return {
			statusCode: status,
			headers: { ...(isText ? {} : { 'content-type': 'application/json' }), ...answer.headers },
			body: isText ? answered : JSON.stringify(answered),
		};
	});
}
