import { assetIdProperty, readAssetId } from '../../panel/asset';
import { assetNotFound } from '../../tasks/assets';
import { define, nothingToPrepare } from '../operation';
import { assetJson } from './assetItem';

/** Reads an asset, including one whose wait timed out. */
export const getOperation = define<string, string>({
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get asset',
		description: 'Get an asset and whether it is ready',
	},
	properties: [assetIdProperty],
	read: readAssetId,
	prepare: nothingToPrepare,
	async run({ assets, connection }, id) {
		const asset = await assets.api().read(id);
		if (asset.failure?.code === '404') throw assetNotFound(id, asset);
		const facts = connection.assets?.kind === 'powerTokens' ? { uploadTaskId: id } : {};
		return { json: assetJson(asset, facts, false) };
	},
});
