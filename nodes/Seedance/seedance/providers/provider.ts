import type { ModelFamily, ModelFamilyValue, Resolution } from '../models';
import type { ApiStyle } from '../wire/wire';

/** An asset library: that of PowerTokens accepts files, that of Ark public URLs; Ark has a separate API, signed with an access key. */
export type AssetLibrary =
	| {
			readonly kind: 'powerTokens';
			/** Whether it has what Ark's has as well: assets from URLs, a list and a delete. */
			readonly takesUrls?: boolean;
	  }
	| { readonly kind: 'ark'; readonly origin: string; readonly region: string };

/** What differs between the hosts of the Seedance API, as data. */
export interface Provider {
	/** The value that credentials store; never changes. */
	readonly value: string;
	readonly label: string;
	/** One sentence for the credential's dropdown. */
	readonly description: string;
	/** Scheme and host, or undefined where the user gives the whole base URL. */
	readonly origin: string | undefined;
	/** Whether its answers come from this process: it needs no key and no network. */
	readonly isInProcess?: boolean;
	/** The interfaces that this host has, with the path before `/contents/generations/tasks` or `/videos`. */
	readonly basePaths: Readonly<Partial<Record<ApiStyle, string>>>;
	/** The prefix of this host's model ids before the versioned name, for each series. */
	readonly modelIdPrefix: Readonly<Record<ModelFamily['series'], string>>;
	/** Families that this host is known not to sell. */
	readonly familiesNotOffered: readonly ModelFamilyValue[];
	/** Of those, the families that it sold before: the day on which it shut them down, as YYYY-MM-DD. */
	readonly shutDown?: Readonly<Partial<Record<ModelFamilyValue, string>>>;
	/** Whether its documents have the list of tasks; elsewhere, the first answer of a run shows whether there is one. */
	readonly listsTasks: boolean;
	/** Resolutions that this host's documents list. */
	readonly resolutions: readonly Resolution[];
	/** Resolutions of text-to-video with Seedance 2.x through `/v1/videos`, where fewer are documented there. */
	readonly openAiTextToVideoResolutions?: readonly Resolution[];
	/** The interfaces that accept `ep-…` endpoint ids. */
	readonly endpointIds: readonly ApiStyle[];
	/** Whether `service_tier: flex` is accepted. */
	readonly flexTier: boolean;
	/** Whether the tool web_search is accepted. */
	readonly webSearch: boolean;
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

/** The id that a host knows a family by; one family has another model for requests with an image. */
export function modelIdAt(provider: Provider, family: ModelFamily, hasImage: boolean): string {
	const { series, versionedName, versionedNameWithImage = versionedName } = family;
	return provider.modelIdPrefix[series] + (hasImage ? versionedNameWithImage : versionedName);
}
