import type { Connection } from '../connection';
import type { CreateOptions, CreateParameters } from '../createRequest';
import type { MediaInput } from '../mediaReference';
import type { ModelFamily } from '../models';
import type { Problem } from '../problem';

/** Everything that a rule may look at; parameters that were refused by their type are absent. */
export interface Draft {
	readonly connection: Connection;
	readonly parameters: CreateParameters;
	readonly options: CreateOptions;
	readonly media: readonly MediaInput[];
	/** Undefined for models that the matrix does not know: nothing is refused then that only the matrix would refuse. */
	readonly family: ModelFamily | undefined;
	readonly modelId: string;
}

/** A rule over several fields: takes what an item asks for and gives what is wrong with it. */
export type Rule = (draft: Draft) => Problem[];

/** Takes a parameter that the OpenAI-style interface cannot say and gives the problem, with the way out. */
export function notInDialect(parameter: string, { provider }: Connection): Problem {
	return {
		parameter,
		text: `is not available with the OpenAI-style interface for this model. Change it, or set API Style to Official in the credential for ${provider.label}.`,
	};
}
