import type { INodeProperties } from 'n8n-workflow';
import type { Connection } from '../seedance/connection';
import { refusedValue } from './accepts';
import { readSwitch, simplifyProperty } from './common';
import { issue, type Issue, type Result } from './issues';
import type { ReadParameter } from './readParameter';
import { textOf } from './values';
import { cancelOnStopOption, readWaitPolicy, waitOptionsProperty, type WaitPolicy } from './wait';

/** What to do with a task after it is created. */
export interface CollectOptions {
	/** Undefined: do not wait. */
	readonly wait: WaitPolicy | undefined;
	/** The item's field for the MP4; undefined: do not download. */
	readonly downloadTo: string | undefined;
	readonly simplify: boolean;
}

/** The item's field for the last frame, when the task has one. */
export const lastFrameField = 'lastFrame';

const waitSwitch: INodeProperties = {
	displayName: 'Wait for Completion',
	name: 'waitForCompletion',
	type: 'boolean',
	default: false,
	description:
		'Whether to keep this node running until the video is finished. A clip takes 1 to 15 minutes.',
};

const downloadSwitch: INodeProperties = {
	displayName: 'Download Video',
	name: 'downloadVideo',
	type: 'boolean',
	default: false,
	description: 'Whether to put the MP4 into the item. The URL stops working after 24 hours.',
};

/** The parameters of waiting, downloading and simplifying. */
export function collectProperties(defaults: {
	readonly wait: boolean;
	readonly download: boolean;
	/** Whether a video can only be downloaded after waiting for it. */
	readonly downloadNeedsWait: boolean;
}): INodeProperties[] {
	return [
		{ ...waitSwitch, default: defaults.wait },
		{
			...waitOptionsProperty,
			options: [cancelOnStopOption, ...(waitOptionsProperty.options as INodeProperties[])],
		},
		...deliveryProperties(defaults.download, defaults.downloadNeedsWait),
	];
}

/** The parameters of downloading and simplifying. */
export function deliveryProperties(downloads: boolean, needsWait: boolean): INodeProperties[] {
	const shown = needsWait ? { waitForCompletion: [true] } : {};
	return [
		{
			...downloadSwitch,
			default: downloads,
			...(needsWait ? { displayOptions: { show: shown } } : {}),
		},
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the output binary field to put the file in',
			displayOptions: { show: { ...shown, downloadVideo: [true] } },
		},
		simplifyProperty,
	];
}

/** Reads what an item says about waiting, downloading and simplifying. */
export function readCollectOptions(
	parameter: ReadParameter,
	{ wire }: Connection,
	downloadNeedsWait: boolean,
): Result<CollectOptions> {
	const issues: Issue[] = [];
	const waits = readSwitch(parameter, 'waitForCompletion', false, issues);
	const wait = waits
		? readWaitPolicy(parameter('waitOptions'))
		: { value: undefined, issues: undefined };
	issues.push(...(wait.issues ?? []));
	if (wait.value?.cancelOnStop === true && !wire.managesTasks) {
		issues.push(issue('waitOptions.cancelOnStop', 'cancelNotSupported'));
	}
	const wantsVideo = readSwitch(parameter, 'downloadVideo', false, issues);
	const downloads = wantsVideo && (waits || !downloadNeedsWait);
	const field = downloads ? readOutputField(parameter, issues) : undefined;
	const simplify = readSwitch(parameter, 'simplify', true, issues);
	return issues.length > 0
		? { issues }
		: { value: { wait: wait.value, downloadTo: field, simplify } };
}

/** Names that an object does not take, or that n8n removes from one. */
const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function readOutputField(parameter: ReadParameter, issues: Issue[]): string | undefined {
	const name = 'binaryPropertyName';
	const given = parameter(name);
	const field = textOf(given);
	if (field === undefined || reservedNames.has(field)) {
		issues.push(refusedValue('', name, given, 'Enter a name such as "data".'));
	}
	if (field === lastFrameField) issues.push(issue(name, 'outputFieldTaken', { field }));
	return field;
}
