import type { AssetAccess } from '../seedance/connection';
import { readAssetJob, readUploadTaskId } from '../seedance/wire/assets';
import { noUsableAnswerFailure } from '../seedance/wire/providerError';
import { notSupported, readsOf, type AssetApi } from './assetLibrary';
import type { Clock } from './clock';
import type { Send } from './http';
import { streamedForm } from './inputFile';
import { withRetries } from './retry';

const uploadTimeoutMs = 30 * 60_000;

/** Source: PowerTokens Seedance 2.0 quick start, Asset Library; PowerTokens docs, upload file. */
export function powerTokensLibrary(
	access: Extract<AssetAccess, { kind: 'powerTokens' }>,
	clock: Clock,
	send: Send,
): AssetApi {
	const { host } = new URL(access.uploadUrl);

	return {
		...readsOf(clock, async (id, timeoutMs) => {
			const url = `${access.jobUrl}?task_id=${encodeURIComponent(id)}`;
			const request = { kind: 'read', method: 'GET', url, authenticated: false } as const;
			return readAssetJob((await send({ ...request, timeoutMs })).body);
		}),
		async upload(file, fileName, groupId) {
			const fields = groupId === undefined ? {} : { group_id: groupId };
			// A stream can be read once, so each attempt opens the file again.
			const answer = await withRetries(clock, 'upload', async () => {
				const body = await streamedForm(file, fileName, fields);
				const request = { kind: 'upload', method: 'POST', url: access.uploadUrl } as const;
				return await send({ ...request, body, timeoutMs: uploadTimeoutMs });
			});
			const taskId = readUploadTaskId(answer.body);
			if (taskId !== undefined) return taskId;
			const { requestId } = answer;
			throw noUsableAnswerFailure('upload', 'answerUnreadable', host, { requestId });
		},
		addUrl: async () => {
			throw notSupported('assetUrlNotSupported');
		},
		list: async () => {
			throw notSupported('assetListNotSupported');
		},
		delete: async () => {
			throw notSupported('assetDeleteNotSupported');
		},
	};
}
