import { itemEndOf } from '../../../nodes/Seedance/actions/itemEnd';

test.each([
	['succeeded', 'delivered'],
	['completed', 'delivered'],
	['SUCCESS', 'delivered'],
	['failed', 'failed'],
	['canceled', 'cancelled'],
	['in_progress', 'continuing'],
	['queued', 'continuing'],
])('a whole task with the word %s is %s', (status, kind) => {
	const json = { taskId: 'cgt-1', id: 'cgt-1', status };
	expect(itemEndOf([{ json }])).toMatchObject({ kind });
});

test('tokens and cost, simplified or not', () => {
	const whole = { id: 'cgt-1', status: 'completed', usage: { completion_tokens: 7 } };
	expect(itemEndOf([{ json: { taskId: 'cgt-1', ...whole } }])).toEqual({
		...{ kind: 'delivered', tokens: 7, cost: undefined },
	});
	const simplified = { taskId: 'cgt-1', status: 'succeeded', totalTokens: 9, cost: 0.5 };
	expect(itemEndOf([{ json: { ...simplified, currency: 'USD' } }])).toEqual({
		...{ kind: 'delivered', tokens: 9, cost: { amount: 0.5, currency: 'USD' } },
	});
});

test.each([[[]], [[{ json: {} }]], [[{ json: { valid: true } }]]])(
	'%j is about no task',
	(outputs) => {
		expect(itemEndOf(outputs)).toEqual({ kind: 'noTask' });
	},
);
