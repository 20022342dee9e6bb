import { SeedanceFailure, toFailure, type FailureKind } from '../seedance/failure';
import type { MediaKind } from '../seedance/media';
import type { Asset } from '../seedance/wire/assets';
import type { Clock } from './clock';
import type { OpenedFile } from './inputFile';
import { withRetries } from './retry';

/** The calls of an asset library. Every method throws SeedanceFailure. */
export interface AssetApi {
	/** Uploads a file. Returns the id of the upload task. PowerTokens only. */
	upload(file: OpenedFile, fileName: string, groupId: string | undefined): Promise<string>;
	/** Adds the file behind a public URL. Returns the id of the asset. Ark only. */
	addUrl(url: string, kind: MediaKind, name: string, groupId: string | undefined): Promise<string>;
	/** Reads an asset with a single request: by the id of its upload task at PowerTokens, by its own id at Ark. */
	poll(id: string, timeoutMs: number): Promise<Asset>;
	/** Reads an asset; transient failures are retried. */
	read(id: string): Promise<Asset>;
	/** Reads the assets, up to a limit. Ark only. */
	list(limit: number): Promise<Asset[]>;
	/** Deletes an asset. Ark only. */
	delete(id: string): Promise<void>;
}

/** Milliseconds for every other call of a library. */
export const assetCallTimeoutMs = 30_000;

/** The two ways to read an asset, from one call that sends a single request; failures carry the id. */
export function readsOf(
	clock: Clock,
	readOnce: (id: string, timeoutMs: number) => Promise<Asset>,
): Pick<AssetApi, 'poll' | 'read'> {
	async function poll(id: string, timeoutMs: number): Promise<Asset> {
		try {
			return await readOnce(id, Math.min(timeoutMs, assetCallTimeoutMs));
		} catch (error) {
			throw toFailure(error).with({ taskId: id });
		}
	}
	return {
		poll,
		read: async (id) =>
			await withRetries(clock, 'read', async () => await poll(id, assetCallTimeoutMs)),
	};
}

/** A failure of something that a library does not have. */
export function notSupported(
	kind: FailureKind,
	values: Readonly<Record<string, string>> = {},
): SeedanceFailure {
	return new SeedanceFailure({ kind, values });
}
