import type { AssetAccess } from '../seedance/connection';
import { readAssetJob, readUploadTaskId } from '../seedance/wire/assets';
import { noUsableAnswerFailure } from '../seedance/wire/providerError';
import { notSupported, readsOf, type AssetApi } from './assetLibrary';
import type { Clock } from './clock';
import type { Send } from './http';
import { streamedForm } from './inputFile';
import { withRetries } from './retry';
import { createSemaphore } from './semaphore';

/** An upload ends when it moves too few bytes in this time, or when its answer does not come. */
const uploadWindowMs = 60_000;
/** Files that are uploaded at the same time. */
const maxUploads = 3;

/** Source: PowerTokens Seedance 2.0 quick start, Asset Library; PowerTokens docs, upload file. */
export function powerTokensLibrary(
	access: Extract<AssetAccess, { kind: 'powerTokens' }>,
	clock: Clock,
	send: Send,
): AssetApi {
	const { host } = new URL(access.uploadUrl);
	const slots = createSemaphore(maxUploads);

	return {
		...readsOf(clock, async (id, timeoutMs) => {
			const url = `${access.jobUrl}?task_id=${encodeURIComponent(id)}`;
			const request = { kind: 'read', method: 'GET', url, authenticated: false } as const;
			return readAssetJob((await send({ ...request, timeoutMs })).body);
		}),
		async upload(file, fileName, groupId) {
			const fields = groupId === undefined ? {} : { group_id: groupId };
			// A stream can be read once, so each attempt opens the file again. Between two attempts others have the slot.
			const attempt = async () => {
				const { body, movedBytes, close } = await streamedForm(file, fileName, fields);
				const request = { kind: 'upload', method: 'POST', url: access.uploadUrl } as const;
				const sent = send({ ...request, body, movedBytes, timeoutMs: uploadWindowMs });
				return await sent.finally(close);
			};
			const answer = await withRetries(clock, 'upload', async () => await slots(attempt));
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
