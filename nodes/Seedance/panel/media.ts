import { z } from 'zod';
import {
	assetUriOf,
	bytesPerMegabyte,
	isAssetId,
	maxBodyBytes,
	mediaKinds,
	type MediaInput,
	type MediaKind,
	type MediaRole,
} from '../seedance/media';
import { mediaSource } from './createFields';
import { issue, type Issue, type Result } from './issues';
import type { ApiParameters } from './rules/rule';
import { isBlank } from './values';

const referencesShape = z.object({
	reference: z
		.array(
			z.object({
				type: z.enum(mediaKinds).default('image'),
				source: mediaSource,
				value: z.unknown().optional(),
			}),
		)
		.default([]),
});

/** One media file as stored. */
interface StoredMedia {
	readonly parameter: string;
	readonly entry?: string | undefined;
	readonly source: unknown;
	readonly value?: unknown;
	readonly kind: MediaKind;
	readonly role: MediaRole;
}

/** The media of the item's mode, in the order that the API wants (images, videos, audios, each in the user's order), and what is wrong with them. */
export function readMedia(parameters: ApiParameters): {
	readonly references: MediaInput[];
	readonly issues: Issue[];
} {
	const stored = storedMedia(parameters);
	if (stored.issues !== undefined) return { references: [], issues: [...stored.issues] };
	const references: MediaInput[] = [];
	const issues: Issue[] = [];
	for (const media of stored.value) {
		const read = readOne(media);
		if (read.issues === undefined) references.push(read.value);
		else issues.push(...read.issues.map((one) => ({ ...one, entry: media.entry })));
	}
	const embeddedBytes = references
		.map((media) => ('url' in media ? media.url : ''))
		.filter((url) => url.startsWith('data:'))
		.reduce((sum, url) => sum + url.length, 0);
	const parameter = parameters.mode === 'reference' ? 'references' : 'firstFrame';
	return { references, issues: [...issues, ...bodySizeIssues(parameter, embeddedBytes)] };
}

/** What is wrong with a request that embeds this many bytes of media. */
export function bodySizeIssues(parameter: string, embeddedBytes: number): Issue[] {
	if (embeddedBytes <= maxBodyBytes) return [];
	const megabytes = Math.ceil(embeddedBytes / bytesPerMegabyte);
	const maxMegabytes = maxBodyBytes / bytesPerMegabyte;
	return [issue(parameter, 'requestTooLarge', { megabytes, maxMegabytes })];
}

function storedMedia(parameters: ApiParameters): Result<StoredMedia[]> {
	const { mode } = parameters;
	const frames: StoredMedia[] = [];
	if (mode === 'firstFrame' || mode === 'firstLastFrame') {
		const { firstFrameSource: source, firstFrame: value } = parameters;
		frames.push({ parameter: 'firstFrame', source, value, kind: 'image', role: 'first_frame' });
	}
	if (mode === 'firstLastFrame') {
		const { lastFrameSource: source, lastFrame: value } = parameters;
		frames.push({ parameter: 'lastFrame', source, value, kind: 'image', role: 'last_frame' });
	}
	return mode === 'reference' ? storedReferences(parameters.references) : { value: frames };
}

function storedReferences(given: unknown): Result<StoredMedia[]> {
	const parameter = 'references';
	const shape = referencesShape.safeParse(given ?? {});
	if (!shape.success) return { issues: [issue(parameter, 'referencesInvalid', { given })] };
	const { reference } = shape.data;
	if (reference.length === 0) return { issues: [issue(parameter, 'referencesMissing')] };
	const numbered = reference.map(({ type, ...entry }, index) => ({
		...entry,
		...{ parameter, kind: type, role: `reference_${type}` as const },
		entry: `number ${index + 1} (${type})`,
	}));
	return { value: mediaKinds.flatMap((kind) => numbered.filter((one) => one.kind === kind)) };
}

function readOne(media: StoredMedia): Result<MediaInput> {
	const { parameter, entry, source, value, kind, role } = media;
	if (source !== 'binary') {
		const url = readMediaUrl(parameter, source, value, kind);
		return url.issues === undefined ? { value: { kind, role, url: url.value } } : url;
	}
	const field = readFieldName(parameter, value);
	return field.issues === undefined
		? { value: { kind, role, field: field.value, parameter, entry } }
		: field;
}

/** The name of the input field that has a file. */
export function readFieldName(parameter: string, given: unknown): Result<string> {
	if (isBlank(given)) return { issues: [issue(parameter, 'mediaFieldMissing')] };
	return typeof given === 'string'
		? { value: given.trim() }
		: { issues: [issue(parameter, 'notText', { given })] };
}

/**
 * The URL to send for a source (`asset` or `url`) and what the user entered.
 * Source: PowerTokens Seedance 2.0 quick start, asset input format; BytePlus docs 2291680: base64 is not accepted for video.
 */
export function readMediaUrl(
	parameter: string,
	source: unknown,
	entered: unknown,
	kind: MediaKind,
): Result<string> {
	const refused = (one: Issue): Result<string> => ({ issues: [one] });
	const given = typeof entered === 'string' ? entered.trim() : entered;
	if (isBlank(given)) {
		return refused(
			source === 'asset'
				? issue(parameter, 'assetIdMissing')
				: issue(parameter, 'mediaUrlMissing', { kind }),
		);
	}
	if (typeof given !== 'string') return refused(issue(parameter, 'notText', { given }));
	if (source === 'asset' || given.startsWith('asset://')) {
		const assetId = given.replace(/^asset:\/\//, '');
		return isAssetId(assetId)
			? { value: assetUriOf(assetId) }
			: refused(issue(parameter, 'assetIdInvalid', { given }));
	}
	if (given.startsWith('data:')) {
		if (kind === 'video') return refused(issue(parameter, 'dataUrlNotForVideo'));
		return new RegExp(`^data:${kind}/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]+$`).test(given)
			? { value: given }
			: refused(issue(parameter, 'dataUrlInvalid', { given, kind }));
	}
	return URL.canParse(given) && new URL(given).protocol === 'https:'
		? { value: given }
		: refused(issue(parameter, 'mediaUrlInvalid', { given }));
}
