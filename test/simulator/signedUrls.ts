import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a signed URL works, in seconds. Source: APIYI API reference, Response Format (24 hours). */
const lifetimeSeconds = 86_400;

/** What a signed URL is worth: usable, not the one that was issued, or too old. */
export type SignatureVerdict = 'valid' | 'mismatch' | 'expired';

/** Signs the paths of files for one method each, and checks signed requests against the raw text of their query. */
export class UrlSigner {
	constructor(private readonly secret: string) {}

	/** Path and query of a URL that works for GET, for 24 hours from the given time in milliseconds. */
	sign(path: string, signedAtMs: number): string {
		const time = new Date(signedAtMs).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
		const unsigned = [
			'X-Tos-Algorithm=TOS4-HMAC-SHA256',
			`X-Tos-Credential=AKLTsimulator%2F${time.slice(0, 8)}%2Fcn-beijing%2Ftos%2Frequest`,
			`X-Tos-Date=${time}`,
			`X-Tos-Expires=${lifetimeSeconds}`,
		].join('&');
		const signature = this.signatureOf('GET', path, unsigned);
		return `${path}?${unsigned}&X-Tos-Signature=${signature}&X-Tos-SignedHeaders=host`;
	}

	/** Checks method, path and raw query against the signature in the query, then the age at a time in milliseconds. */
	check(method: string, path: string, rawQuery: string, nowMs: number): SignatureVerdict {
		const [, unsigned, signature] =
			/^(.*)&X-Tos-Signature=([0-9a-f]{64})&X-Tos-SignedHeaders=host$/s.exec(rawQuery) ?? [];
		if (unsigned === undefined || signature === undefined) return 'mismatch';
		const expected = this.signatureOf(method, path, unsigned);
		if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return 'mismatch';
		const expiresMs = readSignedAtMs(unsigned) + lifetimeSeconds * 1000;
		return nowMs < expiresMs ? 'valid' : 'expired';
	}

	private signatureOf(method: string, path: string, unsigned: string): string {
		return createHmac('sha256', this.secret)
			.update(`${method}\n${path}\n${unsigned}`)
			.digest('hex');
	}
}

function readSignedAtMs(unsigned: string): number {
	const time = new URLSearchParams(unsigned).get('X-Tos-Date') ?? '';
	const iso = time.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z');
	return Date.parse(iso);
}
