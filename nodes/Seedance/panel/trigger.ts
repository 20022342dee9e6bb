import type { INodeProperties } from 'n8n-workflow';
import type { Connection } from '../seedance/connection';
import { findFamily, isOfFamily, modelFamilies } from '../seedance/models';
import { isFinished, type Task } from '../seedance/task';
import { choice, key, readCollection, readFields, refined } from './accepts';
import { deliveryProperties, readCollectOptions } from './collect';
import type { Result } from './issues';
import { moment } from './moment';
import type { ReadParameter } from './readParameter';

/** The events and what they stand for. */
const events = [
	{
		name: 'On Any End',
		value: 'anyEnd',
		action: 'On any end',
		description: 'A task has finished, failed, expired or was cancelled',
	},
	{
		name: 'On Task Failed',
		value: 'taskFailed',
		action: 'On task failed',
		description: 'A task has failed or expired',
	},
	{
		name: 'On Video Finished',
		value: 'videoFinished',
		action: 'On video finished',
		description: 'A video is finished',
	},
] as const;

type Event = (typeof events)[number]['value'];

const isEvent: Readonly<Record<Event, (task: Task) => boolean>> = {
	anyEnd: ({ status }) => isFinished(status),
	taskFailed: ({ status }) => status === 'failed' || status === 'expired',
	videoFinished: ({ status }) => status === 'succeeded',
};

const eventField = { name: 'event', accepts: choice(events), neverEmpty: true } as const;

const modelExpected =
	'Choose a model, or enter a full model ID. A task shows its model, not its endpoint.';

/** The entries of Filters; a text without a time zone is in that of the workflow. */
const filterFields = (timeZone: string) =>
	[
		{ name: 'createdAfter', accepts: moment(timeZone), neverEmpty: true },
		{
			name: 'model',
			accepts: refined(
				key(128, modelExpected),
				(model) => model?.startsWith('ep-') !== true,
				modelExpected,
			),
			neverEmpty: true,
		},
	] as const;

/** The parameters of Seedance Trigger. */
export const triggerProperties: INodeProperties[] = [
	{
		displayName: 'Event',
		name: eventField.name,
		type: 'options',
		noDataExpression: true,
		options: [...events],
		default: 'videoFinished',
	},
	...deliveryProperties(true, false),
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Created After',
				name: 'createdAfter',
				type: 'dateTime',
				default: '',
				description:
					'Only tasks that were created after this moment. After the workflow is published for the first time, those of them that have ended already are delivered as well.',
			},
			{
				displayName: 'Model',
				name: 'model',
				type: 'options',
				options: modelFamilies.map(({ label, value }) => ({ name: label, value })),
				default: 'seedance-2-0',
				description: 'Only tasks of this model. An expression may give a full model ID.',
			},
		],
	},
];

/** An expression for the node's subtitle: the event. */
export const triggerSubtitle = `={{ (${JSON.stringify(
	Object.fromEntries(events.map(({ value, action }) => [value, action])),
)})[$parameter["event"]] }}`;

/** What a trigger delivers, and how. */
export interface TriggerOptions {
	/** Whether a task that has ended is to be delivered. */
	isWanted(task: Task): boolean;
	/** In milliseconds since 1970. */
	readonly createdAfterMs: number | undefined;
	/** The item's field for the MP4; undefined: do not download. */
	readonly downloadTo: string | undefined;
	readonly simplify: boolean;
}

/** Reads the parameters of Seedance Trigger. `timeZone`: that of the workflow. */
export function readTriggerOptions(
	parameter: ReadParameter,
	connection: Connection,
	timeZone: string,
): Result<TriggerOptions> {
	const event = readFields([eventField], { event: parameter('event') });
	const collect = readCollectOptions(parameter, connection, false);
	const filters = readCollection('filters', filterFields(timeZone), parameter('filters'));
	const { createdAfter: createdAfterMs, model } = filters.fields;
	const issues = [...event.issues, ...(collect.issues ?? []), ...filters.issues];
	if (issues.length > 0 || collect.value === undefined) return { issues };
	const { downloadTo, simplify } = collect.value;
	const isEnd = isEvent[event.fields.event ?? 'videoFinished'];
	const family = model === undefined ? undefined : findFamily(model);
	// A task that does not show its model, or when it was created, may be one that is wanted.
	const isModel = (shown?: string) => {
		if (model === undefined || shown === undefined) return true;
		return family === undefined ? shown === model : isOfFamily(shown, family);
	};
	const isNew = (createdAtMs = Infinity) =>
		createdAfterMs === undefined || createdAtMs > createdAfterMs;
	return {
		value: {
			isWanted: (task) => isEnd(task) && isModel(task.model) && isNew(task.createdAtMs),
			...{ createdAfterMs, downloadTo, simplify },
		},
	};
}
