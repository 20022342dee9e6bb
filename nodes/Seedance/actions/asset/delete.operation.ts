import { createAssetClient } from '../../transport/assetClient';
import type { Operation } from '../operation';
import { assetIdProperty, readAssetId } from './asset.properties';

/** Deletes an asset of Ark's library. */
export const deleteOperation: Operation<string> = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete asset',
		description: 'Delete an asset. Only BytePlus and Volcengine have this.',
	},
	properties: [{ ...assetIdProperty, description: 'The ID of the asset' }],
	read: readAssetId,
	async run({ context, clock, connection }, id) {
		await createAssetClient(context, clock, connection).delete(id);
		return { json: { assetId: id, deleted: true } };
	},
};
