import { z } from 'zod';
import {
	optionalWholeNumber,
	readFields,
	type ReadFields,
	type UnsentRequest,
} from './createRequest';
import { SeedanceFailure } from './errors';
import { estimateTokens } from './tokens';

const mostConcurrency = 1_000;
const mostTokens = 1e12;

const batchShape = z.object({
	maxConcurrency: optionalWholeNumber(1, mostConcurrency),
	tokenBudget: optionalWholeNumber(1, mostTokens),
});

const expected = {
	maxConcurrency: `Enter a whole number from 1 to ${mostConcurrency}, or remove it to use what the provider takes.`,
	tokenBudget: 'Enter a whole number of tokens from 1. A 5 s clip at 720p takes about 109,000.',
};

/** What holds for all items of a run together; each item stores it, and the lowest value counts. */
export type BatchOptions = ReadFields<typeof batchShape.shape>['fields'];

/** Takes the stored Options and gives what they say about the run as a whole, and what is wrong with it. */
export function readBatchOptions(
	options: Readonly<Record<string, unknown>>,
): ReadFields<typeof batchShape.shape> {
	return readFields(batchShape, options, expected, 'options.');
}

/** An item of a run, as far as its cost goes. */
export interface PricedItem {
	readonly itemIndex: number;
	readonly request: UnsentRequest;
}

/** Items that a message names one by one. */
const mostNamedItems = 50;

/**
 * Takes the items that would be created and the token budget, and gives the failure that stops the run before the first create, with the estimate of each item, or undefined when all of them fit.
 * An item whose cost cannot be estimated fits no budget.
 */
export function budgetFailure(
	items: readonly PricedItem[],
	tokenBudget: number,
): SeedanceFailure | undefined {
	const estimates = items.map(({ itemIndex, request }) => ({
		itemIndex,
		tokens: estimateTokens(request),
	}));
	const unknown = estimates.filter(({ tokens }) => tokens === undefined);
	const total = estimates.reduce((sum, { tokens = 0 }) => sum + tokens, 0);
	if (unknown.length === 0 && total <= tokenBudget) return undefined;
	const budget = count(tokenBudget);
	const message =
		total > tokenBudget
			? `Token Budget is ${budget}, and ${items.length === 1 ? 'this item is' : `these ${items.length} items are`} estimated at ${count(total)} tokens`
			: `Token Budget is ${budget}, and the tokens of ${unknown.length === 1 ? 'an item' : `${unknown.length} items`} cannot be estimated`;
	const named = estimates
		.slice(0, mostNamedItems)
		.map(
			({ itemIndex, tokens }) =>
				`item ${itemIndex}: ${tokens === undefined ? 'unknown' : count(tokens)}`,
		);
	const left = estimates.length - named.length;
	return new SeedanceFailure({
		reason: 'input',
		message,
		description: [
			'Nothing was created, and nothing is paid for.',
			total > tokenBudget
				? 'Raise Token Budget, give the node fewer items, or ask for shorter videos or a lower resolution.'
				: 'Remove Token Budget for models, resolutions (4k) and modes (Final From Draft) whose size is not documented, and where Extra Body decides it.',
			`Estimates: ${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}.`,
		].join(' '),
	});
}

function count(tokens: number): string {
	return tokens.toLocaleString('en-US');
}
