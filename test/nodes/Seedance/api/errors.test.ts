import { readProviderError, refusedFailure } from '../../../../nodes/Seedance/api/errors';

test.each<[unknown, unknown]>([
	[
		{ error: { code: 'InvalidParameter', message: 'bad', param: 'ratio', type: 'BadRequest' } },
		{ code: 'InvalidParameter', message: 'bad', param: 'ratio' },
	],
	[{ error: { message: 'Invalid prompt' } }, { message: 'Invalid prompt' }],
	[
		{ error: 'no available channel for this model' },
		{ message: 'no available channel for this model' },
	],
	[
		{ code: 'quota', message: 'empty', data: null },
		{ code: 'quota', message: 'empty' },
	],
	[
		{ code: 402, msg: '余额不足' },
		{ code: '402', message: '余额不足' },
	],
	['<html>Bad gateway</html>', {}],
	['upstream timed out', { message: 'upstream timed out' }],
	[undefined, {}],
	[null, {}],
	[{ error: null }, {}],
])('what %j says', (body, error) => {
	expect(readProviderError(body)).toEqual(error);
});

test('a code that no table has is shown as it came, with the field that the provider names', () => {
	const failure = refusedFailure(
		'create',
		418,
		{ code: 'Teapot.Hot', message: 'I am a teapot', param: 'ratio' },
		{ requestId: 'r' },
	);
	expect({ ...failure, message: failure.message }).toMatchObject({
		reason: 'refused',
		message: 'The provider answered with HTTP status 418',
		description: 'Parameter: ratio. The provider says: Teapot.Hot: I am a teapot.',
		code: 'Teapot.Hot',
		httpStatus: 418,
		requestId: 'r',
	});
});

test.each([
	['InvalidParameter.TaskTypeConstraint', /Ratio to Adaptive/],
	['InvalidParameter', /Correct the parameter/],
	['InputImageSensitiveContentDetected.PrivacyInformation', /virtual character/],
	['InputTextSensitiveContentDetected.PolicyViolation', /Remove names/],
	['InputTextSensitiveContentDetected', /Change the prompt/],
	['OutputVideoSensitiveContentDetected', /paid for again/],
	['AuthenticationError', /Check API Key/],
	['AccountOverdueError', /Top up/],
	['OperationDenied.ServiceNotOpen', /Activate/],
	['InvalidEndpointOrModel.NotFound', /another Model/],
	['QuotaExceeded', /raise the limit/],
	['APIAccountRpmRateLimitExceeded', /in a minute/],
])('%s comes with advice', (code, advice) => {
	expect(refusedFailure('create', 400, { code }, {}).description).toMatch(advice);
});

test('a 404 of a read is about the task, of a create it is not', () => {
	expect(refusedFailure('read', 404, {}, {}).message).toBe('The provider does not know this task');
	expect(refusedFailure('create', 404, {}, {}).message).toBe(
		'The provider does not know this address or model',
	);
});
