import type { IncomingMessage } from 'node:http';
import type { Provider } from './providers';

/**
 * Gives the function that tells whether JSON in answer to a request is labelled `Content-Encoding: gzip` without being it.
 * Source: APIYI API reference (without `Accept-Encoding: identity` Python raises a gzip decoding error).
 */
export function gzipLabel(provider: Provider): (message: IncomingMessage) => boolean {
	return ({ url = '', headers }) =>
		provider.labelsJsonAsGzip &&
		url.startsWith(`${provider.officialBasePath}/`) &&
		headers['accept-encoding']?.trim().toLowerCase() !== 'identity';
}
