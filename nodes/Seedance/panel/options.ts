import type { INodeProperties } from 'n8n-workflow';
import { modelFamilies, type ModelFamily } from '../seedance/models';
import type { BodyForm } from '../seedance/wire/wire';
import {
	choice,
	fileName,
	jsonObject,
	key,
	number,
	onOff,
	readCollection,
	refined,
	text,
	webUrl,
	wholeNumber,
	type Accepts,
	type Values,
} from './accepts';

/**
 * One entry of Options, whole. The panel, the check, the body, the messages and the table in docs/parameters.md follow from its row.
 */
export interface OptionRow<Name extends string = string, Value = unknown> {
	/** As workflows store it; never changes. */
	readonly name: Name;
	readonly label: string;
	readonly description: string;
	readonly accepts: Accepts<Value>;
	/** What the panel fills in when the entry is added. */
	readonly offered: NonNullable<INodeProperties['default']>;
	readonly placeholder?: string;
	/** The wire name in each form of the body; a form without one does not have the option. Undefined: the option stays in the node. */
	readonly wire?: Readonly<Partial<Record<BodyForm, string>>>;
	/** The value on the wire, where it is another one. */
	readonly toWire?: (value: NonNullable<Value>) => unknown;
	/** The families that support it; all when absent. */
	readonly supportedBy?: (family: ModelFamily) => boolean;
	/** Whether `false` is the same as not set. */
	readonly offIsUnset?: boolean;
	/** Whether an added entry that yields nothing is refused; see `Field` in accepts.ts. */
	readonly neverEmpty?: boolean;
	/** Whether an added entry that yields `undefined` or `null` is refused; see `Field` in accepts.ts. */
	readonly neverNull?: boolean;
}

function row<const Name extends string, Value>(
	definition: OptionRow<Name, Value>,
): OptionRow<Name, Value> {
	return definition;
}

const inSeries =
	(...series: ReadonlyArray<ModelFamily['series']>) =>
	(family: ModelFamily) =>
		series.includes(family.series);

const everywhere = (wireName: string) => ({
	official: wireName,
	openAiMedia: wireName,
	openAiFlat: wireName,
});

/** What to do with the references of a request. */
export const taskTypes = [
	{ name: 'Auto', value: 'auto', description: 'The model decides based on the prompt' },
	{ name: 'Edit', value: 'edit', description: 'Change the reference video' },
	{
		name: 'Extend',
		value: 'extend',
		description: 'Continue from the end of the reference video',
	},
	{ name: 'Reference', value: 'reference', description: 'Use the references as material' },
] as const;

/** What to do with a task that ended without a video; Get has it too. */
export const onFailedTaskRow = row({
	name: 'onFailedTask',
	label: 'When the Task Fails',
	description: 'What to do with a task that ended without a video',
	accepts: choice([
		{
			name: 'Raise an Error',
			value: 'error',
			description: 'The item fails with the reason and the task ID',
		},
		{
			name: 'Return the Task',
			value: 'returnTask',
			description: 'The item has the status and the reason',
		},
	]),
	offered: 'error',
	neverEmpty: true,
});

/**
 * Every entry of Options of Create.
 * Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (ranges, models); BytePlus docs 2607688 (output_format, omni_reference_task_type);
 * PowerTokens API reference, POST /v1/videos (what the OpenAI-style interface has); Volcengine docs 1544106 (failed tasks are not charged).
 */
const rows = [
	row({
		name: 'callbackUrl',
		label: 'Callback URL',
		description:
			'The provider sends the task to this URL each time its status changes. The URL must be reachable from the internet. Anyone can call it: read the task again with the Get operation.',
		accepts: webUrl,
		offered: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/seedance',
		wire: { official: 'callback_url' },
	}),
	row({
		name: 'cameraFixed',
		label: 'Camera Fixed',
		description: 'Whether to keep the camera still',
		accepts: onOff,
		offered: false,
		wire: { official: 'camera_fixed', openAiFlat: 'camera_fixed' },
		supportedBy: inSeries('1.0', '1.5'),
	}),
	row({
		name: 'costBudget',
		label: 'Cost Budget',
		description:
			'Max cost of all items of this run together, by estimate, in the currency of your provider. If the estimate is higher, or no price is known, nothing is created.',
		accepts: number({ above: 0, max: 1e9 }, 'Enter an amount above 0.'),
		offered: 10,
		neverEmpty: true,
	}),
	row({
		name: 'createAgainAfterFailure',
		label: 'Create Again After a Failure',
		description:
			"How many times to create a task again that failed because of the provider's own fault, such as an internal error. Never after invalid input or a refusal by the content check. ByteDance charges only videos that succeed; a reseller may differ.",
		accepts: wholeNumber(0, 3),
		offered: 1,
		neverEmpty: true,
	}),
	row({
		name: 'draft',
		label: 'Draft',
		description:
			'Whether to create a low-cost preview in 480p. The mode Final From Draft then creates the video in full quality.',
		accepts: onOff,
		offered: false,
		wire: { official: 'draft', openAiFlat: 'draft' },
		supportedBy: ({ draft }) => draft,
	}),
	row({
		name: 'dryRun',
		label: 'Dry Run',
		description:
			'Whether to send nothing, and to return the request and an estimate of its tokens and cost',
		accepts: onOff,
		offered: false,
	}),
	row({
		name: 'executionExpiresAfter',
		label: 'Expires After (Seconds)',
		description:
			'Time after which the provider gives up on a task that has not finished: 1 hour to 3 days',
		accepts: wholeNumber(3600, 259_200),
		offered: 172_800,
		neverEmpty: true,
		wire: { official: 'execution_expires_after' },
	}),
	row({
		name: 'extraBody',
		label: 'Extra Body',
		description:
			'A JSON object to merge into the request, for fields that this node does not have. It overrides all other fields.',
		accepts: jsonObject,
		offered: '{}',
	}),
	row({
		name: 'fileName',
		label: 'File Name',
		description:
			'Name of the video file, and of the last frame. The extension is that of the file. Without this entry, it is the task ID, or in a story with a name, this name and the number of the shot.',
		accepts: fileName(
			60,
			'Enter a name of at most 60 characters without slashes and without any of : * ? " < > |, such as "clip-1".',
		),
		offered: '',
		placeholder: 'e.g. {{ $json.sku }}-{{ $itemIndex + 1 }}',
	}),
	row({
		name: 'frames',
		label: 'Frames',
		description: 'The length in frames instead of seconds, 24 frames per second: 29, 33, 37 … 289',
		accepts: refined(
			wholeNumber(29, 289),
			(frames) => frames === undefined || (frames - 25) % 4 === 0,
			'Enter 29 to 289 in steps of four: 29, 33, 37 … 289. 57 frames are 2.375 seconds.',
		),
		offered: 57,
		neverNull: true,
		wire: { official: 'frames' },
		supportedBy: inSeries('1.0'),
	}),
	row({
		name: 'idempotencyKey',
		label: 'Idempotency Key',
		description:
			'For 7 days, a create with the same key, credential, workflow and node fetches the same video again, and nothing is charged twice. Usually this is an expression that differs for each video.',
		accepts: key(
			10_000,
			'Enter a text of at most 10000 characters, or a number, that differs for each video.',
		),
		offered: '',
		placeholder: 'e.g. {{ $json.row_number }}-{{ $json.prompt }}',
		neverEmpty: true,
	}),
	row({
		name: 'maxConcurrency',
		label: 'Max Concurrency',
		description:
			'Max number of tasks of this run that are queued or running at the provider. Without this entry, the limit of the provider applies. The other items wait. With Wait for Completion off, it limits only the creates in flight.',
		accepts: wholeNumber(1, 1_000),
		offered: 10,
		neverEmpty: true,
	}),
	row({
		name: 'outputFormat',
		label: 'Output Format',
		description: 'The format of the video file',
		accepts: choice([
			{ name: 'MOV', value: 'mov', description: 'For editing software' },
			{ name: 'MP4', value: 'mp4', description: 'For browsers and most players' },
		]),
		offered: 'mp4',
		wire: { official: 'output_format' },
		supportedBy: inSeries('2.5'),
	}),
	row({
		name: 'pricePerMillionTokens',
		label: 'Price per Million Tokens',
		description:
			'What your provider charges you for a million tokens, in its own currency. Without this entry, list prices apply where the node knows them: BytePlus in USD, Volcengine in CNY, and Seedance 2.5 at PowerTokens in USD.',
		accepts: number({ above: 0, max: 1e6 }, 'Enter an amount above 0, such as 7.'),
		offered: 7,
		neverEmpty: true,
	}),
	row({
		name: 'priority',
		label: 'Priority',
		description: 'Priority in the queue, from 0 to 9. Tasks with a higher priority start first.',
		accepts: wholeNumber(0, 9),
		offered: 0,
		wire: { official: 'priority' },
		supportedBy: inSeries('2.0', '2.5'),
	}),
	row({
		name: 'recoveryMarker',
		label: 'Recovery Marker',
		description:
			"How to recognize a task in the provider's list when no usable answer to its create arrives",
		accepts: choice([
			{
				name: 'Expiry',
				value: 'expiry',
				description: 'Set Expires After to a little below its default, which changes nothing else',
			},
			{ name: 'None', value: 'none', description: 'Add nothing to the request' },
			{
				name: 'Safety Identifier',
				value: 'safetyIdentifier',
				description: 'Set Safety Identifier to an ID of this create',
			},
		]),
		offered: 'expiry',
		neverEmpty: true,
	}),
	row({
		name: 'returnLastFrame',
		label: 'Return Last Frame',
		description:
			'Whether to also return the last frame as a PNG, in the field "lastFrame". You can use it as the first frame of the next video.',
		accepts: onOff,
		offered: false,
		wire: everywhere('return_last_frame'),
	}),
	row({
		name: 'safetyIdentifier',
		label: 'Safety Identifier',
		description:
			'A stable, unique ID of the end user, up to 64 characters, such as a hash of the user ID',
		accepts: text(64),
		offered: '',
		placeholder: 'e.g. 5d41402abc4b2a76b9719d911017c592',
		wire: { official: 'safety_identifier', openAiMedia: 'safety_identifier' },
	}),
	row({
		name: 'seed',
		label: 'Seed',
		description:
			'With Seedance 1.5 and 1.0, the same seed and request give a similar video. Seedance 2.x may ignore it. -1 is a random seed.',
		accepts: wholeNumber(-1, 2 ** 32 - 1),
		offered: -1,
		neverNull: true,
		wire: everywhere('seed'),
	}),
	row({
		name: 'serviceTier',
		label: 'Service Tier',
		description: 'When the video is created',
		accepts: choice([
			{ name: 'Default', value: 'default', description: 'Immediately' },
			{ name: 'Flex', value: 'flex', description: 'Hours later, at half the price' },
		]),
		offered: 'default',
		neverEmpty: true,
		wire: { official: 'service_tier' },
		supportedBy: inSeries('1.0', '1.5'),
	}),
	row({
		name: 'taskType',
		label: 'Task Type',
		description: 'What to do with the references',
		accepts: choice(taskTypes),
		offered: 'auto',
		wire: { official: 'omni_reference_task_type' },
		supportedBy: inSeries('2.5'),
	}),
	row({
		name: 'testDuration',
		label: 'Test Duration (Seconds)',
		description:
			'Only for Test Mode: the time until the test video is finished, 8 seconds if not set. Other providers ignore it.',
		accepts: wholeNumber(1, 86_400),
		offered: 60,
	}),
	row({
		name: 'tokenBudget',
		label: 'Token Budget',
		description:
			'Max number of tokens for all items of this run together, by estimate. If the estimate is higher, nothing is created. A 5 s clip at 720p uses about 109,000 tokens.',
		accepts: {
			...wholeNumber(1, 1e12),
			expected: 'Enter a whole number of tokens from 1. A 5 s clip at 720p uses about 109,000.',
			property: { type: 'number', typeOptions: { minValue: 1 } },
		},
		offered: 1_000_000,
		neverEmpty: true,
	}),
	row({
		name: 'watermark',
		label: 'Watermark',
		description: 'Whether to show "AI Generated" in the lower right corner',
		accepts: onOff,
		offered: false,
		wire: everywhere('watermark'),
	}),
	row({
		name: 'webSearch',
		label: 'Web Search',
		description:
			'Whether the model can search the web for the prompt. Only Volcengine offers this, for text alone.',
		accepts: onOff,
		offered: false,
		wire: { official: 'tools' },
		toWire: (isOn) => (isOn ? [{ type: 'web_search' }] : undefined),
		supportedBy: inSeries('2.0', '2.5'),
		offIsUnset: true,
	}),
	row({
		name: 'onUnknownOutcome',
		label: 'When the Outcome Is Unknown',
		description:
			"What to do when no usable answer to a create arrives, and the task is not in the provider's list within two minutes. Create Again needs a list that shows for certain that the task is not there.",
		accepts: choice([
			{
				name: 'Create Again',
				value: 'createAgain',
				description:
					'If the provider lists the first task later after all, you are charged for both videos',
			},
			{ name: 'Stop', value: 'stop', description: 'The item fails, and nothing more is created' },
		]),
		offered: 'stop',
		neverEmpty: true,
	}),
	onFailedTaskRow,
] as const;

/** The same rows; {@link CreateOptions} has the types of their values. */
export const optionRows = rows as readonly OptionRow[];

/** Reads the entries of Options as stored. */
export const readOptions = (stored: unknown) => readCollection('options', rows, stored);

/** What the user set among Options; absent members were not set. */
export type CreateOptions = Values<(typeof rows)[number]>;

/** Whether the user set an option to something that is sent. */
export function isOptionSet({ name, offIsUnset }: OptionRow, options: CreateOptions): boolean {
	const value: unknown = options[name as keyof CreateOptions];
	return value !== undefined && !(offIsUnset === true && value === false);
}

/** Whether a family supports an option; an unknown family is not judged. */
export function supportsOption(
	family: ModelFamily | undefined,
	name: keyof CreateOptions,
): boolean {
	if (family === undefined) return true;
	const option = optionRows.find((one) => one.name === name);
	return option?.supportedBy?.(family) ?? true;
}

/** The members of the body that the options add, by their wire names in this form of it. */
export function wireFieldsOf(options: CreateOptions, form: BodyForm): Record<string, unknown> {
	const fields: Record<string, unknown> = {};
	for (const { name, wire, toWire } of optionRows) {
		const wireName = wire?.[form];
		const value: unknown = options[name as keyof CreateOptions];
		if (wireName === undefined || value === undefined || value === null) continue;
		const sent = toWire === undefined ? value : toWire(value);
		if (sent !== undefined) fields[wireName] = sent;
	}
	return fields;
}

/** The entry of an Options collection in the panel; hidden for the models that do not support it. */
export function optionProperty(option: OptionRow): INodeProperties {
	const { name, label, accepts, offered, placeholder, supportedBy } = option;
	const supported = modelFamilies.filter((family) => supportedBy?.(family) ?? true);
	return {
		displayName: label,
		name,
		default: offered,
		description: describeOption(option),
		...accepts.property,
		...(placeholder === undefined ? {} : { placeholder }),
		...(supported.length === modelFamilies.length
			? {}
			: {
					displayOptions: {
						show: { '/model': [...supported.map(({ value }) => value), 'custom'] },
					},
				}),
	};
}

/** The description of an option, with the models that support it where not all do. */
export function describeOption(option: OptionRow): string {
	const { description } = option;
	const support = describeSupport(option);
	if (support === undefined) return description;
	return `${description}${description.endsWith('.') ? '' : '.'} Only for ${support}.`;
}

/** The series that support an option; undefined where all do. */
export function describeSupport({ supportedBy }: OptionRow): string | undefined {
	const supported = modelFamilies.filter((family) => supportedBy?.(family) ?? true);
	if (supported.length === modelFamilies.length) return undefined;
	const series = [...new Set(supported.map((family) => family.series))];
	return `Seedance ${series.join(' and ')}`;
}
