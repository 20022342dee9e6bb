import type { INode } from 'n8n-workflow';
import { toErrorJson, toNodeError } from '../../../nodes/Seedance/n8n/nodeError';
import type { FailureDetails } from '../../../nodes/Seedance/seedance/failure';
import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';

const node = { name: 'Seedance Video', type: 't', parameters: {} } as unknown as INode;

/** What both forms of the error say besides their words. */
function said(details: FailureDetails) {
	const failure = new SeedanceFailure(details);
	const { message, description, ...members } = toErrorJson(failure)['error'] as Record<
		string,
		unknown
	>;
	const error = toNodeError(node, failure, 2);
	expect([message, description]).toEqual([error.message, error.description]);
	expect(error.context).toMatchObject({ itemIndex: 2, ...members });
	for (const name of ['outcomeUnknown', 'candidates'].filter((one) => !(one in members))) {
		expect(error.context).not.toHaveProperty(name);
	}
	return { members, description: String(description) };
}

test('an unknown outcome says so, with the candidates when there are some', () => {
	const unknown = { kind: 'answerTimedOut', outcomeUnknown: true, requestId: 'r-1' } as const;
	const values = { host: 'h', search: 'several' };
	const several = said({ ...unknown, values, candidates: ['cgt-1', 'cgt-2'] });
	expect(several.members).toEqual({
		code: 'answerTimedOut',
		requestId: 'r-1',
		outcomeUnknown: true,
		candidates: ['cgt-1', 'cgt-2'],
	});
	expect(several.description).toContain('Candidates: cgt-1, cgt-2.');

	const none = said({ ...unknown, values, candidates: [] });
	expect(none.members).toEqual({
		code: 'answerTimedOut',
		requestId: 'r-1',
		outcomeUnknown: true,
	});
	expect(none.description).not.toContain('Candidates');
});

test('a known outcome says nothing of it', () => {
	const refused = said({
		...{ kind: 'parameterRefused', code: 'InvalidParameter', httpStatus: 400 },
		candidates: ['cgt-1'],
	});
	expect(refused.members).toEqual({ code: 'InvalidParameter', httpStatus: 400 });
	expect(refused.description).not.toContain('cgt-1');
});

test('each way that a search ends has its own advice', () => {
	const advice = [undefined, 'notFound', 'several', 'notPossible', 'somethingElse'].map(
		(search) =>
			said({ kind: 'connectionLost', outcomeUnknown: true, values: { host: 'h', search } })
				.description,
	);
	expect(new Set(advice).size).toBe(4);
	expect(advice[4]).toBe(advice[0]);
});
