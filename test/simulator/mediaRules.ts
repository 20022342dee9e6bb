import type { FindAsset } from './assets';
import { invalidParameter } from './errors';
import type { MediaKind } from './mediaUrls';
import type { ModelRules } from './models';

/** One image, video or audio of a create request. */
export interface MediaItem {
	readonly kind: MediaKind;
	readonly role: string | undefined;
	/** The ID of an `asset://` URL. Undefined for any other URL. */
	readonly assetId: string | undefined;
	readonly path: string;
	readonly rolePath: string;
}

/** Checks media items against each other. Returns whether they are frames or references. Expects at least one item. Throws the 400. */
export function checkMedia(
	media: readonly MediaItem[],
	rules: ModelRules | undefined,
): 'frames' | 'references' {
	const [firstItem] = media;
	if (rules?.images === 'refused' && firstItem !== undefined) {
		throw invalidParameter(`${firstItem.path}.type`, 'text, as this model takes nothing else');
	}
	const references = media.filter((item) => item.role?.startsWith('reference_') === true);
	if (references.length === 0) {
		checkFrames(media, rules);
		return 'frames';
	}
	if (references.length < media.length) {
		throw invalidParameter('content', 'first and last frame not to be combined with references');
	}
	if (rules !== undefined) checkReferences(references, rules);
	return 'references';
}

/** Source: APIYI API reference, Generation modes (with a last frame both images need a role). */
function checkFrames(media: readonly MediaItem[], rules: ModelRules | undefined): void {
	const last = media.filter((item) => item.role === 'last_frame');
	const first = media.filter((item) => item.role !== 'last_frame');
	const [lastFrame] = last;
	if (lastFrame === undefined) {
		if (first.length > 1) throw invalidParameter('content', 'one first frame at most');
		return;
	}
	if (rules?.lastFrame === false) {
		throw invalidParameter(lastFrame.rolePath, 'no last frame for this model');
	}
	const [firstFrame] = first;
	if (firstFrame === undefined) {
		throw invalidParameter(lastFrame.rolePath, 'a first frame along with a last frame');
	}
	if (first.length > 1 || last.length > 1) {
		throw invalidParameter('content', 'one first frame and one last frame at most');
	}
	if (firstFrame.role === undefined) {
		throw invalidParameter(firstFrame.rolePath, 'first_frame when there is a last frame');
	}
}

function checkReferences(references: readonly MediaItem[], rules: ModelRules): void {
	const limits: Readonly<Record<MediaKind, number>> = {
		image: rules.referenceImages,
		video: rules.referenceVideos,
		audio: rules.referenceAudios,
	};
	for (const { kind, role, rolePath } of references) {
		if (limits[kind] === 0) throw invalidParameter(rolePath, `no ${role} for this model`);
		if (countKind(references, kind) > limits[kind]) {
			throw invalidParameter('content', `at most ${limits[kind]} items with role ${role}`);
		}
	}
	if (references.length > rules.references) {
		throw invalidParameter('content', `at most ${rules.references} references`);
	}
	if (!rules.audioAlone && references.every(({ kind }) => kind === 'audio')) {
		throw invalidParameter('content', 'an image or a video along with the audio');
	}
}

/** Checks that every named asset is ready, and of the kind of its item. Throws the 400. */
export function checkAssets(media: readonly MediaItem[], findAsset: FindAsset): void {
	for (const { assetId, kind } of media) {
		if (assetId === undefined) continue;
		const asset = findAsset(assetId);
		if (asset === undefined) throw invalidParameter('content', `asset ${assetId} to be ready`);
		if (asset.kind !== kind) {
			throw invalidParameter('content', `asset ${assetId} to be of type ${kind}`);
		}
	}
}

export function countKind(items: readonly MediaItem[], kind: MediaKind): number {
	return items.filter((item) => item.kind === kind).length;
}
