import { SeedanceFailure } from '../seedance/failure';
import type { UnsentRequest } from '../seedance/request';
import { estimateTokens } from '../seedance/tokens';

/** An item of a run, as far as its cost is concerned. */
export interface PricedItem {
	readonly itemIndex: number;
	readonly request: UnsentRequest;
}

/** Items that a message lists one by one. */
const maxListedItems = 50;

/**
 * The failure that stops a run before its first create, with the estimate of each item; undefined when all items together fit the budget.
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
	const unknownCount = estimates.filter(({ tokens }) => tokens === undefined).length;
	const total = estimates.reduce((sum, { tokens = 0 }) => sum + tokens, 0);
	if (unknownCount === 0 && total <= tokenBudget) return undefined;
	const listed = estimates
		.slice(0, maxListedItems)
		.map(
			({ itemIndex, tokens }) =>
				`item ${itemIndex}: ${tokens === undefined ? 'unknown' : formatted(tokens)}`,
		);
	const left = estimates.length - listed.length;
	return new SeedanceFailure({
		kind: total > tokenBudget ? 'tokenBudgetExceeded' : 'tokenBudgetNotEstimable',
		values: {
			budget: formatted(tokenBudget),
			total: formatted(total),
			itemCount: items.length,
			unknownCount,
			estimates: `${listed.join(', ')}${left > 0 ? ` and ${left} more` : ''}`,
		},
	});
}

function formatted(tokens: number): string {
	return tokens.toLocaleString('en-US');
}
