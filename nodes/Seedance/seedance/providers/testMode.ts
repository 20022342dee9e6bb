import { bytePlusPrefixes, type Provider } from './provider';

/** The provider in this package that makes test clips; see the room `testMode`. Its host is reserved: nothing can be reached there. Source of the host: RFC 6761. */
export const testMode: Provider = {
	value: 'testMode',
	label: 'Test Mode (Free)',
	description: 'No account, no key, no network and no cost: makes short test clips',
	origin: 'https://test-mode.invalid',
	isInProcess: true,
	basePaths: { official: '' },
	modelIdPrefix: bytePlusPrefixes,
	familiesNotOffered: [],
	resolutions: ['480p', '720p', '1080p', '4k'],
	endpointIds: ['official'],
	flexTier: true,
	listsTasks: true,
	webSearch: true,
	assets: { kind: 'powerTokens', takesUrls: true },
	headers: {},
};

/** The member of a create body that only this provider knows: whole seconds from the create to the end of its task. */
export const testSecondsField = 'test_duration';

/** Seconds from the create to the end of a task where the create does not say. */
export const usualTestSeconds = 8;
