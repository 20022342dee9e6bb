import { bytePlusPrefixes, type Provider } from './provider';

/**
 * Any other host with one of the two interfaces, such as a company's gateway: the base URL comes from the credential.
 * Its limits are not known, so none is enforced. Model ids have the form of BytePlus. Source: BytePlus docs 1330310.
 */
export const custom: Provider = {
	value: 'custom',
	label: 'Custom',
	description: 'Any other host with the same API, given by its base URL',
	origin: undefined,
	basePaths: { official: '', openAi: '' },
	modelIdPrefix: bytePlusPrefixes,
	familiesNotOffered: [],
	resolutions: ['480p', '720p', '1080p', '4k'],
	endpointIds: ['official', 'openAi'],
	listsTasks: false,
	flexTier: true,
	webSearch: true,
	assets: undefined,
	headers: {},
};
