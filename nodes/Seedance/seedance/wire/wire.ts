import type { CreateRequest, Mode } from '../request';

/** One of the two interfaces to the same models: `official` is ByteDance's own, `openAi` the `/v1/videos` of gateways. */
export type ApiStyle = 'official' | 'openAi';

/** One form of a create body: the OpenAI-style interface has `media[]` for Seedance 2.x and a flat body for 1.x. */
export type BodyForm = 'official' | 'openAiMedia' | 'openAiFlat';

/** One interface to the models: its paths, its wire names, and what it does not have. */
export interface WireFormat {
	readonly style: ApiStyle;
	/** Path of the task collection, after the base URL. */
	readonly collectionPath: string;
	/** After the base URL: answers with success for a good key, and costs nothing. */
	readonly keyCheckPath: string;
	/** Whether tasks can be listed, cancelled and deleted. */
	readonly managesTasks: boolean;
	/** Whether a prompt is required with media too. */
	readonly promptRequired: boolean;
	/** The form of a create body for a model id. */
	bodyForm(modelId: string): BodyForm;
	/** The modes that a model id has in this interface. */
	modes(modelId: string): readonly Mode[];
	/** The body of the create call. */
	createBody(request: CreateRequest): Record<string, unknown>;
}

/** Whether a text can be a task id: an empty one would turn a read into a list. */
export function isTaskId(text: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(text);
}

/** The URL of one task. Throws a RangeError for an id that would name the collection or another path. */
export function taskUrl(tasksUrl: string, taskId: string): string {
	if (!isTaskId(taskId)) throw new RangeError(`Not a task ID: ${taskId}`);
	return `${tasksUrl}/${encodeURIComponent(taskId)}`;
}
