import type { ArkAccess } from '../seedance/connection';
import type { RequestKind } from '../seedance/retryPolicy';
import { readArkAnswer, readArkAsset, readArkItems, type Asset } from '../seedance/wire/assets';
import { noUsableAnswerFailure, refusedFailure } from '../seedance/wire/providerError';
import { assetCallTimeoutMs, notSupported, readsOf, type AssetApi } from './assetLibrary';
import type { Clock } from './clock';
import type { Send } from './http';
import { withRetries } from './retry';

const arkVersion = '2024-01-01';
/** Source: BytePlus docs 2318271. */
const arkPageSize = 100;
/** The group that assets go to when the user names none. */
const arkGroupName = 'n8n';
const arkGroupType = 'AIGC';

/** Calls one action of Ark's API; an error inside HTTP 200 is a failure as well. */
type Call = (
	kind: RequestKind,
	action: string,
	parameters: Readonly<Record<string, unknown>>,
	timeoutMs?: number,
) => Promise<unknown>;

/** Source: github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md; BytePlus docs 2318271. */
export function arkLibrary(access: ArkAccess, clock: Clock, send: Send): AssetApi {
	const call = createCall(access, send);
	const { host } = new URL(access.url);
	let defaultGroup: Promise<string> | undefined;

	/** One group for all assets of the run; a failed search is not remembered. */
	async function groupOf(groupId: string | undefined): Promise<string> {
		if (groupId !== undefined) return groupId;
		defaultGroup ??= findOrCreateGroup(call, clock, host).catch((error: unknown) => {
			defaultGroup = undefined;
			throw error;
		});
		return await defaultGroup;
	}

	return {
		...readsOf(clock, async (id, timeoutMs) => {
			const result = await call('read', 'GetAsset', { Id: id }, timeoutMs);
			return readArkAsset(result) ?? { status: 'processing', assetId: id };
		}),
		upload: async () => {
			throw notSupported('assetFileNotSupported');
		},
		async addUrl(url, kind, name, groupId) {
			const AssetType = { image: 'Image', video: 'Video', audio: 'Audio' }[kind];
			const parameters = { GroupId: await groupOf(groupId), URL: url, AssetType, Name: name };
			const created = await withRetries(
				clock,
				'upload',
				async () => await call('upload', 'CreateAsset', parameters),
			);
			return idIn(created, host);
		},
		list: async (limit) => await listAssets(call, clock, limit),
		delete: async (id) => {
			await withRetries(
				clock,
				'delete',
				async () => await call('delete', 'DeleteAsset', { Id: id }),
			);
		},
	};
}

function createCall({ url, projectName }: ArkAccess, send: Send): Call {
	return async (kind, action, parameters, timeoutMs = assetCallTimeoutMs) => {
		const answer = await send({
			kind,
			method: 'POST',
			url: `${url}?Action=${action}&Version=${arkVersion}`,
			// Text, because the signature covers every byte.
			body: JSON.stringify({ ...parameters, ProjectName: projectName }),
			timeoutMs,
		});
		const { result, error, requestId = answer.requestId } = readArkAnswer(answer.body);
		if (error !== undefined) throw refusedFailure(kind, answer.httpStatus, error, { requestId });
		return result;
	};
}

async function findOrCreateGroup(call: Call, clock: Clock, host: string): Promise<string> {
	const found = await withRetries(
		clock,
		'list',
		async () =>
			await call('list', 'ListAssetGroups', {
				Filter: { GroupType: arkGroupType, Name: arkGroupName },
				PageNumber: 1,
				PageSize: arkPageSize,
			}),
	);
	const groups = readArkItems(found).items.map(readArkAsset);
	// The library may find names that only contain this one.
	const known = groups.find((group) => group?.name === undefined || group.name === arkGroupName);
	if (known?.assetId !== undefined) return known.assetId;
	const group = { Name: arkGroupName, GroupType: arkGroupType };
	const created = await withRetries(
		clock,
		'upload',
		async () => await call('upload', 'CreateAssetGroup', group),
	);
	return idIn(created, host);
}

async function listAssets(call: Call, clock: Clock, limit: number): Promise<Asset[]> {
	const assets: Asset[] = [];
	for (let pageNumber = 1, hasMore = true; hasMore && assets.length < limit; pageNumber++) {
		const page = { PageNumber: pageNumber, PageSize: Math.min(limit, arkPageSize) };
		const filter = { Filter: { GroupType: arkGroupType } };
		const { items, total = 0 } = readArkItems(
			await withRetries(
				clock,
				'list',
				async () => await call('list', 'ListAssets', { ...filter, ...page }),
			),
		);
		assets.push(...items.map(readArkAsset).filter((asset) => asset !== undefined));
		hasMore = items.length > 0 && pageNumber * page.PageSize < total;
	}
	return assets.slice(0, limit);
}

function idIn(result: unknown, host: string): string {
	const id = readArkAsset(result)?.assetId;
	if (id !== undefined) return id;
	throw noUsableAnswerFailure('upload', 'answerUnreadable', host, {});
}
