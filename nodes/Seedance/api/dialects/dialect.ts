import type { CreateOptions, CreateRequest, Mode } from '../createRequest';
import type { ApiStyle } from '../providers/provider';

/** One interface to the models: its paths, its wire names, and what it cannot say. */
export interface Dialect {
	readonly style: ApiStyle;
	readonly label: string;
	/** Path of the task collection, after the base URL. */
	readonly collectionPath: string;
	/** Whether tasks can be listed, cancelled and deleted. */
	readonly managesTasks: boolean;
	/** Takes a checked request and gives the body of the create call; what the request does not hold is not in the body. */
	createBody(request: CreateRequest): Record<string, unknown>;
	/** Takes a model id and gives the modes that can be asked for. */
	modes(modelId: string): readonly Mode[];
	/** Takes a model id and gives the entries of Options that can be sent. */
	options(modelId: string): ReadonlyArray<keyof CreateOptions>;
	/** Whether a prompt is needed with media too. */
	readonly promptRequired: boolean;
}

/** Takes any text and says whether it can be a task id: an empty one would turn a read into a list. */
export function isTaskId(text: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(text);
}

/** Takes the URL of the task collection and a task id and gives the task's own URL; throws a RangeError for an id that would name the collection or another path. */
export function taskUrl(tasksUrl: string, taskId: string): string {
	if (!isTaskId(taskId)) throw new RangeError(`Not a task id: ${taskId}`);
	return `${tasksUrl}/${encodeURIComponent(taskId)}`;
}
