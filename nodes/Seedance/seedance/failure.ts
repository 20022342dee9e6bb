/**
 * What went wrong, as a code. `panel/failureText.ts` has the words for each.
 * Items on the error branch carry it as `error.code` where the provider gave no code of its own.
 */
export type FailureKind =
	// Found before anything was sent.
	| 'invalidInput'
	| 'invalidCredential'
	| 'credentialUnreadable'
	| 'unknownOperation'
	| 'tokenBudgetExceeded'
	| 'tokenBudgetNotEstimable'
	| 'costBudgetExceeded'
	| 'costBudgetNotEstimable'
	| 'taskManagementNotSupported'
	| 'taskListNotSupported'
	| 'taskTimeMissing'
	| 'noTestEvent'
	| 'assetLibraryNotSupported'
	| 'assetAccessKeyMissing'
	| 'assetNotFound'
	| 'assetUrlNotSupported'
	| 'assetFileNotSupported'
	| 'assetListNotSupported'
	| 'assetDeleteNotSupported'
	| 'idempotencyKeyReused'
	| 'ledgerUnavailable'
	| 'ledgerUnreadable'
	// The provider answered, and not with success.
	| 'modelNotAccessible'
	| 'taskTypeNotAllowed'
	| 'parameterRefused'
	| 'realPersonInInput'
	| 'protectedContentInInput'
	| 'unsafeInput'
	| 'unsafeOutput'
	| 'contentRefused'
	| 'contentCheckUnavailable'
	| 'accessKeyRefused'
	| 'apiKeyRefused'
	| 'fileQuotaExceeded'
	| 'insufficientCredit'
	| 'notAllowed'
	| 'modelNotFound'
	| 'modelNotOpen'
	| 'modelNotInPlan'
	| 'taskRunning'
	| 'limitReached'
	| 'usageCapReached'
	| 'rateLimited'
	| 'requestRefused'
	| 'redirected'
	| 'addressNotFound'
	| 'taskNotFound'
	| 'requestTooLarge'
	| 'tooManyRequests'
	| 'internalError'
	| 'unexpectedStatus'
	// There is no answer that can be used.
	| 'notConnected'
	| 'connectionLost'
	| 'answerTimedOut'
	| 'answerUnreadable'
	| 'createInterrupted'
	// The task or asset ended without a result, or has not ended yet.
	| 'taskFailed'
	| 'taskCancelled'
	| 'taskExpired'
	| 'videoUrlMissing'
	// The shot of a story that an item continues has no video.
	| 'shotBeforeFailed'
	| 'shotNotFinished'
	| 'shotFileMissing'
	| 'waitTimedOut'
	| 'assetRefused'
	| 'assetWaitTimedOut'
	// The task is not in the status that the operation needs.
	| 'runningTaskNotCancellable'
	| 'taskNotCancellable'
	| 'taskNotDeletable'
	// DELETE was accepted, and what it did is not known.
	| 'cancelUnconfirmed'
	// The video is finished, its file did not arrive.
	| 'downloadRefused'
	| 'downloadAddressRefused'
	| 'downloadNotMedia'
	| 'downloadIncomplete'
	| 'downloadChanged'
	| 'downloadTooLong'
	| 'fileNotStored'
	// n8n's storage of files does not answer.
	| 'storageTimedOut'
	// The execution was stopped.
	| 'stopped'
	// A bug of this package.
	| 'bug'
	// Anything else: an error of n8n.
	| 'unexpected';

/** What the words of a failure mention besides its codes. */
export type FailureValues = Readonly<Record<string, string | number | undefined>>;

/** Everything that is known about a failure; it can be stored as JSON. */
export interface FailureDetails {
	readonly kind: FailureKind;
	readonly values?: FailureValues | undefined;
	/** The provider's error code. */
	readonly code?: string | undefined;
	/** The provider's own message. */
	readonly providerMessage?: string | undefined;
	/** The wire name of the field that the provider refuses. */
	readonly param?: string | undefined;
	readonly httpStatus?: number | undefined;
	readonly requestId?: string | undefined;
	/** The task that was created, whenever there is one. */
	readonly taskId?: string | undefined;
	readonly retryAfterMs?: number | undefined;
	/** Whether a task may have been created, and may be charged, whose id is not known. */
	readonly outcomeUnknown?: boolean | undefined;
	/** Where the outcome is unknown: the ids of tasks at the provider that may be the one. */
	readonly candidates?: readonly string[] | undefined;
}

/** The one error that this package throws inside itself; at the node's border it becomes one of n8n's errors. */
export class SeedanceFailure extends Error implements FailureDetails {
	readonly kind: FailureKind;
	readonly values: FailureValues;
	readonly code: string | undefined;
	readonly providerMessage: string | undefined;
	readonly param: string | undefined;
	readonly httpStatus: number | undefined;
	readonly requestId: string | undefined;
	readonly taskId: string | undefined;
	readonly retryAfterMs: number | undefined;
	readonly outcomeUnknown: boolean;
	readonly candidates: readonly string[] | undefined;

	constructor(details: FailureDetails, cause?: unknown) {
		super([details.kind, details.code].filter(Boolean).join(' '), { cause });
		this.name = 'SeedanceFailure';
		this.kind = details.kind;
		this.values = details.values ?? {};
		this.code = details.code;
		this.providerMessage = details.providerMessage;
		this.param = details.param;
		this.httpStatus = details.httpStatus;
		this.requestId = details.requestId;
		this.taskId = details.taskId;
		this.retryAfterMs = details.retryAfterMs;
		this.outcomeUnknown = details.outcomeUnknown ?? false;
		this.candidates = details.candidates;
	}

	/** The details without the error object, for storing. */
	details(): FailureDetails {
		const { kind, values, code, providerMessage, param, httpStatus } = this;
		const { requestId, taskId, retryAfterMs, outcomeUnknown, candidates } = this;
		return {
			...{ kind, values, code, providerMessage, param, httpStatus },
			...{ requestId, taskId, retryAfterMs, outcomeUnknown, candidates },
		};
	}

	/** The same failure with other details; cause and stack are kept. */
	with(changes: Partial<FailureDetails>): SeedanceFailure {
		const changed = new SeedanceFailure({ ...this.details(), ...changes }, this.cause);
		if (this.stack !== undefined) changed.stack = this.stack;
		return changed;
	}
}

/** Anything that was thrown, as a failure. What is not one becomes the cause of one of kind `unexpected`. */
export function toFailure(error: unknown): SeedanceFailure {
	if (error instanceof SeedanceFailure) return error;
	const { message, description } = Object(error) as { message?: unknown; description?: unknown };
	return new SeedanceFailure(
		{
			kind: isBug(error) ? 'bug' : 'unexpected',
			values: {
				message: typeof message === 'string' ? message : String(error),
				description: typeof description === 'string' ? description : undefined,
			},
		},
		error,
	);
}

/** Errors that only broken code throws; those of n8n and of the network have other names. */
function isBug(error: unknown): boolean {
	return (
		error instanceof TypeError ||
		error instanceof RangeError ||
		error instanceof ReferenceError ||
		error instanceof SyntaxError
	);
}

/** The failure of everything that an execution still does when it is stopped. */
export function stopped(): SeedanceFailure {
	return new SeedanceFailure({ kind: 'stopped' });
}
