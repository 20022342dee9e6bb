import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { startMs } from './testSimulator';

/** What a test sends to the OpenAPI: every part may be other than what the signature is made of. */
export interface OpenApiRequest {
	readonly query: string;
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** What a signature is made of. */
export interface SignatureParts {
	readonly query: string;
	readonly body: string;
	readonly host: string;
	readonly date: string;
	readonly region: string;
	readonly service: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
}

/** X-Date at the beginning of every test. */
export const startDate = dateOf(startMs);

/** Formats a time in milliseconds for X-Date. */
export function dateOf(timeMs: number): string {
	return new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, '');
}

export function sign(parts: SignatureParts): OpenApiRequest {
	const { query, body, host, date, region, service, accessKeyId, secretAccessKey } = parts;
	const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
	const hmac = (key: string | Buffer, text: string) =>
		createHmac('sha256', key).update(text).digest();
	const canonical =
		`POST\n/\n${query}\ncontent-type:application/json\nhost:${host}\n` +
		`x-content-sha256:${sha256(body)}\nx-date:${date}\n\n` +
		`content-type;host;x-content-sha256;x-date\n${sha256(body)}`;
	const scope = `${date.slice(0, 8)}/${region}/${service}/request`;
	const dayKey = hmac(secretAccessKey, date.slice(0, 8));
	const key = hmac(hmac(hmac(dayKey, region), service), 'request');
	const text = `HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
	return {
		query,
		body,
		headers: {
			Host: host,
			'Content-Type': 'application/json',
			'X-Content-Sha256': sha256(body),
			'X-Date': date,
			Authorization:
				`HMAC-SHA256 Credential=${accessKeyId}/${scope}, ` +
				'SignedHeaders=content-type;host;x-content-sha256;x-date, ' +
				`Signature=${hmac(key, text).toString('hex')}`,
		},
	};
}

/** Sends a request to the OpenAPI of a simulator unchanged, including its Host. Returns status and JSON of the answer. */
export async function sendOpenApi(
	origin: string,
	{ query, body, headers }: OpenApiRequest,
): Promise<{ status: number | undefined; data: unknown }> {
	return await new Promise((resolve, reject) => {
		const sent = httpRequest(`${origin}/?${query}`, { method: 'POST', headers }, (answer) => {
			let text = '';
			answer.on('data', (piece) => (text += piece));
			answer.on('end', () => resolve({ status: answer.statusCode, data: JSON.parse(text) }));
		});
		sent.on('error', reject);
		sent.end(body);
	});
}
