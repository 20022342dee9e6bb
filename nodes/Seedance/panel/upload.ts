import type { INodeProperties } from 'n8n-workflow';
import type { Connection } from '../seedance/connection';
import { mediaKinds, type MediaKind } from '../seedance/media';
import { choice, key, readCollection, readFields } from './accepts';
import { assetWait, assetWaitOptionsProperty } from './asset';
import { readSwitch } from './common';
import { issue, type Issue, type Result } from './issues';
import { readFieldName, readMediaUrl } from './media';
import type { ReadParameter } from './readParameter';
import { readWaitPolicy, type WaitPolicy } from './wait';

/** What an item says about an upload. */
export interface UploadInput {
	readonly source: { readonly field: string } | { readonly url: string };
	/** Undefined: by the content of the file. */
	readonly wanted: MediaKind | undefined;
	readonly groupId: string | undefined;
	readonly fileName: string | undefined;
	/** Undefined: do not wait. */
	readonly wait: WaitPolicy | undefined;
}

const assetTypes = choice([
	{ name: 'Audio', value: 'audio' },
	{ name: 'Automatic', value: 'auto', description: 'By the content of the file' },
	{ name: 'Image', value: 'image' },
	{ name: 'Video', value: 'video' },
]);

const sources = choice([
	{
		name: 'Input Field',
		value: 'binary',
		description: 'A file of the input item. PowerTokens accepts files.',
	},
	{
		name: 'URL',
		value: 'url',
		description: 'A public URL. BytePlus and Volcengine accept URLs.',
	},
]);

const fields = [
	{ name: 'source', accepts: sources, neverEmpty: true },
	{ name: 'assetType', accepts: assetTypes, neverEmpty: true },
] as const;

const optionFields = [
	{ name: 'fileName', accepts: key(1_000, 'Enter a name of at most 1000 characters.') },
	{ name: 'groupId', accepts: key(128, 'Enter the ID of a group.') },
] as const;

/** The parameters of Upload. */
export const uploadProperties: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		...sources.property,
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
		...assetTypes.property,
		default: 'auto',
		description: 'The type of the file',
	},
	{
		displayName: 'Wait for Asset',
		name: 'waitForAsset',
		type: 'boolean',
		default: true,
		description: 'Whether to keep this node running until the asset is ready',
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
					"The name in the library, instead of the file's own name. It is shortened, and its extension follows the content.",
			},
			{
				displayName: 'Group ID',
				name: 'groupId',
				type: 'string',
				default: '',
				placeholder: 'e.g. group-20260328000000-abcde',
				description:
					'The group in the library for the asset. Without it, BytePlus and Volcengine put the asset into a group named "n8n".',
			},
		],
	},
];

/** Reads the parameters of Upload. */
export function readUpload(parameter: ReadParameter, { assets }: Connection): Result<UploadInput> {
	const read = readFields(fields, givenOf(parameter));
	const { issues } = read;
	const { source: from = 'binary', assetType } = read.fields;
	const wanted = mediaKinds.find((kind) => kind === assetType);
	const source =
		from === 'url'
			? readUrl(parameter('url'), wanted, assets?.kind === 'ark', issues)
			: readField(parameter('binaryPropertyName'), issues);
	const waits = readSwitch(parameter, 'waitForAsset', true, issues);
	const wait = waits
		? readWaitPolicy(parameter('waitOptions'), assetWait)
		: { value: undefined, issues: undefined };
	const options = readCollection('options', optionFields, parameter('options'));
	issues.push(...(wait.issues ?? []), ...options.issues);
	if (issues.length > 0) return { issues };
	const { groupId, fileName } = options.fields;
	return { value: { source, wanted, groupId, fileName, wait: wait.value } };
}

function givenOf(parameter: ReadParameter): Record<string, unknown> {
	const given = fields.map(({ name }) => [name, parameter(name)] as const);
	return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function readField(given: unknown, issues: Issue[]): { field: string } {
	const field = readFieldName('binaryPropertyName', given);
	issues.push(...(field.issues ?? []));
	return { field: field.value ?? '' };
}

function readUrl(
	given: unknown,
	wanted: MediaKind | undefined,
	needsType: boolean,
	issues: Issue[],
): { url: string } {
	const url = readMediaUrl('url', 'url', given, wanted ?? 'image');
	if (url.issues !== undefined) {
		issues.push(...url.issues);
		return { url: '' };
	}
	const isPublic = url.value.startsWith('https:');
	if (!isPublic) issues.push(issue('url', 'assetUrlInvalid'));
	if (isPublic && needsType && wanted === undefined && kindOfUrl(url.value) === undefined) {
		issues.push(issue('assetType', 'assetTypeUnclear'));
	}
	return { url: url.value };
}

const extensionsOfKind: Readonly<Record<MediaKind, RegExp>> = {
	image: /\.(jpe?g|png|webp|bmp|tiff?|gif|heic|heif)$/i,
	video: /\.(mp4|mov)$/i,
	audio: /\.(wav|mp3)$/i,
};

/** What the extension of a URL says it is, or undefined. */
export function kindOfUrl(url: string): MediaKind | undefined {
	const { pathname } = new URL(url);
	return mediaKinds.find((kind) => extensionsOfKind[kind].test(pathname));
}
