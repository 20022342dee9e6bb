import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { OpenApiError, signatureDoesNotMatch } from './openApiErrors';

/** The key pair of an account, and the region that it calls. */
export interface SigningKeys {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly region: string;
}

/** A request as it was received, with its query as it was sent. */
export interface SignedRequest {
	readonly method: string;
	readonly path: string;
	readonly rawQuery: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

const algorithm = 'HMAC-SHA256';
const signedHeaders = ['content-type', 'host', 'x-content-sha256', 'x-date'] as const;

/** How far X-Date may be from the time of the server. */
const toleranceMs = 15 * 60 * 1000;

/**
 * Checks that a request is signed with these keys at about this time in milliseconds. Throws the refusal.
 * Source: Volcengine, signature of OpenAPI requests; BytePlus OpenAPI, common error codes.
 */
export function checkSignature(request: SignedRequest, keys: SigningKeys, nowMs: number): void {
	const { authorization } = request.headers;
	if (authorization === undefined) {
		throw new OpenApiError('MissingAuthenticationToken', 'The request is not signed.', 401);
	}
	const [, accessKeyId, scope, names, signature] =
		/^HMAC-SHA256 Credential=([^/\s,]+)\/([^\s,]+), ?SignedHeaders=([^\s,]+), ?Signature=([0-9a-f]{64})$/.exec(
			authorization,
		) ?? [];
	if (scope === undefined || signature === undefined) {
		throw new OpenApiError('MissingSignature', 'The Authorization header has another form.', 401);
	}
	if (accessKeyId !== keys.accessKeyId) {
		throw new OpenApiError('InvalidAccessKey', 'The access key is not known.', 401);
	}
	const date = headerOf(request, 'x-date');
	const dateMs = readDateMs(date);
	if (!(Math.abs(nowMs - dateMs) <= toleranceMs)) {
		throw new OpenApiError('InvalidTimestamp', 'X-Date is not of the last 15 minutes.', 400);
	}
	if (names !== signedHeaders.join(';')) {
		throw signatureDoesNotMatch(`expected the signed headers ${signedHeaders.join(';')}`);
	}
	const expectedScope = `${date.slice(0, 8)}/${keys.region}/ark/request`;
	if (scope !== expectedScope) throw signatureDoesNotMatch(`expected the scope ${expectedScope}`);
	if (headerOf(request, 'x-content-sha256') !== sha256(request.body)) {
		throw signatureDoesNotMatch('X-Content-Sha256 is not that of the body');
	}
	const expected = signatureOf(request, keys, date, expectedScope);
	if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) {
		throw signatureDoesNotMatch('check the secret key and the canonical request');
	}
}

function signatureOf(
	request: SignedRequest,
	{ secretAccessKey, region }: SigningKeys,
	date: string,
	scope: string,
): string {
	const toSign = [algorithm, date, scope, sha256(canonicalRequest(request))].join('\n');
	const dayKey = hmac(secretAccessKey, date.slice(0, 8));
	const signingKey = hmac(hmac(hmac(dayKey, region), 'ark'), 'request');
	return hmac(signingKey, toSign).toString('hex');
}

/** The text whose hash is signed. */
export function canonicalRequest(request: SignedRequest): string {
	return [
		request.method,
		request.path,
		canonicalQuery(request.rawQuery),
		...signedHeaders.map((name) => `${name}:${headerOf(request, name)}`),
		'',
		signedHeaders.join(';'),
		sha256(request.body),
	].join('\n');
}

function canonicalQuery(rawQuery: string): string {
	return [...new URLSearchParams(rawQuery)]
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.sort()
		.join('&');
}

/** Source: RFC 3986, section 2.3 (unreserved characters). */
function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

function headerOf({ headers }: SignedRequest, name: (typeof signedHeaders)[number]): string {
	const value = headers[name];
	if (typeof value !== 'string') throw signatureDoesNotMatch(`expected the header ${name}`);
	return value.trim();
}

function readDateMs(date: string): number {
	if (!/^\d{8}T\d{6}Z$/.test(date)) return NaN;
	return Date.parse(
		date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
	);
}

function sha256(content: Buffer | string): string {
	return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}
