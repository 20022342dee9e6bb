import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RecordedRequest, RequestLog } from './requestLog';

/** An answer that replaces the routes' own. An object is sent as JSON; a string or Buffer is sent as it is. */
export interface CannedAnswer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	/** Milliseconds of real time to wait before the answer. */
	readonly delayMs?: number;
}

/** A fault that still lets the routes process the request. */
export interface Fault {
	/** Milliseconds of real time to wait before the request is processed. */
	readonly delayMs?: number;
	/** What happens instead of the answer: the socket is reset or stays silent, or another answer is sent. */
	readonly after?: 'reset' | 'hang' | CannedAnswer;
	/** How many bytes of the answer's body are sent before the connection is cut. */
	readonly truncateAfterBytes?: number;
	/** Milliseconds of real time between two blanks, which are sent without an end after the head of the answer. */
	readonly dripEveryMs?: number;
}

/** What happens to a request: undefined leaves it alone, 'hang' never answers, 'reset' destroys the socket. */
export type Interception = undefined | 'hang' | 'reset' | CannedAnswer | Fault;

/** Decides about one request before the routes see it. */
export type Interceptor = (request: RecordedRequest) => Interception | Promise<Interception>;

/** The interceptors in force and the faults that they have chosen. */
export class Faults {
	private readonly interceptors: Interceptor[] = [];
	private readonly chosen = new WeakMap<FastifyRequest, Fault>();

	constructor(private readonly log: RequestLog) {}

	/** Installs an interceptor that runs before the earlier ones. Returns the function that removes it. */
	add(interceptor: Interceptor): () => void {
		// A separate wrapper lets the same function be installed twice and removed once.
		const entry: Interceptor = (request) => interceptor(request);
		this.interceptors.unshift(entry);
		return () => {
			const index = this.interceptors.indexOf(entry);
			if (index !== -1) this.interceptors.splice(index, 1);
		};
	}

	/** Asks the interceptors and does what they want before the routes run. */
	async before(request: FastifyRequest, reply: FastifyReply): Promise<void> {
		const interception = await this.ask(this.log.of(request.raw));
		if (interception === undefined) return;
		if (interception === 'hang') {
			reply.hijack();
			return;
		}
		if (interception === 'reset') {
			this.reset(request, reply);
			return;
		}
		if (interception.delayMs !== undefined) {
			await sleep(interception.delayMs, undefined, { ref: false });
		}
		if ('status' in interception) {
			await reply
				.code(interception.status)
				.headers(interception.headers ?? {})
				.send(interception.body);
			return;
		}
		this.chosen.set(request, interception);
	}

	/** Replaces the routes' answer if the chosen fault has another one. Returns the body to send. */
	async replace(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
		const after = this.chosen.get(request)?.after;
		if (typeof after !== 'object') return payload;
		if (payload instanceof Readable) payload.destroy();
		if (after.delayMs !== undefined) await sleep(after.delayMs, undefined, { ref: false });
		for (const name of Object.keys(reply.getHeaders())) {
			if (name !== 'x-request-id') reply.removeHeader(name);
		}
		const { type, bytes } = encode(after.body);
		if (type !== undefined) reply.header('content-type', type);
		reply.code(after.status).headers(after.headers ?? {});
		return bytes;
	}

	/** Returns whether the answer can be sent whole. Otherwise applies the chosen fault to it. */
	allows(request: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
		const { after, truncateAfterBytes, dripEveryMs } = this.chosen.get(request) ?? {};
		if (after === 'reset') {
			this.reset(request, reply);
			return false;
		}
		if (after === 'hang') {
			reply.hijack();
			return false;
		}
		if (truncateAfterBytes !== undefined) {
			void this.truncate(request, reply, payload, truncateAfterBytes);
			return false;
		}
		if (dripEveryMs !== undefined) {
			if (payload instanceof Readable) payload.destroy();
			this.drip(request, reply, dripEveryMs);
			return false;
		}
		return true;
	}

	private drip({ raw: { socket } }: FastifyRequest, reply: FastifyReply, everyMs: number): void {
		reply.hijack();
		const type = reply.getHeader('content-type');
		reply.raw.writeHead(reply.statusCode, type === undefined ? {} : { 'content-type': type });
		const timer = setInterval(() => reply.raw.write(' '), everyMs).unref();
		socket.on('close', () => clearInterval(timer));
	}

	private async ask(record: RecordedRequest): Promise<Interception> {
		for (const interceptor of [...this.interceptors]) {
			const interception = await interceptor(record);
			if (interception !== undefined) return interception;
		}
		return undefined;
	}

	private reset(request: FastifyRequest, reply: FastifyReply): void {
		this.log.breakOff(request.raw);
		reply.hijack();
		request.raw.socket.resetAndDestroy();
	}

	private async truncate(
		request: FastifyRequest,
		reply: FastifyReply,
		payload: unknown,
		byteCount: number,
	): Promise<void> {
		const { socket } = request.raw;
		this.log.breakOff(request.raw);
		this.log.setStatus(request.raw, reply.statusCode);
		reply.hijack();
		for (const [name, value] of Object.entries(reply.getHeaders())) {
			if (value !== undefined) reply.raw.setHeader(name, value);
		}
		// A stream comes with its length.
		let pieces: Readable | Buffer[];
		if (payload instanceof Readable) pieces = payload;
		else {
			const whole = Buffer.isBuffer(payload) ? payload : Buffer.from(String(payload ?? ''));
			reply.raw.setHeader('content-length', whole.length);
			pieces = [whole];
		}
		reply.raw.statusCode = reply.statusCode;
		let leftBytes = byteCount;
		for await (const piece of pieces) {
			await new Promise((resolve) => reply.raw.write(piece.subarray(0, leftBytes), resolve));
			leftBytes -= piece.length;
			if (leftBytes <= 0) break;
		}
		socket.destroy();
	}
}

/** The bytes and the default Content-Type of a canned body, as the HTTP server chooses them for an answer of the routes. */
function encode(body: unknown): { type: string | undefined; bytes: string | Buffer | null } {
	if (body === undefined) return { type: undefined, bytes: null };
	if (typeof body === 'string') return { type: 'text/plain; charset=utf-8', bytes: body };
	if (Buffer.isBuffer(body)) return { type: 'application/octet-stream', bytes: body };
	return { type: 'application/json; charset=utf-8', bytes: JSON.stringify(body) };
}
