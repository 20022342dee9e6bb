import type { IExecuteFunctions } from 'n8n-workflow';
import { openLedger } from '../../../nodes/Seedance/tasks/ledger';

/** A node's context as n8n has it in one run: the store outlives the run. */
function contextOf(
	store: object,
	run: { type: string; runIndex: number; executionId?: string; retryOnFail?: boolean },
): IExecuteFunctions {
	const { type, runIndex, executionId = '7', retryOnFail = true } = run;
	const used: Partial<IExecuteFunctions> = {
		getContext: () => store as ReturnType<IExecuteFunctions['getContext']>,
		getNode: () => ({ type, retryOnFail }) as ReturnType<IExecuteFunctions['getNode']>,
		getExecutionId: () => executionId,
		getWorkflowDataProxy: () =>
			({ $runIndex: runIndex }) as unknown as ReturnType<IExecuteFunctions['getWorkflowDataProxy']>,
	};
	return used as IExecuteFunctions;
}

const node = 'n8n-nodes-seedance.seedanceVideo';
const tool = `${node}Tool`;

test('an agent that gives each try of a tool a run index of its own finds the task, until its video is out', () => {
	const store = {};
	openLedger(contextOf(store, { type: tool, runIndex: 0 })).record(0, 'cat', { taskId: 'cgt-1' });
	const second = openLedger(contextOf(store, { type: tool, runIndex: 1 }));
	expect(second.find(0, 'cat')).toMatchObject({ taskId: 'cgt-1' });
	// Another call for another video.
	expect(second.find(0, 'dog')).toBeUndefined();
	second.deliver('cgt-1');
	const third = openLedger(contextOf(store, { type: tool, runIndex: 2 }));
	expect(third.find(0, 'cat')).toBeUndefined();
});

test('a loop’s runs have entries of their own, and a delivered task stays for the tries of its run', () => {
	const store = {};
	const first = openLedger(contextOf(store, { type: node, runIndex: 0 }));
	first.record(0, 'cat', { taskId: 'cgt-1' });
	first.deliver('cgt-1');
	expect(first.find(0, 'cat')).toMatchObject({ taskId: 'cgt-1' });
	expect(openLedger(contextOf(store, { type: node, runIndex: 1 })).find(0, 'cat')).toBeUndefined();
});

test.each([
	['a later try of the same execution', { retryOnFail: true, executionId: '7' }, true],
	['a retried execution', { retryOnFail: true, executionId: '8' }, false],
	['a node without Retry On Fail', { retryOnFail: false, executionId: '7' }, false],
])('another request of the same item: %s', (_name, run, isFound) => {
	const store = {};
	openLedger(contextOf(store, { type: node, runIndex: 0 })).record(3, 'at 12:00', {
		taskId: 'cgt-1',
	});
	const later = openLedger(contextOf(store, { type: node, runIndex: 0, ...run }));
	expect(later.find(3, 'at 12:01') !== undefined).toBe(isFound);
	expect(later.find(33, 'at 12:01')).toBeUndefined();
});
