import type { INodeProperties } from 'n8n-workflow';
import { quoted, type Checked } from '../../api/problem';
import { waitOptionsProperty } from '../common.properties';
import type { ReadParameter } from '../operation';

/** The asset that an operation is about. */
export const assetIdProperty: INodeProperties = {
	displayName: 'ID',
	name: 'id',
	type: 'string',
	default: '',
	placeholder: 'e.g. asset-20260519184021-abcde',
	description:
		'At PowerTokens the ID of the upload task, as Upload returned it; elsewhere the ID of the asset',
};

const waitWords: Readonly<Record<string, Partial<INodeProperties>>> = {
	maxWait: {
		description:
			'How long to wait at most; 10 minutes without this entry. The library goes on after that, and the Get operation reads the asset.',
	},
	pollInterval: {
		description: 'How long to wait between two looks at the asset; 3 seconds without this entry',
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
				description: 'The item fails, with the ID in its message',
			},
		],
	},
};

/** How the wait looks at its asset and when it ends: the entries of a video's wait, in the words of an asset. */
export const assetWaitOptionsProperty: INodeProperties = {
	...waitOptionsProperty,
	displayOptions: { show: { waitForAsset: [true] } },
	options: (waitOptionsProperty.options as INodeProperties[]).map((entry) => ({
		...entry,
		...waitWords[entry.name],
	})),
};

/** Takes an item's parameters and gives the id of its asset, or what is wrong with it. */
export function readAssetId(parameter: ReadParameter): Checked<string> {
	const id = String(parameter('id') ?? '')
		.trim()
		.replace(/^asset:\/\//, '');
	if (/^[A-Za-z0-9][\w.:-]{0,127}$/.test(id)) return { value: id };
	return {
		problems: [
			{
				parameter: 'id',
				text: `is ${id === '' ? 'empty' : quoted(id)}. Enter the id that Upload returned, such as "task_2605191840200001" or "asset-20260519184021-abcde".`,
			},
		],
	};
}
