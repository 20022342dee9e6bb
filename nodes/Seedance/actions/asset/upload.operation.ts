import { openInputFile, type OpenedFile } from '../../n8n/inputFile';
import { fileIssue } from '../../panel/fileIssues';
import { kindOfUrl, readUpload, uploadProperties, type UploadInput } from '../../panel/upload';
import { SeedanceFailure } from '../../seedance/failure';
import { safeFileName, type FileType } from '../../seedance/fileType';
import { maxAssetNameCharacters } from '../../seedance/wire/assets';
import { assetRefused, assetWaitTimedOut } from '../../tasks/assets';
import { define, type ItemOutput } from '../operation';
import type { Session } from '../session';
import { assetJson, type AssetFacts } from './assetItem';

interface ReadyUpload extends UploadInput {
	/** The file of the item, where the source is one. */
	readonly file: OpenedFile | undefined;
}

/** Adds a file to the provider's asset library, and by default waits until it is ready. */
export const uploadOperation = define<UploadInput, ReadyUpload>({
	option: {
		name: 'Upload',
		value: 'upload',
		action: 'Upload asset',
		description: "Add a file to the provider's asset library, to use it in videos",
	},
	properties: uploadProperties,
	read: readUpload,
	async prepare(session, input, itemIndex) {
		const { source, wanted } = input;
		// Any other library refuses files in words of its own.
		if ('url' in source || session.connection.assets?.kind !== 'powerTokens') {
			return { value: { ...input, file: undefined } };
		}
		const parameter = 'binaryPropertyName';
		const file = await openInputFile(session, itemIndex, source.field, parameter);
		if (file.issues !== undefined) return file;
		const wrong = fileIssue(parameter, file.value, wanted);
		return wrong === undefined ? { value: { ...input, file: file.value } } : { issues: [wrong] };
	},
	run: async (session, input) =>
		'url' in input.source
			? await addUrl(session, input, input.source.url)
			: await upload(session, input),
});

async function upload({ assets }: Session, input: ReadyUpload): Promise<ItemOutput> {
	const api = assets.api();
	const { file, groupId } = input;
	if (file?.type === undefined) throw new SeedanceFailure({ kind: 'assetFileNotSupported' });
	const type: FileType = file.type;
	const fileName = safeFileName(
		input.fileName ?? file.fileName,
		type,
		maxAssetNameCharacters.powerTokens,
	);
	const uploadTaskId = await api.upload(file, fileName, groupId);
	const facts = { uploadTaskId, fileName, mimeType: type.mimeType, fileSize: file.sizeBytes };
	return await collect(assets, input, uploadTaskId, facts);
}

async function addUrl({ assets }: Session, input: ReadyUpload, url: string): Promise<ItemOutput> {
	const kind = input.wanted ?? kindOfUrl(url) ?? 'image';
	const name = [...(input.fileName ?? lastPartOf(url))]
		.slice(0, maxAssetNameCharacters.ark)
		.join('');
	const assetId = await assets.api().addUrl(url, kind, name, input.groupId);
	return await collect(assets, input, assetId, { fileName: name });
}

async function collect(
	assets: Session['assets'],
	{ wait }: UploadInput,
	id: string,
	facts: AssetFacts,
): Promise<ItemOutput> {
	const known = facts.uploadTaskId === undefined ? { assetId: id } : {};
	if (wait === undefined) {
		return { json: assetJson({ status: 'processing', ...known }, facts, false) };
	}
	const { seen, timedOut } = await assets.wait(id, wait);
	if (seen.status === 'failed') throw assetRefused(id, seen);
	if (timedOut && wait.onTimeout === 'error') throw assetWaitTimedOut(id, wait);
	return { json: assetJson({ ...known, ...seen }, facts, timedOut) };
}

function lastPartOf(url: string): string {
	const { pathname, hostname } = new URL(url);
	const last = pathname.split('/').at(-1) ?? '';
	return last === '' ? hostname : last;
}
