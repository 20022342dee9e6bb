import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is sent for an answer, if not an ordinary one. */
export type Answer = (exchange: Exchange) => void;

/** One request and its answer. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** A form of the key that this answer sends back. */
	readonly echo: string;
	/** The number of the request, for its ID. */
	readonly number: number;
	/** Milliseconds since 1970. */
	readonly arrivedAtMs: number;
}

const dripEveryMs = 1_000;
/** Longer than a video takes at the end of a run. */
const lateMs = 3_000;

/** An answer of JSON that sends the key back in its header, and in a member of every object. */
export function json(
	status: number,
	body: Readonly<Record<string, unknown>>,
	headers: Readonly<Record<string, string>> = {},
): Answer {
	return (exchange) => {
		const { response, echo } = exchange;
		const jsonType = { 'content-type': 'application/json' };
		response.writeHead(status, { ...idHeader(exchange), ...headers, ...jsonType });
		response.end(JSON.stringify({ ...body, echo }));
	};
}

/** An error in the form of Ark, whose message quotes the key. */
export function refusal(
	status: number,
	code: string,
	headers: Readonly<Record<string, string>> = {},
): Answer {
	return (exchange) => {
		const message = `Refused for the key ${exchange.echo}`;
		json(status, { error: { code, message } }, headers)(exchange);
	};
}

/** The page of a login or a proxy. */
export function page(status: number, contentType = 'text/html'): Answer {
	return (exchange) => {
		const { response, echo } = exchange;
		response.writeHead(status, { ...idHeader(exchange), 'content-type': contentType });
		response.end(`<!doctype html><html><body>Please sign in: ${echo}</body></html>`);
	};
}

/** A success whose body never ends: one blank after the other. */
export const drip: Answer = ({ response }) => {
	response.writeHead(200, { 'content-type': 'application/json' });
	dripInto(response, () => ' ');
};

/** Sends what `next` returns, again and again, until the client has had enough. */
export function dripInto(response: ServerResponse, next: () => string | Uint8Array): void {
	response.write(next());
	const timer = setInterval(() => response.write(next()), dripEveryMs);
	response.on('close', () => clearInterval(timer));
}

/** No answer at all. */
export const hang: Answer = () => {};

/** An answer that takes its time. */
export function late(answer: Answer): Answer {
	return (exchange) => {
		const timer = setTimeout(() => answer(exchange), lateMs);
		exchange.response.on('close', () => clearTimeout(timer));
	};
}

/** The connection is reset. */
export const reset: Answer = ({ request }) => {
	request.socket.resetAndDestroy();
};

function idHeader({ number, echo }: Exchange): Record<string, string> {
	return { 'x-request-id': `request-${number}-${echo}` };
}
