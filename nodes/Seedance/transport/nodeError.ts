import type { IDataObject, INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { SeedanceFailure } from '../api/errors';

/** Takes a failure and the item it belongs to (none for a picker) and gives n8n's error, with the task id in its words so that nothing paid for is lost. */
export function toNodeError(
	node: INode,
	failure: SeedanceFailure,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	const item = itemIndex === undefined ? {} : { itemIndex };
	const message =
		itemIndex === undefined ? failure.message : `[Item ${itemIndex}] ${failure.message}`;
	const description = describe(failure);
	const error =
		failure.httpStatus === undefined
			? new NodeOperationError(node, message, { ...item, description })
			: new NodeApiError(
					node,
					{},
					{
						...item,
						message,
						description,
						httpCode: String(failure.httpStatus),
					},
				);
	// n8n replaces any message in which it finds the name of a system error, such as "EPERM" in "approvEPERMission".
	error.message = message;
	error.description = description;
	Object.assign(error.context, item, identifiers(failure));
	return error;
}

/**
 * Takes a failure and gives the `json` of the item that stands for it when the node continues on fail.
 * It has the one key `error`, an object: the only form that every n8n routes to the error output without rewriting it.
 */
export function toErrorJson(failure: SeedanceFailure, itemIndex: number): IDataObject {
	return {
		error: {
			message: `[Item ${itemIndex}] ${failure.message}`,
			description: describe(failure),
			...identifiers(failure),
		},
	};
}

function describe(failure: SeedanceFailure): string {
	const ids = [
		failure.taskId === undefined ? undefined : `Task: ${failure.taskId}.`,
		// Providers often end their message with the id.
		failure.requestId === undefined || failure.description.includes(failure.requestId)
			? undefined
			: `Request id: ${failure.requestId}.`,
	];
	return [failure.description, ...ids]
		.filter((part) => part !== undefined && part !== '')
		.join(' ');
}

function identifiers(failure: SeedanceFailure): IDataObject {
	const { code, httpStatus, taskId, requestId } = failure;
	return Object.fromEntries(
		Object.entries({ code, httpStatus, taskId, requestId }).filter(
			([, value]) => value !== undefined,
		),
	);
}
