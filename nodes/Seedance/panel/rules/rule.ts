import type { Connection } from '../../seedance/connection';
import type { MediaInput } from '../../seedance/media';
import type { ModelFamily } from '../../seedance/models';
import type { Mode } from '../../seedance/request';
import type { CreateParameters } from '../createFields';
import { issue, type Issue } from '../issues';
import type { CreateOptions } from '../options';

/** The parameters as the API has them: a first shot of a story has the mode of any other video. */
export type ApiParameters = Omit<CreateParameters, 'mode'> & { readonly mode?: Mode | undefined };

/** What was read of one item of Create; parameters that were refused by their type are absent. */
export interface CreateInput {
	readonly connection: Connection;
	/** With the mode that the API has. */
	readonly parameters: ApiParameters;
	readonly options: CreateOptions;
	readonly media: readonly MediaInput[];
	/** Undefined for models that the matrix does not know; then nothing is refused that only the matrix would refuse. */
	readonly family: ModelFamily | undefined;
	readonly modelId: string;
	/** Whether the node waits for the video, as far as that was read. */
	readonly waits: boolean;
}

/** A rule over several fields: everything that is wrong with them together. */
export type Rule = (input: CreateInput) => Issue[];

/** The issue of a parameter that the OpenAI-style interface does not have. */
export function notInInterface(parameter: string, { provider }: Connection): Issue {
	return issue(parameter, 'notInInterface', { provider: provider.label });
}
