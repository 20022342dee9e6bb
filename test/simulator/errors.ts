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
	500: 'InternalServerError',
};

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

/** Gives the 404 for a task id that is unknown, deleted or too old. Source: BytePlus docs 1521309 and 1299023 (NotFound). */
export function taskNotFound(): ArkError {
	return new ArkError(404, 'NotFound.Task', 'Task not found.');
}
