import type { CreateRequest, Mode } from '../request';
import { withoutUndefined } from '../values';
import type { WireFormat } from './wire';

/** Seedance 1.x has a flat body with one image. Source: PowerTokens API reference, POST /v1/videos (Seedance 1.x). */
function isFlat(modelId: string): boolean {
	return /seedance-1-/.test(modelId);
}

/**
 * The OpenAI-style interface: `/v1/videos`, with `media[]` for Seedance 2.x and a flat body for 1.x.
 * Source: PowerTokens Seedance 2.0 quick start, OpenAI-style Interface; PowerTokens API reference, POST /v1/videos (2.0 text-to-video; 1.x).
 */
export const openAiFormat: WireFormat = {
	style: 'openAi',
	collectionPath: '/videos',
	// Source: github ym1623/powertokens-cli (GET /v1/models), as in OpenAI's API.
	keyCheckPath: '/models',
	managesTasks: false,
	// Source: PowerTokens Seedance 2.0 quick start, Supported Generation Modes (text in each of them).
	promptRequired: true,
	bodyForm: (modelId) => (isFlat(modelId) ? 'openAiFlat' : 'openAiMedia'),
	modes: (modelId): readonly Mode[] =>
		isFlat(modelId)
			? ['textToVideo', 'firstFrame']
			: ['textToVideo', 'firstFrame', 'firstLastFrame', 'reference'],
	createBody: (request) => ({
		...withoutUndefined({
			model: request.model,
			...(isFlat(request.model) ? flatInput(request) : mediaInput(request)),
			seconds: request.durationSeconds === undefined ? undefined : String(request.durationSeconds),
			size: request.resolution,
			ratio: request.ratio,
			generate_audio: request.generateAudio,
		}),
		...request.wireFields,
		...request.extraBody,
	}),
};

function flatInput({ prompt, media }: CreateRequest): Record<string, unknown> {
	return { prompt, image: media[0]?.url };
}

function mediaInput({ prompt, media }: CreateRequest): Record<string, unknown> {
	const text = prompt === undefined ? [] : [{ type: 'text', text: prompt }];
	return { media: [...text, ...media.map(({ role, url }) => ({ type: role, url }))] };
}
