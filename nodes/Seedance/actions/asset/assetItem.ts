import type { IDataObject } from 'n8n-workflow';
import type { Asset } from '../../api/asset';
import { withoutUndefined } from '../../api/values';
import { assetUriOf } from './uploadFile';

/** What an item says of an asset besides its status. */
export interface AssetFacts {
	/** PowerTokens' id of the upload, with which Get goes on. */
	readonly uploadTaskId?: string | undefined;
	readonly fileName?: string | undefined;
	readonly mimeType?: string | undefined;
	readonly fileSize?: number | undefined;
}

/** Takes an asset, what else is known of it and whether its wait ran out, and gives the output's `json`; absent members are left out. */
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
