import type { INode } from 'n8n-workflow';
import { inputError, runError } from '../../../nodes/Seedance/actions/runErrors';
import { failureOf } from '../given';

const node = { name: 'Seedance Video', type: 't', parameters: {} } as unknown as INode;

const refusedItems = (count: number) =>
	new Map(
		Array.from({ length: count }, (_, itemIndex) => [
			itemIndex,
			failureOf({ kind: 'invalidInput', values: { text: `Prompt of row ${itemIndex} is empty.` } }),
		]),
	);

test('the error of many refused items names as many as a person reads, and how many there are', () => {
	const all = inputError(node, 51, refusedItems(51)).description ?? '';
	expect(all.match(/of row \d+ /g)).toHaveLength(50);
	expect(all).not.toContain('more');
	const some = inputError(node, 5_000, refusedItems(5_000)).description ?? '';
	expect(some.match(/of row \d+ /g)).toHaveLength(50);
	expect(some).toContain('4949 more');
});

test('the error of an item that failed names the task of every other one', () => {
	const claimed = new Map(Array.from({ length: 5_000 }, (_, item) => [item, `cgt-${item}`]));
	const failures = new Map([[0, failureOf({ kind: 'taskFailed', taskId: 'cgt-0' })]]);
	const place = { itemIndex: 0, itemsInAll: 5_000 };
	const { description } = runError(node, place, failures, claimed);
	expect(description?.match(/cgt-\d+ \(item \d+\)/g)).toHaveLength(4_999);
});
