import { bytePlusPrefixes, type Provider } from './provider';

/**
 * PowerTokens, which resells BytePlus and speaks both interfaces.
 * Source: PowerTokens Seedance 2.0 quick start (origin, endpoints, assets); PowerTokens API reference,
 * POST /byteplus/api/v3/contents/generations/tasks (models, no 4k, "not yet integrated offline inference", no web_search overseas).
 */
export const powerTokens: Provider = {
	value: 'powerTokens',
	label: 'PowerTokens',
	description: 'Keys from powertokens.ai',
	origin: 'https://api.powertokens.ai',
	basePaths: { official: '/byteplus/api/v3', openAi: '/v1' },
	modelIdPrefix: bytePlusPrefixes,
	familiesNotOffered: ['seedance-1-0-lite'],
	resolutions: ['480p', '720p', '1080p'],
	// Source: PowerTokens API reference, POST /v1/videos, size.
	openAiTextToVideoResolutions: ['480p', '720p'],
	endpointIds: ['official'],
	listsTasks: true,
	flexTier: false,
	webSearch: false,
	assets: { kind: 'powerTokens' },
	headers: {},
};
