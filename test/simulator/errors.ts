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

/** The error answer of OpenAI-style gateways; which members it has is an inference, as no provider documents it. */
export interface OpenAiErrorBody {
	error: { message: string; type: string; code: string };
}

/** A refusal by the Ark task API: HTTP status, code, explanation and, where one field is to blame, its name. */
export class ArkError extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly explanation: string,
		readonly param = '',
	) {
		super(explanation);
	}

	/** Gives the answer's body; the message ends in the request id. Source: Volcengine SDK (request id in message and header). */
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

	/** Gives the answer's body as OpenAI-style gateways write it. */
	toOpenAiBody(requestId: string): OpenAiErrorBody {
		return {
			error: {
				message: withRequestId(this.explanation, requestId),
				type: this.status < 500 ? 'invalid_request_error' : 'server_error',
				code: this.code,
			},
		};
	}

	/** Gives the same refusal with another name for the field that is to blame. */
	withParam(param: string): ArkError {
		const explanation = this.explanation.replace(`\`${this.param}\``, () => `\`${param}\``);
		return new ArkError(this.status, this.code, explanation, param);
	}
}

/** Gives a message with the request id at its end, as Ark's messages have it. */
export function withRequestId(explanation: string, requestId: string): string {
	return `${explanation} Request id: ${requestId}`;
}

/** Gives the 400 for a field that the request needs and does not have. */
export function missingParameter(param: string): ArkError {
	return new ArkError(400, 'MissingParameter', `The parameter \`${param}\` is required.`, param);
}

/** Gives the 400 for a field whose value is refused; the expectation completes "is not valid: expected …". */
export function invalidParameter(param: string, expectation: string): ArkError {
	return new ArkError(
		400,
		'InvalidParameter',
		`The parameter \`${param}\` is not valid: expected ${expectation}.`,
		param,
	);
}

/** Gives the 400 for a field that the API, or the model of the request, does not take at all. */
export function unsupportedParameter(param: string, model: string | undefined): ArkError {
	const where = model === undefined ? 'this API' : `model ${model}`;
	return new ArkError(
		400,
		'InvalidParameter.UnsupportedParameter',
		`The parameter \`${param}\` is not supported by ${where}.`,
		param,
	);
}

/** Gives the 404 for a model that the provider does not sell. Source: BytePlus docs 1299023. */
export function modelNotFound(): ArkError {
	return new ArkError(
		404,
		'InvalidEndpointOrModel.NotFound',
		'The model or endpoint does not exist or you do not have access to it.',
		'model',
	);
}

/** Gives the 429 for a create above the number of unfinished tasks that an account may have. Source: BytePlus docs 1520757 (QuotaExceeded). */
export function quotaExceeded(mostUnfinished: number): ArkError {
	return new ArkError(
		429,
		'QuotaExceeded',
		`The account may have at most ${mostUnfinished} unfinished tasks.`,
	);
}

/** Gives the 404 for a task id that is unknown, deleted or too old. Source: BytePlus docs 1521309 and 1299023 (NotFound). */
export function taskNotFound(): ArkError {
	return new ArkError(404, 'NotFound.Task', 'Task not found.');
}

/** Gives the refusal for an error that the HTTP server itself met. */
export function describeServerError(error: FastifyError): ArkError {
	if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
		return new ArkError(413, 'InvalidParameter', 'The request body is larger than 64 MB.');
	}
	const status = error.statusCode ?? 500;
	if (status < 500) return new ArkError(400, 'InvalidParameter', error.message);
	return new ArkError(500, 'InternalServiceError', `The simulator failed: ${error.message}.`);
}
