import type { ModelFamily, ModelFamilyValue } from '../models';

/** Everything in which one host of the Seedance API differs from another, as data. */
export interface Provider {
	/** The value that credentials store; never changes. */
	readonly value: string;
	readonly label: string;
	/** One sentence for the credential's dropdown. */
	readonly description: string;
	/** Scheme and host, or undefined where the user gives the whole base URL. */
	readonly origin: string | undefined;
	/** Path before `/contents/generations/tasks`; empty where the user's base URL holds it. */
	readonly officialBasePath: string;
	/** Prefix of the model ids, for each generation of models. */
	readonly modelIdPrefix: Readonly<Record<ModelFamily['generation'], string>>;
	/** Families that this host is known not to sell. */
	readonly familiesNotOffered: readonly ModelFamilyValue[];
}

/** Takes a provider and a family and gives the model id that this host knows it by. */
export function modelIdAt(provider: Provider, family: ModelFamily): string {
	return provider.modelIdPrefix[family.generation] + family.versionedName;
}
