import type { Asset } from '../../api/asset';
import { SeedanceFailure } from '../../api/errors';
import { safeFileName } from '../../api/mediaFile';
import { type WaitPolicy } from '../../api/polling';
import { createAssetClient, type AssetClient } from '../../transport/assetClient';
import type { InputFile } from '../../transport/inputFile';
import { createWatcher, type WaitResult } from '../../transport/watcher';
import type { Session } from '../operation';

const defaultPauseMs = 3_000;

/** How an asset is waited for when a video needs it: every 3 s for 10 minutes. Source: PowerTokens Seedance 2.0 quick start (3 s); github byteplus-sa/ark-mcp (600 s). */
export const assetWait: WaitPolicy = {
	pollIntervalMs: defaultPauseMs,
	maxWaitMs: 600_000,
	onTimeout: 'error',
	cancelOnStop: false,
};

/** Waits until an asset is ready or failed, or the wait is over. */
export async function waitForAsset(
	client: AssetClient,
	session: Session,
	id: string,
	policy: WaitPolicy,
): Promise<WaitResult<Asset>> {
	const watcher = createWatcher<Asset>(session.clock, {
		group: (due) => due.map((one) => [one]),
		look: async ([one = id], timeoutMs, report) => report(one, await client.look(one, timeoutMs)),
	});
	return await watcher.wait({
		id,
		policy,
		initial: { status: 'processing', raw: {} },
		isNew: true,
		firstPauseMs: 0,
		isFinished: ({ status }) => status !== 'processing',
		pauseMs: () => policy.pollIntervalMs ?? defaultPauseMs,
	});
}

/** Uploads a file of the item, waits for its asset and gives `asset://<id>`; throws a SeedanceFailure that carries the upload task's id. */
export async function uploadFile(session: Session, file: InputFile): Promise<string> {
	const client = createAssetClient(session.context, session.clock, session.connection);
	if (file.type === undefined) throw new TypeError('The file was not judged');
	const name = safeFileName(file.fileName, file.type);
	const id = await client.upload(file, name, undefined);
	const { seen, timedOut } = await waitForAsset(client, session, id, assetWait);
	if (seen.assetId !== undefined && seen.status === 'ready') return assetUriOf(seen.assetId);
	throw timedOut ? stillProcessing(id, assetWait) : assetFailure(id, seen);
}

/** Takes an asset's id and gives what a request names it by. Source: PowerTokens Seedance 2.0 quick start, asset input format. */
export function assetUriOf(assetId: string): string {
	return `asset://${assetId}`;
}

/** Gives the failure of an asset that the library refused. */
export function assetFailure(id: string, { failure }: Asset): SeedanceFailure {
	const said = [failure?.code, failure?.message].filter((part) => part !== undefined).join(': ');
	return new SeedanceFailure({
		reason: 'task',
		message: 'The asset library did not accept the file',
		description: `Give a file that it takes: an image under 30 MB, an MP4 or MOV of 2 to 15 seconds, or a WAV or MP3 of 2 to 15 seconds; real people need an authorised asset.${said === '' ? '' : ` The library says: ${said}.`}`,
		code: failure?.code,
		taskId: id,
	});
}

/** Gives the failure of a wait for an asset that ran out. */
export function stillProcessing(id: string, { maxWaitMs }: WaitPolicy): SeedanceFailure {
	return new SeedanceFailure({
		reason: 'waited',
		message: `The asset is still being processed after ${maxWaitMs / 60_000} minutes`,
		description: 'Ask for it later with the Get operation of Seedance Asset and this id.',
		taskId: id,
	});
}
