import { createHash, createHmac } from 'crypto';

/** A request to Ark's OpenAPI, and the keys that sign it. */
export interface SignedRequest {
	readonly host: string;
	readonly path: string;
	/** Without the question mark, in the order that is sent. */
	readonly query: string;
	readonly body: string;
	readonly region: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** Milliseconds since 1970. */
	readonly nowMs: number;
}

const service = 'ark';
const contentType = 'application/json';
const signedHeaders = 'content-type;host;x-content-sha256;x-date';

/**
 * The headers that sign a POST request: HMAC-SHA256 over method, path, query, headers and body.
 * Source: Volcengine docs, signature of OpenAPI requests (like AWS' version 4, without the prefix "AWS4").
 */
export function signatureHeaders(request: SignedRequest): Readonly<Record<string, string>> {
	const date = new Date(request.nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
	const day = date.slice(0, 8);
	const bodyHash = sha256(request.body);
	const canonical = [
		'POST',
		request.path,
		request.query,
		`content-type:${contentType}`,
		`host:${request.host}`,
		`x-content-sha256:${bodyHash}`,
		`x-date:${date}`,
		'',
		signedHeaders,
		bodyHash,
	].join('\n');
	const scope = `${day}/${request.region}/${service}/request`;
	const toSign = ['HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
	const key = [day, request.region, service, 'request'].reduce<Buffer | string>(
		(parent, part) => hmac(parent, part),
		request.secretAccessKey,
	);
	const signature = hmac(key, toSign).toString('hex');
	return {
		'Content-Type': contentType,
		'X-Content-Sha256': bodyHash,
		'X-Date': date,
		Authorization: `HMAC-SHA256 Credential=${request.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
	};
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}
