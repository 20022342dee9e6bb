import { SeedanceFailure, type FailureKind } from '../seedance/failure';
import { withoutNoise } from '../seedance/values';
import { itemNumber, listOf } from './values';

/** An item of a run, and the most that its create counts; undefined where that cannot be estimated. */
export interface PricedItem {
	readonly itemIndex: number;
	readonly amount: number | undefined;
}

/** What a budget limits. `unit` follows an amount in messages. */
export interface Budget {
	readonly limit: number;
	readonly unit: string | undefined;
	readonly exceeded: FailureKind;
	readonly notEstimable: FailureKind;
}

/** The tokens that all items together may use. */
export function tokenBudget(limit: number): Budget {
	return {
		...{ limit, unit: undefined },
		exceeded: 'tokenBudgetExceeded',
		notEstimable: 'tokenBudgetNotEstimable',
	};
}

/** The money that all items together may cost, in the provider's currency, where that is known. */
export function costBudget(limit: number, currency: string | undefined): Budget {
	return {
		...{ limit, unit: currency },
		exceeded: 'costBudgetExceeded',
		notEstimable: 'costBudgetNotEstimable',
	};
}

/**
 * The failure that stops a run before its first create, with the estimate of each item; undefined when all items together fit the budget.
 * An item that cannot be estimated fits no budget.
 */
export function budgetFailure(
	items: readonly PricedItem[],
	{ limit, unit, exceeded, notEstimable }: Budget,
): SeedanceFailure | undefined {
	const unknownCount = items.filter(({ amount }) => amount === undefined).length;
	const total = withoutNoise(items.reduce((sum, { amount = 0 }) => sum + amount, 0));
	if (unknownCount === 0 && total <= limit) return undefined;
	const estimates = items.map(
		({ itemIndex, amount }) =>
			`item ${itemNumber(itemIndex)}: ${amount === undefined ? 'unknown' : formatted(amount)}`,
	);
	const inUnit = (amount: number) =>
		unit === undefined ? formatted(amount) : `${formatted(amount)} ${unit}`;
	return new SeedanceFailure({
		kind: total > limit ? exceeded : notEstimable,
		values: {
			budget: inUnit(limit),
			total: inUnit(total),
			itemCount: items.length,
			unknownCount,
			estimates: listOf(estimates),
		},
	});
}

/** An amount with the thousands separated. */
export function formatted(amount: number): string {
	return amount.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
