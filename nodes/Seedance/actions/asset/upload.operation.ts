import { fileProblem, safeFileName, type FileType } from '../../api/mediaFile';
import { readMediaUrl, type MediaKind } from '../../api/mediaReference';
import { readWaitPolicy, type WaitPolicy } from '../../api/polling';
import { quoted, type Problem } from '../../api/problem';
import { toFailure } from '../../api/errors';
import { createAssetClient, type AssetClient } from '../../transport/assetClient';
import { openInputFile, type InputFile } from '../../transport/inputFile';
import type { ItemHandle, ItemOutput, Operation, Session } from '../operation';
import { assetWaitOptionsProperty } from './asset.properties';
import { assetJson, type AssetFacts } from './assetItem';
import { assetFailure, assetWait, stillProcessing, waitForAsset } from './uploadFile';

interface UploadInput {
	readonly source: { readonly field: string } | { readonly url: string };
	readonly wanted: MediaKind | undefined;
	readonly groupId: string | undefined;
	readonly fileName: string | undefined;
	/** Undefined: do not wait. */
	readonly wait: WaitPolicy | undefined;
	/** Set once the item's file was opened and judged. */
	readonly file: InputFile | undefined;
}

const kinds = ['image', 'video', 'audio'] as const;

/** Adds a file to the provider's asset library and by default waits until it can be used. */
export const uploadOperation: Operation<UploadInput> = {
	option: {
		name: 'Upload',
		value: 'upload',
		action: 'Upload asset',
		description: "Add a file to the provider's asset library, to use it in videos",
	},
	properties: [
		{
			displayName: 'Source',
			name: 'source',
			type: 'options',
			options: [
				{
					name: 'Input Field',
					value: 'binary',
					description: 'A file of the input item. PowerTokens takes files.',
				},
				{
					name: 'URL',
					value: 'url',
					description: 'A public URL. BytePlus and Volcengine take URLs.',
				},
			],
			default: 'binary',
			description: 'Where the file is',
		},
		{
			displayName: 'Input Data Field Name',
			name: 'binaryPropertyName',
			type: 'string',
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the input binary field that has the file',
			displayOptions: { show: { source: ['binary'] } },
		},
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/image.png',
			description: 'A URL that the provider can reach without signing in',
			displayOptions: { show: { source: ['url'] } },
		},
		{
			displayName: 'Asset Type',
			name: 'assetType',
			type: 'options',
			options: [
				{ name: 'Audio', value: 'audio' },
				{ name: 'Automatic', value: 'auto', description: 'By the content of the file' },
				{ name: 'Image', value: 'image' },
				{ name: 'Video', value: 'video' },
			],
			default: 'auto',
			description: 'What the file is',
		},
		{
			displayName: 'Wait for Asset',
			name: 'waitForAsset',
			type: 'boolean',
			default: true,
			description: 'Whether to keep this node running until the asset can be used',
		},
		assetWaitOptionsProperty,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'File Name',
					name: 'fileName',
					type: 'string',
					default: '',
					placeholder: 'e.g. product.png',
					description:
						'The name in the library, in place of the file’s own. It is shortened to 40 characters, and its extension follows the content.',
				},
				{
					displayName: 'Group ID',
					name: 'groupId',
					type: 'string',
					default: '',
					placeholder: 'e.g. group-20260328000000-abcde',
					description:
						'The group in the library that the asset goes to. Without it, BytePlus and Volcengine put the asset into a group named "n8n".',
				},
			],
		},
	],
	read(parameter, connection) {
		const problems: Problem[] = [];
		// Fails here, before anything is sent, where the provider has no library.
		const type = parameter('assetType');
		const wanted = kinds.find((kind) => kind === type);
		if (wanted === undefined && type !== 'auto' && type !== undefined) {
			problems.push({
				parameter: 'assetType',
				text: `is ${quoted(type)}. Choose Automatic, Image, Video or Audio.`,
			});
		}
		const fromUrl = parameter('source') === 'url';
		const url = fromUrl
			? readMediaUrl('url', 'url', parameter('url'), wanted ?? 'image')
			: undefined;
		if (url?.problems !== undefined) problems.push(...url.problems);
		if (url?.value !== undefined && !url.value.startsWith('https:')) {
			problems.push({ parameter: 'url', text: 'has to be a public https: URL.' });
		}
		const field = String(parameter('binaryPropertyName') ?? '').trim();
		if (!fromUrl && field === '') {
			problems.push({
				parameter: 'binaryPropertyName',
				text: 'is empty. Enter the name of the input field that holds the file, such as "data".',
			});
		}
		if (fromUrl && connection.assets?.kind === 'ark' && wanted === undefined && url?.value) {
			if (kindOfUrl(url.value) === undefined) {
				problems.push({
					parameter: 'assetType',
					text: 'is Automatic, but the URL does not end in an extension that tells. Choose Image, Video or Audio.',
				});
			}
		}
		const wait =
			parameter('waitForAsset') === true
				? readWaitPolicy(Object(parameter('waitOptions')) as Record<string, unknown>, {
						...assetWait,
						onTimeout: 'returnTask',
					})
				: undefined;
		if (wait?.problems !== undefined) problems.push(...wait.problems);
		if (problems.length > 0) return { problems };
		const options = Object(parameter('options')) as Readonly<Record<string, unknown>>;
		return {
			value: {
				source: url?.value === undefined ? { field } : { url: url.value },
				wanted,
				groupId: textOf(options['groupId']),
				fileName: textOf(options['fileName']),
				wait: wait?.value,
				file: undefined,
			},
		};
	},
	async prepare({ context, connection }, input, itemIndex) {
		const { source, wanted } = input;
		if ('url' in source || connection.assets?.kind !== 'powerTokens') return { value: input };
		const parameter = 'binaryPropertyName';
		try {
			const file = await openInputFile(context, itemIndex, source.field);
			const problem = fileProblem(file, wanted);
			return problem === undefined
				? { value: { ...input, file } }
				: { problems: [{ parameter, text: problem }] };
		} catch (error) {
			return { problems: [{ parameter, text: toFailure(error).message }] };
		}
	},
	async run(session, input, item) {
		const client = createAssetClient(session.context, session.clock, session.connection);
		return 'url' in input.source
			? await addUrl(client, session, input, input.source.url)
			: await upload(client, session, input, item);
	},
};

async function upload(
	client: AssetClient,
	session: Session,
	input: UploadInput,
	{ itemIndex }: ItemHandle,
): Promise<ItemOutput> {
	const { file, source } = input;
	const opened =
		file ??
		(await openInputFile(session.context, itemIndex, 'field' in source ? source.field : ''));
	const type: FileType = opened.type ?? {
		kind: 'image',
		mimeType: 'application/octet-stream',
		extension: 'bin',
	};
	const fileName = safeFileName(input.fileName ?? opened.fileName, type);
	const uploadTaskId = await client.upload(opened, fileName, input.groupId);
	return await collect(client, session, input, uploadTaskId, {
		uploadTaskId,
		fileName,
		mimeType: type.mimeType,
		fileSize: opened.sizeBytes,
	});
}

async function addUrl(
	client: AssetClient,
	session: Session,
	input: UploadInput,
	url: string,
): Promise<ItemOutput> {
	const kind = input.wanted ?? kindOfUrl(url) ?? 'image';
	const name = input.fileName ?? lastPartOf(url);
	const shortened = [...name].slice(0, mostNameCharacters).join('');
	const assetId = await client.addUrl(url, kind, shortened, input.groupId);
	return await collect(client, session, input, assetId, { fileName: shortened });
}

async function collect(
	client: AssetClient,
	session: Session,
	{ wait }: UploadInput,
	id: string,
	facts: AssetFacts,
): Promise<ItemOutput> {
	const known = facts.uploadTaskId === undefined ? { assetId: id } : {};
	if (wait === undefined) {
		return { json: assetJson({ status: 'processing', ...known, raw: {} }, facts, false) };
	}
	const { seen, timedOut } = await waitForAsset(client, session, id, wait);
	if (seen.status === 'failed') throw assetFailure(id, seen);
	if (timedOut && wait.onTimeout === 'error') throw stillProcessing(id, wait);
	return { json: assetJson({ ...known, ...seen }, facts, timedOut) };
}

/** Source: github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md (Name). */
const mostNameCharacters = 64;

const extensionsOfKind: Readonly<Record<MediaKind, RegExp>> = {
	image: /\.(jpe?g|png|webp|bmp|tiff?|gif|heic|heif)$/i,
	video: /\.(mp4|mov)$/i,
	audio: /\.(wav|mp3)$/i,
};

function kindOfUrl(url: string): MediaKind | undefined {
	const { pathname } = new URL(url);
	return kinds.find((kind) => extensionsOfKind[kind].test(pathname));
}

function lastPartOf(url: string): string {
	const { pathname, hostname } = new URL(url);
	const last = pathname.split('/').at(-1) ?? '';
	return last === '' ? hostname : last;
}

function textOf(value: unknown): string | undefined {
	const text = typeof value === 'string' ? value.trim() : '';
	return text === '' ? undefined : text;
}
