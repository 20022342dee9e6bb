import { z } from 'zod';
import type { Problem } from './problem';
import type { RequestKind } from './retry';

/** What kind of thing went wrong; decides what may be repeated and how the node shows it. */
export type FailureReason =
	| 'input' // the user's parameters, found before anything was sent
	| 'refused' // the provider answered, and not with success
	| 'network' // no answer: the connection broke or never came about
	| 'timeout' // no answer in time
	| 'unreadable' // an answer that says success but cannot be read
	| 'task' // the task ended without a video
	| 'waited' // the wait ran out
	| 'stopped' // the execution was stopped
	| 'unexpected'; // anything else: a fault of this package or of n8n

/** Everything that is known about a failure. */
export interface FailureDetails {
	readonly reason: FailureReason;
	/** What happened, as one sentence. */
	readonly message: string;
	/** What to do about it. */
	readonly description: string;
	readonly code?: string | undefined;
	readonly httpStatus?: number | undefined;
	readonly requestId?: string | undefined;
	/** The task that was paid for, whenever there is one. */
	readonly taskId?: string | undefined;
	readonly retryAfterMs?: number | undefined;
	/** True when the connection was never made, so nothing can have been accepted. */
	readonly neverSent?: boolean | undefined;
	/** True when a task may exist, and may be paid for, whose id is not known. */
	readonly mayExist?: boolean | undefined;
	/** What is wrong with the parameters, for reason `input`. */
	readonly problems?: readonly Problem[] | undefined;
}

/** The one failure that the package throws inside itself; the transport turns it into n8n's own errors at the node's border. */
export class SeedanceFailure extends Error implements FailureDetails {
	readonly reason: FailureReason;
	readonly description: string;
	readonly code: string | undefined;
	readonly httpStatus: number | undefined;
	readonly requestId: string | undefined;
	readonly taskId: string | undefined;
	readonly retryAfterMs: number | undefined;
	readonly neverSent: boolean;
	readonly mayExist: boolean;
	readonly problems: readonly Problem[];

	constructor(details: FailureDetails) {
		super(details.message);
		this.name = 'SeedanceFailure';
		this.reason = details.reason;
		this.description = details.description;
		this.code = details.code;
		this.httpStatus = details.httpStatus;
		this.requestId = details.requestId;
		this.taskId = details.taskId;
		this.retryAfterMs = details.retryAfterMs;
		this.neverSent = details.neverSent ?? false;
		this.mayExist = details.mayExist ?? false;
		this.problems = details.problems ?? [];
	}

	/** Takes details to change and gives a new failure with them; the other details stay. */
	with(changes: Partial<FailureDetails>): SeedanceFailure {
		return new SeedanceFailure({ ...this, message: this.message, ...changes });
	}
}

/** Takes anything that was thrown and gives it as a failure; what is not one keeps its message. */
export function toFailure(error: unknown): SeedanceFailure {
	if (error instanceof SeedanceFailure) return error;
	const message = error instanceof Error ? error.message : String(error);
	const hasDescription =
		typeof error === 'object' &&
		error !== null &&
		'description' in error &&
		typeof error.description === 'string';
	return new SeedanceFailure({
		reason: 'unexpected',
		message,
		description: hasDescription ? String(error.description) : '',
	});
}

/** The words for one error code, or for a family of codes. */
interface Explanation {
	readonly code: RegExp;
	/** Text of the provider that means the same where its code does not tell. */
	readonly text?: RegExp;
	/** True when the request was certainly not accepted, whatever the HTTP status. */
	readonly certain?: boolean;
	readonly message: string;
	readonly advice: string;
}

/**
 * Error code → what happened and what to do. The first row that fits wins; a code in no row is shown as the provider sent it.
 * Source: Volcengine error code book 1299023, via github volcengine/ark-cli, error-codes.md; BytePlus docs 2607688 (TaskType…).
 */
const explanations: readonly Explanation[] = [
	{
		// Source: APIYI Seedance 2.0 reference.
		code: /^model_not_found$/,
		// The second: github PowerTokens/video-studio, wan_core.py.
		text: /no available channel for this model|无模型权限/i,
		certain: true,
		message: 'The API key has no access to this model',
		advice:
			'At APIYI, add the group SeeDance2 to the key in its console. Elsewhere, activate the model for the key.',
	},
	{
		code: /^InvalidParameter\.TaskType(Constraint|Mismatch)$/,
		message: 'The prompt asks for an edit or an extension that these settings do not allow',
		advice: 'Set Ratio to Adaptive and, for an edit, Duration to -1.',
	},
	{
		code: /^(MissingParameter|InvalidParameter|InvalidImageURL|InvalidResolutionParameter)(\.|$)/,
		message: 'The provider did not accept a parameter',
		advice: 'Correct the parameter that the provider names below.',
	},
	{
		code: /^Input\w+SensitiveContentDetected\.PrivacyInformation$/,
		message: 'The input shows a real person',
		advice:
			'Use an image of a virtual character, or upload an authorised real-person asset in the console.',
	},
	{
		code: /^Input\w+SensitiveContentDetected\.PolicyViolation$/,
		message: 'The input touches protected works, brands or music',
		advice: 'Remove names of films, characters, brands and artists, and copyrighted media.',
	},
	{
		code: /^Input\w*SensitiveContentDetected/,
		message: 'The input was found to be unsafe',
		advice: 'Change the prompt or the media that the provider names, then create a new task.',
	},
	{
		code: /^Output\w*SensitiveContentDetected/,
		message: 'The finished video did not pass the provider’s content check',
		advice:
			'Remove names of films, characters, brands and real people from the prompt; turn Generate Audio off if music may be the cause. Running the same request again is paid for again.',
	},
	{
		code: /RiskDetection|^SensitiveContentDetected/,
		message: 'The request did not pass the provider’s content check',
		advice: 'Change the prompt or the media, then create a new task.',
	},
	{
		code: /^ContentSecurityDetectionError$/,
		message: 'The provider’s content check was not available',
		advice: 'Run the item again in a few minutes.',
	},
	{
		code: /^(SignatureDoesNotMatch|InvalidAccessKey|MissingSignature|InvalidTimestamp)/,
		message: 'The asset library did not accept the access key',
		advice:
			'Check Access Key ID and Secret Access Key in the Seedance API credential, and the clock of this n8n.',
	},
	{
		code: /^(AuthenticationError|InvalidAccountStatus|token_invalid)/,
		message: 'The provider did not accept the API key',
		advice:
			'Check API Key, Provider and Base URL in the Seedance API credential. A key works with one provider and region only.',
	},
	{
		code: /^OperationDenied\.FileQuotaExceeded$/,
		message: 'The account’s storage for files is full',
		advice: 'Delete files that are no longer needed in the provider’s console.',
	},
	{
		// Source (text): github PowerTokens/video-studio, wan_core.py.
		code: /^(AccountOverdueError|OperationDenied\.ServiceOverdue|InsufficientBalance|insufficient_(user_)?quota)/,
		text: /余额不足|insufficient (balance|quota)/i,
		message: 'The account has run out of credit',
		advice: 'Top up in the provider’s console, then run the item again.',
	},
	{
		code: /^(AccessDenied|OperationDenied)/,
		message: 'The account may not do this',
		advice: 'Activate the model or service for this account in the provider’s console.',
	},
	{
		code: /^(InvalidEndpointOrModel\.|ModelNotOpen|InvalidEndpoint|InvalidSubscription)/,
		message: 'The provider does not know this model, or has not opened it for this account',
		advice:
			'Choose another Model, or activate this one in the provider’s console. Model ids differ between providers and regions.',
	},
	{
		code: /^InvalidAction\.RunningTaskDeletion$/,
		message: 'The task is already running and cannot be cancelled any more',
		advice: 'Wait until it has finished; it is paid for in any case.',
	},
	{
		code: /^(QuotaExceeded|SetLimitExceeded|InflightBatchsizeExceeded)/,
		message: 'A limit of the account is used up',
		advice:
			'Wait until queued tasks have finished, or raise the limit in the provider’s console. With Wait for Completion on, the node itself keeps the other items waiting.',
	},
	{
		code: /^(RateLimitExceeded|ServerOverloaded|RequestBurstTooFast)|RateLimitExceeded$/,
		message: 'The provider is receiving too many requests',
		advice: 'Run the item again in a minute, or set Max Concurrency in Options.',
	},
];

const redirected = {
	message: 'The provider redirected the request to another address',
	advice:
		'Enter the address that it leads to as Base URL in the Seedance API credential. The key is not sent along a redirect.',
};

const explanationOfStatus: Readonly<Record<number, Omit<Explanation, 'code'>>> = {
	400: {
		message: 'The provider did not accept the request',
		advice: 'Correct what the provider names below.',
	},
	401: {
		message: 'The provider did not accept the API key',
		advice:
			'Check API Key, Provider and Base URL in the Seedance API credential. A key works with one provider and region only.',
	},
	402: {
		message: 'The account has run out of credit',
		advice: 'Top up in the provider’s console, then run the item again.',
	},
	403: {
		message: 'The account may not do this',
		advice: 'Activate the model or service for this account in the provider’s console.',
	},
	301: redirected,
	302: redirected,
	307: redirected,
	308: redirected,
	404: {
		message: 'The provider does not know this address or model',
		advice: 'Check Provider, API Style and Base URL in the Seedance API credential, and the Model.',
	},
	413: {
		message: 'The request is too large for the provider',
		advice: 'Send media as URLs or assets instead of embedding them.',
	},
	429: {
		message: 'The provider is receiving too many requests, or a limit of the account is used up',
		advice: 'Run the item again in a minute, or set Max Concurrency in Options.',
	},
};

const taskNotFound = {
	message: 'The provider does not know this task',
	advice:
		'Check Task and the credential: a task is known for 7 days, and only to the account that created it.',
};

const afterUncertainCreate =
	'The task may have been created and may be paid for. Look for it in the provider’s console, or with Get Many, before you run this item again; if it is there, use the Get operation with its id.';

/** The pieces of an answer that is not a success. */
export interface ProviderError {
	readonly code?: string | undefined;
	readonly message?: string | undefined;
	readonly param?: string | undefined;
}

const text = z
	.union([z.string().min(1), z.number().transform(String)])
	.optional()
	.catch(undefined);
const errorMembers = z.object({
	code: text,
	message: text,
	msg: text,
	param: text,
	type: text,
});
const errorBody = errorMembers.extend({
	ResponseMetadata: z
		.object({ Error: z.object({ Code: text, Message: text }).optional() })
		.optional()
		.catch(undefined),
	error: z
		.union([errorMembers, z.string().min(1)])
		.optional()
		.catch(undefined),
});

/**
 * Takes the body of an answer that is not a success, in any of the forms that providers and gateways use, and gives its code, message and field.
 * Source: BytePlus docs 1299023 (`{error:{code,message,param,type}}`); github byteplus-sa/ark-mcp (`ResponseMetadata.Error` of the OpenAPI); github QuantumNous/new-api (flat `{code,message}`); every member may be missing.
 */
export function readProviderError(body: unknown): ProviderError {
	const shape = errorBody.safeParse(body);
	if (!shape.success) {
		const plain = typeof body === 'string' ? body.trim() : '';
		// A proxy's HTML page says nothing to the user of a node.
		return plain === '' || plain.startsWith('<') ? {} : { message: plain.slice(0, 500) };
	}
	const { error, ResponseMetadata, ...flat } = shape.data;
	if (ResponseMetadata?.Error !== undefined) {
		return { code: ResponseMetadata.Error.Code, message: ResponseMetadata.Error.Message };
	}
	if (typeof error === 'string') return { code: flat.code, message: error };
	const members = error ?? flat;
	return {
		code: members.code ?? members.type,
		message: members.message ?? members.msg,
		param: members.param,
	};
}

/** Takes the body of an answer that says success without holding what it should, and says whether it is certainly a refusal all the same: it has an error object, or says something that a row of the table explains. */
export function isRefusal(body: unknown): boolean {
	const shape = errorBody.safeParse(body);
	const { error, ResponseMetadata } = shape.success ? shape.data : {};
	const isErrorObject = typeof error === 'object' && error.code !== undefined;
	return (
		isErrorObject ||
		ResponseMetadata?.Error !== undefined ||
		findExplanation(readProviderError(body)) !== undefined
	);
}

/** Takes what the provider said about a refused request and gives the failure in words, with advice. */
export function refusedFailure(
	kind: RequestKind,
	httpStatus: number,
	error: ProviderError,
	details: Partial<FailureDetails>,
): SeedanceFailure {
	const { code } = error;
	const row = findExplanation(error);
	const known =
		row ?? (httpStatus === 404 && kind === 'read' ? taskNotFound : explanationOfStatus[httpStatus]);
	const uncertain =
		kind === 'create' && row?.certain !== true && (httpStatus >= 500 || httpStatus === 408);
	return new SeedanceFailure({
		reason: 'refused',
		message: known?.message ?? `The provider answered with HTTP status ${httpStatus}`,
		description: sentences(
			uncertain ? afterUncertainCreate : known?.advice,
			error.param === undefined ? undefined : `Parameter: ${error.param}.`,
			providerSays(code, error.message),
		),
		code,
		httpStatus,
		mayExist: uncertain,
		...details,
	});
}

/** Takes how a request got no readable answer and gives the failure; for a create it says that the task may exist all the same. */
export function lostAnswerFailure(
	kind: RequestKind,
	reason: 'network' | 'timeout' | 'unreadable',
	host: string,
	details: Partial<FailureDetails>,
): SeedanceFailure {
	const happened = {
		network:
			details.neverSent === true
				? `${host} could not be reached`
				: `The connection to ${host} broke before an answer came`,
		timeout: `${host} did not answer in time`,
		unreadable: `The answer of ${host} could not be read`,
	}[reason];
	const uncertain = kind === 'create' && details.neverSent !== true;
	return new SeedanceFailure({
		reason,
		message: happened,
		description: uncertain
			? afterUncertainCreate
			: 'Check Provider and Base URL in the Seedance API credential and the network of this n8n, then run the item again.',
		mayExist: uncertain,
		...details,
	});
}

/** Takes a task that ended without a video and gives the failure in words, with advice. */
export function taskFailure(taskId: string, status: string, error: ProviderError): SeedanceFailure {
	const known = findExplanation(error);
	const ended: Readonly<Record<string, Omit<Explanation, 'code'>>> = {
		cancelled: {
			message: 'The task was cancelled',
			advice: 'Create a new task if the video is still wanted.',
		},
		expired: {
			message: 'The task did not finish before it expired',
			advice: 'Create a new task, perhaps at another time of day or with a lower resolution.',
		},
		succeeded: {
			message: 'The task succeeded, but its answer holds no video URL',
			advice: 'Run the Get operation with this task id in a minute; do not create the task again.',
		},
	};
	const words = known ?? ended[status];
	return new SeedanceFailure({
		reason: 'task',
		message: words?.message ?? 'The provider could not finish the task',
		description: sentences(
			words?.advice ?? 'Change the request, or create the task again; that is paid for again.',
			providerSays(error.code, error.message),
		),
		code: error.code,
		taskId,
	});
}

function findExplanation({ code, message }: ProviderError): Explanation | undefined {
	return explanations.find(
		(row) =>
			(code !== undefined && row.code.test(code)) ||
			(message !== undefined && row.text?.test(message) === true),
	);
}

function providerSays(code: string | undefined, message: string | undefined): string | undefined {
	const words = [code, message].filter((word) => word !== undefined);
	if (words.length === 0) return undefined;
	const said = words.join(': ');
	return `The provider says: ${said}${/[.!?。！？]$/.test(said) ? '' : '.'}`;
}

function sentences(...parts: Array<string | undefined>): string {
	return parts.filter((part) => part !== undefined).join(' ');
}
