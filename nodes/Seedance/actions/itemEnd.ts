import type { IDataObject } from 'n8n-workflow';
import type { ItemCost, ItemEnd } from '../panel/runSummary';
import { membersOf, textOf } from '../panel/values';
import { isFinished, type TaskStatus } from '../seedance/task';
import type { ItemOutput } from './operation';

/** How an item ended that is returned: by what its `json` says, simplified or not. */
export function itemEndOf(outputs: readonly ItemOutput[]): ItemEnd {
	const [json = {}] = outputs.map((output) => output.json);
	if (outputs.length !== 1 || json['taskId'] === undefined) return { kind: 'noTask' };
	const status = String(json['status']) as TaskStatus;
	if (!isFinished(status)) return { kind: 'continuing' };
	if (status !== 'succeeded') return { kind: 'failed' };
	return { kind: 'delivered', tokens: tokensOf(json), cost: costOf(json) };
}

function tokensOf({ totalTokens, usage }: IDataObject): number | undefined {
	const { total_tokens: total, completion_tokens: completion } = membersOf(usage);
	return [totalTokens, total, completion].find((one) => typeof one === 'number');
}

function costOf({ cost, currency }: IDataObject): ItemCost | undefined {
	return typeof cost === 'number' ? { amount: cost, currency: textOf(currency) } : undefined;
}
