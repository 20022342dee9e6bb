/** The parameters of a call to the OpenAPI, as far as its answer repeats them. */
export interface OpenApiCall {
	readonly requestId: string;
	readonly region: string;
	readonly action: string | undefined;
	readonly version: string | undefined;
}

/** A refusal by the OpenAPI; refused parameters come with HTTP 200. Source: github byteplus-sa/ark-mcp, asset library contract. */
export class OpenApiError extends Error {
	constructor(
		readonly code: string,
		message: string,
		readonly status = 200,
	) {
		super(message);
	}
}

/** The 401 for a request whose signature is wrong. Source: BytePlus OpenAPI, common error codes. */
export function signatureDoesNotMatch(reason: string): OpenApiError {
	return new OpenApiError(
		'SignatureDoesNotMatch',
		`The request signature does not match the signature you provided: ${reason}.`,
		401,
	);
}

/** The refusal for a required field that is missing. Source: github byteplus-sa/ark-mcp (MissingParameter.Filter). */
export function missingField(path: string): OpenApiError {
	return new OpenApiError(`MissingParameter.${path}`, `The parameter ${path} is required.`);
}

/** The refusal for a field whose value is not accepted. The expectation completes "expected …". */
export function invalidField(path: string, expectation: string): OpenApiError {
	return new OpenApiError(
		`InvalidParameter.${path}`,
		`The parameter ${path} is not valid: expected ${expectation}.`,
	);
}

/** The body of an answer with a result. */
export function resultBody(call: OpenApiCall, result: object) {
	return { ResponseMetadata: metadataOf(call), Result: result };
}

/** The body of an answer with an error. */
export function errorBodyOf(call: OpenApiCall, code: string, message: string) {
	return { ResponseMetadata: { ...metadataOf(call), Error: { Code: code, Message: message } } };
}

function metadataOf({ requestId, action, version, region }: OpenApiCall) {
	return {
		RequestId: requestId,
		...(action === undefined ? {} : { Action: action }),
		...(version === undefined ? {} : { Version: version }),
		Service: 'ark',
		Region: region,
	};
}
