import { createAssetClient } from '../../transport/assetClient';
import type { Operation } from '../operation';
import { limitProperties, readLimit } from '../common.properties';
import { assetJson } from './assetItem';

/** Lists the assets of Ark's library. */
export const listOperation: Operation<number> = {
	option: {
		name: 'Get Many',
		value: 'list',
		action: 'Get many assets',
		description: 'Get the assets of the library. Only BytePlus and Volcengine have this.',
	},
	properties: limitProperties,
	read: readLimit,
	async run({ context, clock, connection }, limit) {
		const assets = await createAssetClient(context, clock, connection).list(limit);
		return assets.map((asset) => ({ json: assetJson(asset, {}, false) }));
	},
};
