import type { CreateOptions, CreateRequest, Mode } from '../createRequest';
import { withoutUndefined } from '../values';
import type { Dialect } from './dialect';

const optionsOfBoth: ReadonlyArray<keyof CreateOptions> = [
	'seed',
	'watermark',
	'returnLastFrame',
	'extraBody',
	'dryRun',
];

/** Seedance 1.x has a flat body with one image. Source: PowerTokens API reference, POST /v1/videos (Seedance 1.x). */
function isFlat(modelId: string): boolean {
	return /seedance-1-/.test(modelId);
}

/**
 * The OpenAI-style interface: `/v1/videos`, with `media[]` for Seedance 2.x and a flat body for 1.x.
 * Source: PowerTokens Seedance 2.0 quick start, OpenAI-style Interface; PowerTokens API reference, POST /v1/videos (2.0 text-to-video; 1.x).
 */
export const openAiVideos: Dialect = {
	style: 'openAi',
	label: 'OpenAI-Style',
	collectionPath: '/videos',
	managesTasks: false,
	createBody: (request) => ({
		...withoutUndefined({
			model: request.model,
			...(isFlat(request.model) ? flatInput(request) : mediaInput(request)),
			seconds: request.durationSeconds === undefined ? undefined : String(request.durationSeconds),
			size: request.resolution,
			ratio: request.ratio,
			seed: request.options.seed,
			camera_fixed: request.options.cameraFixed,
			watermark: request.options.watermark,
			generate_audio: request.generateAudio,
			draft: request.options.draft,
			return_last_frame: request.options.returnLastFrame,
			safety_identifier: request.options.safetyIdentifier,
		}),
		...request.options.extraBody,
	}),
	modes: (modelId): readonly Mode[] =>
		isFlat(modelId)
			? ['textToVideo', 'firstFrame']
			: ['textToVideo', 'firstFrame', 'firstLastFrame', 'reference'],
	options: (modelId) =>
		isFlat(modelId)
			? [...optionsOfBoth, 'cameraFixed', 'draft']
			: [...optionsOfBoth, 'safetyIdentifier'],
	// Source: PowerTokens Seedance 2.0 quick start, Supported Generation Modes (text in each of them).
	promptRequired: true,
};

function flatInput({ prompt, media }: CreateRequest): Record<string, unknown> {
	return { prompt, image: media[0]?.url };
}

function mediaInput({ prompt, media }: CreateRequest): Record<string, unknown> {
	const text = prompt === undefined ? [] : [{ type: 'text', text: prompt }];
	return { media: [...text, ...media.map(({ role, url }) => ({ type: role, url }))] };
}
