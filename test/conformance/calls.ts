import axios, { type AxiosResponse } from 'axios';
import type { Readable } from 'node:stream';
import type { Connection } from '../../nodes/Seedance/seedance/connection';

/** One call to the provider. */
export interface Call {
	readonly method: 'GET' | 'POST' | 'DELETE';
	/** Absolute, query included. */
	readonly url: string;
	readonly body?: unknown;
	/** True for a call with a key that does not exist. */
	readonly wrongKey?: boolean;
	/** The name of its fixture. Without a name it is not recorded. */
	readonly fixture?: string | ((answer: Answer) => string | undefined);
	readonly signal?: AbortSignal;
}

/** An answer, whatever its status. */
export interface Answer {
	readonly status: number;
	/** Names in small letters. */
	readonly headers: Readonly<Record<string, string>>;
	/** Parsed JSON, the text if it is not JSON, or undefined if it is empty. */
	readonly body: unknown;
}

/** What was fetched from the URL of a video. */
export interface Download extends Answer {
	readonly bytes: number;
	/** The beginning of the file. */
	readonly start: Buffer;
}

/** There was no answer, or none that could be read. */
export class CallFailure extends Error {
	constructor(
		readonly code: string,
		/** True when the connection was never made, so that nothing can have been accepted. */
		readonly neverSent: boolean,
	) {
		super(neverSent ? `the host could not be reached (${code})` : `there was no answer (${code})`);
	}
}

/** Told of each call that has a name for its fixture. */
export type OnAnswer = (fixture: string, call: Call, answer: Answer) => void;

/** Sends calls, each exactly once. */
export interface Calls {
	send(call: Call): Promise<Answer>;
	/** Fetches a signed URL as anybody would, without the key. */
	download(url: string, signal: AbortSignal): Promise<Download>;
	/** Asks for the headers of a signed URL. */
	head(url: string, signal: AbortSignal): Promise<Answer>;
}

/** A key that does not exist, and that does not have the form of a real one. */
const wrongKey = 'conformance-check-with-a-wrong-key';
const timeoutMs = 120_000;
const startBytes = 16;

/** The codes of Node for a connection that never came about. */
const neverSentCodes = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Creates the calls of a connection. They use axios and none of the nodes' own transport. */
export function createCalls(connection: Connection, onAnswer: OnAnswer): Calls {
	const authorization = (isWrong: boolean) =>
		isWrong
			? connection.authorization.replace(/(?<=^(?:Bearer )?)\S+$/, wrongKey)
			: connection.authorization;
	const common = { timeout: timeoutMs, validateStatus: () => true } as const;

	return {
		async send(call) {
			const response = await sendOnce(
				async () =>
					await axios.request<ArrayBuffer>({
						...common,
						method: call.method,
						url: call.url,
						data: call.body,
						headers: {
							Accept: 'application/json',
							...connection.provider.headers,
							Authorization: authorization(call.wrongKey === true),
						},
						// The key goes to no other address.
						maxRedirects: 0,
						responseType: 'arraybuffer',
						...(call.signal === undefined ? {} : { signal: call.signal }),
					}),
			);
			const answer = answerOf(response, parse(Buffer.from(response.data).toString()));
			const fixture = typeof call.fixture === 'function' ? call.fixture(answer) : call.fixture;
			if (fixture !== undefined) onAnswer(fixture, call, answer);
			return answer;
		},
		async download(url, signal) {
			return await sendOnce(async () => {
				const response = await axios.get<Readable>(url, {
					...common,
					responseType: 'stream',
					signal,
				});
				let bytes = 0;
				let start = Buffer.alloc(0);
				for await (const chunk of response.data) {
					const piece = chunk as Buffer;
					bytes += piece.length;
					if (start.length < startBytes) start = Buffer.concat([start, piece]);
				}
				start = start.subarray(0, startBytes);
				return { ...answerOf(response, undefined), bytes, start };
			});
		},
		async head(url, signal) {
			return answerOf(
				await sendOnce(async () => await axios.head(url, { ...common, signal })),
				undefined,
			);
		},
	};
}

/** An axios error holds the request with its key, so none may escape. */
async function sendOnce<Result>(send: () => Promise<Result>): Promise<Result> {
	try {
		return await send();
	} catch (error) {
		const code = (error as { code?: unknown } | null)?.code;
		const known = typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'no code';
		throw new CallFailure(known, neverSentCodes.includes(known));
	}
}

function answerOf(response: AxiosResponse, body: unknown): Answer {
	const headers = Object.entries(response.headers).map(([name, value]) => [
		name.toLowerCase(),
		String(value),
	]);
	return { status: response.status, headers: Object.fromEntries(headers), body };
}

function parse(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
