import type { SeedanceFailure } from './errors';

/** What a request does at the provider: a create is paid for, an upload leaves a file behind, the others may be repeated freely. */
export type RequestKind = 'create' | 'upload' | 'read' | 'list' | 'delete' | 'download';

const mostRetries = 4;
/** Limits count by the minute: a create that is throttled gets about two of them. */
const mostCreateRetries = 8;
/** A download that broke off three times is left to the Get operation; its item has the URL. */
const mostDownloadRetries = 3;
const firstDelayMs = 1_000;
const longestDelayMs = 30_000;
/** A provider that asks for a longer pause gets it from the user, who sees why. */
const longestRetryAfterMs = 300_000;

/**
 * Codes of a 429 that is throttling: the request was not accepted, so even a create may be sent again.
 * Source: Volcengine error code book 1299023, via github volcengine/ark-cli, error-codes.md.
 */
const throttlingCode =
	/^(RateLimitExceeded\..+|ModelAccount(Rpm|Tpm|Ipm)RateLimitExceeded|APIAccountRpmRateLimitExceeded|AccountRateLimitExceeded|ServerOverloaded|RequestBurstTooFast)$/;

/**
 * Codes of a 429 that says that as many tasks as the account may have are unfinished: the request was not accepted either, and may be when one of them has finished.
 * Source: as above; BytePlus docs 1520757 (QuotaExceeded for queued tasks).
 */
const limitCode = /^(QuotaExceeded|SetLimitExceeded|InflightBatchsizeExceeded)/;

/** Takes a failed create and says whether the provider certainly refused it because too many tasks are unfinished. */
export function isLimitReached(failure: SeedanceFailure): boolean {
	return failure.httpStatus === 429 && limitCode.test(failure.code ?? '');
}

/** Takes a failure and says whether the provider certainly refused the request for its pace alone. */
export function isThrottled(failure: SeedanceFailure): boolean {
	return failure.httpStatus === 429 && throttlingCode.test(failure.code ?? '');
}

/** Takes a failure of a request that costs nothing and says whether it may pass by itself. */
export function isPassing(failure: SeedanceFailure): boolean {
	const status = failure.httpStatus;
	return (
		failure.reason === 'network' ||
		failure.reason === 'timeout' ||
		failure.reason === 'unreadable' ||
		(status !== undefined && (status === 408 || status === 429 || status >= 500))
	);
}

/**
 * Takes a failed request and the number of retries so far, and gives the milliseconds after which it may be sent again, or undefined for never.
 * A create is repeated after throttling alone: after anything else it may have been accepted, and the repeat would be paid for too.
 * `random` is a number from 0 to below 1.
 */
export function retryDelayMs(
	kind: RequestKind,
	failure: SeedanceFailure,
	retries: number,
	random: number,
): number | undefined {
	const leavesSomething = kind === 'create' || kind === 'upload';
	const repeatable = leavesSomething ? isThrottled(failure) : isPassing(failure);
	const most = { download: mostDownloadRetries, create: mostCreateRetries }[String(kind)];
	return repeatable ? backoffMs(failure, retries, most ?? mostRetries, random) : undefined;
}

/** Takes a create that was refused because too many tasks are unfinished although none of this run is, and gives the milliseconds after which it may be sent again, or undefined for never. `random` as above. */
export function limitDelayMs(
	failure: SeedanceFailure,
	retries: number,
	random: number,
): number | undefined {
	return isLimitReached(failure) ? backoffMs(failure, retries, mostRetries, random) : undefined;
}

function backoffMs(
	{ retryAfterMs = 0 }: SeedanceFailure,
	retries: number,
	most: number,
	random: number,
): number | undefined {
	if (retries >= most || retryAfterMs > longestRetryAfterMs) return undefined;
	const ms = Math.min(longestDelayMs, firstDelayMs * 2 ** retries) * (0.5 + random / 2);
	return Math.max(retryAfterMs, Math.round(ms));
}

/** Takes a `Retry-After` header (seconds or a date) and the time now in milliseconds, and gives the milliseconds to wait, or undefined when it says nothing usable. */
export function readRetryAfterMs(header: unknown, nowMs: number): number | undefined {
	if (typeof header !== 'string' || header.trim() === '') return undefined;
	const seconds = Number(header);
	const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
	return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
