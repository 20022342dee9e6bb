import type { Connection } from '../seedance/connection';
import { arkLibrary } from './arkLibrary';
import { notSupported, type AssetApi } from './assetLibrary';
import type { Clock } from './clock';
import type { Send } from './http';
import { powerTokensLibrary } from './powerTokensLibrary';

/** The calls of a connection's asset library. Throws a SeedanceFailure where there is none. */
export function createAssetApi(send: Send, clock: Clock, connection: Connection): AssetApi {
	const { assets, provider } = connection;
	if (assets === undefined) {
		throw notSupported('assetLibraryNotSupported', { provider: provider.label });
	}
	if (assets.kind === 'powerTokens') {
		const library = powerTokensLibrary(assets, clock, send);
		if (assets.ark === undefined) return library;
		const { addUrl, list, delete: deleteAsset } = arkLibrary(assets.ark, clock, send);
		return { ...library, addUrl, list, delete: deleteAsset };
	}
	if (assets.accessKeyId === '' || assets.secretAccessKey === '') {
		throw notSupported('assetAccessKeyMissing');
	}
	return arkLibrary(assets, clock, send);
}
