import { createRunBudget } from '../../../nodes/Seedance/tasks/runBudget';

const of = (...amounts: readonly number[]) => new Map(amounts.entries());

test('without a limit, everything is allowed', () => {
	const budget = createRunBudget();
	expect([0, 0, 1].map((item) => budget.takeAnother(item))).toEqual([true, true, true]);
});

test('each create counts, and every item from the beginning', () => {
	const budget = createRunBudget();
	budget.limitTo(10, of(2, 3));
	// 5 for both items, 2 for each further create of the first.
	expect([0, 0, 0].map((item) => budget.takeAnother(item))).toEqual([true, true, false]);
	expect(budget.takeAnother(1)).toBe(false);
});

test('a create that is not allowed does not count', () => {
	const budget = createRunBudget();
	budget.limitTo(10, of(2, 6));
	expect([1, 0, 0].map((item) => budget.takeAnother(item))).toEqual([false, true, false]);
});

test('creates of earlier tries count, once', () => {
	const budget = createRunBudget();
	budget.limitTo(10, of(3, 1));
	budget.noteCreates(0, 2);
	budget.noteCreates(0, 1);
	expect(budget.takeAnother(0)).toBe(true);
	budget.noteCreates(0, 3);
	expect([0, 1].map((item) => budget.takeAnother(item))).toEqual([false, false]);
});

test('the lowest of several limits decides', () => {
	const budget = createRunBudget();
	budget.limitTo(1_000_000, of(108_900));
	budget.limitTo(1, of(0.7623));
	expect(budget.takeAnother(0)).toBe(false);
});

test('sums of decimals are exact', () => {
	const budget = createRunBudget();
	budget.limitTo(0.3, of(0.1));
	expect([0, 0, 0].map((item) => budget.takeAnother(item))).toEqual([true, true, false]);
});

test('an item that is not in the budget counts nothing', () => {
	const budget = createRunBudget();
	budget.limitTo(1, of(1));
	expect(budget.takeAnother(7)).toBe(true);
});
