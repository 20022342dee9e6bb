import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { leadsInside, reachOf, type Reach } from '../seedance/address';
import { SeedanceFailure } from '../seedance/failure';
import type { Clock } from './clock';
import { startDeadline } from './deadline';

/** The part of n8n's contexts that sends a request without a credential. */
export interface HttpContext {
	readonly helpers: Pick<IExecuteFunctions['helpers'], 'httpRequest'>;
}

/** A stream of the HTTP client. */
export type FileBody = AsyncIterable<Uint8Array> & { destroy(): void };

/** An answer whose body is still to come. */
export interface FileAnswer {
	readonly httpStatus: number;
	readonly headers: Readonly<Record<string, unknown>>;
	readonly body: FileBody;
}

/** The file that a request is for. */
export interface RequestedFile {
	readonly label: 'video' | 'last frame';
	readonly url: string;
	/** Where what names the URL is: a host outside may not lead inside. */
	readonly namedBy: Reach;
	readonly headers: Readonly<Record<string, string>>;
}

const headersTimeoutMs = 30_000;
const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Longer than every deadline, which end a transfer instead. */
const maxSilenceMs = 3_600_000;

/**
 * Sends one GET and follows its redirects, unless they lead from a host outside to an address inside, or away from http and https.
 * Throws a SeedanceFailure for such an address and for headers that take too long, otherwise the error of the HTTP client. The request carries no credential and no cookie.
 */
export async function requestFile(
	{ helpers }: HttpContext,
	clock: Clock,
	{ label, url: firstUrl, namedBy, headers }: RequestedFile,
): Promise<FileAnswer> {
	let from = namedBy;
	let url = firstUrl;
	for (let followed = 0; ; followed++) {
		const reach = fetchableReach(url, from, label);
		const deadline = startDeadline(clock, {
			...{ timeoutMs: headersTimeoutMs, endsAtStop: true },
			timedOut: () => new SeedanceFailure({ kind: 'downloadIncomplete', values: { file: label } }),
		});
		const answering = helpers.httpRequest({
			...{ method: 'GET', url },
			// The bytes have to be comparable with Content-Length.
			headers: { 'Accept-Encoding': 'identity', ...headers },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: maxSilenceMs,
			abortSignal: deadline.signal,
		}) as Promise<IN8nHttpFullResponse>;
		const answer = await deadline.race(answering).finally(() => deadline.release());
		const body = answer.body as unknown as FileBody;
		const { location } = answer.headers;
		if (!redirects.has(answer.statusCode) || typeof location !== 'string') {
			return { httpStatus: answer.statusCode, headers: answer.headers, body };
		}
		body.destroy();
		if (followed >= maxRedirects) throw refused(label, location);
		from = reach;
		url = URL.canParse(location, url) ? new URL(location, url).href : location;
	}
}

/** Where a URL leads. Throws a SeedanceFailure when it must not be fetched. */
function fetchableReach(url: string, from: Reach, label: RequestedFile['label']): Reach {
	if (!URL.canParse(url)) throw refused(label, url);
	const { protocol, hostname, host } = new URL(url);
	if (protocol !== 'https:' && protocol !== 'http:') throw refused(label, `${protocol}//`);
	const reach = reachOf(hostname);
	if (leadsInside(from, reach)) throw refused(label, host);
	return reach;
}

function refused(file: RequestedFile['label'], address: string): SeedanceFailure {
	return new SeedanceFailure({ kind: 'downloadAddressRefused', values: { file, address } });
}
