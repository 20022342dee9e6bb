import { invalidParameter, missingParameter } from './errors';
import { isObject } from './createFields';
import { checkMediaUrl, type MediaKind } from './mediaUrls';
import type { ModelRules } from './models';

/** What the content items of a create request add up to. */
export interface Content {
	readonly mode: 'text' | 'frames' | 'references' | 'draftTask';
	readonly prompt: string;
	readonly referenceVideos: number;
	readonly draftTaskId: string | undefined;
}

interface MediaItem {
	readonly kind: MediaKind;
	readonly role: string | undefined;
	readonly rolePath: string;
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

/** Reads the content items and checks them among themselves; without model rules no limits apply. Throws the 400. */
export function readContent(items: readonly unknown[], rules: ModelRules | undefined): Content {
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
		else if (kind !== undefined) media.push(readMedia(item, kind, path));
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
		return { mode: 'draftTask', prompt, referenceVideos: 0, draftTaskId };
	}
	if (media.length === 0) {
		if (prompt.trim() === '') throw missingParameter('content.text');
		return { mode: 'text', prompt, referenceVideos: 0, draftTaskId };
	}
	const references = media.filter((item) => item.role?.startsWith('reference_') === true);
	if (references.length === 0) {
		checkFrames(media, rules);
		return { mode: 'frames', prompt, referenceVideos: 0, draftTaskId };
	}
	if (references.length < media.length) {
		throw invalidParameter('content', 'first and last frame not to be combined with references');
	}
	if (rules !== undefined) checkReferences(references, rules);
	return { mode: 'references', prompt, referenceVideos: count(references, 'video'), draftTaskId };
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

function readMedia(item: Record<string, unknown>, kind: MediaKind, path: string): MediaItem {
	const reference = item[`${kind}_url`];
	if (!isObject(reference)) throw missingParameter(`${path}.${kind}_url`);
	checkMediaUrl(kind, reference.url, `${path}.${kind}_url.url`);
	const rolePath = `${path}.role`;
	const { role } = item;
	if (role === undefined) {
		if (kind !== 'image') throw missingParameter(rolePath);
		return { kind, role, rolePath };
	}
	if (typeof role !== 'string' || !rolesByKind[kind].includes(role)) {
		throw invalidParameter(rolePath, rolesByKind[kind].join(', '));
	}
	return { kind, role, rolePath };
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
		if (count(references, kind) > limits[kind]) {
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

function count(items: readonly MediaItem[], kind: MediaKind): number {
	return items.filter((item) => item.kind === kind).length;
}
