import type { FailureKind } from './failure';

/** The parts of an answer that is not a success. */
export interface ProviderError {
	readonly code?: string | undefined;
	readonly message?: string | undefined;
	readonly param?: string | undefined;
}

/** What one error code, or a family of codes, means. */
interface ErrorCode {
	readonly code: RegExp;
	/** Words of the provider that mean the same where its code does not tell. */
	readonly text?: RegExp;
	readonly kind: FailureKind;
	/** An HTTP status outside 4xx with which the code is documented as a refusal. */
	readonly refusalStatus?: number;
	/** Whether a create may have been accepted all the same, so that not even a 429 with the code is a refusal. */
	readonly mayBeAccepted?: boolean;
	/** Whether a task fails with it although prompt, media and account are in order, so that the same request may succeed. */
	readonly isProvidersFault?: boolean;
}

/**
 * Error code → kind of failure. The first row that fits wins; a code in no row is shown as the provider sent it.
 * Source: Volcengine error code book 1299023, via github volcengine/ark-cli, error-codes.md; BytePlus docs 2607688 (TaskType…).
 */
export const errorCodes: readonly ErrorCode[] = [
	{
		// Source: APIYI Seedance 2.0 reference; github PowerTokens/video-studio, wan_core.py (text).
		code: /^model_not_found$/,
		text: /no available channel for this model|无模型权限/i,
		kind: 'modelNotAccessible',
		// Source: github QuantumNous/new-api (503 before any channel is asked).
		refusalStatus: 503,
	},
	{ code: /^InvalidParameter\.TaskType(Constraint|Mismatch)$/, kind: 'taskTypeNotAllowed' },
	{
		code: /^(MissingParameter|InvalidParameter|InvalidImageURL|InvalidResolutionParameter)(\.|$)/,
		kind: 'parameterRefused',
	},
	{
		code: /^Input\w+SensitiveContentDetected\.PrivacyInformation$/,
		kind: 'realPersonInInput',
	},
	{
		code: /^Input\w+SensitiveContentDetected\.PolicyViolation$/,
		kind: 'protectedContentInInput',
	},
	{ code: /^Input\w*SensitiveContentDetected/, kind: 'unsafeInput' },
	{ code: /^Output\w*SensitiveContentDetected/, kind: 'unsafeOutput' },
	{ code: /RiskDetection|^SensitiveContentDetected/, kind: 'contentRefused' },
	{
		// The check itself failed, not the content. Source: as above (repeat it; if it persists, open a ticket).
		code: /^ContentSecurityDetectionError$/,
		kind: 'contentCheckUnavailable',
		isProvidersFault: true,
	},
	{
		code: /^(SignatureDoesNotMatch|InvalidAccessKey|MissingSignature|InvalidTimestamp)/,
		kind: 'accessKeyRefused',
	},
	{ code: /^(AuthenticationError|InvalidAccountStatus|token_invalid)/, kind: 'apiKeyRefused' },
	{ code: /^OperationDenied\.FileQuotaExceeded$/, kind: 'fileQuotaExceeded' },
	{
		// Source (text): github PowerTokens/video-studio, wan_core.py.
		code: /^(AccountOverdueError|OperationDenied\.ServiceOverdue|InsufficientBalance|insufficient_(user_)?quota)/,
		text: /余额不足|insufficient (balance|quota)/i,
		kind: 'insufficientCredit',
	},
	{ code: /^(AccessDenied|OperationDenied)/, kind: 'notAllowed' },
	// Source: Volcengine docs 82379/1520757 (404; Seedance 2.x needs a balance or a plan).
	{ code: /^ModelNotOpen/, kind: 'modelNotOpen' },
	// Source: as above (404 of the Agent Plan's host).
	{ code: /^UnsupportedModel/, kind: 'modelNotInPlan' },
	{
		code: /^(InvalidEndpointOrModel\.|InvalidEndpoint|InvalidSubscription)/,
		kind: 'modelNotFound',
	},
	{ code: /^InvalidAction\.RunningTaskDeletion$/, kind: 'taskRunning' },
	// A cap that the user has set in the console; waiting does not help. Source: BytePlus docs 1299023 (SetLimitExceeded).
	{ code: /^SetLimitExceeded/, kind: 'usageCapReached' },
	{
		// As many tasks as the account may have are queued or running. Source: as above; BytePlus docs 1520757.
		code: /^(QuotaExceeded|InflightBatchsizeExceeded)/,
		kind: 'limitReached',
	},
	{
		// Throttled by rate.
		code: /^(RateLimitExceeded\..+|ModelAccount(Rpm|Tpm|Ipm)RateLimitExceeded|APIAccountRpmRateLimitExceeded|AccountRateLimitExceeded|RequestBurstTooFast)$/,
		kind: 'rateLimited',
	},
	{
		// The provider lacks servers at the moment. Source: as above (resources of the service are short; repeat it later).
		code: /^ServerOverloaded$/,
		kind: 'rateLimited',
		isProvidersFault: true,
	},
	{
		// Source: as above (500, an exception inside Ark). The last row: where the message names credit or the model, that is the cause.
		code: /^InternalServiceError$/,
		kind: 'internalError',
		mayBeAccepted: true,
		isProvidersFault: true,
	},
];

/** The row that fits a provider's error, or undefined. */
export function findErrorCode({ code, message }: ProviderError): ErrorCode | undefined {
	return errorCodes.find(
		(row) =>
			(code !== undefined && row.code.test(code)) ||
			(message !== undefined && row.text?.test(message) === true),
	);
}

/** Whether a task failed because of the provider alone, so that another try with the same request may succeed. Never for a refusal by the content check, never for input, and never for a code that the table does not know. */
export function isProvidersFault(error: ProviderError): boolean {
	return findErrorCode(error)?.isProvidersFault === true;
}

/** HTTP status → kind of failure, where the code says nothing. */
export const kindOfStatus: Readonly<Record<number, FailureKind>> = {
	301: 'redirected',
	302: 'redirected',
	307: 'redirected',
	308: 'redirected',
	400: 'requestRefused',
	401: 'apiKeyRefused',
	402: 'insufficientCredit',
	403: 'notAllowed',
	404: 'addressNotFound',
	413: 'requestTooLarge',
	429: 'tooManyRequests',
};

/** What an HTTP status other than success means where the provider's code says nothing. */
export function kindOfHttpStatus(httpStatus: number): FailureKind {
	return kindOfStatus[httpStatus] ?? 'unexpectedStatus';
}

/** Statuses with which a request is refused before it is accepted, whatever the body says. Source: Volcengine error code book 1299023 (400, 401, 403, 404); RFC 9110 for those that only gateways send. */
const refusalStatuses: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 405, 413, 415, 422]);

/**
 * Whether an answer proves that a create was not accepted. The one rule for the create queue, the ledger and the messages: only a documented refusal is certain, anything else may be charged.
 * A 429 needs a code of the table, because a gateway may send it after the provider has accepted; so does a 5xx, with the status that is documented for it. A success with an error in its body proves nothing.
 */
export function isCertainRefusal(httpStatus: number, { code = '' }: ProviderError): boolean {
	if (refusalStatuses.has(httpStatus)) return true;
	const row = errorCodes.find((candidate) => candidate.code.test(code));
	if (row === undefined || row.mayBeAccepted === true) return false;
	return httpStatus === 429 || httpStatus === row.refusalStatus;
}
