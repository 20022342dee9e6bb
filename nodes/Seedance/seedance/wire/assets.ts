import { idIn, numberIn, objectIn, textIn } from '../values';

/** The statuses of an asset in items. */
export type AssetStatus = 'processing' | 'ready' | 'failed';

/** Maximum number of characters of an asset's name: PowerTokens adds a prefix to a file name and refuses more than 64. Source: github ym1623/powertokens-cli; github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md (Name). */
export const maxAssetNameCharacters = { powerTokens: 40, ark: 64 } as const;

/** An asset as the rest of the package knows it, whichever library it is in. */
export interface Asset {
	readonly status: AssetStatus;
	readonly assetId?: string | undefined;
	/** Why it failed, in the library's words. */
	readonly failure?: { readonly code?: string | undefined; readonly message?: string | undefined };
	readonly name?: string | undefined;
}

/** Where PowerTokens' asset library is. Source: PowerTokens Seedance 2.0 quick start, Asset Library. */
export function powerTokensAssetUrls(origin: string): { uploadUrl: string; jobUrl: string } {
	return {
		uploadUrl: `${origin}/v1/asset/upload`,
		jobUrl: `${origin}/v1/asset/jobs/get-asset-id`,
	};
}

/** The id of the upload task in PowerTokens' answer to an upload, or undefined. Source: PowerTokens docs, upload file. */
export function readUploadTaskId(body: unknown): string | undefined {
	return idIn(objectIn(objectIn(body)?.['data'])?.['task_id']);
}

/**
 * The asset in PowerTokens' answer about an upload task. The answer while it is processing is not documented: without an id and without a code of 400 or more, it is still processing.
 * Source: PowerTokens Seedance 2.0 quick start (ready: code 200 and asset_id); github ym1623/powertokens-cli (failures).
 */
export function readAssetJob(body: unknown): Asset {
	const members = objectIn(body) ?? {};
	const code = numberIn(members['code']);
	const assetId = idIn(objectIn(members['data'])?.['asset_id']) ?? idIn(members['asset_id']);
	if (assetId !== undefined) return { status: 'ready', assetId };
	if (code === undefined || code < 400) return { status: 'processing' };
	return { status: 'failed', failure: { code: String(code), message: textIn(members['msg']) } };
}

const statusOfWord: ReadonlyMap<string, AssetStatus> = new Map([
	['active', 'ready'],
	['failed', 'failed'],
	['processing', 'processing'],
]);

/** An asset of Ark's library, or undefined when it has no id. Source: github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md. */
export function readArkAsset(result: unknown): Asset | undefined {
	const members = objectIn(result) ?? {};
	const assetId = idIn(members['Id']);
	if (assetId === undefined) return undefined;
	const status = textIn(members['Status'])?.toLowerCase() ?? 'processing';
	const failure = arkErrorIn(members['Error']);
	return {
		assetId,
		// CreateAsset answers with an id alone: the asset is still processing.
		status: statusOfWord.get(status) ?? 'processing',
		name: textIn(members['Name']),
		...(failure === undefined ? {} : { failure }),
	};
}

/** An error of Ark's OpenAPI. */
interface ArkError {
	readonly code?: string | undefined;
	readonly message?: string | undefined;
}

function arkErrorIn(value: unknown): ArkError | undefined {
	const members = objectIn(value);
	return members && { code: textIn(members['Code']), message: textIn(members['Message']) };
}

/** The content of an answer of Ark's API. */
export interface ArkAnswer {
	readonly result: unknown;
	readonly requestId: string | undefined;
	/** An error, which comes with HTTP 200 as well. */
	readonly error: ArkError | undefined;
}

/** The content of an answer of Ark's API. Source: github byteplus-sa/ark-mcp (errors inside HTTP 200). */
export function readArkAnswer(body: unknown): ArkAnswer {
	const { ResponseMetadata, Result: result } = objectIn(body) ?? {};
	const metadata = objectIn(ResponseMetadata);
	const requestId = textIn(metadata?.['RequestId']);
	return { result, requestId, error: arkErrorIn(metadata?.['Error']) };
}

/** The entries in the result of a list action and their total number. */
export function readArkItems(result: unknown): {
	readonly items: readonly unknown[];
	readonly total: number | undefined;
} {
	const { Items: items = [], TotalCount: total } = objectIn(result) ?? {};
	return Array.isArray(items) ? { items, total: numberIn(total) } : { items: [], total: undefined };
}
