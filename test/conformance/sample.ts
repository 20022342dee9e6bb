import type { Connection } from '../../nodes/Seedance/seedance/connection';
import { textOfIssue } from '../../nodes/Seedance/panel/issues';
import { ratios, type CreateRequest } from '../../nodes/Seedance/seedance/request';
import { readCreateRequest } from '../../nodes/Seedance/panel/createRequest';
import {
	findFamily,
	findFamilyOfModelId,
	modelFamilies,
	type ModelFamily,
} from '../../nodes/Seedance/seedance/models';
import { estimateTokens } from '../../nodes/Seedance/seedance/tokens';

/** The cheapest video that a provider makes. */
export interface Sample {
	readonly request: CreateRequest;
	/** The body of its create call, as the node would send it. */
	readonly body: Readonly<Record<string, unknown>>;
	/** Undefined for a model that is not in the table. */
	readonly estimatedTokens: number | undefined;
}

const prompt = 'A white cup on a white table';
/** Every model makes it. */
const lowestResolution = '480p';
/** The shortest that every model makes. */
const shortestOfUnknownModel = 4;

/** The video with the fewest tokens. Throws an Error with one line if the model cannot be requested. */
export function cheapestSample(connection: Connection, model?: string): Sample {
	const models =
		model === undefined
			? modelFamilies
					.filter(({ value }) => !connection.provider.familiesNotOffered.includes(value))
					.map(({ value }) => value)
			: [model];
	const samples = models
		.flatMap((name) => ratios.map((ratio) => ({ name, ratio })))
		.filter(({ ratio }) => ratio !== 'adaptive')
		.map(({ name, ratio }) => sampleOf(connection, name, ratio));
	// The sort keeps the order of equals. Source: github Comfy-Org/docs, pricing.mdx (a token of a Fast model costs less).
	const [cheapest] = samples.sort(
		(one, other) => tokensOf(one) - tokensOf(other) || Number(isFast(other)) - Number(isFast(one)),
	);
	if (cheapest === undefined) throw new Error('The provider sells no model');
	return cheapest;
}

function tokensOf({ estimatedTokens = Infinity }: Sample): number {
	return estimatedTokens === Infinity ? Number.MAX_SAFE_INTEGER : estimatedTokens;
}

function isFast({ request }: Sample): boolean {
	return request.family?.value.endsWith('-fast') === true;
}

function sampleOf(connection: Connection, model: string, ratio: string): Sample {
	const family: ModelFamily | undefined = findFamily(model) ?? findFamilyOfModelId(model);
	const { value, issues = [] } = readCreateRequest(
		{
			...(findFamily(model) === undefined ? { model: 'custom', modelId: model } : { model }),
			mode: 'textToVideo',
			prompt,
			resolution: lowestResolution,
			ratio,
			duration: family?.durationSeconds.minimum ?? shortestOfUnknownModel,
			...(family?.generateAudio === true ? { generateAudio: false } : {}),
		},
		connection,
	);
	if (value === undefined) {
		const reasons = issues.map((one) => `${one.parameter} ${textOfIssue(one)}`).join(' ');
		throw new Error(`SEEDANCE_MODEL is "${model}", which cannot be asked for: ${reasons}`);
	}
	const request: CreateRequest = { ...value.request, media: [] };
	return {
		request,
		body: connection.wire.createBody(request),
		estimatedTokens: estimateTokens(value.request)?.tokens,
	};
}
