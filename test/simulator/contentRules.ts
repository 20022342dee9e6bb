import { invalidParameter, missingParameter } from './errors';
import { isObject } from './createFields';
import { checkMedia, countKind, type MediaItem } from './mediaRules';
import { checkMediaUrl, type CheckOwnFile, type MediaKind } from './mediaUrls';
import type { ModelRules } from './models';

/** What the content items of a create request add up to. */
export interface Content {
	readonly mode: 'text' | 'frames' | 'references' | 'draftTask';
	readonly prompt: string;
	readonly referenceVideos: number;
	readonly draftTaskId: string | undefined;
	readonly media: readonly MediaItem[];
}

/** Source: PowerTokens create reference, content; Volcengine SDK (draft_task). */
const rolesByKind: Readonly<Record<MediaKind, readonly string[]>> = {
	image: ['first_frame', 'last_frame', 'reference_image'],
	video: ['reference_video'],
	audio: ['reference_audio'],
};

const kindByType: Readonly<Record<string, MediaKind>> = {
	image_url: 'image',
	video_url: 'video',
	audio_url: 'audio',
};

/** Reads the content items and checks them against each other. Without model rules no limits apply. Throws the 400. */
export function readContent(
	items: readonly unknown[],
	rules: ModelRules | undefined,
	checkOwn?: CheckOwnFile,
): Content {
	if (items.length === 0) throw missingParameter('content');
	const texts: string[] = [];
	const media: MediaItem[] = [];
	const draftTaskIds: string[] = [];
	for (const [index, item] of items.entries()) {
		const path = `content[${index}]`;
		if (!isObject(item)) throw invalidParameter(path, 'an object');
		const { type } = item;
		if (type === undefined) throw missingParameter(`${path}.type`);
		const kind = typeof type === 'string' ? kindByType[type] : undefined;
		if (type === 'text') texts.push(readString(item, 'text', path));
		else if (type === 'draft_task') draftTaskIds.push(readDraftTaskId(item, path));
		else if (kind !== undefined) media.push(readMedia(item, kind, path, checkOwn));
		else
			throw invalidParameter(`${path}.type`, 'text, image_url, video_url, audio_url or draft_task');
	}
	const prompt = texts.join('\n');
	const [draftTaskId] = draftTaskIds;
	if (draftTaskId !== undefined) {
		if (items.length > 1) throw invalidParameter('content', 'a draft_task to be the only item');
		if (rules !== undefined && !rules.fields.includes('draft')) {
			throw invalidParameter('content[0].type', 'no draft_task for a model without drafts');
		}
		return { mode: 'draftTask', prompt, referenceVideos: 0, draftTaskId, media };
	}
	if (media.length === 0) {
		if (prompt.trim() === '') throw missingParameter('content.text');
		if (rules?.images === 'required') throw invalidParameter('content', 'an image for this model');
		return { mode: 'text', prompt, referenceVideos: 0, draftTaskId, media };
	}
	const mode = checkMedia(media, rules);
	return { mode, prompt, referenceVideos: countKind(media, 'video'), draftTaskId, media };
}

function readString(item: Record<string, unknown>, name: string, path: string): string {
	const value = item[name];
	if (value === undefined) throw missingParameter(`${path}.${name}`);
	if (typeof value !== 'string') throw invalidParameter(`${path}.${name}`, 'a string');
	return value;
}

function readDraftTaskId(item: Record<string, unknown>, path: string): string {
	const draftTask = item.draft_task;
	if (!isObject(draftTask)) throw missingParameter(`${path}.draft_task`);
	return readString(draftTask, 'id', `${path}.draft_task`);
}

function readMedia(
	item: Record<string, unknown>,
	kind: MediaKind,
	path: string,
	checkOwn: CheckOwnFile | undefined,
): MediaItem {
	const reference = item[`${kind}_url`];
	if (!isObject(reference)) throw missingParameter(`${path}.${kind}_url`);
	const assetId = checkMediaUrl(kind, reference.url, `${path}.${kind}_url.url`, checkOwn);
	const rolePath = `${path}.role`;
	const { role } = item;
	if (role === undefined) {
		if (kind !== 'image') throw missingParameter(rolePath);
		return { kind, role, assetId, path, rolePath };
	}
	if (typeof role !== 'string' || !rolesByKind[kind].includes(role)) {
		throw invalidParameter(rolePath, rolesByKind[kind].join(', '));
	}
	return { kind, role, assetId, path, rolePath };
}
