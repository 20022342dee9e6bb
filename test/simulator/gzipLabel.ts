import type { IncomingMessage } from 'node:http';
import type { Provider } from './providers';

/**
 * Returns a predicate: should the JSON answer to a request be labelled `Content-Encoding: gzip` although it is not compressed?
 * Source: APIYI API reference (without `Accept-Encoding: identity` Python raises a gzip decoding error).
 */
export function gzipLabel(provider: Provider): (message: IncomingMessage) => boolean {
	return ({ url = '', headers }) =>
		provider.labelsJsonAsGzip &&
		url.startsWith(`${provider.officialBasePath}/`) &&
		headers['accept-encoding']?.trim().toLowerCase() !== 'identity';
}
