import { ArkError } from './errors';
import * as models from './models';

/** The providers that the simulator can be. */
export const providerNames = ['powerTokens', 'apiYi', 'bytePlus', 'volcengine'] as const;

/** The name of a provider in options and on the command line. */
export type ProviderName = (typeof providerNames)[number];

/** What one provider sells, and under which paths, ids and keys. */
export interface Provider {
	readonly title: string;
	/** What comes before `/contents/generations/tasks`. */
	readonly officialBasePath: string;
	/** The path before `/videos` and `/models` of the OpenAI-style interface. Undefined without one. */
	readonly openAiBasePath: string | undefined;
	/** The path before `/upload` and `/jobs` of the asset library that accepts files. Undefined without one. */
	readonly uploadBasePath: string | undefined;
	/** The region of the OpenAPI that keeps assets. It is on the same origin here. Undefined without one. */
	readonly openApiRegion: string | undefined;
	/** What may come before the key in the Authorization header. */
	readonly keyPrefixes: readonly string[];
	readonly models: Readonly<Record<string, models.ModelRules>>;
	/** Whether `ep-…` IDs are accepted instead of a model. */
	readonly endpointIds: boolean;
	/** Whether service_tier accepts flex, on models that have the field. */
	readonly offlineInference: boolean;
	readonly webSearch: boolean;
	/** The model ID that a task object shows. */
	readonly shownModel: (model: string) => string;
	/** Whether JSON is labelled gzip, without being it, for clients that do not ask for identity. */
	readonly labelsJsonAsGzip: boolean;
	/** The group that a key must be in before it may create with a model. Undefined for none. */
	readonly groupOf: (model: unknown) => string | undefined;
}

const bearerOnly = ['Bearer '];

/** Source: PowerTokens create reference, model; BytePlus docs 1330310 (2.0 mini and 2.5). */
const powerTokensModels: Provider['models'] = {
	'dreamina-seedance-2-5-260628': models.seedance25,
	'dreamina-seedance-2-0-260128': models.seedance20,
	'dreamina-seedance-2-0-fast-260128': models.seedance20Fast,
	'dreamina-seedance-2-0-mini-260615': models.seedance20Mini,
	'seedance-1-5-pro-251215': models.seedance15Pro,
	'seedance-1-0-pro-250528': models.seedance10Pro,
	'seedance-1-0-pro-fast-251015': models.seedance10ProFast,
};

const { 'seedance-1-5-pro-251215': _shutDown, ...overseasModels } = powerTokensModels;

/** Source: BytePlus docs 1330310 (model list, 4k; 1.5 pro was shut down on 2026-11-11). */
const bytePlusModels: Provider['models'] = {
	...overseasModels,
	'dreamina-seedance-2-0-260128': models.seedance20With4k,
	'seedance-1-0-lite-t2v-250428': models.seedance10LiteText,
	'seedance-1-0-lite-i2v-250428': models.seedance10LiteImage,
};

/** Source: Volcengine docs 1520757 (doubao-… for every model); BytePlus docs 1330310 (the models themselves). */
const volcengineModels: Provider['models'] = {
	'doubao-seedance-2-5-260628': models.seedance25,
	'doubao-seedance-2-0-260128': models.seedance20With4k,
	'doubao-seedance-2-0-fast-260128': models.seedance20Fast,
	'doubao-seedance-2-0-mini-260615': models.seedance20Mini,
	'doubao-seedance-1-5-pro-251215': models.seedance15Pro,
	'doubao-seedance-1-0-pro-250528': models.seedance10Pro,
	'doubao-seedance-1-0-pro-fast-251015': models.seedance10ProFast,
	'doubao-seedance-1-0-lite-t2v-250428': models.seedance10LiteText,
	'doubao-seedance-1-0-lite-i2v-250428': models.seedance10LiteImage,
};

/** Source: BytePlus docs 1520757 (base URL, service_tier); PowerTokens create reference, tools (no web_search overseas). */
const bytePlus: Provider = {
	title: 'BytePlus ModelArk (Asia Pacific)',
	officialBasePath: '/api/v3',
	openAiBasePath: undefined,
	uploadBasePath: undefined,
	openApiRegion: 'ap-southeast-1',
	keyPrefixes: bearerOnly,
	models: bytePlusModels,
	endpointIds: true,
	offlineInference: true,
	webSearch: false,
	shownModel: (model) => model,
	labelsJsonAsGzip: false,
	groupOf: () => undefined,
};

/** Every provider by its name. */
export const providers: Readonly<Record<ProviderName, Provider>> = {
	/**
	 * Source: PowerTokens quick start, Endpoint List and Authentication (the key itself); PowerTokens create reference
	 * (Bearer, no offline inference); PowerTokens get reference (doubao-… sample for a dreamina-… request).
	 */
	powerTokens: {
		...bytePlus,
		title: 'PowerTokens',
		officialBasePath: '/byteplus/api/v3',
		openAiBasePath: '/v1',
		uploadBasePath: '/v1/asset',
		openApiRegion: undefined,
		keyPrefixes: ['', 'Bearer '],
		models: powerTokensModels,
		offlineInference: false,
		shownModel: (model) => model.replace(/^dreamina-/, 'doubao-'),
	},
	/** Source: APIYI API reference (path, no ep-, SeeDance2 group, gzip decoding error, no service_tier); APIYI overview (2.0 mini, 2.5 with its group). */
	apiYi: {
		...bytePlus,
		title: 'APIYI',
		officialBasePath: '/seedance/api/v3',
		openApiRegion: undefined,
		models: {
			'doubao-seedance-2-5-260628': models.seedance25,
			'doubao-seedance-2-0-260128': models.seedance20,
			'doubao-seedance-2-0-fast-260128': models.seedance20Fast,
			'doubao-seedance-2-0-mini-260615': models.seedance20Mini,
		},
		endpointIds: false,
		offlineInference: false,
		labelsJsonAsGzip: true,
		groupOf: (model) => (/2-5/.test(String(model)) ? 'SeeDance25' : 'SeeDance2'),
	},
	bytePlus,
	/** Source: Volcengine docs 1520757 (base URL, service_tier); Volcengine Ark CLI (web_search). */
	volcengine: {
		...bytePlus,
		title: 'Volcengine Ark',
		openApiRegion: 'cn-beijing',
		models: volcengineModels,
		webSearch: true,
	},
};

/** The rules of a model ID, or undefined if the provider does not sell it. */
export function findModelRules(provider: Provider, model: string): models.ModelRules | undefined {
	return Object.hasOwn(provider.models, model) ? provider.models[model] : undefined;
}

/** Tells whether an ID names an endpoint of the account. Source: PowerTokens create reference, model; APIYI API reference. */
export function isEndpointId(provider: Provider, model: string): boolean {
	return provider.endpointIds && /^ep-[A-Za-z0-9-]+$/.test(model);
}

/** Checks the Authorization header against the key. Throws the 401. */
export function checkKey(
	provider: Provider,
	authorization: string | undefined,
	apiKey: string,
): void {
	if (provider.keyPrefixes.some((prefix) => authorization === prefix + apiKey)) return;
	throw new ArkError(401, 'AuthenticationError', 'The API key is missing or not valid.');
}
