import type { INode } from 'n8n-workflow';
import { descriptionWithIds, toNodeError } from '../n8n/nodeError';
import { describeFailure, nothingSentFor, sentences } from '../panel/failureText';
import { itemNumber, maxListed } from '../panel/values';
import { stopped, type SeedanceFailure } from '../seedance/failure';

type Failures = ReadonlyMap<number, SeedanceFailure>;

/** n8n's error for items that are refused before anything was sent; it names what is wrong with each of them. */
export function inputError(node: INode, itemsInAll: number, failures: Failures) {
	const [[itemIndex, failure] = [0, stopped()], ...others] = [...failures];
	// The same for all items, such as a budget, appears once.
	const different = others.filter(([, other]) => other.values !== failure.values);
	const left = different.length - maxListed;
	const description = sentences(
		different.length === others.length ? place(itemIndex, itemsInAll) : '',
		descriptionWithIds(failure),
		...different
			.slice(0, maxListed)
			.map(([index, other]) => `Item ${itemNumber(index)}: ${describeFailure(other).message}`),
		left > 0 ? `And ${left} more.` : '',
		'Nothing was sent to the provider, and nothing is charged.',
	);
	return toNodeError(node, failure, itemIndex, description);
}

/** n8n's error for an item that failed while others ran; it names the tasks that they created or may have created. */
export function runError(
	node: INode,
	{ itemIndex, itemsInAll }: { readonly itemIndex: number; readonly itemsInAll: number },
	failures: Failures,
	claimed: ReadonlyMap<number, string>,
) {
	const failure = failures.get(itemIndex) ?? stopped();
	const others = [...claimed]
		.filter(([index]) => index !== itemIndex)
		.map(([index, taskId]) => `${taskId} (item ${itemNumber(index)})`);
	const unknown = [...failures]
		.filter(([index, other]) => index !== itemIndex && other.outcomeUnknown && !claimed.has(index))
		.map(([index]) => itemNumber(index));
	const description = sentences(
		place(itemIndex, itemsInAll),
		descriptionWithIds(
			failure,
			nothingSentFor(failure),
			others.length === 0
				? ''
				: `Other tasks of this run: ${others.join(', ')}. A retry continues with them and creates none of them again. Get fetches their videos by ID.`,
			unknown.length === 0 ? '' : `The outcome is also unknown for item ${unknown.join(', ')}.`,
		),
	);
	return toNodeError(node, failure, itemIndex, description);
}

/** n8n's editor counts items from 0, and error workflows do not see its count. */
function place(itemIndex: number, itemsInAll: number): string {
	return itemsInAll < 2 ? '' : `This is item ${itemNumber(itemIndex)} of ${itemsInAll}.`;
}
