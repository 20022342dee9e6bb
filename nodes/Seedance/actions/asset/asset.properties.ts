import type { INodeProperties } from 'n8n-workflow';
import { quoted, type Checked } from '../../api/problem';
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
