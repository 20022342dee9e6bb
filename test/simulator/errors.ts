import type { FastifyError } from 'fastify';

/** The error answer of the Ark task API. Source: BytePlus docs 1299023 (error object with code, message, param, type). */
export interface ArkErrorBody {
	error: { code: string; message: string; param: string; type: string };
}

const typeByStatus: Readonly<Record<number, string>> = {
	400: 'BadRequest',
	401: 'Unauthorized',
	404: 'NotFound',
	409: 'Conflict',
	413: 'BadRequest',
	429: 'TooManyRequests',
	500: 'InternalServerError',
};

/** The error answer of OpenAI-style gateways. No provider documents it, so its members are inferred. */
export interface OpenAiErrorBody {
	error: { message: string; type: string; code: string };
}

/** A refusal by the Ark task API: HTTP status, code, explanation and the name of the field at fault, if there is one. */
export class ArkError extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly explanation: string,
		readonly param = '',
	) {
		super(explanation);
	}

	/** The answer's body. The message ends with the request ID. Source: Volcengine SDK (request id in message and header). */
	toBody(requestId: string): ArkErrorBody {
		return {
			error: {
				code: this.code,
				message: withRequestId(this.explanation, requestId),
				param: this.param,
				type: typeByStatus[this.status] ?? 'BadRequest',
			},
		};
	}

	/** The answer's body in the form of OpenAI-style gateways. */
	toOpenAiBody(requestId: string): OpenAiErrorBody {
		return {
			error: {
				message: withRequestId(this.explanation, requestId),
				type: this.status < 500 ? 'invalid_request_error' : 'server_error',
				code: this.code,
			},
		};
	}

	/** The same refusal with another name for the field at fault. */
	withParam(param: string): ArkError {
		const explanation = this.explanation.replace(`\`${this.param}\``, () => `\`${param}\``);
		return new ArkError(this.status, this.code, explanation, param);
	}
}

/** Appends the request ID to a message, as Ark does. */
export function withRequestId(explanation: string, requestId: string): string {
	return `${explanation} Request id: ${requestId}`;
}

/** The 400 for a required field that is missing. */
export function missingParameter(param: string): ArkError {
	return new ArkError(400, 'MissingParameter', `The parameter \`${param}\` is required.`, param);
}

/** The 400 for a field whose value is refused. The expectation completes "is not valid: expected …". */
export function invalidParameter(param: string, expectation: string): ArkError {
	return new ArkError(
		400,
		'InvalidParameter',
		`The parameter \`${param}\` is not valid: expected ${expectation}.`,
		param,
	);
}

/** The 400 for a field that the API, or the requested model, does not accept. */
export function unsupportedParameter(param: string, model: string | undefined): ArkError {
	const where = model === undefined ? 'this API' : `model ${model}`;
	return new ArkError(
		400,
		'InvalidParameter.UnsupportedParameter',
		`The parameter \`${param}\` is not supported by ${where}.`,
		param,
	);
}

/** The 404 for a model that the provider does not sell. Source: BytePlus docs 1299023. */
export function modelNotFound(): ArkError {
	return new ArkError(
		404,
		'InvalidEndpointOrModel.NotFound',
		'The model or endpoint does not exist or you do not have access to it.',
		'model',
	);
}

/** The 429 for a create above the number of tasks that an account may have in flight. Source: BytePlus docs 1520757 (QuotaExceeded). */
export function quotaExceeded(mostUnfinished: number): ArkError {
	return new ArkError(
		429,
		'QuotaExceeded',
		`The account may have at most ${mostUnfinished} unfinished tasks.`,
	);
}

/**
 * The 429 for a call above the rate that an account may send: creates are counted for the model, other calls for the account.
 * Source: github volcengine/ark-cli, error-codes.md (codes); which of them belongs to which call is an inference.
 */
export function rateLimited(call: string, calls: number, seconds: number): ArkError {
	return new ArkError(
		429,
		call === 'create' ? 'ModelAccountRpmRateLimitExceeded' : 'AccountRateLimitExceeded',
		`The account may send at most ${calls} requests (${call}) in ${seconds} s.`,
	);
}

/** The 404 for a task ID that is unknown, deleted or too old. Source: BytePlus docs 1521309 and 1299023 (NotFound). */
export function taskNotFound(): ArkError {
	return new ArkError(404, 'NotFound.Task', 'Task not found.');
}

/** The refusal for an error of the HTTP server itself. */
export function describeServerError(error: FastifyError): ArkError {
	if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
		return new ArkError(413, 'InvalidParameter', 'The request body is larger than 64 MB.');
	}
	const status = error.statusCode ?? 500;
	if (status < 500) return new ArkError(400, 'InvalidParameter', error.message);
	return new ArkError(500, 'InternalServiceError', `The simulator failed: ${error.message}.`);
}
