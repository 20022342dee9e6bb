import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { json, randomDigits, refusal, type TestRequest } from './answer';

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

interface NewAsset {
	readonly name: string;
	readonly type: string;
}

/** The newest assets of this process, and those that it deleted, by their IDs. */
export type AssetMemory = Map<string, NewAsset | 'deleted'>;

/**
 * The asset library of Test Mode: it takes files as PowerTokens does, and URLs as Ark does. What is in an ID is enough to read an asset; only the list and the delete need the memory of this process.
 * Source: PowerTokens Seedance 2.0 quick start, Asset Library; github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md.
 */
export async function answerAboutAssets(
	request: TestRequest,
	memory: AssetMemory,
): Promise<IN8nHttpFullResponse> {
	const { url, nowMs } = request;
	if (url.pathname === uploadPath) return await upload(request, memory);
	if (url.pathname === jobPath) return job(url.searchParams.get('task_id') ?? '', memory, nowMs);
	return arkAction(request, memory);
}

/** Reads the file to its end, as a host does. The ID of the upload is that of its asset. */
async function upload({ body, nowMs }: TestRequest, memory: AssetMemory) {
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
	remember(memory, id, { name, type });
	return json({ code: 200, data: { task_id: id }, msg: '' });
}

function job(id: string, memory: AssetMemory, nowMs: number): IN8nHttpFullResponse {
	const createdMs = createdMsOf(id);
	if (createdMs === undefined || memory.get(id) === 'deleted') {
		return json({ code: 404, data: null, msg: 'task not found' });
	}
	const data = nowMs - createdMs < readyAfterMs ? {} : { asset_id: id };
	return json({ code: 200, data, msg: '' });
}

function arkAction({ url, body, nowMs }: TestRequest, memory: AssetMemory): IN8nHttpFullResponse {
	const given = JSON.parse(String(body)) as Readonly<Record<string, unknown>>;
	const action = url.searchParams.get('Action');
	switch (action) {
		case 'ListAssetGroups':
			return result({ Items: [{ Id: 'group-test', Name: 'n8n' }], TotalCount: 1 });
		case 'CreateAsset': {
			const id = newId(nowMs);
			remember(memory, id, { name: String(given['Name']), type: String(given['AssetType']) });
			return result({ Id: id });
		}
		case 'ListAssets':
			return result(listAssets(memory, given, nowMs));
		case 'DeleteAsset':
			remember(memory, String(given['Id']), 'deleted');
			return result({});
		default:
			return refusal(400, 'InvalidParameter', 'Action');
	}
}

function result(Result: unknown): IN8nHttpFullResponse {
	return json({ ResponseMetadata: { RequestId: `test-${randomDigits()}` }, Result });
}

/** Two examples, so that there is something to list, and those of this process. */
function listAssets(memory: AssetMemory, given: Readonly<Record<string, unknown>>, nowMs: number) {
	const hour = Math.floor(nowMs / hourMs) * hourMs - hourMs;
	const examples = ['product.png', 'intro.mp4'].map((name, index) => ({
		Id: `asset-test-${(hour - index).toString(36)}-000000000${index}`,
		Name: name,
		AssetType: name.endsWith('.png') ? 'Image' : 'Video',
		Status: 'Active',
	}));
	const own = [...memory].flatMap(([id, asset]) =>
		asset === 'deleted' ? [] : [entryOf(id, asset, nowMs)],
	);
	const all = [...own.reverse(), ...examples.filter(({ Id }) => memory.get(Id) !== 'deleted')];
	const size = Number(given['PageSize']);
	const first = (Number(given['PageNumber']) - 1) * size;
	return { Items: all.slice(first, first + size), TotalCount: all.length };
}

function entryOf(id: string, { name, type }: NewAsset, nowMs: number) {
	const isReady = nowMs - (createdMsOf(id) ?? 0) >= readyAfterMs;
	return { Id: id, Name: name, AssetType: type, Status: isReady ? 'Active' : 'Processing' };
}

function remember(memory: AssetMemory, id: string, what: NewAsset | 'deleted'): void {
	memory.set(id, what);
	const [oldest] = memory.keys();
	if (memory.size > maxRemembered && oldest !== undefined) memory.delete(oldest);
}

function typeOf(mimeType: string): string {
	const [kind = ''] = mimeType.split('/');
	return kind === 'video' || kind === 'audio' ? kind[0]?.toUpperCase() + kind.slice(1) : 'Image';
}
