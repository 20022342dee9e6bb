import type { IDataObject, INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { describeFailure, nothingSentFor, sentences } from '../panel/failureText';
import type { SeedanceFailure } from '../seedance/failure';
import { withoutUndefined } from '../seedance/values';

/** n8n's error for a failure. Its words carry the task ID, so that the user can fetch what is charged; `cause` is what was thrown first. A picker has no item; n8n's editor adds the item itself. */
export function toNodeError(
	node: INode,
	failure: SeedanceFailure,
	itemIndex?: number,
	description: string = descriptionWithIds(failure),
): NodeApiError | NodeOperationError {
	const item = itemIndex === undefined ? {} : { itemIndex };
	const { message } = describeFailure(failure);
	const error =
		failure.httpStatus === undefined
			? new NodeOperationError(node, message, { ...item, description })
			: new NodeApiError(
					node,
					{},
					{ ...item, message, description, httpCode: String(failure.httpStatus) },
				);
	// n8n replaces any message in which it finds the name of a system error, such as "EPERM" in "approvEPERMission".
	error.message = message;
	error.description = description;
	error.cause = causeOf(failure);
	if (
		(failure.kind === 'bug' || failure.kind === 'unexpected') &&
		error.cause.stack !== undefined
	) {
		error.stack = error.cause.stack;
	}
	Object.assign(error.context, item, identifiers(failure));
	return error;
}

/** Where the failure came from: the error behind it, or the failure itself, with its stack. */
function causeOf(failure: SeedanceFailure): Error {
	return failure.cause instanceof Error ? failure.cause : failure;
}

/**
 * The `json` of the item that stands for a failure when the node continues on fail.
 * Its only key is `error`, an object: the one form that every n8n routes to the error output without rewriting it.
 */
export function toErrorJson(failure: SeedanceFailure): IDataObject {
	return {
		error: {
			message: describeFailure(failure).message,
			description: descriptionWithIds(failure, nothingSentFor(failure)),
			...identifiers(failure),
		},
	};
}

/** The advice of a failure, with its task and request id, and further sentences before them. */
export function descriptionWithIds(
	failure: SeedanceFailure,
	...further: readonly string[]
): string {
	const { description } = describeFailure(failure);
	const { taskId, requestId } = failure;
	return sentences(
		description,
		...further,
		taskId === undefined ? '' : `Task: ${taskId}.`,
		// Providers often end their message with the id.
		requestId === undefined || description.includes(requestId) ? '' : `Request ID: ${requestId}.`,
	);
}

/** `code` is the provider's where there is one, else the kind of failure. An unknown outcome says so, since it has no code of its own. */
function identifiers(failure: SeedanceFailure): IDataObject {
	const { kind, code, httpStatus, taskId, requestId, outcomeUnknown, candidates = [] } = failure;
	const unknown = outcomeUnknown ? { outcomeUnknown } : {};
	const some = outcomeUnknown && candidates.length > 0 ? { candidates: [...candidates] } : {};
	return withoutUndefined({
		code: code ?? kind,
		httpStatus,
		taskId,
		requestId,
		...unknown,
		...some,
	});
}
