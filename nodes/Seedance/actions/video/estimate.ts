import type { IDataObject } from 'n8n-workflow';
import { budgetFailure, costBudget, tokenBudget, type Budget } from '../../panel/budget';
import type { CreateOptions } from '../../panel/options';
import { isField } from '../../seedance/media';
import { costOf, estimatedCost, priceOf, type Cost } from '../../seedance/prices';
import type { UnsentRequest } from '../../seedance/request';
import type { Task } from '../../seedance/task';
import { estimateTokens, type TokenEstimate } from '../../seedance/tokens';
import { withoutUndefined } from '../../seedance/values';
import type { RunItem } from '../operation';
import type { Session } from '../session';
import type { RequestFiles } from './requestFiles';

/** What an item is estimated from. */
interface Estimated {
	readonly request: UnsentRequest;
	readonly options: CreateOptions;
	readonly files: RequestFiles;
}

/** The most that an item's create uses and costs; absent where nothing is known. */
interface ItemEstimate {
	readonly tokens: TokenEstimate | undefined;
	readonly cost: Cost | undefined;
}

function estimateOf({ connection }: Session, { request, options, files }: Estimated): ItemEstimate {
	const tokens = estimateTokens(request, (media) =>
		isField(media) ? files.get(media)?.videoSeconds : undefined,
	);
	const price = priceOf(connection.provider, request, options.pricePerMillionTokens);
	const cost = tokens && price && estimatedCost(tokens, price);
	return { tokens, cost };
}

/** The estimate of an item for its dry run. */
export function estimateJson(session: Session, input: Estimated): IDataObject {
	const { tokens, cost } = estimateOf(session, input);
	if (tokens === undefined) return {};
	const { outputSeconds, inputVideoSeconds, atMaximum } = tokens;
	return {
		estimatedTokens: tokens.tokens,
		estimateIncludes: withoutUndefined({
			outputSeconds,
			inputVideoSeconds,
			atMaximum: atMaximum.length === 0 ? undefined : [...atMaximum],
		}),
		...(cost === undefined ? {} : costJson('estimatedCost', cost)),
	};
}

/** What a finished task comes to, for its item; nothing for a task without a video, and where no price is known. */
export function costJsonOf(
	{ connection }: Session,
	{ request, options }: Pick<Estimated, 'request' | 'options'>,
	task: Task,
): IDataObject {
	if (task.status !== 'succeeded') return {};
	const price = priceOf(connection.provider, request, options.pricePerMillionTokens, {
		resolution: task.resolution,
		tier: task.raw['service_tier'],
	});
	const cost = price && costOf(task, price);
	return cost === undefined ? {} : costJson('cost', cost);
}

function costJson(member: 'estimatedCost' | 'cost', { amount, currency, month }: Cost) {
	const priceBasis = month === undefined ? 'your price' : `list price of ${month}`;
	return withoutUndefined({ [member]: amount, currency, priceBasis });
}

/** Throws a SeedanceFailure when the items come to more than the lowest Token Budget or Cost Budget in `options`. Otherwise the session's budget knows what is left for creating again. */
export function checkBudgets(
	session: Session,
	items: ReadonlyArray<RunItem<Estimated>>,
	options: ReadonlyArray<Pick<CreateOptions, 'tokenBudget' | 'costBudget'>>,
): void {
	const lowest = (option: 'tokenBudget' | 'costBudget') =>
		Math.min(...options.map((one) => one[option] ?? Infinity));
	const [maxTokens, maxCost] = [lowest('tokenBudget'), lowest('costBudget')];
	if (maxTokens === Infinity && maxCost === Infinity) return;
	const estimates = items.map(({ itemIndex, input }) => ({
		itemIndex,
		...estimateOf(session, input),
	}));
	const currency = estimates.find(({ cost }) => cost?.currency !== undefined)?.cost?.currency;
	limitTo(session, estimates, tokenBudget(maxTokens), ({ tokens }) => tokens?.tokens);
	limitTo(session, estimates, costBudget(maxCost, currency), ({ cost }) => cost?.amount);
}

/** Throws the failure of a budget that the items exceed; otherwise the session's budget knows it. */
function limitTo(
	session: Session,
	estimates: ReadonlyArray<ItemEstimate & { readonly itemIndex: number }>,
	budget: Budget,
	amountOf: (estimate: ItemEstimate) => number | undefined,
): void {
	if (budget.limit === Infinity) return;
	const priced = estimates.map(({ itemIndex, ...estimate }) => ({
		itemIndex,
		amount: amountOf(estimate),
	}));
	const failure = budgetFailure(priced, budget);
	if (failure !== undefined) throw failure;
	const ofItem = new Map(priced.map(({ itemIndex, amount = 0 }) => [itemIndex, amount]));
	session.budget.limitTo(budget.limit, ofItem);
}
