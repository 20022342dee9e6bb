import type { Provider } from './provider';

/**
 * PowerTokens.
 * Source: PowerTokens Seedance 2.0 quick start (origin, endpoint list); PowerTokens API reference,
 * POST /byteplus/api/v3/contents/generations/tasks (model ids). Seedance 1.0 Lite is in none of its lists.
 */
export const powerTokens: Provider = {
	value: 'powerTokens',
	label: 'PowerTokens',
	description: 'Keys from powertokens.ai',
	origin: 'https://api.powertokens.ai',
	officialBasePath: '/byteplus/api/v3',
	modelIdPrefix: { 1: '', 2: 'dreamina-' },
	familiesNotOffered: ['seedance-1-0-lite'],
};
