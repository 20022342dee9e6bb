import type { FailureKind, SeedanceFailure } from './failure';

/** What a request does at the provider: a create may be charged, the others can be repeated at no cost; an upload whose answer was lost may leave a second file behind. */
export type RequestKind = 'create' | 'upload' | 'read' | 'list' | 'delete' | 'download';

/** Rate limits count by the minute, so a throttled create is tried for about two minutes. A download has a time instead: the video is charged, and its file is gone after a day. */
const maxRetriesOf: Readonly<Record<RequestKind, number>> = {
	create: 8,
	upload: 4,
	read: 4,
	list: 4,
	delete: 2,
	download: Infinity,
};
const maxFailingDownloadMs = 120_000;
const maxRetriesAtLimit = 4;
const firstDelayMs = 1_000;
const maxDelayMs = 30_000;
/** When a provider asks for a longer pause, the item fails and says so. */
const maxRetryAfterMs = 300_000;

const noUsableAnswer: ReadonlySet<FailureKind> = new Set<FailureKind>([
	'credentialUnreadable',
	'notConnected',
	'connectionLost',
	'answerTimedOut',
	'answerUnreadable',
	'downloadIncomplete',
	'downloadNotMedia',
]);

/** Errors of the provider that pass; a gateway may wrap them into an answer with any status. */
const passing: ReadonlySet<FailureKind> = new Set<FailureKind>(['internalError', 'rateLimited']);

/** Whether the provider certainly refused the request because too many tasks are queued or running. */
export function isLimitReached({ httpStatus, kind }: SeedanceFailure): boolean {
	return httpStatus === 429 && kind === 'limitReached';
}

/** Whether the provider certainly refused the request because of its rate alone. */
export function isThrottled({ httpStatus, kind }: SeedanceFailure): boolean {
	return httpStatus === 429 && kind === 'rateLimited';
}

/** Statuses with which hosts of files refuse for good, or because the signature of the URL has expired. */
const fileRefusals: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);

/** Whether a request that costs nothing may succeed when it is sent again. */
export function isTransient({ httpStatus, kind }: SeedanceFailure): boolean {
	if (kind === 'downloadRefused') return httpStatus !== undefined && !fileRefusals.has(httpStatus);
	return (
		noUsableAnswer.has(kind) ||
		passing.has(kind) ||
		(httpStatus !== undefined && (httpStatus === 408 || httpStatus === 429 || httpStatus >= 500))
	);
}

/**
 * Milliseconds until a failed request is sent again, or undefined for never.
 * A create is sent again after throttling alone: after anything else it may have been accepted.
 * `random` is a number from 0 to below 1; `failingMs` is how long ago the first failure was.
 */
export function retryDelayMs(
	requestKind: RequestKind,
	failure: SeedanceFailure,
	retries: number,
	random: number,
	failingMs: number = 0,
): number | undefined {
	if (failure.outcomeUnknown) return undefined;
	const isRepeatable = requestKind === 'create' ? isThrottled(failure) : isTransient(failure);
	if (!isRepeatable) return undefined;
	const delayMs = backoffMs(failure, retries, maxRetriesOf[requestKind], random);
	const isLate = requestKind === 'download' && failingMs + (delayMs ?? 0) > maxFailingDownloadMs;
	return isLate ? undefined : delayMs;
}

/** Milliseconds until a create is sent again that was refused because too many tasks are in flight, though none of this run is; undefined for never. */
export function limitDelayMs(
	failure: SeedanceFailure,
	retries: number,
	random: number,
): number | undefined {
	return isLimitReached(failure) && !failure.outcomeUnknown
		? backoffMs(failure, retries, maxRetriesAtLimit, random)
		: undefined;
}

/** Milliseconds until a create is sent again at a limit that others have used up; undefined for never. Their videos take minutes, so the number of tries is not limited. */
export function blockedDelayMs(
	failure: SeedanceFailure,
	retries: number,
	random: number,
): number | undefined {
	return backoffMs(failure, retries, Infinity, random);
}

function backoffMs(
	{ retryAfterMs = 0 }: SeedanceFailure,
	retries: number,
	maxRetries: number,
	random: number,
): number | undefined {
	if (retries >= maxRetries || retryAfterMs > maxRetryAfterMs) return undefined;
	const ms = Math.min(maxDelayMs, firstDelayMs * 2 ** retries) * (0.5 + random / 2);
	return Math.max(retryAfterMs, Math.round(ms));
}

/** Milliseconds that a `Retry-After` header (seconds or a date) asks for, or undefined when it says nothing usable. */
export function readRetryAfterMs(header: unknown, nowMs: number): number | undefined {
	if (typeof header !== 'string' || header.trim() === '') return undefined;
	const seconds = Number(header);
	const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
	return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
