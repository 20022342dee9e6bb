import { volcenginePrefixes, type Provider } from './provider';

/** Volcengine Ark, mainland China. Source: Volcengine docs 82379/1520757; Volcengine Python SDK. */
export const volcengine: Provider = {
	value: 'volcengine',
	label: 'Volcengine Ark',
	description: 'Keys of Volcengine Ark in cn-beijing',
	origin: 'https://ark.cn-beijing.volces.com',
	basePaths: { official: '/api/v3' },
	modelIdPrefix: volcenginePrefixes,
	familiesNotOffered: [],
	resolutions: ['480p', '720p', '1080p', '4k'],
	endpointIds: ['official'],
	listsTasks: true,
	flexTier: true,
	webSearch: true,
	// Source: APIYI asset library page; Volcengine docs, OpenAPI hosts.
	assets: { kind: 'ark', origin: 'https://open.volcengineapi.com', region: 'cn-beijing' },
	headers: {},
};
