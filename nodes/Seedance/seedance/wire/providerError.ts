import {
	findErrorCode,
	isCertainRefusal,
	kindOfHttpStatus,
	type ProviderError,
} from '../errorCodes';
import { SeedanceFailure, type FailureDetails } from '../failure';
import type { RequestKind } from '../retryPolicy';
import { objectIn, textIn } from '../values';

type Members = Readonly<Record<string, unknown>>;

const maxPlainTextCharacters = 500;

/**
 * The error in a body, in any of the forms that providers and gateways use; every member may be missing.
 * Source: BytePlus docs 1299023 (`{error:{code,message,param,type}}`); github byteplus-sa/ark-mcp (`ResponseMetadata.Error` of the OpenAPI); github QuantumNous/new-api (flat `{code,message}`).
 */
export function readProviderError(body: unknown): ProviderError {
	const members = objectIn(body);
	if (members === undefined) {
		const plain = typeof body === 'string' ? body.trim() : '';
		// A proxy's HTML page says nothing to the user of a node.
		return plain === '' || plain.startsWith('<')
			? {}
			: { message: plain.slice(0, maxPlainTextCharacters) };
	}
	const openApiError = openApiErrorIn(members);
	if (openApiError !== undefined) {
		const { Code: code, Message: message } = openApiError;
		return { code: wordIn(code), message: wordIn(message) };
	}
	const { error } = members;
	const errorText = textIn(error);
	if (errorText !== undefined) return { code: wordIn(members['code']), message: errorText };
	const { code, type, message, msg, param } = objectIn(error) ?? members;
	return {
		code: wordIn(code) ?? wordIn(type),
		message: wordIn(message) ?? wordIn(msg),
		param: wordIn(param),
	};
}

/** A text, or a number as one. */
function wordIn(value: unknown): string | undefined {
	return typeof value === 'number' ? String(value) : textIn(value);
}

/** The error of Ark's OpenAPI. */
function openApiErrorIn(members: Members): Members | undefined {
	return objectIn(objectIn(members['ResponseMetadata'])?.['Error']);
}

/** Whether the body of an answer with a status of success is a refusal all the same: it has an error object, or an error that the table knows. */
export function isRefusal(body: unknown): boolean {
	const members = objectIn(body) ?? {};
	return (
		wordIn(objectIn(members['error'])?.['code']) !== undefined ||
		openApiErrorIn(members) !== undefined ||
		findErrorCode(readProviderError(body)) !== undefined
	);
}

/** Codes that gateways put beside a result. */
const successCodes = /^(0|200|ok|success)$/i;

/** Whether an answer to a create or a list speaks of an error, known or not. The id of a create may then be that of the request: the outcome is unknown. */
export function speaksOfError(body: unknown): boolean {
	const members = objectIn(body);
	if (members === undefined) return false;
	const { error, success } = members;
	const code = wordIn(members['code']);
	const isError = objectIn(error) !== undefined || textIn(error) !== undefined;
	const isCode = code !== undefined && !successCodes.test(code);
	return isError || isCode || success === false || isRefusal(body);
}

/** The failure of a request that the provider answered without success. */
export function refusedFailure(
	requestKind: RequestKind,
	httpStatus: number,
	error: ProviderError,
	details: Partial<FailureDetails>,
): SeedanceFailure {
	const row = findErrorCode(error);
	const isUnknownTask = httpStatus === 404 && requestKind === 'read';
	return new SeedanceFailure({
		kind: row?.kind ?? (isUnknownTask ? 'taskNotFound' : kindOfHttpStatus(httpStatus)),
		code: error.code,
		providerMessage: error.message,
		param: error.param,
		httpStatus,
		outcomeUnknown: requestKind === 'create' && !isCertainRefusal(httpStatus, error),
		...details,
	});
}

/** The failure of a request that got no answer that can be used; after a create the outcome is unknown unless the connection was never made. */
export function noUsableAnswerFailure(
	requestKind: RequestKind,
	kind: 'notConnected' | 'connectionLost' | 'answerTimedOut' | 'answerUnreadable',
	host: string,
	details: Partial<FailureDetails>,
	cause?: unknown,
): SeedanceFailure {
	return new SeedanceFailure(
		{
			kind,
			outcomeUnknown: requestKind === 'create' && kind !== 'notConnected',
			...details,
			values: { host, ...details.values },
		},
		cause,
	);
}
