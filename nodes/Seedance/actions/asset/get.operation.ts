import { createAssetClient } from '../../transport/assetClient';
import type { Operation } from '../operation';
import { assetIdProperty, readAssetId } from './asset.properties';
import { assetJson } from './assetItem';

/** Reads an asset, also one whose wait ran out. */
export const getOperation: Operation<string> = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get asset',
		description: 'Get an asset and whether it can be used yet',
	},
	properties: [assetIdProperty],
	read: readAssetId,
	async run({ context, clock, connection }, id) {
		const asset = await createAssetClient(context, clock, connection).read(id);
		const facts = connection.assets?.kind === 'powerTokens' ? { uploadTaskId: id } : {};
		return { json: assetJson(asset, facts, false) };
	},
};
