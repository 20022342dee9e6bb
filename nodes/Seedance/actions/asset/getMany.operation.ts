import { limitProperties, readLimit } from '../../panel/common';
import { define, nothingToPrepare } from '../operation';
import { assetJson } from './assetItem';

/** Lists the assets of Ark's library. */
export const getManyOperation = define<number, number>({
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many assets',
		description: 'Get the assets of the library. Only for BytePlus and Volcengine.',
	},
	properties: limitProperties,
	read: readLimit,
	prepare: nothingToPrepare,
	async run({ assets }, limit) {
		const listed = await assets.api().list(limit);
		return listed.map((asset) => ({ json: assetJson(asset, {}, false) }));
	},
});
