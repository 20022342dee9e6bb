import type { IDataObject } from 'n8n-workflow';
import { assetUriOf } from '../../seedance/media';
import { withoutUndefined } from '../../seedance/values';
import type { Asset } from '../../seedance/wire/assets';

/** What an item has about an asset besides its status. */
export interface AssetFacts {
	/** PowerTokens' id of the upload, for Get. */
	readonly uploadTaskId?: string | undefined;
	readonly fileName?: string | undefined;
	readonly mimeType?: string | undefined;
	readonly fileSize?: number | undefined;
}

/** The `json` of an asset's item; absent members are left out. */
export function assetJson(asset: Asset, facts: AssetFacts, timedOut: boolean): IDataObject {
	const { assetId, status, name, failure } = asset;
	return withoutUndefined<string | number | boolean>({
		assetId,
		assetUri: assetId === undefined ? undefined : assetUriOf(assetId),
		status,
		uploadTaskId: facts.uploadTaskId,
		fileName: facts.fileName ?? name,
		mimeType: facts.mimeType,
		fileSize: facts.fileSize,
		failureCode: failure?.code,
		failureMessage: failure?.message,
		timedOut: timedOut ? true : undefined,
	});
}
