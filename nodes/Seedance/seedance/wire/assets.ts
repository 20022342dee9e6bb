import { z } from 'zod';
import { idText } from '../values';

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

const text = z.string().min(1).optional().catch(undefined);

/** Where PowerTokens' asset library is. Source: PowerTokens Seedance 2.0 quick start, Asset Library. */
export function powerTokensAssetUrls(origin: string): { uploadUrl: string; jobUrl: string } {
	return {
		uploadUrl: `${origin}/v1/asset/upload`,
		jobUrl: `${origin}/v1/asset/jobs/get-asset-id`,
	};
}

const uploadShape = z.object({ data: z.object({ task_id: idText }) });

/** The id of the upload task in PowerTokens' answer to an upload, or undefined. Source: PowerTokens docs, upload file. */
export function readUploadTaskId(body: unknown): string | undefined {
	const shape = uploadShape.safeParse(body);
	return shape.success ? shape.data.data.task_id : undefined;
}

const jobShape = z.object({
	code: z.number().optional().catch(undefined),
	msg: text,
	asset_id: idText,
	data: z.object({ asset_id: idText }).optional().catch(undefined),
});

/**
 * The asset in PowerTokens' answer about an upload task. The answer while it is processing is not documented: without an id and without a code of 400 or more, it is still processing.
 * Source: PowerTokens Seedance 2.0 quick start (ready: code 200 and asset_id); github ym1623/powertokens-cli (failures).
 */
export function readAssetJob(body: unknown): Asset {
	const shape = jobShape.safeParse(body);
	if (!shape.success) return { status: 'processing' };
	const { code, msg } = shape.data;
	const assetId = shape.data.data?.asset_id ?? shape.data.asset_id;
	if (assetId !== undefined) return { status: 'ready', assetId };
	if (code === undefined || code < 400) return { status: 'processing' };
	return { status: 'failed', failure: { code: String(code), message: msg } };
}

const arkAssetShape = z.object({
	Id: idText,
	Status: text,
	Name: text,
	Error: z.object({ Code: text, Message: text }).optional().catch(undefined),
});

const statusOfWord: ReadonlyMap<string, AssetStatus> = new Map([
	['active', 'ready'],
	['failed', 'failed'],
	['processing', 'processing'],
]);

/** An asset of Ark's library, or undefined when it has no id. Source: github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md. */
export function readArkAsset(result: unknown): Asset | undefined {
	const shape = arkAssetShape.safeParse(result);
	if (!shape.success) return undefined;
	const { Id, Status, Name, Error: error } = shape.data;
	if (Id === undefined) return undefined;
	return {
		assetId: Id,
		// CreateAsset answers with an id alone: the asset is still processing.
		status: statusOfWord.get(Status?.toLowerCase() ?? 'processing') ?? 'processing',
		name: Name,
		...(error === undefined ? {} : { failure: { code: error.Code, message: error.Message } }),
	};
}

const envelopeShape = z.object({
	ResponseMetadata: z
		.object({
			RequestId: text,
			Error: z.object({ Code: text, Message: text }).optional().catch(undefined),
		})
		.optional()
		.catch(undefined),
	Result: z.unknown().optional(),
});

/** The content of an answer of Ark's API. */
export interface ArkAnswer {
	readonly result: unknown;
	readonly requestId: string | undefined;
	/** An error, which comes with HTTP 200 as well. */
	readonly error:
		{ readonly code?: string | undefined; readonly message?: string | undefined } | undefined;
}

/** The content of an answer of Ark's API. Source: github byteplus-sa/ark-mcp (errors inside HTTP 200). */
export function readArkAnswer(body: unknown): ArkAnswer {
	const shape = envelopeShape.safeParse(body);
	const metadata = shape.success ? shape.data.ResponseMetadata : undefined;
	const error = metadata?.Error;
	return {
		result: shape.success ? shape.data.Result : undefined,
		requestId: metadata?.RequestId,
		error: error === undefined ? undefined : { code: error.Code, message: error.Message },
	};
}

const itemsShape = z.object({
	Items: z.array(z.unknown()).default([]),
	TotalCount: z.number().optional().catch(undefined),
});

/** The entries in the result of a list action and their total number. */
export function readArkItems(result: unknown): {
	readonly items: readonly unknown[];
	readonly total: number | undefined;
} {
	const shape = itemsShape.safeParse(result);
	return shape.success
		? { items: shape.data.Items, total: shape.data.TotalCount }
		: { items: [], total: undefined };
}
