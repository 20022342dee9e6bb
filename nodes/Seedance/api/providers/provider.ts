import type { ModelFamily, ModelFamilyValue, Resolution } from '../models';

/** One of the two interfaces to the same models: `official` is ByteDance's own, `openAi` the `/v1/videos` of gateways. */
export type ApiStyle = 'official' | 'openAi';

/** An asset library: PowerTokens' takes files, Ark's takes public URLs and has an OpenAPI of its own, signed with an access key. */
export type AssetLibrary =
	| { readonly kind: 'powerTokens' }
	| { readonly kind: 'ark'; readonly origin: string; readonly region: string };

/** Everything in which one host of the Seedance API differs from another, as data. */
export interface Provider {
	/** The value that credentials store; never changes. */
	readonly value: string;
	readonly label: string;
	/** One sentence for the credential's dropdown. */
	readonly description: string;
	/** Scheme and host, or undefined where the user gives the whole base URL. */
	readonly origin: string | undefined;
	/** The interfaces that this host speaks, with the path before `/contents/generations/tasks` or `/videos`. */
	readonly basePaths: Readonly<Partial<Record<ApiStyle, string>>>;
	/** What goes before the versioned name in this host's model ids, for each series. */
	readonly modelIdPrefix: Readonly<Record<ModelFamily['series'], string>>;
	/** Families that this host is known not to sell. */
	readonly familiesNotOffered: readonly ModelFamilyValue[];
	/** Resolutions that this host's documents list. */
	readonly resolutions: readonly Resolution[];
	/** Resolutions of text-to-video with Seedance 2.x through `/v1/videos`, where fewer are documented there. */
	readonly openAiTextToVideoResolutions?: readonly Resolution[];
	/** The interfaces that take `ep-…` endpoint ids. */
	readonly endpointIds: readonly ApiStyle[];
	/** Whether `service_tier: flex` is taken. */
	readonly flexTier: boolean;
	/** Whether the tool web_search is taken. */
	readonly webSearch: boolean;
	/** Whether many tasks can be read with one list call by their ids. */
	readonly listByIds: boolean;
	/** The asset library, or undefined where there is none. */
	readonly assets: AssetLibrary | undefined;
	/** Headers that every request needs here. */
	readonly headers: Readonly<Record<string, string>>;
}

/** Prefixes of BytePlus and its resellers. Source: BytePlus docs 1330310. */
export const bytePlusPrefixes = { '1.0': '', '1.5': '', '2.0': 'dreamina-', '2.5': 'dreamina-' };

/** Prefixes of Volcengine and its resellers. Source: Volcengine docs 82379/1330310; APIYI Seedance 2.0 reference. */
export const volcenginePrefixes = {
	'1.0': 'doubao-',
	'1.5': 'doubao-',
	'2.0': 'doubao-',
	'2.5': 'doubao-',
};

/** Takes a provider, a family and whether the request has an image, and gives the model id that this host knows it by. */
export function modelIdAt(provider: Provider, family: ModelFamily, hasImage: boolean): string {
	const { series, versionedName, versionedNameWithImage = versionedName } = family;
	return provider.modelIdPrefix[series] + (hasImage ? versionedNameWithImage : versionedName);
}
