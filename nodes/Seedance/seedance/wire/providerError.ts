import { z } from 'zod';
import {
	findErrorCode,
	isCertainRefusal,
	kindOfHttpStatus,
	type ProviderError,
} from '../errorCodes';
import { SeedanceFailure, type FailureDetails } from '../failure';
import type { RequestKind } from '../retryPolicy';

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
	success: z.boolean().optional().catch(undefined),
	ResponseMetadata: z
		.object({ Error: z.object({ Code: text, Message: text }).optional() })
		.optional()
		.catch(undefined),
	error: z
		.union([errorMembers, z.string().min(1)])
		.optional()
		.catch(undefined),
});

const maxPlainTextCharacters = 500;

/**
 * The error in a body, in any of the forms that providers and gateways use; every member may be missing.
 * Source: BytePlus docs 1299023 (`{error:{code,message,param,type}}`); github byteplus-sa/ark-mcp (`ResponseMetadata.Error` of the OpenAPI); github QuantumNous/new-api (flat `{code,message}`).
 */
export function readProviderError(body: unknown): ProviderError {
	const shape = errorBody.safeParse(body);
	if (!shape.success) {
		const plain = typeof body === 'string' ? body.trim() : '';
		// A proxy's HTML page says nothing to the user of a node.
		return plain === '' || plain.startsWith('<')
			? {}
			: { message: plain.slice(0, maxPlainTextCharacters) };
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

/** Whether the body of an answer with a status of success is a refusal all the same: it has an error object, or an error that the table knows. */
export function isRefusal(body: unknown): boolean {
	const shape = errorBody.safeParse(body);
	const { error, ResponseMetadata } = shape.success ? shape.data : {};
	const isErrorObject = typeof error === 'object' && error.code !== undefined;
	return (
		isErrorObject ||
		ResponseMetadata?.Error !== undefined ||
		findErrorCode(readProviderError(body)) !== undefined
	);
}

/** Codes that gateways put beside a result. */
const successCodes = /^(0|200|ok|success)$/i;

/** Whether an answer to a create or a list speaks of an error, known or not. The id of a create may then be that of the request: the outcome is unknown. */
export function speaksOfError(body: unknown): boolean {
	const shape = errorBody.safeParse(body);
	if (!shape.success) return false;
	const { error, code, success } = shape.data;
	const isCode = code !== undefined && !successCodes.test(code);
	return error !== undefined || isCode || success === false || isRefusal(body);
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
