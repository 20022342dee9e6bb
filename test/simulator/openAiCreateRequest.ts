import type { FindAsset } from './assets';
import { checkFieldTypes, isObject, readJsonObject, type FieldType } from './createFields';
import { readCreateRequest } from './createRules';
import { ArkError, invalidParameter, missingParameter, modelNotFound } from './errors';
import { findModelRules, type Provider } from './providers';
import type { SimulatedTask, TaskPlan } from './task';

type JsonObject = Record<string, unknown>;

/** Source: PowerTokens quick start, Common Parameters (2.x). */
const mediaFormFields: Readonly<Record<string, FieldType>> = {
	model: 'string',
	media: 'array',
	seconds: 'string',
	size: 'string',
	ratio: 'string',
	seed: 'integer',
	watermark: 'boolean',
	generate_audio: 'boolean',
	return_last_frame: 'boolean',
	safety_identifier: 'string',
};

/** Source: PowerTokens POST /v1/videos for Seedance 1.x, Body. */
const promptFormFields: Readonly<Record<string, FieldType>> = {
	model: 'string',
	prompt: 'string',
	image: 'string',
	seconds: 'string',
	size: 'string',
	ratio: 'string',
	seed: 'integer',
	camera_fixed: 'boolean',
	watermark: 'boolean',
	generate_audio: 'boolean',
	draft: 'boolean',
	return_last_frame: 'boolean',
};

/** Source: PowerTokens quick start, Media Types. */
const typeByMedia: Readonly<Record<string, 'image_url' | 'video_url' | 'audio_url'>> = {
	first_frame: 'image_url',
	last_frame: 'image_url',
	reference_image: 'image_url',
	reference_video: 'video_url',
	reference_audio: 'audio_url',
};

/** Source: PowerTokens Seedance 2.0 text-to-video reference, size. */
const textToVideoSizes: readonly unknown[] = [undefined, '480p', '720p'];

/**
 * Translates the body of a POST /v1/videos into a request of the official interface and returns the task.
 * Throws the refusal in the names of this interface.
 */
export function readOpenAiCreateRequest(
	requestBody: unknown,
	provider: Provider,
	findTask: (id: string) => SimulatedTask | undefined,
	findAsset?: FindAsset,
): TaskPlan {
	const body = readJsonObject(requestBody);
	const { model } = body;
	if (model === undefined) throw missingParameter('model');
	if (typeof model !== 'string') throw invalidParameter('model', 'a string');
	const rules = findModelRules(provider, model);
	if (rules === undefined) throw modelNotFound();
	const takesMedia = rules.generation === '2.0' || rules.generation === '2.5';
	const required = takesMedia ? 'media' : 'prompt';
	if (body[required] === undefined) throw missingParameter(required);
	checkFieldTypes(body, takesMedia ? mediaFormFields : promptFormFields);
	const content = takesMedia ? readMedia(body) : readPrompt(body);
	const { media, prompt, image, seconds, size, ...sameNames } = body;
	if (takesMedia && content.every(({ type }) => type === 'text')) {
		if (!textToVideoSizes.includes(size)) {
			throw invalidParameter('size', 'one of 480p, 720p for text-to-video');
		}
	}
	const neutral = {
		...sameNames,
		content,
		...(seconds === undefined ? {} : { duration: readSeconds(seconds) }),
		...(size === undefined ? {} : { resolution: size }),
	};
	try {
		return readCreateRequest(neutral, provider, findTask, findAsset);
	} catch (error) {
		if (!(error instanceof ArkError)) throw error;
		throw error.withParam(renameParam(error.param, takesMedia));
	}
}

/** Source: PowerTokens quick start, Supported Generation Modes (a text belongs to each). */
function readMedia(body: JsonObject): JsonObject[] {
	const media = Array.isArray(body.media) ? body.media : [];
	const content = media.map((item: unknown, index) => readMediaItem(item, `media[${index}]`));
	if (!content.some(({ type }) => type === 'text')) throw missingParameter('media.text');
	return content;
}

function readMediaItem(item: unknown, path: string): JsonObject {
	if (!isObject(item)) throw invalidParameter(path, 'an object');
	const { type, ...rest } = item;
	if (type === undefined) throw missingParameter(`${path}.type`);
	const contentType = typeof type === 'string' ? typeByMedia[type] : undefined;
	if (type !== 'text' && contentType === undefined) {
		throw invalidParameter(`${path}.type`, `text, ${Object.keys(typeByMedia).join(', ')}`);
	}
	if (contentType === undefined) return { type, ...rest };
	return { type: contentType, [contentType]: { url: item.url }, role: type };
}

function readPrompt({ prompt, image }: JsonObject): JsonObject[] {
	const text = { type: 'text', text: prompt };
	if (image === undefined) return [text];
	return [text, { type: 'image_url', image_url: { url: image }, role: 'first_frame' }];
}

/** Source: PowerTokens quick start, Common Parameters (seconds is a string). */
function readSeconds(seconds: unknown): number {
	const isWhole = typeof seconds === 'string' && /^(-1|0|[1-9]\d*)$/.test(seconds);
	if (!isWhole) throw invalidParameter('seconds', 'a whole number as a string');
	return Number(seconds);
}

function renameParam(param: string, takesMedia: boolean): string {
	if (param === 'duration') return 'seconds';
	if (param === 'resolution') return 'size';
	if (takesMedia) {
		return param
			.replace(/^content\b/, 'media')
			.replace(/\.(image|video|audio)_url\.url$/, '.url')
			.replace(/\.role$/, '.type');
	}
	if (param.startsWith('content[1]')) return 'image';
	return param.startsWith('content') ? 'prompt' : param;
}
