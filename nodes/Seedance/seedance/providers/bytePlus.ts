import { bytePlusPrefixes, type Provider } from './provider';

/**
 * BytePlus ModelArk, Asia Pacific.
 * Source: BytePlus docs 1520757 (base URL, parameters), 1330310 (models, 4k), 2318271 (asset library); no web_search on overseas nodes (PowerTokens API reference, tools).
 */
export const bytePlus: Provider = {
	value: 'bytePlus',
	label: 'BytePlus ModelArk (Asia Pacific)',
	description: 'Keys of ModelArk in ap-southeast',
	origin: 'https://ark.ap-southeast.bytepluses.com',
	basePaths: { official: '/api/v3' },
	modelIdPrefix: bytePlusPrefixes,
	familiesNotOffered: ['seedance-1-5-pro'],
	// Source: github byteplus-sa/ComfyUI-BytePlus-ModelArk, models_config.py.
	shutDown: { 'seedance-1-5-pro': '2026-11-11' },
	resolutions: ['480p', '720p', '1080p', '4k'],
	endpointIds: ['official'],
	listsTasks: true,
	flexTier: true,
	webSearch: false,
	// Source: github byteplus-sa/ark-mcp, SPEC_MODELARK_ASSET_LIBRARY_CONTRACT.md.
	assets: {
		kind: 'ark',
		origin: 'https://ark.ap-southeast-1.byteplusapi.com',
		region: 'ap-southeast-1',
	},
	headers: {},
};
