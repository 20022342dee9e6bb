import type { AssetApi } from '../n8n/assetLibrary';
import type { Clock } from '../n8n/clock';
import type { InputFile } from '../n8n/inputFile';
import { assetPollIntervalMs, assetWait } from '../panel/asset';
import type { WaitPolicy } from '../panel/wait';
import { SeedanceFailure, toFailure } from '../seedance/failure';
import { safeFileName } from '../seedance/fileType';
import { assetUriOf } from '../seedance/media';
import { maxAssetNameCharacters, type Asset } from '../seedance/wire/assets';
import type { WaitResult } from './polled';
import { createPoller } from './poller';

/** The assets of one run: one library and one poller for all items. */
export interface Assets {
	/** The calls of the library. Throws a SeedanceFailure where the provider has none. */
	api(): AssetApi;
	/** Waits until an asset is ready or failed, or the wait times out. */
	wait(id: string, policy: WaitPolicy): Promise<WaitResult<Asset>>;
	/** Uploads a file for a video and waits until it is ready; the same file once in a run. Returns `asset://<id>`. */
	uriOf(file: InputFile): Promise<string>;
}

/** The assets of a run; `openApi` is called when the first asset needs it. */
export function createAssets(clock: Clock, openApi: () => AssetApi): Assets {
	let opened: AssetApi | undefined;
	const api = () => (opened ??= openApi());
	const uris = new Map<string, Promise<string>>();
	const poller = createPoller<Asset>(clock, {
		group: ({ due }) => due.map(({ id }) => [id]),
		async poll(ids, timeoutMs, report) {
			for (const id of ids) report(id, await api().poll(id, timeoutMs));
		},
	});

	async function wait(id: string, policy: WaitPolicy): Promise<WaitResult<Asset>> {
		return await poller.wait({
			...{ id, policy },
			initial: { status: 'processing' },
			isNew: true,
			firstPauseMs: 0,
			isFinished: ({ status }) => status !== 'processing',
			pauseMs: () => policy.pollIntervalMs ?? assetPollIntervalMs,
		});
	}

	async function uploadForVideo(file: InputFile): Promise<string> {
		if (file.type === undefined) throw new TypeError('The file was not checked');
		const name = safeFileName(file.fileName, file.type, maxAssetNameCharacters.powerTokens);
		const id = await api().upload(file, name, undefined);
		const { seen, timedOut } = await wait(id, assetWait);
		if (seen.assetId !== undefined && seen.status === 'ready') return assetUriOf(seen.assetId);
		throw timedOut ? assetWaitTimedOut(id, assetWait) : assetRefused(id, seen);
	}

	return {
		api,
		wait,
		async uriOf(file) {
			const known = uris.get(file.identity);
			if (known !== undefined) return await known;
			const uploading = uploadForVideo(file).catch(asUploadFailure);
			uris.set(file.identity, uploading);
			// A failed upload is not remembered: another item may try again.
			uploading.catch(() => uris.delete(file.identity));
			return await uploading;
		},
	};
}

/** The `taskId` of a video's item is that of the video, so the id of the upload goes elsewhere. */
function asUploadFailure(error: unknown): never {
	const failure = toFailure(error);
	const { taskId: uploadTaskId, values } = failure;
	throw failure.with({ taskId: undefined, values: { ...values, uploadTaskId } });
}

/** The failure of an asset that the library refused. */
export function assetRefused(id: string, { failure }: Asset): SeedanceFailure {
	return new SeedanceFailure({
		kind: 'assetRefused',
		code: failure?.code,
		providerMessage: failure?.message,
		taskId: id,
	});
}

/** The failure of a wait for an asset that timed out. */
export function assetWaitTimedOut(id: string, { maxWaitMs }: WaitPolicy): SeedanceFailure {
	const values = { minutes: maxWaitMs / 60_000 };
	return new SeedanceFailure({ kind: 'assetWaitTimedOut', values, taskId: id });
}

/** The failure of an asset that PowerTokens does not know: its answer is HTTP 200 with a code of 404. Source: github ym1623/powertokens-cli. */
export function assetNotFound(id: string, { failure }: Asset): SeedanceFailure {
	return new SeedanceFailure({
		kind: 'assetNotFound',
		code: failure?.code,
		providerMessage: failure?.message,
		taskId: id,
	});
}
