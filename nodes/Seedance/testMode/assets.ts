import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { json, randomDigits, type TestRequest } from './answer';

const uploadPath = '/v1/asset/upload';
const jobPath = '/v1/asset/jobs/get-asset-id';

const readyAfterMs = 2_000;
const hourMs = 3_600_000;
const maxRemembered = 1_000;

/** The moment in the ID of an upload or an asset, in milliseconds since 1970; undefined for another ID. */
function createdMsOf(id: string): number | undefined {
	const [, created] = /^asset-test-([a-z0-9]{1,9})-[0-9a-f]{10}$/.exec(id) ?? [];
	return created === undefined ? undefined : parseInt(created, 36);
}

function newId(nowMs: number): string {
	return `asset-test-${nowMs.toString(36)}-${randomDigits()}`;
}

/** An asset of this process that the list shows, by its ID. */
export type ListedAssets = Map<string, { readonly name: string; readonly type: string }>;

/**
 * The asset library of Test Mode: it takes files as PowerTokens does, and URLs as Ark does. What is in an ID is enough to read an asset; only the list and the delete need the memory of this process.
 * Source: PowerTokens Seedance 2.0 quick start, Asset Library; github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md.
 */
export async function answerAboutAssets(
	request: TestRequest,
	listed: ListedAssets,
): Promise<IN8nHttpFullResponse> {
	const { url, nowMs } = request;
	if (url.pathname === uploadPath) return await upload(request, listed);
	if (url.pathname === jobPath) return job(url.searchParams.get('task_id') ?? '', nowMs);
	return arkAction(request, listed);
}

/** Reads the file to its end, as a host does. The ID of the upload is that of its asset. */
async function upload({ body, nowMs }: TestRequest, listed: ListedAssets) {
	let name = 'file';
	let type = 'Image';
	for (const [, part] of (body as FormData).entries()) {
		if (typeof part === 'string') continue;
		name = part.name;
		type = typeOf(part.type);
		const bytes = part.stream() as unknown as AsyncIterable<Uint8Array>;
		for await (const chunk of bytes) void chunk;
	}
	const id = newId(nowMs);
	remember(listed, id, { name, type });
	return json({ code: 200, data: { task_id: id }, msg: '' });
}

function job(id: string, nowMs: number): IN8nHttpFullResponse {
	const createdMs = createdMsOf(id);
	if (createdMs === undefined) return json({ code: 404, data: null, msg: 'task not found' });
	const data = nowMs - createdMs < readyAfterMs ? {} : { asset_id: id };
	return json({ code: 200, data, msg: '' });
}

function arkAction({ url, body, nowMs }: TestRequest, listed: ListedAssets): IN8nHttpFullResponse {
	const given = JSON.parse(String(body)) as Readonly<Record<string, unknown>>;
	const action = url.searchParams.get('Action');
	const result = (): unknown => {
		switch (action) {
			case 'ListAssetGroups':
				return { Items: [{ Id: 'group-test', Name: 'n8n' }], TotalCount: 1 };
			case 'CreateAsset': {
				const id = newId(nowMs);
				remember(listed, id, { name: String(given['Name']), type: String(given['AssetType']) });
				return { Id: id };
			}
			case 'ListAssets':
				return listAssets(listed, given, nowMs);
			default:
				listed.delete(String(given['Id']));
				return {};
		}
	};
	return json({ ResponseMetadata: { RequestId: `test-${randomDigits()}` }, Result: result() });
}

/** Two examples, so that there is something to list, and those of this process. */
function listAssets(listed: ListedAssets, given: Readonly<Record<string, unknown>>, nowMs: number) {
	const hour = Math.floor(nowMs / hourMs) * hourMs - hourMs;
	const examples = ['product.png', 'intro.mp4'].map((name, index) => ({
		Id: `asset-test-${(hour - index).toString(36)}-000000000${index}`,
		...{ Name: name, AssetType: name.endsWith('.png') ? 'Image' : 'Video', Status: 'Active' },
	}));
	const own = [...listed].map(([id, { name, type }]) => ({
		...{ Id: id, Name: name, AssetType: type },
		Status: nowMs - (createdMsOf(id) ?? 0) < readyAfterMs ? 'Processing' : 'Active',
	}));
	const all = [...own.reverse(), ...examples];
	const size = Number(given['PageSize']);
	const first = (Number(given['PageNumber']) - 1) * size;
	return { Items: all.slice(first, first + size), TotalCount: all.length };
}

function remember(listed: ListedAssets, id: string, asset: { name: string; type: string }): void {
	listed.set(id, asset);
	const [oldest] = listed.keys();
	if (listed.size > maxRemembered && oldest !== undefined) listed.delete(oldest);
}

function typeOf(mimeType: string): string {
	const [kind = ''] = mimeType.split('/');
	return kind === 'video' || kind === 'audio' ? kind[0]?.toUpperCase() + kind.slice(1) : 'Image';
}
