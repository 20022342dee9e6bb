import type { SeedanceFailure } from '../seedance/failure';
import type { RequestKind } from '../seedance/retryPolicy';
import { noUsableAnswerFailure } from '../seedance/wire/providerError';

/** Codes of a connection that was never made, or of a certificate that was refused: no byte of the request was sent. */
const neverConnected = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'CERT_NOT_YET_VALID',
	'SELF_SIGNED_CERT',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The failure of a request that was sent, perhaps, and threw. */
export function noAnswer(
	request: { readonly kind: RequestKind; readonly url: string },
	error: unknown,
): SeedanceFailure {
	const code = codeOf(error);
	const isTimeout = code === 'ECONNABORTED' || code === 'ETIMEDOUT';
	const kind = wasNeverConnected(error)
		? 'notConnected'
		: isTimeout
			? 'answerTimedOut'
			: 'connectionLost';
	return noUsableAnswerFailure(request.kind, kind, new URL(request.url).host, { code }, error);
}

/** Whether the connection or its TLS handshake failed; n8n keeps the client's error as the cause. */
function wasNeverConnected(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	const { code, httpCode, syscall, message, cause } = error as Record<string, unknown>;
	return (
		neverConnected.has(String(code)) ||
		neverConnected.has(String(httpCode)) ||
		syscall === 'connect' ||
		/before secure TLS connection was established|wrong version number|handshake failure/i.test(
			String(message),
		) ||
		wasNeverConnected(cause)
	);
}

/** n8n wraps the client's error and keeps its code as `httpCode`; other versions keep the error itself as the cause. */
function codeOf(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null) return undefined;
	const { code, httpCode, cause } = error as Record<string, unknown>;
	return [code, httpCode].find(isSystemCode) ?? codeOf(cause);
}

function isSystemCode(value: unknown): value is string {
	return typeof value === 'string' && /^[A-Z][A-Z0-9_]+$/.test(value);
}
