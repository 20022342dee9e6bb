import {
	readArkAnswer,
	readArkAsset,
	readArkItems,
	readAssetJob,
	readUploadTaskId,
	type Asset,
} from '../api/asset';
import type { AssetAccess, Connection } from '../api/connection';
import { lostAnswerFailure, refusedFailure, SeedanceFailure, toFailure } from '../api/errors';
import type { MediaKind } from '../api/mediaReference';
import { retryDelayMs, type RequestKind } from '../api/retry';
import type { Clock } from './clock';
import { streamedForm, type InputFile } from './inputFile';
import {
	sendRequest,
	type ProviderAnswer,
	type ProviderRequest,
	type RequestContext,
} from './request';

/** The calls of an asset library. Every method throws SeedanceFailure. */
export interface AssetClient {
	/** Uploads a file under a name that the service takes and gives the id of the upload task. PowerTokens alone. */
	upload(file: InputFile, fileName: string, groupId: string | undefined): Promise<string>;
	/** Adds the file behind a public URL and gives the asset's id. Ark alone. */
	addUrl(url: string, kind: MediaKind, name: string, groupId: string | undefined): Promise<string>;
	/** Reads an asset once: by its upload task's id at PowerTokens, by its own id in Ark's library. */
	look(id: string, timeoutMs: number): Promise<Asset>;
	/** Reads an asset; passing faults are retried a few times. */
	read(id: string): Promise<Asset>;
	/** Reads the assets, up to a limit. Ark alone. */
	list(limit: number): Promise<Asset[]>;
	/** Deletes an asset. Ark alone. */
	delete(id: string): Promise<void>;
}

const uploadTimeoutMs = 30 * 60_000;
const callTimeoutMs = 30_000;
const arkVersion = '2024-01-01';
/** Source: BytePlus docs 2318271. */
const arkPageSize = 100;
/** The group that assets go to when the user names none. */
const arkGroupName = 'n8n';
const arkGroupType = 'AIGC';

/** Takes n8n's helpers, the clock and the connection and gives the client of its asset library; throws a SeedanceFailure where there is none. */
export function createAssetClient(
	context: RequestContext,
	clock: Clock,
	connection: Connection,
): AssetClient {
	const { assets, provider, secrets } = connection;
	if (assets === undefined) {
		throw notThere(
			`${provider.label} has no asset library that this node can use`,
			"Give media as URLs. APIYI's models take the assets of a Volcengine account: use a Volcengine credential here.",
		);
	}
	if (assets.kind === 'ark' && (assets.accessKeyId === '' || assets.secretAccessKey === '')) {
		throw notThere(
			"Access Key ID and Secret Access Key are empty in the Seedance API credential, and Ark's asset library needs both",
			"Create an access key in the provider's console (it is not the API key) and enter both parts. Nothing was sent.",
		);
	}
	const send: Send = async (request) =>
		await sendRequest(context, clock, { ...request, headers: provider.headers, secrets });
	return assets.kind === 'powerTokens'
		? powerTokensLibrary(assets, clock, send)
		: arkLibrary(assets, clock, send);
}

type Send = (request: Omit<ProviderRequest, 'headers' | 'secrets'>) => Promise<ProviderAnswer>;

/** Source: PowerTokens Seedance 2.0 quick start, Asset Library; PowerTokens docs, upload file. */
function powerTokensLibrary(
	access: Extract<AssetAccess, { kind: 'powerTokens' }>,
	clock: Clock,
	send: Send,
): AssetClient {
	const host = new URL(access.uploadUrl).host;
	const only = (what: string) =>
		notThere(
			`PowerTokens' asset library cannot ${what}`,
			'Its interface has no such call; use the Asset Library page of the PowerTokens console.',
		);

	async function look(id: string, timeoutMs: number): Promise<Asset> {
		const url = `${access.jobUrl}?task_id=${encodeURIComponent(id)}`;
		const request = { kind: 'read', method: 'GET', authenticated: false } as const;
		try {
			const timeout = Math.min(timeoutMs, callTimeoutMs);
			return readAssetJob((await send({ ...request, url, timeoutMs: timeout })).body);
		} catch (error) {
			throw toFailure(error).with({ taskId: id });
		}
	}

	return {
		look,
		read: async (id) => await repeated(clock, 'read', async () => await look(id, callTimeoutMs)),
		async upload(file, fileName, groupId) {
			const fields = groupId === undefined ? {} : { group_id: groupId };
			// A stream is read once, so each try opens the file anew.
			const answer = await repeated(clock, 'upload', async () => {
				const body = await streamedForm(file, fileName, fields);
				const request = { kind: 'upload', method: 'POST', url: access.uploadUrl } as const;
				return await send({ ...request, body, timeoutMs: uploadTimeoutMs });
			});
			const taskId = readUploadTaskId(answer.body);
			if (taskId !== undefined) return taskId;
			throw lostAnswerFailure('upload', 'unreadable', host, { requestId: answer.requestId });
		},
		addUrl: async () => {
			throw notThere(
				"PowerTokens' asset library takes files, not URLs",
				'Set Source to Input Field. To use a URL in a video, give it to Seedance Video directly.',
			);
		},
		list: async () => {
			throw only('list assets');
		},
		delete: async () => {
			throw only('delete assets');
		},
	};
}

/** Source: github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md; BytePlus docs 2318271. */
function arkLibrary(
	access: Extract<AssetAccess, { kind: 'ark' }>,
	clock: Clock,
	send: Send,
): AssetClient {
	const { projectName } = access;
	let defaultGroup: Promise<string> | undefined;

	async function call(
		kind: RequestKind,
		action: string,
		parameters: Readonly<Record<string, unknown>>,
		timeoutMs = callTimeoutMs,
	): Promise<unknown> {
		const answer = await send({
			kind,
			method: 'POST',
			url: `${access.url}?Action=${action}&Version=${arkVersion}`,
			// Text, because the signature covers every byte.
			body: JSON.stringify({ ...parameters, ProjectName: projectName }),
			timeoutMs,
		});
		const { result, error, requestId = answer.requestId } = readArkAnswer(answer.body);
		if (error !== undefined) {
			throw refusedFailure(kind, answer.httpStatus, error, { requestId });
		}
		return result;
	}

	async function findOrCreateGroup(): Promise<string> {
		const found = await call('list', 'ListAssetGroups', {
			Filter: { GroupType: arkGroupType, Name: arkGroupName },
			PageNumber: 1,
			PageSize: arkPageSize,
		});
		const [group] = readArkItems(found).items.map(readArkAsset);
		if (group?.assetId !== undefined) return group.assetId;
		const created = await call('upload', 'CreateAssetGroup', {
			Name: arkGroupName,
			GroupType: arkGroupType,
		});
		return idIn(created);
	}

	async function look(id: string, timeoutMs: number): Promise<Asset> {
		try {
			const result = await call('read', 'GetAsset', { Id: id }, Math.min(timeoutMs, callTimeoutMs));
			return readArkAsset(result) ?? { status: 'processing', assetId: id, raw: {} };
		} catch (error) {
			throw toFailure(error).with({ taskId: id });
		}
	}

	return {
		look,
		read: async (id) => await repeated(clock, 'read', async () => await look(id, callTimeoutMs)),
		upload: async () => {
			throw notThere(
				"Ark's asset library takes public URLs, not files",
				'Set Source to URL. An image or audio file can be given to Seedance Video directly.',
			);
		},
		async addUrl(url, kind, name, groupId) {
			defaultGroup ??= groupId === undefined ? findOrCreateGroup() : undefined;
			const group = groupId ?? (await defaultGroup);
			const type = { image: 'Image', video: 'Video', audio: 'Audio' }[kind];
			const parameters = { GroupId: group, URL: url, AssetType: type, Name: name };
			return idIn(
				await repeated(
					clock,
					'upload',
					async () => await call('upload', 'CreateAsset', parameters),
				),
			);
		},
		async list(limit) {
			const assets: Asset[] = [];
			for (let pageNumber = 1, hasMore = true; hasMore && assets.length < limit; pageNumber++) {
				const page = { PageNumber: pageNumber, PageSize: Math.min(limit, arkPageSize) };
				const filter = { Filter: { GroupType: arkGroupType } };
				const { items, total = 0 } = readArkItems(
					await repeated(
						clock,
						'list',
						async () => await call('list', 'ListAssets', { ...filter, ...page }),
					),
				);
				assets.push(...items.map(readArkAsset).filter((asset) => asset !== undefined));
				hasMore = items.length > 0 && pageNumber * page.PageSize < total;
			}
			return assets.slice(0, limit);
		},
		async delete(id) {
			await repeated(clock, 'delete', async () => await call('delete', 'DeleteAsset', { Id: id }));
		},
	};

	function idIn(result: unknown): string {
		const id = readArkAsset(result)?.assetId;
		if (id !== undefined) return id;
		throw lostAnswerFailure('upload', 'unreadable', new URL(access.url).host, {});
	}
}

/** Runs a call and repeats it as far as its kind allows. */
async function repeated<Result>(
	clock: Clock,
	kind: RequestKind,
	call: () => Promise<Result>,
): Promise<Result> {
	for (let retries = 0; ; retries++) {
		try {
			return await call();
		} catch (error) {
			const failure = toFailure(error);
			const delayMs = retryDelayMs(kind, failure, retries, Math.random());
			if (delayMs === undefined) throw failure;
			await clock.sleep(delayMs);
		}
	}
}

function notThere(message: string, description: string): SeedanceFailure {
	return new SeedanceFailure({ reason: 'input', message, description });
}
