import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** One request as it was received, and what became of it. */
export interface RecordedRequest {
	/** When it arrived, in milliseconds of the simulator's clock. */
	readonly at: number;
	readonly method: string;
	/** Path and query exactly as they were sent. */
	readonly url: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingHttpHeaders;
	/** The parsed JSON, or the text if it is not JSON. Undefined without a body. */
	readonly body: unknown;
	/** The HTTP status, once the answer has begun. */
	readonly status: number | undefined;
	/** True when the client hung up before it had the whole answer. */
	readonly aborted: boolean;
	/** Milliseconds of real time from arrival until the connection is free again. Undefined until then. */
	readonly tookMs: number | undefined;
}

type WritableRequest = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

/** Keeps every request in order of arrival. */
export class RequestLog {
	readonly requests: RecordedRequest[] = [];
	private readonly byMessage = new WeakMap<IncomingMessage, WritableRequest>();
	private readonly brokenOff = new WeakSet<IncomingMessage>();
	private stopped = false;

	constructor(
		private readonly now: () => number,
		private readonly onEnd: (request: RecordedRequest) => void,
	) {}

	/** Records an arriving request and follows its answer to the end. */
	open(message: IncomingMessage, response: ServerResponse): void {
		const startedMs = performance.now();
		const url = message.url ?? '';
		const [path = '', query = ''] = url.split(/\?(.*)/s);
		const record: WritableRequest = {
			at: this.now(),
			method: message.method ?? '',
			url,
			path,
			query: new URLSearchParams(query),
			headers: message.headers,
			body: undefined,
			status: undefined,
			aborted: false,
			tookMs: undefined,
		};
		this.byMessage.set(message, record);
		this.requests.push(record);
		response.once('close', () => {
			if (response.writableFinished) record.status ??= response.statusCode;
			record.aborted = !response.writableFinished && !this.stopped && !this.brokenOff.has(message);
			record.tookMs = performance.now() - startedMs;
			this.onEnd(record);
		});
	}

	/** The record of a request. Throws for one that was never opened. */
	of(message: IncomingMessage): RecordedRequest {
		return this.writable(message);
	}

	/** Notes the body, when it has been read. */
	setBody(message: IncomingMessage, body: unknown): void {
		this.writable(message).body = body;
	}

	/** Notes the status, when the answer begins. */
	setStatus(message: IncomingMessage, status: number): void {
		this.writable(message).status = status;
	}

	/** Notes that the simulator cuts the connection, so that this does not count as a client hanging up. */
	breakOff(message: IncomingMessage): void {
		this.brokenOff.add(message);
	}

	/** Notes that the simulator is closing: a connection that ends from now on was not closed by its client. */
	stop(): void {
		this.stopped = true;
	}

	private writable(message: IncomingMessage): WritableRequest {
		const record = this.byMessage.get(message);
		if (record === undefined) throw new Error('The request was not recorded');
		return record;
	}
}
