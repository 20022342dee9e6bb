import { assetIdProperty, readAssetId } from '../../panel/asset';
import { define, nothingToPrepare } from '../operation';

/** Deletes an asset of Ark's library. */
export const deleteOperation = define<string, string>({
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete asset',
		description: 'Delete an asset. Only for BytePlus and Volcengine.',
	},
	properties: [{ ...assetIdProperty, description: 'The ID of the asset' }],
	read: readAssetId,
	prepare: nothingToPrepare,
	async run({ assets }, id) {
		await assets.api().delete(id);
		return { json: { assetId: id, deleted: true } };
	},
});
