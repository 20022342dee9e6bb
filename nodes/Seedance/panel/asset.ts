import type { INodeProperties } from 'n8n-workflow';
import { isAssetId } from '../seedance/media';
import { issue, type Result } from './issues';
import type { ReadParameter } from './readParameter';
import { idOf } from './values';
import { waitOptionsProperty, type WaitPolicy } from './wait';

/** Source: PowerTokens Seedance 2.0 quick start. */
export const assetPollIntervalMs = 3_000;

/** How an asset is waited for when the user sets nothing: every 3 s for 10 minutes. Source: PowerTokens Seedance 2.0 quick start (3 s); github byteplus-sa/ark-mcp (600 s). */
export const assetWait: WaitPolicy = {
	pollIntervalMs: assetPollIntervalMs,
	maxWaitMs: 600_000,
	onTimeout: 'returnTask',
	cancelOnStop: false,
};

/** The asset of an operation. */
export const assetIdProperty: INodeProperties = {
	displayName: 'ID',
	name: 'id',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. task_2605191840200001 or asset-20260519184021-abcde',
	description:
		'At PowerTokens the ID of the upload task, as Upload returned it; elsewhere the ID of the asset',
};

const assetWords: Readonly<Record<string, Partial<INodeProperties>>> = {
	maxWait: {
		default: assetWait.maxWaitMs / 60_000,
		description:
			'Max time to wait, 10 minutes by default. After that, the library continues processing. Run the Get operation to read the asset.',
	},
	pollInterval: {
		default: assetPollIntervalMs / 1000,
		description: 'Time between two polls of the asset, 3 seconds by default',
	},
	onTimeout: {
		options: [
			{
				name: 'Return the Task',
				value: 'returnTask',
				description: 'The item has the ID for the Get operation and "timedOut": true',
			},
			{
				name: 'Raise an Error',
				value: 'error',
				description: 'The item fails with the ID in its message',
			},
		],
	},
};

/** The entries of a video's Wait Options, in the words of an asset. */
export const assetWaitOptionsProperty: INodeProperties = {
	...waitOptionsProperty,
	displayOptions: { show: { waitForAsset: [true] } },
	options: (waitOptionsProperty.options as INodeProperties[]).map((entry) => ({
		...entry,
		...assetWords[entry.name],
	})),
};

/** The id of the item's asset, without `asset://`. */
export function readAssetId(parameter: ReadParameter): Result<string> {
	const given = idOf(parameter('id')).replace(/^asset:\/\//, '');
	return isAssetId(given)
		? { value: given }
		: { issues: [issue('id', 'assetReferenceInvalid', { given })] };
}
