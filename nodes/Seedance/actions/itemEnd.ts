import type { IDataObject } from 'n8n-workflow';
import type { ItemCost, ItemEnd } from '../panel/runSummary';
import { textOf } from '../panel/values';
import { isFinished, readTask } from '../seedance/task';
import type { ItemOutput } from './operation';

/** How an item ended that is returned: by what its `json` says, simplified or not. */
export function itemEndOf(outputs: readonly ItemOutput[]): ItemEnd {
	const [json = {}] = outputs.map((output) => output.json);
	const taskId = textOf(json['taskId']);
	const task = taskId === undefined ? undefined : readTask(json, taskId);
	if (outputs.length !== 1 || task === undefined) return { kind: 'noTask' };
	if (!isFinished(task.status)) return { kind: 'continuing' };
	if (task.status === 'cancelled') return { kind: 'cancelled' };
	if (task.status !== 'succeeded') return { kind: 'failed' };
	const { totalTokens } = json;
	const tokens = typeof totalTokens === 'number' ? totalTokens : task.totalTokens;
	return { kind: 'delivered', tokens, cost: costOf(json) };
}

function costOf({ cost, currency }: IDataObject): ItemCost | undefined {
	return typeof cost === 'number' ? { amount: cost, currency: textOf(currency) } : undefined;
}
