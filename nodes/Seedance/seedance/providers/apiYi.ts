import { volcenginePrefixes, type Provider } from './provider';

/**
 * APIYI, which resells Volcengine. Its keys need the group SeeDance2, and for Seedance 2.5 the group SeeDance25.
 * Source: APIYI Seedance 2.0 reference (base URL, plain ids only, no 4k, no service_tier, `Accept-Encoding: identity`);
 * APIYI model overview, 2026-10 (2.0 mini; 2.5 and its group); APIYI asset library page (assets are Volcengine's own, not proxied).
 */
export const apiYi: Provider = {
	value: 'apiYi',
	label: 'APIYI',
	description:
		'Keys from apiyi.com; the key needs the group SeeDance2, for Seedance 2.5 the group SeeDance25',
	origin: 'https://api.apiyi.com',
	basePaths: { official: '/seedance/api/v3' },
	modelIdPrefix: volcenginePrefixes,
	familiesNotOffered: [
		'seedance-1-5-pro',
		'seedance-1-0-pro',
		'seedance-1-0-pro-fast',
		'seedance-1-0-lite',
	],
	resolutions: ['480p', '720p', '1080p'],
	endpointIds: [],
	listsTasks: false,
	flexTier: false,
	webSearch: false,
	assets: undefined,
	headers: { 'Accept-Encoding': 'identity' },
};
