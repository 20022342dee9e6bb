import type { Provider } from './provider';

/**
 * Any other host that speaks the same API, such as a company's gateway: the base URL comes from the credential.
 * Model ids take BytePlus' form. Source: BytePlus docs 1330310.
 */
export const custom: Provider = {
	value: 'custom',
	label: 'Custom',
	description: 'Any other host with the same API, given by its base URL',
	origin: undefined,
	officialBasePath: '',
	modelIdPrefix: { 1: '', 2: 'dreamina-' },
	familiesNotOffered: [],
};
